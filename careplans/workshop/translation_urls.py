"""Addresses of translations. ``kinds.KINDS`` has the words for <kind>."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from careplans.workshop.views import translations

ONE = "library/translations/<str:kind>/<uuid:pk>/<str:language>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("library/translations/", translations.translation_list, name="translation-list"),
    path(
        "library/components/<uuid:pk>/<int:number>/translate/<str:language>/",
        translations.component_translate,
        name="component-translate",
    ),
    path(
        "library/templates/<uuid:pk>/<int:number>/translate/<str:language>/",
        translations.template_translate,
        name="template-translate",
    ),
    path(
        "library/red-flags/<uuid:pk>/translate/<str:language>/",
        translations.red_flag_translate,
        name="red-flag-translate",
    ),
    path(f"{ONE}/save/", translations.translation_save, name="translation-save"),
    path(f"{ONE}/drop/", translations.translation_drop, name="translation-drop"),
    path(f"{ONE}/live/", translations.translation_live, name="translation-live"),
    path(f"{ONE}/approve/", translations.translation_approve, name="translation-approve"),
    path(f"{ONE}/withdraw/", translations.translation_withdraw, name="translation-withdraw"),
]
