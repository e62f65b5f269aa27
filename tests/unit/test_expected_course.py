"""The course a plan expects: the criteria of its phases, and nothing that was not published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.checkins.expected import Aim, aim_on, expected_course
from careplans.checkins.models import Alert
from careplans.core.charts import Point
from careplans.plans.document import Criteria, DocumentPhase
from tests.make.checkins import ask_next, make_answer, make_scheduled
from tests.make.documents import make_item, make_phase

START = date(2026, 3, 2)


def day(number: int) -> date:
    return START + timedelta(days=number)


def phases(*aims: tuple[int, int | None]) -> list[DocumentPhase]:
    """One phase for each (days, pain at most)."""
    made, start = [], START
    for days, pain in aims:
        made.append(make_phase(start, days, (), criteria=Criteria(pain_at_most=pain)))
        start += timedelta(days=days)
    return made


def points(*answers: tuple[int, int | None]) -> list[Point]:
    return [(day(number), now, now) for number, now in answers]


def test_leads_from_the_first_answer_to_the_aim_of_each_phase() -> None:
    course = expected_course(phases((2, None), (5, 5), (21, 3)), points((1, 8), (40, 2)))
    assert course == ((day(1), 8.0), (day(6), 5.0), (day(27), 3.0))


def test_is_cut_at_the_last_day_asked() -> None:
    course = expected_course(phases((11, 4)), points((0, 8), (5, None)))
    assert course == ((day(0), 8.0), (day(5), 6.0))


def test_never_rises() -> None:
    assert expected_course(phases((11, 5)), points((0, 2), (10, 2)))[-1] == (day(10), 2.0)


def test_is_nothing_without_an_aim_or_an_answer() -> None:
    assert expected_course(phases((11, None)), points((0, 8), (5, 6))) == ()
    assert expected_course(phases((11, 4)), points((0, None))) == ()
    assert expected_course(phases((11, 4)), points((0, 8))) == ()


def test_the_next_aim() -> None:
    plan = phases((2, None), (5, 5), (21, 3))
    assert aim_on(plan, day(0)) == Aim(day(6), 5)
    assert aim_on(plan, day(7)) == Aim(day(27), 3)
    assert aim_on(plan, day(28)) is None


@pytest.mark.parametrize("where", ["alert", "patient"])
def test_stands_beside_the_answers(
    clinic: Clinic, clinician: User, client_of: Callable[..., Client], where: str
) -> None:
    phase = make_phase(START, 14, (make_item(),), criteria=Criteria(pain_at_most=4))
    plan = make_scheduled(clinic, clinician, phases=(phase,)).plan
    make_answer(ask_next(plan), pain_now=6, pain_worst=6)
    make_answer(ask_next(plan), pain_now=8, pain_worst=8, barriers=("fear",))
    path = f"/alerts/{Alert.objects.all()[0].pk}/" if where == "alert" else f"/patients/{plan.patient_id}/"

    page = client_of(Role.CLINICIAN).get(path).content.decode()

    assert "chart-line-expected" in page
    assert "pain of at most 4 by 15 March" in page
    assert "I was afraid of doing harm" in page
