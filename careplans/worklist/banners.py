"""Warnings on top of every page of a clinic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from careplans.worklist.status import ClinicStatus


@dataclass(frozen=True)
class Banner:
    text: str
    url: str = ""
    link: str = ""
    is_alarm: bool = True


def banners_of(
    status: ClinicStatus, *, with_red_flags: bool, unasked: Sequence[str], now: datetime
) -> list[Banner]:
    """Unacknowledged red flags for those who can act on them; a schedule that stands still for everybody; red flags
    that no check-in would ask about for those who keep the library."""
    banners = []
    if with_red_flags and status.open_red_flags:
        text = ngettext(
            "%(count)d red flag in this clinic has not been acknowledged.",
            "%(count)d red flags in this clinic have not been acknowledged.",
            status.open_red_flags,
        ) % {"count": status.open_red_flags}
        banners.append(Banner(text, reverse("worklist"), _("Go to the worklist")))
    if status.is_schedule_late(now):
        banners.append(Banner(_schedule_words(status.beat_at)))
    if unasked:
        text = _(
            "No plan can be published: these red flags come with Careplans and are not in use here: %(red_flags)s. Start a new version of each, and let a second person approve it."
        ) % {"red_flags": "; ".join(unasked)}
        banners.append(Banner(text, f"{reverse('red-flag-list')}?state=", _("Go to the red flags")))
    return banners


def _schedule_words(beat_at: datetime | None) -> str:
    if beat_at is None:
        return _(
            "The schedule has not run yet: no check-in is asked and no e-mail leaves. Tell whoever runs Careplans."
        )
    since = date_format(localtime(beat_at), "j M, H:i")
    return _(
        "The schedule has not run since %(since)s: no check-in is asked and no e-mail leaves. Tell whoever runs Careplans."
    ) % {"since": since}
