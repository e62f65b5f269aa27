"""The rows that a published version plans, and what a revision does to them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from careplans.accounts.models import Clinic, User
from careplans.audit.models import AuditEvent
from careplans.audit.record import SYSTEM
from careplans.checkins.models import CheckIn
from careplans.checkins.schedule import cancel_check_ins, schedule_check_ins
from careplans.outbox.models import Message
from careplans.plans.document import DocumentCheckIn
from careplans.plans.freeze import freeze_draft
from tests.factories import NOW
from tests.make.checkins import ask_next, make_answer, make_scheduled, planned
from tests.make.documents import TODAY, make_version
from tests.make.plans import make_draft

State = CheckIn.State


def days_of(rows: list[CheckIn]) -> list[int]:
    return [(row.due_on - TODAY).days for row in rows]


def test_one_row_a_day_in_the_patients_morning(clinic: Clinic, clinician: User) -> None:
    version = make_scheduled(clinic, clinician, days=(1, 3, 30), patient={"time_zone": "America/New_York"})
    rows = planned(version.plan)
    assert days_of(rows) == [1, 3, 30]
    assert {row.due_at.astimezone(version.plan.patient.zone).time() for row in rows} == {time(9)}
    assert rows[0].closes_at - rows[0].due_at == timedelta(
        days=7, hours=-1
    )  # the clocks go forward on 8 March
    assert all(row.version == version and row.clinic == clinic for row in rows)


def test_days_that_have_passed_are_left_out(clinic: Clinic, clinician: User) -> None:
    # Today's nine o'clock has passed at half past nine in London, not yet in New York.
    assert days_of(planned(make_scheduled(clinic, clinician, days=(-1, 0, 2)).plan)) == [2]
    west = make_scheduled(clinic, clinician, days=(-1, 0, 2), patient={"time_zone": "America/New_York"})
    assert days_of(planned(west.plan)) == [0, 2]


def test_running_twice_changes_nothing(clinic: Clinic, clinician: User) -> None:
    version = make_scheduled(clinic, clinician)
    before = list(version.plan.check_ins.order_by("due_at").values())
    schedule_check_ins(version=version, by=clinician, now=NOW)
    assert list(version.plan.check_ins.order_by("due_at").values()) == before


def test_two_on_one_day_are_one(clinic: Clinic, clinician: User) -> None:
    day = TODAY + timedelta(days=4)
    both = tuple(DocumentCheckIn(due_on=day, kind=kind) for kind in ("course_end", "scheduled"))
    (row,) = planned(make_scheduled(clinic, clinician, check_ins=both).plan)
    assert row.kind == CheckIn.Kind.COURSE_END


def test_a_revision_moves_planned_days_and_keeps_what_was_asked(clinic: Clinic, clinician: User) -> None:
    first = make_scheduled(clinic, clinician, days=(1, 3, 7))
    asked = ask_next(first.plan)
    second = make_version(first.plan, days=(1, 7, 10))
    schedule_check_ins(version=second, by=clinician, now=asked.due_at)
    rows = first.plan.check_ins.order_by("due_at")
    assert [(days_of([row])[0], row.state, row.version_id) for row in rows] == [
        (1, State.ASKED, first.pk),
        (3, State.CANCELLED, first.pk),
        (7, State.SCHEDULED, second.pk),
        (10, State.SCHEDULED, second.pk),
    ]


def test_a_cancelled_day_can_come_back(clinic: Clinic, clinician: User) -> None:
    version = make_scheduled(clinic, clinician, days=(3,))
    for days in ((), (3,)):
        schedule_check_ins(version=make_version(version.plan, days=days), by=clinician, now=NOW)
    assert sorted(version.plan.check_ins.values_list("state", flat=True)) == [
        State.CANCELLED,
        State.SCHEDULED,
    ]


def test_ending_a_plan_takes_back_what_is_planned_and_open(clinic: Clinic, clinician: User) -> None:
    version = make_scheduled(clinic, clinician)
    asked = ask_next(version.plan)
    cancel_check_ins(plan=version.plan, by=clinician, now=asked.due_at)
    assert set(version.plan.check_ins.values_list("state", flat=True)) == {State.CANCELLED}
    assert Message.objects.get(key=asked.mail_key).state == Message.State.CANCELLED


def test_ending_a_plan_keeps_a_half_given_answer_in_sight(clinic: Clinic, clinician: User) -> None:
    """Nobody's "yes" to a warning sign leaves the record because the plan ended before the second page came."""
    asked = ask_next(make_scheduled(clinic, clinician).plan)
    make_answer(asked, red_flags={"leg_weakness": True}, is_complete=False)

    cancel_check_ins(plan=asked.plan, by=clinician, now=asked.due_at + timedelta(hours=2))

    asked.refresh_from_db()
    assert asked.state == State.ANSWERED
    assert asked.answer.red_flags == {"leg_weakness": True}


def test_the_database_holds_one_a_plan_and_day(clinic: Clinic, clinician: User) -> None:
    row = planned(make_scheduled(clinic, clinician).plan)[0]
    row.pk, row._state.adding, row.token_hash = None, True, "other"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_rolls_back_when_audit_fails(
    clinic: Clinic, clinician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = make_version(make_scheduled(clinic, clinician, days=()).plan)

    def fail(**kwargs: Any) -> None:
        raise OSError("audit is down")

    monkeypatch.setattr("careplans.checkins.schedule.record_change", fail)
    with pytest.raises(OSError, match="audit is down"):
        schedule_check_ins(version=version, by=SYSTEM, now=NOW)
    assert not version.plan.check_ins.exists()


def test_each_change_is_in_the_trail(clinic: Clinic, clinician: User) -> None:
    version = make_scheduled(clinic, clinician)
    event = AuditEvent.objects.get(action="check_ins.scheduled")
    assert (event.patient_id, event.actor_id) == (version.plan.patient_id, clinician.pk)


def test_leap_day_and_far_future(clinic: Clinic, clinician: User) -> None:
    days = tuple(DocumentCheckIn(due_on=day, kind="scheduled") for day in (datetime(2028, 2, 29).date(),))  # noqa: DTZ001
    assert planned(make_scheduled(clinic, clinician, check_ins=days).plan)[0].due_on.day == 29


def test_a_plan_from_the_starter_library_is_asked_about(clinic: Clinic, clinician: User) -> None:
    draft = make_draft(clinic, clinician)
    version = freeze_draft(draft=draft, revision=draft.revision, by=clinician, now=NOW)
    schedule_check_ins(version=version, by=clinician, now=NOW)
    named = {check_in.due_on for check_in in version.document.check_ins}
    rows = planned(version.plan)
    assert rows
    assert {row.due_on for row in rows} == {day for day in named if day > TODAY}
    answer = make_answer(
        ask_next(version.plan), red_flags={flag.code: False for flag in version.document.red_flags}
    )
    assert answer.completed_at is not None
