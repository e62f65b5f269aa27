"""Weeks of follow-up with the clock moved: the product asks, patients answer or do not, staff look after alerts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from careplans.accounts.models import User
from careplans.checkins.answer import record_answer
from careplans.checkins.ask import ask_due, close_missed, remind_due
from careplans.checkins.climb import climb_due
from careplans.checkins.models import Alert, Answer, CheckIn
from careplans.checkins.questions import questions_of
from careplans.demo.alert_desk import AlertDesk
from careplans.demo.life import Life
from careplans.demo.replies import Asked, reply
from careplans.demo.story import Moment
from careplans.demo.world import World

# Those asked by phone since then are today's phone list.
NOT_PHONED_YET = timedelta(hours=48)
DAY = timedelta(days=1)


class FollowUp:
    """Runs what the worker runs every minute, at the moments at which something is due."""

    def __init__(self, world: World, lives: Iterable[Life]) -> None:
        self.world = world
        self.lives = list(lives)
        self.alerts = AlertDesk(world, self._reach)
        self._seen: set[UUID] = set()
        self._asks: dict[UUID, int] = {}

    def begin(self, first: datetime) -> None:
        day = first
        while day <= self.world.now:
            self.world.agenda.at(day, self._look_ahead)
            day += DAY
        self.world.agenda.at(self.world.now, self.tick)

    def tick(self, now: datetime) -> None:
        close_missed(now=now)
        ask_due(now=now)
        remind_due(now=now)
        climb_due(now=now)
        self.world.mail.settle(now)
        by_patient = self._by_patient()
        for check_in in CheckIn.objects.filter(asked_at=now):
            if check_in.pk not in self._seen:
                self._asked(check_in, by_patient[check_in.patient_id], now)
        for alert in Alert.objects.filter(raised_at=now):
            self.alerts.look(by_patient[alert.patient_id], [alert])

    def _look_ahead(self, now: datetime) -> None:
        """A day's moments, looked up on that day: what is published moves those of later days."""
        due = CheckIn.objects.filter(state=CheckIn.State.SCHEDULED, due_at__gte=now, due_at__lt=now + DAY)
        for moment in set(due.values_list("due_at", flat=True)):
            self.world.agenda.at(moment, self.tick)
        self.world.agenda.at(now + timedelta(hours=4), self.tick)

    def _asked(self, check_in: CheckIn, life: Life, now: datetime) -> None:
        """Decide whether and when it is answered."""
        self._asks[check_in.plan_id] = count = self._asks.get(check_in.plan_id, 0) + 1
        self._seen.add(check_in.pk)
        moment = life.moment_of(count, check_in.due_on)
        if check_in.channel == CheckIn.Channel.PHONE:
            self._phone_later(check_in, life, moment, now)
        elif moment is not None and moment.fresh is not None:
            at = self.world.now - timedelta(minutes=moment.fresh)
            self.world.agenda.at(at, lambda at: self._answer(check_in, life, moment, None, at))
        elif moment is not None or life.replies_to(count):
            is_prompt = moment is not None or life.story.course.replies == 1.0
            at = now + life.delay(is_prompt=is_prompt)
            self.world.agenda.at(at, lambda at: self._answer(check_in, life, moment, None, at))

    def _phone_later(self, check_in: CheckIn, life: Life, moment: Moment | None, now: datetime) -> None:
        if now > self.world.now - NOT_PHONED_YET:
            return
        at = self.world.working_hours(now + timedelta(minutes=life.chance.randint(60, 1700)))
        self.world.agenda.at(at, lambda at: self._answer(check_in, life, moment, life.clinician, at))

    def _answer(
        self, check_in: CheckIn, life: Life, moment: Moment | None, taken_by: User | None, now: datetime
    ) -> None:
        check_in = CheckIn.objects.select_related("plan", "version").get(pk=check_in.pk)
        if check_in.state not in {CheckIn.State.ASKED, CheckIn.State.MISSED if taken_by else ""}:
            return
        if taken_by is None and now >= check_in.closes_at:
            return
        earlier = Answer.objects.of_plan(check_in.plan_id).exclude(pain_now=None).last()
        asked = Asked(
            day=(now - check_in.plan.created_at).days,
            last_pain=earlier.pain_now if earlier else None,
            questions=questions_of(check_in.version.document, check_in.due_on),
            language=life.story.language,
        )
        given = reply(life.story.course, moment or Moment(), asked, self.world.words, life.chance)
        record_answer(check_in=check_in, given=given, taken_by=taken_by, now=now)
        self._notice(life, moment, now)

    def _notice(self, life: Life, moment: Moment | None, now: datetime) -> None:
        """The alerts that an answer raised, their mails, and the moments at which they would climb."""
        raised = list(Alert.objects.filter(patient=life.patient, raised_at=now))
        if not raised:
            return
        self.alerts.look(life, raised, moment)
        self.world.mail.settle(now)
        for alert in raised:
            if alert.climbs_at is not None:
                self.world.agenda.at(alert.climbs_at, self._climb)

    def _climb(self, now: datetime) -> None:
        """Each step names the next; most alerts are taken up before."""
        if climb_due(now=now):
            self.world.mail.settle(now)
            later = Alert.objects.filter(state=Alert.State.OPEN, climbs_at__gt=now).values_list(
                "climbs_at", flat=True
            )
            for climbs_at in later:
                if climbs_at is not None:
                    self.world.agenda.at(climbs_at, self._climb)

    def _reach(self, alert: Alert, now: datetime) -> None:
        """A silent patient was reached by phone: the missed check-in is answered after all."""
        life = self._by_patient()[alert.patient_id]
        self._answer(alert.check_in, life, None, alert.owner, now)

    def _by_patient(self) -> dict[UUID, Life]:
        return {life.patient.pk: life for life in self.lives if life.is_registered}
