"""What the frame around every page shows: the rail, the clinic, warnings that concern everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from careplans.accounts.permissions import Permission


@dataclass(frozen=True)
class NavItem:
    label: str
    url: str
    icon: str
    is_current: bool


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of ``base.html``; error pages have no clinic and get none."""
    permissions: frozenset[Permission] = getattr(request, "permissions", frozenset())
    return {
        "nav_items": _nav_items(request.path, permissions),
        "clinic": getattr(request, "clinic", None),
        "is_demo": settings.DEMO,
    }


def _nav_items(path: str, permissions: frozenset[Permission]) -> list[NavItem]:
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
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        is_current = path == url if url == "/" else path.startswith(url)
        items.append(NavItem(label, url, icon, is_current))
    return items
