"""One demo patient from registration to today, told through the verbs that real work uses."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from careplans.accounts.models import User
from careplans.audit.record import PATIENT
from careplans.builder.publish import end_plan
from careplans.demo.drafting import ask_on, edit, publish
from careplans.demo.story import Ending, EpisodeStory, Moment, PlanStory, Revision, Story
from careplans.demo.world import World
from careplans.plans.models import Draft, Plan
from careplans.plans.start import start_plan, start_revision
from patients.models import Episode, Patient
from patients.services import close_episode, open_episode, opt_out_of_email, record_fact, register_patient

SEED = "Riverside"


class Life:
    """``number`` makes record number and telephone number; ``chance`` is the story's own, whatever else happens."""

    def __init__(self, world: World, story: Story, number: int) -> None:
        self.world, self.story, self.number = world, story, number
        self.chance = Random(f"{SEED}:{story.full_name}")  # noqa: S311  # tells stories, protects nothing
        self.patient: Patient
        self.is_registered = False
        self.plan: Plan | None = None

    @property
    def clinician(self) -> User:
        return self.world.staff.clinicians[self.story.clinician]

    def begin(self) -> None:
        """Put what is known beforehand on the agenda; answers follow from the questions."""
        at = self._moment(self.story.registered, at_once=True)
        agenda = self.world.agenda
        agenda.at(at, self.register)
        agenda.at(at + timedelta(minutes=20), self.see_clinician)
        if self.story.opted_out is not None:
            agenda.at(self._moment(self.story.opted_out), self.opt_out)
        plan = self.story.plan
        if plan is None:
            return
        for revision in plan.revisions:
            agenda.at(self._moment(revision.ago), partial(self.revise, revision))
        if plan.ending:
            agenda.at(self._moment(plan.ending.ago), partial(self.end, plan.ending))

    def register(self, now: datetime) -> None:
        """The front desk takes the patient in."""
        story, world = self.story, self.world
        has_address = story.contact != "no_address"
        self.patient = register_patient(
            clinic=world.clinic,
            given_name=story.name[0],
            family_name=story.name[1],
            birth_date=_born(story, world.today),
            record_number=f"RB-{1000 + self.number}",
            language=story.language,
            time_zone=story.zone,
            phone=f"+44 7700 900{100 + self.number}",
            email=story.address if has_address else "",
            has_email_consent=has_address and story.contact != "no_consent",
            clinician=self.clinician,
            by=world.staff.front_desk,
            now=now,
        )
        self.is_registered = True

    def see_clinician(self, now: datetime) -> None:
        """Facts and episode, and the plan that comes of the first visit."""
        for code in self.story.facts:
            record_fact(patient=self.patient, code=code, by=self.clinician, now=now)
        for material in self.story.allergies:
            record_fact(patient=self.patient, code="allergy", detail=material, by=self.clinician, now=now)
        if self.story.episode is None:
            return
        episode = self._open_episode(self.story.episode, now + timedelta(minutes=5))
        if self.story.plan:
            self._plan(episode, self.story.plan, now + timedelta(minutes=12))

    def revise(self, revision: Revision, now: datetime) -> None:
        if self.plan is None or self.story.plan is None:
            return
        draft = start_revision(plan=self.plan, by=self.clinician, now=now)
        edit(self.world, draft, revision.edits, self.clinician, now + timedelta(minutes=4))
        if revision.is_published:
            self._publish(draft, now + timedelta(minutes=6))

    def end(self, ending: Ending, now: datetime) -> None:
        if self.plan is None:
            return
        end_plan(plan=self.plan, state=ending.state, reason=ending.reason, by=self.clinician, now=now)
        close_episode(episode=self.plan.episode, by=self.clinician, now=now + timedelta(minutes=2))

    def opt_out(self, now: datetime) -> None:
        opt_out_of_email(patient=self.patient, by=PATIENT, now=now)

    def moment_of(self, ask: int, due_on: date) -> Moment | None:
        """What the story tells of this check-in; the fresh moment belongs to the last day that has been asked."""
        plan = self.story.plan
        past = [ago for ago in plan.asks if ago >= 0] if plan else []
        is_last = bool(past) and due_on == self.world.day(min(past))
        of_it = (one for one in self.story.moments if one.ask == ask or (one.fresh is not None and is_last))
        return next(of_it, None)

    def replies_to(self, ask: int) -> bool:
        course = self.story.course
        is_silent = course.silent_from is not None and ask >= course.silent_from
        return not is_silent and self.chance.random() < course.replies

    def delay(self, *, is_prompt: bool) -> timedelta:
        """Most answer on the day, some on the next, some only when they are reminded."""
        luck = 0.0 if is_prompt else self.chance.random()
        first, last = (10, 720) if luck < 0.65 else (1440, 2000) if luck < 0.9 else (2890, 3500)
        return timedelta(minutes=self.chance.randint(first, last))

    def _open_episode(self, told: EpisodeStory, now: datetime) -> Episode:
        today = now.astimezone(self.world.clinic.zone).date()
        surgery = told.surgery
        return open_episode(
            patient=self.patient,
            diagnosis=told.diagnosis,
            body_region=told.region,
            onset_on=min(self.world.day(told.began), today),
            surgery_type=surgery.type if surgery else "",
            surgery_on=min(self.world.day(surgery.ago), today) if surgery else None,
            contributors=told.contributors,
            by=self.clinician,
            now=now,
        )

    def _plan(self, episode: Episode, told: PlanStory, now: datetime) -> None:
        template = self.world.templates[told.template] if told.template else None
        draft: Draft = start_plan(episode=episode, template_version=template, by=self.clinician, now=now)
        self.plan = draft.plan
        edit(self.world, draft, told.edits, self.clinician, now + timedelta(minutes=2))
        if told.asks:
            days = [self.world.day(ago) for ago in told.asks]
            ask_on(draft, days, self.clinician, now + timedelta(minutes=3))
        if told.is_published:
            self._publish(draft, now + timedelta(minutes=5))

    def _publish(self, draft: Draft, now: datetime) -> None:
        reasons = self.story.plan.reasons if self.story.plan else {}
        publish(draft, reasons, self.clinician, now)
        self.world.agenda.at(now + timedelta(minutes=1), self.world.mail.settle)

    def _moment(self, ago: int, *, at_once: bool = False) -> datetime:
        """Some time in the opening hours; what happens later to a patient happens after the first visits of the day."""
        hours = (8, 13) if at_once else (14, 16)
        at = time(self.chance.randint(*hours), self.chance.choice(range(0, 60, 5)))
        return self.world.moment(self.world.weekday(ago), at)


def _born(story: Story, today: date) -> date:
    """The birth date at which the patient is ``age`` years old today."""
    month, day = story.birthday
    had_birthday = (month, day) <= (today.month, today.day)
    return date(today.year - story.age - (0 if had_birthday else 1), month, day)
