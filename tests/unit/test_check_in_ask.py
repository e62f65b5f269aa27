"""Asking, reminding and closing, with the clock moved by hand."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from careplans.accounts.models import Clinic, User
from careplans.audit.models import AuditEvent
from careplans.audit.record import PATIENT
from careplans.builder.publish import publish_plan
from careplans.checkins import mails as room
from careplans.checkins import remind
from careplans.checkins.ask import ask_due, ask_now, close_missed, remind_due
from careplans.checkins.bounces import take_note_of_failures
from careplans.checkins.models import Alert, CheckIn
from careplans.checkins.refusals import CheckInNotOpen
from careplans.checkins.schedule import schedule_check_ins
from careplans.checkins.tiers import Tier
from careplans.core.refusals import Refusal
from careplans.outbox.models import Message
from careplans.plans.models import Plan
from patients.contact import lock_patient, opt_out_of_email
from tests.factories import NOW
from tests.make.checkins import ask_next, make_answer, make_asked, make_scheduled, planned
from tests.make.documents import make_plan, make_version
from tests.make.plans import make_draft

State, Channel = CheckIn.State, CheckIn.Channel
DAY = timedelta(days=1)


def mails(kind: str = Message.Kind.CHECK_IN) -> list[Message]:
    return list(Message.objects.filter(kind=kind).order_by("created_at"))


def test_asks_when_due_and_not_before(clinic: Clinic, clinician: User) -> None:
    first = planned(make_scheduled(clinic, clinician).plan)[0]
    assert ask_due(now=first.due_at - timedelta(minutes=1)) == 0
    assert ask_due(now=first.due_at) == 1
    first.refresh_from_db()
    assert (first.state, first.channel, first.asked_at) == (State.ASKED, Channel.EMAIL, first.due_at)
    (mail,) = mails()
    assert (mail.key, mail.send_by, mail.to_address) == (
        f"check-in:{first.pk}",
        first.closes_at,
        first.patient.email,
    )
    assert (mail.link_nonce, mail.link_purpose, mail.link_path) == (first.nonce, "check-in", "/c/")
    assert ask_due(now=first.due_at) == 0
    assert AuditEvent.objects.filter(action="check_in.asked", subject_id=first.pk).count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"email_consent_at": None, "email_consent_by": None},
        {"email_opted_out_at": NOW},
        {"email_state": "bounced"},
        {"email": ""},
    ],
)
def test_without_consent_or_address_it_is_the_phone(
    clinic: Clinic, clinician: User, fields: dict[str, Any]
) -> None:
    version = make_scheduled(clinic, clinician)
    type(version.plan.patient).objects.filter(pk=version.plan.patient_id).update(**fields)
    assert ask_next(version.plan).channel == Channel.PHONE
    assert not mails()


@pytest.mark.parametrize("state", ["paused", "stopped", "completed"])
def test_a_plan_that_does_not_run_is_not_asked_about(clinic: Clinic, clinician: User, state: str) -> None:
    first = planned(make_scheduled(clinic, clinician).plan)[0]
    Plan.objects.update(state=state, ended_at=None if state == "paused" else NOW)
    assert ask_due(now=first.due_at) == 0
    with pytest.raises(CheckInNotOpen):
        ask_now(check_in=first, by=clinician, now=NOW)


def test_several_due_at_once_are_asked_as_one(clinic: Clinic, clinician: User) -> None:
    rows = planned(make_scheduled(clinic, clinician, days=(1, 2, 3)).plan)
    assert ask_due(now=rows[-1].due_at) == 1
    assert [CheckIn.objects.get(pk=row.pk).state for row in rows] == [State.MISSED, State.MISSED, State.ASKED]
    assert len(mails()) == 1
    assert not Alert.objects.exists()  # nobody who was not asked is silent


def test_after_a_long_outage_nothing_old_is_sent(clinic: Clinic, clinician: User) -> None:
    rows = planned(make_scheduled(clinic, clinician, days=(1, 3)).plan)
    late = rows[-1].closes_at + DAY
    assert ask_due(now=late) == 0
    assert close_missed(now=late) == 2
    assert not mails()
    assert set(CheckIn.objects.values_list("state", flat=True)) == {State.MISSED}


def test_asked_late_in_the_evening_is_sent_in_the_morning(clinic: Clinic, clinician: User) -> None:
    first = planned(make_scheduled(clinic, clinician).plan)[0]
    evening = first.due_at.replace(hour=22)
    ask_due(now=evening)
    assert mails()[0].due_at.astimezone(first.patient.zone).time() == time(8)


def test_the_next_one_closes_the_one_before(clinic: Clinic, clinician: User) -> None:
    plan = make_scheduled(clinic, clinician).plan
    first, second = ask_next(plan), ask_next(plan)
    first.refresh_from_db()
    assert (first.state, second.state) == (State.MISSED, State.ASKED)
    assert mails()[0].state == Message.State.CANCELLED


def test_a_row_that_fails_blocks_no_other_and_goes_to_the_phone(
    clinic: Clinic, clinician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = (planned(make_scheduled(clinic, clinician, days=(1,)).plan)[0] for _ in range(2))
    real = room.queue_message

    def refuse_one(**fields: Any) -> Any:
        if fields["key"] == bad.mail_key:
            raise Refusal("no such address")
        return real(**fields)

    monkeypatch.setattr(room, "queue_message", refuse_one)
    assert ask_due(now=bad.due_at) == 2
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.channel) == (State.ASKED, Channel.PHONE)
    assert (good.state, good.channel) == (State.ASKED, Channel.EMAIL)


def test_rolls_back_when_audit_fails(
    clinic: Clinic, clinician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = planned(make_scheduled(clinic, clinician).plan)[0]

    def fail(**kwargs: Any) -> None:
        raise OSError("audit is down")

    monkeypatch.setattr("careplans.checkins.ask.record_change", fail)
    with pytest.raises(OSError, match="audit is down"):
        ask_due(now=first.due_at)
    first.refresh_from_db()
    assert first.state == State.SCHEDULED
    assert not mails()


def test_asking_ahead_of_the_day(clinic: Clinic, clinician: User) -> None:
    last = planned(make_scheduled(clinic, clinician).plan)[-1]
    asked = ask_now(check_in=last, by=clinician, now=NOW)
    assert (asked.state, asked.channel) == (State.ASKED, Channel.EMAIL)
    with pytest.raises(CheckInNotOpen):
        ask_now(check_in=last, by=clinician, now=NOW)


def test_reminds_once_after_the_clinics_days_in_sending_hours(clinic: Clinic, clinician: User) -> None:
    check_in = make_asked(clinic, clinician, days=(1,))
    assert remind_due(now=check_in.due_at + 2 * DAY - timedelta(minutes=1)) == 0
    assert remind_due(now=(check_in.due_at + 2 * DAY).replace(hour=23)) == 0
    assert remind_due(now=check_in.due_at + 2 * DAY) == 1
    assert remind_due(now=check_in.due_at + 3 * DAY) == 0
    (mail,) = mails(Message.Kind.REMINDER)
    assert (mail.key, mail.link_nonce) == (f"reminder:{check_in.pk}", check_in.nonce)


def test_no_reminder_once_answered(clinic: Clinic, clinician: User) -> None:
    check_in = make_asked(clinic, clinician, days=(1,))
    make_answer(check_in)
    assert remind_due(now=check_in.due_at + 3 * DAY) == 0


def test_answering_takes_back_a_waiting_reminder(clinic: Clinic, clinician: User) -> None:
    check_in = make_asked(clinic, clinician, days=(1,))
    remind_due(now=check_in.due_at + 2 * DAY)
    make_answer(check_in, now=check_in.due_at + 2 * DAY)
    assert mails(Message.Kind.REMINDER)[0].state == Message.State.CANCELLED


def test_two_open_ones_of_a_patient_are_one_reminder(clinic: Clinic, clinician: User) -> None:
    check_in = make_asked(clinic, clinician, days=(1,))
    other = make_version(make_plan(check_in.patient, clinician), days=(2,))
    schedule_check_ins(version=other, by=clinician, now=NOW)
    second = ask_next(other.plan)
    assert remind_due(now=second.due_at + 2 * DAY) == 1
    assert len(mails(Message.Kind.REMINDER)) == 1
    assert CheckIn.objects.exclude(reminded_at=None).count() == 2


def test_no_reminder_where_the_clinic_wants_none(clinic: Clinic, clinician: User) -> None:
    Clinic.objects.update(reminder_after_days=0)
    check_in = make_asked(clinic, clinician, days=(1,))
    assert remind_due(now=check_in.due_at + 5 * DAY) == 0


def test_opting_out_meanwhile_means_phone(clinic: Clinic, clinician: User) -> None:
    check_in = make_asked(clinic, clinician, days=(1,))
    type(check_in.patient).objects.update(email_opted_out_at=NOW)
    assert remind_due(now=check_in.due_at + 2 * DAY) == 0
    check_in.refresh_from_db()
    assert check_in.channel == Channel.PHONE
    assert moves_to_phone() == [(check_in.pk, {"reason": "no_mail"})]


def moves_to_phone() -> list[tuple[object, dict[str, Any]]]:
    events = AuditEvent.objects.filter(action="check_in.moved_to_phone")
    return [(UUID(event.subject_id), event.details) for event in events]


def test_opting_out_between_reading_and_reminding_means_no_mail(
    clinic: Clinic, clinician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_in = make_asked(clinic, clinician, days=(1,))
    real = remind._waiting

    def read_then_opt_out(*arguments: Any) -> Any:
        rows = real(*arguments)
        opt_out_of_email(patient=check_in.patient, by=PATIENT, now=NOW)
        return rows

    monkeypatch.setattr(remind, "_waiting", read_then_opt_out)
    assert remind_due(now=check_in.due_at + 2 * DAY) == 0
    assert not mails(Message.Kind.REMINDER)


def test_opting_out_while_the_check_in_is_read_means_no_mail(
    clinic: Clinic, clinician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = planned(make_scheduled(clinic, clinician).plan)[0]

    def wait_for_the_opt_out(patient_id: UUID) -> Any:
        opt_out_of_email(patient=first.patient, by=PATIENT, now=NOW)
        return lock_patient(patient_id)

    monkeypatch.setattr("careplans.checkins.ask.lock_patient", wait_for_the_opt_out)
    assert ask_due(now=first.due_at) == 1
    first.refresh_from_db()
    assert first.channel == Channel.PHONE
    assert not mails()


def test_publishing_asks_for_the_consent_as_it_is_now(clinic: Clinic, clinician: User) -> None:
    draft = make_draft(clinic, clinician)
    assert draft.plan.patient.can_be_mailed  # read before the opt-out
    opt_out_of_email(patient=draft.plan.patient, by=PATIENT, now=NOW)
    publish_plan(draft=draft, revision=draft.revision, by=clinician, now=NOW)
    assert not mails(Message.Kind.PLAN_PUBLISHED)


def test_two_missed_in_a_row_are_a_silence(clinic: Clinic, clinician: User) -> None:
    rows = planned(make_scheduled(clinic, clinician, days=(1, 10, 20)).plan)
    for number, row in enumerate(rows, start=1):
        ask_due(now=row.due_at)
        assert close_missed(now=row.closes_at) == 1
        assert Alert.objects.filter(tier=Tier.SILENCE).count() == (0 if number == 1 else 1)
    alert = Alert.objects.get()
    assert (alert.check_in, alert.owner, alert.climbs_at) == (rows[1], clinician, None)


def test_an_answer_between_breaks_the_silence(clinic: Clinic, clinician: User) -> None:
    plan = make_scheduled(clinic, clinician, days=(1, 10, 20)).plan
    for is_answered in (False, True, False):
        check_in = ask_next(plan)
        if is_answered:
            make_answer(check_in)
        close_missed(now=check_in.closes_at)
    assert not Alert.objects.filter(tier=Tier.SILENCE).exists()


def test_a_part_of_an_answer_is_not_missed(clinic: Clinic, clinician: User) -> None:
    check_in = make_asked(clinic, clinician, days=(1,))
    make_answer(check_in, is_complete=False)
    close_missed(now=check_in.closes_at)
    check_in.refresh_from_db()
    assert check_in.state == State.ANSWERED
    assert check_in.answer.completed_at is None


@pytest.mark.parametrize(("failure", "email_state"), [("address", "bounced"), ("server", "ok")])
def test_a_mail_that_failed_becomes_a_phone_call(
    clinic: Clinic, clinician: User, failure: str, email_state: str
) -> None:
    check_in = make_asked(clinic, clinician, days=(1,))
    Message.objects.filter(key=check_in.mail_key).update(
        state=Message.State.FAILED, failure=failure, try_at=None
    )
    assert take_note_of_failures(now=check_in.due_at) == 1
    assert take_note_of_failures(now=check_in.due_at) == 0
    check_in.refresh_from_db()
    assert (check_in.channel, check_in.patient.email_state) == (Channel.PHONE, email_state)
    assert moves_to_phone() == [(check_in.pk, {"reason": "mail_failed"})]


def test_a_corrected_address_is_not_blamed(clinic: Clinic, clinician: User) -> None:
    check_in = make_asked(clinic, clinician, days=(1,))
    Message.objects.update(
        state=Message.State.FAILED, failure="address", to_address="old@mail.example", try_at=None
    )
    take_note_of_failures(now=check_in.due_at)
    check_in.patient.refresh_from_db()
    assert check_in.patient.email_state == "ok"


def test_no_clinical_word_and_no_name_in_any_mail(clinic: Clinic, clinician: User) -> None:
    check_in = make_asked(clinic, clinician, days=(1,))
    remind_due(now=check_in.due_at + 2 * DAY)
    make_answer(check_in, red_flags={"saddle_numbness": True}, pain_now=9, now=check_in.due_at + 2 * DAY)
    assert {mail.kind for mail in Message.objects.all()} == {"check_in", "reminder", "alert_notice"}
    for mail in Message.objects.all():
        whole = f"{mail.subject} {mail.text} {mail.html}".lower()
        for word in (
            "maya",
            check_in.patient.family_name,
            "pain",
            "spasm",
            "numb",
            "your back",
            "red flag",
            "medicine",
            "plan",
        ):
            assert word.lower() not in whole.replace("careplans", ""), (mail.kind, word)
        if mail.kind != "alert_notice":
            assert "999" in mail.text
            assert clinic.phone in mail.text
            assert clinic.phone in mail.html
            assert "{link}" in mail.text


def test_far_zones_are_asked_on_their_own_morning(clinic: Clinic, clinician: User) -> None:
    row = planned(
        make_scheduled(clinic, clinician, patient={"time_zone": "Pacific/Auckland"}, days=(1,)).plan
    )[0]
    assert row.due_at == datetime(2026, 3, 2, 20, tzinfo=UTC)
