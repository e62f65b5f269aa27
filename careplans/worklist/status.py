"""What the frame around every page says about the clinic, in one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from careplans.accounts.models import Clinic, User
from careplans.checkins.models import Alert
from careplans.outbox.heartbeat import SCHEDULE
from careplans.outbox.models import Heartbeat, Message
from careplans.outbox.selectors import LATE_AFTER


@dataclass(frozen=True)
class ClinicStatus:
    """Alerts nobody has acknowledged, and whether the schedule runs."""

    open_red_flags: int = 0
    # Patients with other open alerts of one's own.
    my_patients: int = 0
    # When the schedule last ran; empty before its first run.
    beat_at: datetime | None = None
    has_waiting_mail: bool = False

    @property
    def for_me(self) -> int:
        """How many rows wait on one's own worklist: the red flags of everybody, and one's own patients."""
        return self.open_red_flags + self.my_patients

    def is_schedule_late(self, now: datetime) -> bool:
        """Two ticks missed; before the first run only when mail is waiting for it."""
        return now - self.beat_at > LATE_AFTER if self.beat_at else self.has_waiting_mail


def status_of(clinic: Clinic, user: User, now: datetime) -> ClinicStatus:
    beat = Heartbeat.objects.filter(name=SCHEDULE).values("beat_at")
    red_flag = Q(tier=Alert.Tier.RED_FLAG)
    row = (
        Clinic.objects.filter(pk=clinic.pk)
        .values_list(
            _count(red_flag, Count("pk")),
            _count(Q(owner=user) & ~red_flag, Count("patient", distinct=True)),
            Subquery(beat),
            Exists(Message.objects.due(now - LATE_AFTER)),
        )
        .first()
    )
    return ClinicStatus(*row) if row else ClinicStatus()


def _count(which: Q, count: Count) -> Any:
    open_ones = Alert.objects.filter(which, clinic=OuterRef("pk"), state=Alert.State.OPEN)
    counted = open_ones.order_by().values("clinic").annotate(found=count).values("found")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
