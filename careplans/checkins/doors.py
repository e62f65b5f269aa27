"""How a patient gets in: a link leaves a signed cookie and a clean address; the year of birth is remembered on the device.

Nothing here writes to the database on GET: mail scanners open links.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse

from careplans.accounts.models import Clinic
from patients.models import Patient

LINK_LIFE = timedelta(days=31)
DEVICE_LIFE = timedelta(days=90)
DEVICE = "device"
PLAN_PURPOSE = "plan"


@dataclass(frozen=True)
class Door:
    """What a confirmation page needs to know: whose it is, in which language, and where it leads."""

    about: str
    patient: Patient
    clinic: Clinic
    language: str
    leads_to: str


def remember_link(response: HttpResponse, *, purpose: str, pk: UUID) -> None:
    """Keep which record the link was for; the cookie is bound to the purpose and signed."""
    _set(response, purpose, str(pk), LINK_LIFE)


def forget_link(response: HttpResponse, *, purpose: str) -> None:
    response.delete_cookie(cookie_name(purpose), samesite="Lax")


def linked(request: HttpRequest, *, purpose: str) -> UUID | None:
    """The record of the link that was opened on this device, if its cookie is genuine."""
    return _read(request, purpose, LINK_LIFE)


def remember_device(response: HttpResponse, *, patient: Patient) -> None:
    _set(response, DEVICE, str(patient.pk), DEVICE_LIFE)


def is_confirmed(request: HttpRequest, patient: Patient) -> bool:
    """Whether this patient's year of birth was confirmed on this device."""
    return _read(request, DEVICE, DEVICE_LIFE) == patient.pk


def cookie_name(what: str) -> str:
    return f"__Host-{what}" if settings.IS_HTTPS else what


def _set(response: HttpResponse, what: str, value: str, life: timedelta) -> None:
    response.set_signed_cookie(
        cookie_name(what),
        value,
        salt=f"checkins.{what}",
        max_age=int(life.total_seconds()),
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest, what: str, life: timedelta) -> UUID | None:
    try:
        value = request.get_signed_cookie(
            cookie_name(what), salt=f"checkins.{what}", max_age=int(life.total_seconds())
        )
        return UUID(value)
    except (KeyError, BadSignature, ValueError):
        return None
