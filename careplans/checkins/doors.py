"""How a patient gets in: a link leaves a signed cookie and a clean address; the year of birth is remembered on the device.

Nothing here writes to the database on GET: mail scanners open links.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from careplans.accounts.models import Clinic
from patients.models import Patient

LINK_LIFE = timedelta(days=31)
DEVICE_LIFE = timedelta(days=90)
DEVICE = "device"
PATIENTS_OF_A_DEVICE = 8
PLAN_PURPOSE = "plan"


@dataclass(frozen=True)
class Door:
    """What a confirmation page needs to know: whose it is, in which language, and where it leads."""

    about: str
    # The cookie of its link, set anew when it lets in, and the record the link was for.
    purpose: str
    pk: UUID
    form_name: str
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


def remember_device(request: HttpRequest, response: HttpResponse, *, patient: Patient) -> None:
    """Let this patient in, beside those who were let in before: a family may share one phone."""
    others = [entry for entry in _let_in(request) if entry[0] != patient.pk]
    entries = [(patient.pk, timezone.now()), *others][:PATIENTS_OF_A_DEVICE]
    _set(response, DEVICE, "+".join(f"{pk.hex}.{int(at.timestamp())}" for pk, at in entries), DEVICE_LIFE)


def is_confirmed(request: HttpRequest, patient: Patient) -> bool:
    """Whether this patient's year of birth was confirmed on this device."""
    return any(pk == patient.pk for pk, _at in _let_in(request))


def _let_in(request: HttpRequest) -> list[tuple[UUID, datetime]]:
    """Who confirmed on this device and when, newest first; each ends by itself."""
    value = _value(request, DEVICE, DEVICE_LIFE) or ""
    try:
        parts = [entry.split(".") for entry in value.split("+") if entry]
        entries = [(UUID(pk), datetime.fromtimestamp(int(at), UTC)) for pk, at in parts]
    except ValueError:
        return []
    return [(pk, at) for pk, at in entries if at > timezone.now() - DEVICE_LIFE]


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
        return UUID(_value(request, what, life) or "")
    except ValueError:
        return None


def _value(request: HttpRequest, what: str, life: timedelta) -> str | None:
    """What a genuine cookie of ours says, while it lives."""
    try:
        return request.get_signed_cookie(
            cookie_name(what), salt=f"checkins.{what}", max_age=int(life.total_seconds())
        )
    except (KeyError, BadSignature):
        return None
