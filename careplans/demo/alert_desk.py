"""How the demo's staff look after alerts: taken up within the day, closed a day or two later, some left as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from careplans.checkins.alerts import acknowledge_alert, resolve_alert
from careplans.checkins.models import Alert
from careplans.demo.life import Life
from careplans.demo.story import Leave, Moment
from careplans.demo.world import World

# Minutes until somebody takes the alert up, and until it is closed after that.
TAKEN_UP = {Alert.Tier.RED_FLAG: (12, 45)}
TAKEN_UP_ELSE = (40, 300)
CLOSED = (20 * 60, 50 * 60)


class AlertDesk:
    """``reach`` is called before a silence is closed: somebody had the patient on the phone."""

    def __init__(self, world: World, reach: Callable[[Alert, datetime], None]) -> None:
        self.world, self._reach = world, reach
        self._known: set[UUID] = set()

    def look(self, life: Life, alerts: Iterable[Alert], moment: Moment | None = None) -> None:
        """Plan what becomes of new alerts, as the moment of the story or the story itself tells."""
        for alert in alerts:
            if alert.pk not in self._known:
                self._known.add(alert.pk)
                self._plan(life, alert, moment or Moment(leave=_left(life, alert)))

    def _plan(self, life: Life, alert: Alert, moment: Moment) -> None:
        if moment.leave == "open":
            return
        chance, agenda = life.chance, self.world.agenda
        code = alert.tier_code
        minutes = moment.taken_up_after or chance.randint(
            *TAKEN_UP.get(Alert.Tier(alert.tier), TAKEN_UP_ELSE)
        )
        taken_up = alert.raised_at + timedelta(minutes=minutes)
        if alert.tier != Alert.Tier.RED_FLAG:
            taken_up = self.world.working_hours(taken_up)
        note = moment.note or chance.choice(self.world.words.notes[code])
        agenda.at(taken_up, lambda now: self._take_up(alert.pk, note, now))
        if moment.leave == "resolved":
            closed = self.world.working_hours(taken_up + timedelta(minutes=chance.randint(*CLOSED)))
            resolution = moment.resolution or chance.choice(self.world.words.resolutions[code])
            agenda.at(closed, lambda now: self._close(alert.pk, resolution, now))

    def _take_up(self, pk: UUID, note: str, now: datetime) -> None:
        alert = Alert.objects.select_related("owner").get(pk=pk)
        acknowledge_alert(alert=alert, note=note, by=alert.owner, now=now)

    def _close(self, pk: UUID, resolution: str, now: datetime) -> None:
        alert = Alert.objects.select_related("owner", "check_in").get(pk=pk)
        if alert.tier == Alert.Tier.SILENCE:
            self._reach(alert, now - timedelta(minutes=6))
        resolve_alert(alert=alert, resolution=resolution, by=alert.owner, now=now)


def _left(life: Life, alert: Alert) -> Leave:
    return life.story.silence if alert.tier == Alert.Tier.SILENCE else "resolved"
