"""What the frame around every page shows: the rail, the clinic, warnings that concern everybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Permission
from careplans.library.shipped import missing_red_flags
from careplans.worklist.banners import Banner, banners_of
from careplans.worklist.status import ClinicStatus, status_of
from careplans.workshop.waiting import waiting_count

# Who can see to it that the library holds what plans need.
KEEPERS = frozenset({Permission.KEEP_LIBRARY, Permission.MANAGE_CLINIC})


@dataclass(frozen=True)
class NavItem:
    label: str
    url: str
    icon: str
    is_current: bool
    count: int = 0


@dataclass(frozen=True)
class MenuItem:
    label: str
    url: str
    icon: str


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of ``base.html``; error pages have no clinic and get none. Read only when a page has a frame."""
    permissions: frozenset[Permission] = getattr(request, "permissions", frozenset())
    status = SimpleLazyObject(lambda: clinic_status(request))
    return {
        "nav_items": SimpleLazyObject(
            lambda: _nav_items(request.path, permissions, status, lambda: _waiting(request))
        ),
        "banners": SimpleLazyObject(lambda: _banners(request, permissions, status)),
        "menu_items": SimpleLazyObject(lambda: _menu_items(request)),
        "other_clinics": SimpleLazyObject(lambda: _other_clinics(request)),
        "clinic": getattr(request, "clinic", None),
        "is_demo": settings.DEMO,
    }


def clinic_status(request: Any) -> ClinicStatus:
    """The clinic's alerts and schedule, read once a request."""
    known = getattr(request, "_clinic_status", None)
    if known is None:
        known = request._clinic_status = status_of(request.clinic, request.user, timezone.now())
    return known


def _banners(request: Any, permissions: frozenset[Permission], status: Any) -> list[Banner]:
    if getattr(request, "clinic", None) is None:
        return []
    # The worklist itself begins with the red flags.
    is_told = request.path == reverse("worklist")
    unasked = missing_red_flags(request.clinic) if KEEPERS & permissions else []
    return banners_of(
        status,
        with_red_flags=Permission.EDIT_CLINICAL in permissions and not is_told,
        unasked=unasked,
        now=timezone.now(),
    )


def _nav_items(
    path: str, permissions: frozenset[Permission], status: Any, waiting: Callable[[], int]
) -> list[NavItem]:
    rooms = [
        (_("Worklist"), "worklist", "inbox", Permission.SEE_WORKLIST),
        (_("Patients"), "patient-list", "people", Permission.SEE_PATIENTS),
        (_("Library"), "library", "journal-medical", Permission.SEE_LIBRARY),
        (_("Messages"), "message-list", "envelope", Permission.SEE_MESSAGES),
        (_("Clinic"), "clinic-settings", "gear", Permission.MANAGE_CLINIC),
        (_("Staff"), "staff-list", "person-badge", Permission.MANAGE_STAFF),
    ]
    items = []
    for label, name, icon, permission in rooms:
        if permission not in permissions:
            continue
        url = reverse(name)
        is_current = path.startswith(url)
        count = status.for_me if name == "worklist" and Permission.SEE_CLINICAL in permissions else 0
        items.append(NavItem(label, url, icon, is_current, count))
        if name == "library" and Permission.KEEP_LIBRARY in permissions:
            reviews = reverse("review-list")
            items.append(
                NavItem(_("Reviews"), reviews, "clipboard-check", path.startswith(reviews), int(waiting()))
            )
    return items


def _waiting(request: Any) -> int:
    """Versions and proposals of the library that wait for this person."""
    return waiting_count(request.clinic, request.user, request.permissions)


def _menu_items(request: Any) -> list[MenuItem]:
    return (
        [MenuItem(_("Your account"), reverse("account"), "person")] if request.user.is_authenticated else []
    )


def _other_clinics(request: Any) -> list[Clinic]:
    """Where else this person works."""
    here = getattr(request, "clinic", None)
    return list({one.clinic for one in getattr(request, "memberships", []) if one.clinic != here})
