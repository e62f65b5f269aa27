"""Receiving an answer: all of it with its consequences, or nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from careplans.accounts.models import Clinic, User
from careplans.audit.models import AuditEvent
from careplans.checkins.answer import GivenAnswer, record_answer
from careplans.checkins.models import Alert, Answer, AnswerItem, CheckIn
from careplans.checkins.refusals import AlreadyAnswered, AnswerNotUsable, CheckInNotOpen
from careplans.checkins.tiers import Tier
from careplans.outbox.models import Message
from tests.make.checkins import ask_next, make_answer, make_asked, make_scheduled, moment_of


@pytest.fixture
def check_in(clinic: Clinic, clinician: User) -> CheckIn:
    return make_asked(clinic, clinician)


def tiers() -> list[int]:
    return sorted(Alert.objects.values_list("tier", flat=True))


def test_stores_zero_as_zero_and_nothing_as_nothing(check_in: CheckIn) -> None:
    answer = make_answer(check_in, pain_now=0, pain_worst=0, function=None)
    answer.refresh_from_db()
    assert (answer.pain_now, answer.pain_worst, answer.function) == (0, 0, None)
    check_in.refresh_from_db()
    assert (check_in.state, check_in.settled_at) == (CheckIn.State.ANSWERED, moment_of(check_in))
    assert Message.objects.get(key=check_in.mail_key).state == Message.State.CANCELLED
    assert tiers() == []


def test_red_flag_alert_and_notice_in_one_commit(check_in: CheckIn, clinician: User) -> None:
    make_answer(check_in, red_flags={"saddle_numbness": True, "leg_weakness": False})
    alert = Alert.objects.get()
    assert (alert.tier, alert.causes, alert.owner) == (Tier.RED_FLAG, ["saddle_numbness"], clinician)
    assert alert.climbs_at == moment_of(check_in) + timedelta(minutes=60)
    notice = Message.objects.get(kind=Message.Kind.ALERT_NOTICE)
    assert (notice.priority, notice.to_address, notice.due_at) == (0, clinician.email, moment_of(check_in))
    assert notice.link_path == f"/alerts/{alert.pk}/"


@pytest.mark.parametrize("where", ["answer", "alerts"])
def test_all_or_nothing_when_audit_fails(
    check_in: CheckIn, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def fail(**kwargs: Any) -> None:
        raise OSError("audit is down")

    monkeypatch.setattr(f"careplans.checkins.{where}.record_change", fail)
    with pytest.raises(OSError, match="audit is down"):
        make_answer(check_in, red_flags={"leg_weakness": True})
    assert not Answer.objects.exists()
    assert not Alert.objects.exists()
    assert not Message.objects.filter(kind=Message.Kind.ALERT_NOTICE).exists()
    check_in.refresh_from_db()
    assert check_in.state == CheckIn.State.ASKED


def test_a_notice_that_cannot_be_made_loses_no_answer(check_in: CheckIn, clinician: User) -> None:
    User.objects.filter(pk=clinician.pk).update(email="not an address")
    make_answer(check_in, red_flags={"leg_weakness": True})
    assert Alert.objects.get().climbs_at is not None
    assert not Message.objects.filter(kind=Message.Kind.ALERT_NOTICE).exists()


def test_second_time_is_refused(check_in: CheckIn) -> None:
    make_answer(check_in)
    with pytest.raises(AlreadyAnswered):
        make_answer(check_in, pain_now=9)
    assert Answer.objects.get().pain_now == 3


def test_too_late_and_not_yet(clinic: Clinic, clinician: User, check_in: CheckIn) -> None:
    with pytest.raises(CheckInNotOpen):
        make_answer(check_in, now=check_in.closes_at)
    planned = make_scheduled(clinic, clinician).plan.check_ins.first()
    assert planned is not None
    with pytest.raises(CheckInNotOpen):
        make_answer(planned)


@pytest.mark.parametrize(
    "given",
    [
        {"pain_now": 11},
        {"pain_worst": -1},
        {"red_flags": {"never_asked": True}},
        {"done": {"ex-unknown": "some"}},
        {"done": {"ex-pelvic-tilt": "often"}},
        {"side_effects": ("growth",)},
        {"barriers": ("laziness",)},
        {"spasm_frequency": "hourly"},
        {"comment": "x" * 2001},
    ],
)
def test_refuses_what_was_not_asked(check_in: CheckIn, given: dict[str, Any]) -> None:
    with pytest.raises(AnswerNotUsable):
        make_answer(check_in, **given)
    assert not Answer.objects.exists()


def test_the_rest_joins_the_first_part(check_in: CheckIn) -> None:
    first = GivenAnswer(red_flags={"saddle_numbness": False}, pain_now=2, pain_worst=4, is_complete=False)
    record_answer(check_in=check_in, given=first, now=moment_of(check_in))
    check_in.refresh_from_db()
    assert check_in.state == CheckIn.State.ASKED
    rest = GivenAnswer(function=5, done={"ex-pelvic-tilt": "some"}, wants_call=False, comment="Better.")
    answer = record_answer(check_in=check_in, given=rest, now=moment_of(check_in, hours=2))
    assert (answer.pain_now, answer.function, answer.comment) == (2, 5, "Better.")
    assert answer.completed_at == moment_of(check_in, hours=2)
    item = AnswerItem.objects.get()
    assert (item.title, item.done) == ("Pelvic tilt", "some")


def test_a_raised_flag_is_never_taken_back(check_in: CheckIn) -> None:
    make_answer(check_in, red_flags={"leg_weakness": True}, pain_now=None, is_complete=False)
    answer = make_answer(check_in, red_flags={"leg_weakness": False, "saddle_numbness": False})
    assert answer.red_flags == {"leg_weakness": True, "saddle_numbness": False}
    assert Alert.objects.get().causes == ["leg_weakness"]


def test_another_flag_opens_the_alert_again(check_in: CheckIn, clinician: User) -> None:
    make_answer(check_in, red_flags={"leg_weakness": True}, is_complete=False)
    alert = Alert.objects.get()
    from_first = list(Message.objects.filter(kind=Message.Kind.ALERT_NOTICE).values_list("key", flat=True))
    alert.state, alert.note = Alert.State.ACKNOWLEDGED, "Calling."
    alert.acknowledged_at, alert.acknowledged_by, alert.climbs_at = moment_of(check_in), clinician, None
    alert.save()
    make_answer(check_in, red_flags={"saddle_numbness": True}, now=moment_of(check_in, hours=2))
    alert.refresh_from_db()
    assert (alert.state, alert.causes) == (Alert.State.OPEN, ["leg_weakness", "saddle_numbness"])
    assert alert.climbs_at == moment_of(check_in, hours=3)
    assert Message.objects.filter(kind=Message.Kind.ALERT_NOTICE).exclude(key__in=from_first).count() == 1


def test_worse_than_the_first_and_the_last(clinic: Clinic, clinician: User) -> None:
    plan = make_scheduled(clinic, clinician).plan
    for pain, expected in [(5, []), (3, []), (5, [Tier.WORSENING])]:
        make_answer(ask_next(plan), pain_now=pain, pain_worst=6)
        assert tiers() == expected
    assert Alert.objects.get().causes == ["since_last"]


def test_a_later_threshold_does_not_rewrite_history(check_in: CheckIn, clinic: Clinic) -> None:
    make_answer(check_in, pain_now=6, pain_worst=6)
    Clinic.objects.update(pain_threshold=2)
    assert tiers() == []


def test_staff_write_down_what_they_hear(check_in: CheckIn, clinician: User) -> None:
    CheckIn.objects.update(state=CheckIn.State.MISSED)
    given = GivenAnswer(red_flags={}, pain_now=4, wants_call=True)
    answer = record_answer(check_in=check_in, given=given, taken_by=clinician, now=check_in.closes_at)
    assert answer.taken_by == clinician
    assert AuditEvent.objects.get(action="check_in.answered").actor_id == clinician.pk
    assert tiers() == [Tier.WANTS_CALL]


def test_the_patients_answer_is_in_the_trail_without_what_it_says(check_in: CheckIn) -> None:
    make_answer(check_in, comment="my secret", pain_now=8, pain_worst=9)
    event = AuditEvent.objects.get(action="check_in.answered")
    assert (event.actor_kind, event.patient_id) == ("patient", check_in.patient_id)
    assert event.details == {"alerts": ["threshold"]}


def test_the_owner_who_left_is_replaced_by_who_is_there(
    clinic: Clinic, clinician: User, check_in: CheckIn
) -> None:
    from_desk = clinician.memberships.get()
    from_desk.ended_at = check_in.due_at
    from_desk.save()
    make_answer(check_in, red_flags={"leg_weakness": True})
    # Nobody else works here: the alert still has an owner and still climbs.
    assert Alert.objects.get().owner == clinician


def test_the_database_holds_the_scales(check_in: CheckIn) -> None:
    for field in ("pain_now", "pain_worst", "function"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Answer.objects.create(
                check_in=check_in, answered_at=check_in.due_at, language="en", **{field: 11}
            )
