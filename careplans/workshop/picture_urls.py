"""Addresses of the clinic's own pictures, and of what goes out of its library and comes into it as one file."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from careplans.workshop.views import bundles, pictures

urlpatterns: list[URLPattern | URLResolver] = [
    path("library/pictures/<uuid:pk>/", pictures.own_picture, name="own-picture"),
    path("library/export/", bundles.library_export, name="library-export"),
    path("library/import/", bundles.library_import, name="library-import"),
    path("library/import/<uuid:pk>/", bundles.library_import_report, name="library-import-report"),
]
