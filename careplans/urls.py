"""All addresses: each room brings its own."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from careplans.core.views import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health, name="health"),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("careplans.worklist.urls")),
    path("", include("patients.urls")),
    path("", include("careplans.builder.urls")),
    path("", include("careplans.handouts.urls")),
    path("", include("careplans.checkins.urls")),
    path("", include("careplans.library.urls")),
    path("", include("careplans.outbox.urls")),
    path("", include("careplans.accounts.urls")),
]
