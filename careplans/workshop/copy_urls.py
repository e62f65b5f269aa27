"""Addresses of own copies. <kind> is component or template."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from careplans.workshop.views import copies

COPY = "library/copies/<str:kind>/<uuid:pk>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("library/components/<uuid:pk>/copy/", copies.component_copy, name="component-copy"),
    path(f"{COPY}/", copies.copy_offer, name="copy-offer"),
    path(f"{COPY}/take/", copies.copy_take, name="copy-take"),
    path(f"{COPY}/keep/", copies.copy_keep, name="copy-keep"),
]
