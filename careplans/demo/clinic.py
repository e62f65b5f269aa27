"""A clinic to try the product with, told through the product's own verbs with the clock moved.

It holds what a clinic holds after twelve weeks, and nothing that could not have come about in one: nobody in it
exists. Everything is relative to ``now``, so that the worklist of the day it is made looks alive.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db import transaction

from careplans.accounts.models import Clinic
from careplans.audit.record import SYSTEM
from careplans.checkins.models import Answer
from careplans.demo.agenda import Agenda
from careplans.demo.follow_up import FollowUp
from careplans.demo.keeping import Keeping
from careplans.demo.life import Life
from careplans.demo.mails import MailRoom
from careplans.demo.progress import Progress
from careplans.demo.staff import backdate, invite_newcomer, make_clinic, make_staff
from careplans.demo.story import read_stories, read_words
from careplans.demo.world import World
from careplans.library.load import load_starter

BEGAN = timedelta(days=90)
MORNING = time(5, 30)

Say = Callable[[str], None]


@dataclass(frozen=True)
class DemoClinic:
    clinic: Clinic
    is_new: bool


def make_demo_clinic(*, now: datetime, say: Say = lambda line: None) -> DemoClinic:
    """Make the demo clinic as a whole or not at all; where there is one, it stays as it is."""
    existing = Clinic.objects.filter(is_demo=True).first()
    if existing:
        return DemoClinic(existing, is_new=False)
    with transaction.atomic():
        return DemoClinic(_make(now, say), is_new=True)


def _make(now: datetime, say: Say) -> Clinic:
    began = now - BEGAN
    say("Demo: the clinic, its staff and its library …")
    clinic = make_clinic(began)
    staff = make_staff(clinic, began)
    load_starter(clinic=clinic, by=SYSTEM, now=began + timedelta(hours=2))
    backdate(clinic, began)
    clinic.refresh_from_db()
    stories = sorted(read_stories(), key=lambda story: -story.registered)
    mail = MailRoom(frozenset(story.address for story in stories if story.contact == "refused"))
    mail.settle(began + timedelta(hours=9))
    world = World(clinic, staff, Agenda(until=now), read_words(), mail)
    Keeping(world, began).begin()
    lives = [Life(world, story, number) for number, story in enumerate(stories, 1)]
    for life in lives:
        life.begin()
    world.agenda.at(now - timedelta(hours=20), lambda at: invite_newcomer(clinic, staff, at))
    FollowUp(world, lives).begin(datetime.combine((now - BEGAN).date(), MORNING, UTC))
    say(f"Demo: twelve weeks of {len(lives)} patients …")
    world.agenda.run(Progress(say, began=began, until=now))
    answers = Answer.objects.filter(check_in__clinic=clinic).count()
    say(f"Demo: {clinic} is ready, with {answers} answers.")
    return clinic
