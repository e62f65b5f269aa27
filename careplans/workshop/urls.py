"""Addresses of the workshop: each group of pages brings its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from careplans.workshop.views import use

urlpatterns: list[URLPattern | URLResolver] = [
    path("library/components/<uuid:pk>/use/", use.component_use, name="component-use"),
    path("library/components/<uuid:pk>/recall/", use.component_recall, name="component-recall"),
]
