"""What every story shares: the clinic, its staff and library, and the moved clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from careplans.accounts.models import Clinic
from careplans.demo.agenda import Agenda
from careplans.demo.mails import MailRoom
from careplans.demo.staff import Staff
from careplans.demo.story import Words
from careplans.library.models import ComponentVersion, TemplateVersion
from careplans.library.selectors import approved_components, approved_templates

OPENS, CLOSES = time(8, 10), time(18, 0)


@dataclass(frozen=True)
class World:
    clinic: Clinic
    staff: Staff
    agenda: Agenda
    words: Words
    mail: MailRoom

    @property
    def now(self) -> datetime:
        """The real moment, at which the past that is told here ends."""
        return self.agenda.until

    @property
    def today(self) -> date:
        return self.now.astimezone(self.clinic.zone).date()

    @cached_property
    def components(self) -> dict[str, ComponentVersion]:
        return {version.component.code: version for version in approved_components(self.clinic)}

    @cached_property
    def templates(self) -> dict[str, TemplateVersion]:
        return {version.template.code: version for version in approved_templates(self.clinic)}

    def day(self, ago: int) -> date:
        return self.today - timedelta(days=ago)

    def weekday(self, ago: int) -> date:
        """That day, or the Friday before it: the clinic is closed at weekends."""
        day = self.day(ago)
        return day - timedelta(days=max(day.weekday() - 4, 0)) if ago > 3 else day

    def moment(self, day: date, at: time) -> datetime:
        """By the clinic's clocks; what would lie ahead today happened in the last hours."""
        wanted = datetime.combine(day, at, self.clinic.zone).astimezone(UTC)
        return wanted if day < self.today else self.now - timedelta(minutes=170)

    def working_hours(self, moment: datetime) -> datetime:
        """``moment``, or the next one at which somebody is at the clinic."""
        local = moment.astimezone(self.clinic.zone)
        if local.time() > CLOSES:
            local += timedelta(days=1)
        elif local.time() >= OPENS:
            return moment
        return datetime.combine(local.date(), OPENS, self.clinic.zone).astimezone(UTC)
