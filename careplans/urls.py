"""All addresses: each room brings its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from careplans.core.gallery import gallery
from careplans.outbox.health import health

handler400 = "careplans.checkins.views.errors.bad_request"
handler404 = "careplans.checkins.views.errors.not_found"
handler500 = "careplans.checkins.views.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health, name="health"),
    path("gallery/", gallery, name="gallery"),
    path("", include("careplans.worklist.urls")),
    path("", include("patients.urls")),
    path("", include("careplans.builder.urls")),
    path("", include("careplans.workshop.urls")),
    path("", include("careplans.handouts.urls")),
    path("", include("careplans.checkins.urls")),
    path("", include("careplans.outbox.urls")),
    path("", include("careplans.accounts.urls")),
]
