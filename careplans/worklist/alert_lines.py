"""Alerts as lines to read: a red flag always stands alone, other causes that repeat share one line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from careplans.checkins.models import Alert
from careplans.worklist.words import alert_sentence


@dataclass(frozen=True)
class AlertLine:
    """Why a person is needed. ``times`` alerts of the tier stand; the newest is told and opened."""

    tier: str
    summary: str
    url: str
    times: int
    first_at: datetime
    last_at: datetime
    owner: str
    is_open: bool


def alert_lines(alerts: Iterable[Alert], flag_labels: Mapping[str, str]) -> tuple[AlertLine, ...]:
    """Lines of one patient's alerts, in the order the alerts come."""
    groups: dict[Any, list[Alert]] = {}
    for alert in alerts:
        alone = alert.pk if alert.tier == Alert.Tier.RED_FLAG else None
        groups.setdefault((alert.tier, alert.state, alert.owner_id, alone), []).append(alert)
    return tuple(_line(group, flag_labels) for group in groups.values())


def _line(alerts: Sequence[Alert], flag_labels: Mapping[str, str]) -> AlertLine:
    newest = max(alerts, key=lambda alert: alert.raised_at)
    return AlertLine(
        tier=newest.tier_code,
        summary=alert_sentence(newest, getattr(newest.check_in, "answer", None), flag_labels),
        url=reverse("alert-detail", args=[newest.pk]),
        times=len(alerts),
        first_at=min(alert.raised_at for alert in alerts),
        last_at=newest.raised_at,
        owner=newest.owner.name,
        is_open=newest.state == Alert.State.OPEN,
    )
