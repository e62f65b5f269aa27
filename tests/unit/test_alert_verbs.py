"""Acknowledging, resolving and climbing, with people who leave and mails that are lost."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from careplans.accounts.models import Clinic, Membership, User
from careplans.accounts.permissions import Role
from careplans.checkins.alerts import acknowledge_alert, resolve_alert
from careplans.checkins.climb import climb_due
from careplans.checkins.models import Alert, AlertEntry, AlertEntryIsNeverChanged
from careplans.checkins.notices import notices_of
from careplans.checkins.refusals import AlertMoved, AlertNotReady
from careplans.checkins.selectors import course_of, open_alerts, phone_list
from careplans.outbox.models import Message
from tests.factories import make_staff
from tests.make.checkins import ask_next, make_answer, make_asked, make_scheduled

MINUTE = timedelta(minutes=1)


@pytest.fixture
def raised(clinic: Clinic, clinician: User) -> Callable[[], Alert]:
    def make() -> Alert:
        make_answer(make_asked(clinic, clinician), red_flags={"leg_weakness": True})
        return Alert.objects.order_by("-raised_at", "-id")[0]

    return make


@pytest.fixture
def cover(clinic: Clinic, clinician: User) -> User:
    return make_staff(clinic, Role.CLINICIAN, name="Ben Cover")


@pytest.fixture
def lead(clinic: Clinic) -> User:
    lead = make_staff(clinic, Role.CLINICIAN, name="Zoe Lead")
    Clinic.objects.filter(pk=clinic.pk).update(clinical_lead=lead)
    clinic.refresh_from_db()
    return lead


def told(alert: Alert) -> list[str]:
    return [message.to_address for message in notices_of(alert)]


def test_climbs_from_owner_to_cover_to_lead(
    raised: Callable[[], Alert], clinician: User, cover: User, lead: User
) -> None:
    alert = raised()
    steps = []
    for minutes in (59, 60, 119, 120, 600):
        climb_due(now=alert.raised_at + minutes * MINUTE)
        alert.refresh_from_db()
        steps.append((alert.step, alert.owner))
    assert steps == [(0, clinician), (1, cover), (1, cover), (2, lead), (2, lead)]
    assert told(alert) == [clinician.email, cover.email, lead.email]
    assert alert.climbs_at is None
    assert [entry.kind for entry in alert.entries.all()] == ["raised", "climbed", "climbed"]
    assert set(Message.objects.filter(kind="alert_notice").values_list("priority", flat=True)) == {0}


def test_lost_mails_stop_nothing(raised: Callable[[], Alert], cover: User, lead: User) -> None:
    alert = raised()
    for minutes in (60, 120):
        Message.objects.filter(kind="alert_notice").update(state="failed", failure="server", try_at=None)
        climb_due(now=alert.raised_at + minutes * MINUTE)
    alert.refresh_from_db()
    assert (alert.step, alert.owner) == (2, lead)


def test_without_cover_and_lead_it_stays_owned_and_seen(
    raised: Callable[[], Alert], clinic: Clinic, clinician: User
) -> None:
    alert = raised()
    for minutes in (60, 120, 300):
        climb_due(now=alert.raised_at + minutes * MINUTE)
    alert.refresh_from_db()
    assert (alert.owner, alert.state, alert.climbs_at) == (clinician, "open", None)
    assert list(open_alerts(clinic)) == [alert]


def test_after_an_outage_each_tick_takes_one_step(
    raised: Callable[[], Alert], cover: User, lead: User
) -> None:
    alert = raised()
    late = alert.raised_at + timedelta(days=2)
    assert [climb_due(now=late) for _tick in range(3)] == [1, 1, 0]
    alert.refresh_from_db()
    assert alert.owner == lead


def test_somebody_who_left_is_passed_over(raised: Callable[[], Alert], cover: User, lead: User) -> None:
    alert = raised()
    Membership.objects.filter(user=cover).update(ended_at=alert.raised_at)
    climb_due(now=alert.raised_at + 60 * MINUTE)
    alert.refresh_from_db()
    assert alert.owner == lead


def test_acknowledging_stops_the_ladder(raised: Callable[[], Alert], cover: User) -> None:
    alert = raised()
    acknowledge_alert(
        alert=alert, note="Rang, sent to the emergency department.", by=cover, now=alert.raised_at
    )
    assert climb_due(now=alert.raised_at + timedelta(days=1)) == 0
    assert (alert.owner, alert.acknowledged_by, alert.climbs_at) == (cover, cover, None)
    assert {message.state for message in notices_of(alert)} == {"cancelled"}


def test_the_second_to_acknowledge_hears_who_was_first(
    raised: Callable[[], Alert], clinician: User, cover: User
) -> None:
    alert = raised()
    stale = Alert.objects.get(pk=alert.pk)
    acknowledge_alert(alert=alert, note="Mine.", by=cover, now=alert.raised_at)
    with pytest.raises(AlertMoved, match="Ben Cover acknowledged"):
        acknowledge_alert(alert=stale, note="Mine too.", by=clinician, now=alert.raised_at)
    assert Alert.objects.get().note == "Mine."


def test_resolves_only_what_was_acknowledged(raised: Callable[[], Alert], clinician: User) -> None:
    alert, now = raised(), raised().raised_at
    with pytest.raises(AlertNotReady, match="Acknowledge the alert first"):
        resolve_alert(alert=alert, resolution="Fine again.", by=clinician, now=now)
    acknowledge_alert(alert=alert, note="Calling.", by=clinician, now=now)
    with pytest.raises(AlertNotReady, match="what came of it"):
        resolve_alert(alert=alert, resolution="  ", by=clinician, now=now)
    resolve_alert(alert=alert, resolution="Fine again.", by=clinician, now=now)
    assert (alert.state, alert.resolved_by) == ("resolved", clinician)
    with pytest.raises(AlertMoved, match="resolved this alert"):
        resolve_alert(alert=alert, resolution="Twice.", by=clinician, now=now)
    with pytest.raises(AlertMoved, match="resolved this alert"):
        acknowledge_alert(alert=alert, note="Late.", by=clinician, now=now)


def test_a_note_is_needed(raised: Callable[[], Alert], clinician: User) -> None:
    alert = raised()
    for nothing in (" ", ".", "\u200b", "\u200c", "12345", "ok"):
        with pytest.raises(AlertNotReady):
            acknowledge_alert(alert=alert, note=nothing, by=clinician, now=alert.raised_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.filter(pk=alert.pk).update(
            state="acknowledged", acknowledged_at=alert.raised_at, acknowledged_by=clinician
        )


def test_rolls_back_when_audit_fails(
    raised: Callable[[], Alert], clinician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = raised()

    def fail(**kwargs: Any) -> None:
        raise OSError("audit is down")

    monkeypatch.setattr("careplans.checkins.alerts.record_change", fail)
    with pytest.raises(OSError, match="audit is down"):
        acknowledge_alert(alert=alert, note="Calling.", by=clinician, now=alert.raised_at)
    assert Alert.objects.get().state == "open"


def test_history_is_never_changed(raised: Callable[[], Alert]) -> None:
    entry = AlertEntry.objects.get(alert=raised())
    with pytest.raises(AlertEntryIsNeverChanged):
        entry.save()
    with pytest.raises(AlertEntryIsNeverChanged):
        entry.delete()


def test_no_alert_ends_silently(clinic: Clinic, clinician: User, cover: User, lead: User) -> None:
    """Random absences, leavers and lost mails: at the end each is acknowledged, or on the last step with an owner."""
    chance = random.Random(20260302)
    plan = make_scheduled(clinic, clinician, days=tuple(range(1, 13))).plan
    raised = []
    for _day in range(12):
        make_answer(ask_next(plan), red_flags={"saddle_numbness": True})
        raised.append(Alert.objects.order_by("-raised_at")[0])
        for person in (clinician, cover, lead):
            is_here = chance.random() < 0.6
            Membership.objects.filter(user=person).update(ended_at=None if is_here else raised[-1].raised_at)
        Message.objects.filter(kind="alert_notice", state="pending").update(state="expired", try_at=None)
        for minutes in (61, 121, 181):
            climb_due(now=raised[-1].raised_at + minutes * MINUTE)
            if chance.random() < 0.2:
                alert = Alert.objects.get(pk=raised[-1].pk)
                if alert.state == "open":
                    acknowledge_alert(alert=alert, note="Seen.", by=alert.owner, now=alert.raised_at)
    for alert in Alert.objects.all():
        assert alert.state == "acknowledged" or (alert.step == 2 and alert.owner is not None)
        assert alert in open_alerts(clinic)


def test_reads_cost_the_same_for_any_number(
    clinic: Clinic, clinician: User, django_assert_num_queries: Any
) -> None:
    for _number in range(3):
        make_answer(make_asked(clinic, clinician), red_flags={"leg_weakness": True})
        phoned = make_asked(clinic, clinician, patient={"email": "", "has_email_consent": False})
    with django_assert_num_queries(1):
        rows = [
            (a.patient.full_name, a.plan.title, a.owner.name, a.check_in.answer.pain_now)
            for a in open_alerts(clinic)
        ]
    with django_assert_num_queries(1):
        names = [(row.patient.full_name, row.plan.owner.name) for row in phone_list(clinic, phoned.due_at)]
    assert (len(rows), len(names)) == (3, 3)
    with django_assert_num_queries(2):
        assert len(course_of(phoned.plan)) == 1


def test_other_clinics_see_nothing(raised: Callable[[], Alert], other_clinic: Clinic) -> None:
    alert = raised()
    assert not open_alerts(other_clinic).exists()
    assert not phone_list(other_clinic, alert.raised_at).exists()


# --- One notice an answer and person ---------------------------------------------------------------------------


def notices_to(person: User) -> int:
    return Message.objects.filter(kind=Message.Kind.ALERT_NOTICE, to_address=person.email).count()


@pytest.mark.parametrize("flags", [{}, {"leg_weakness": True}])
def test_an_answer_with_several_alerts_is_one_notice(
    clinic: Clinic, clinician: User, flags: dict[str, bool]
) -> None:
    plan = make_scheduled(clinic, clinician).plan
    make_answer(ask_next(plan), pain_now=2)
    make_answer(ask_next(plan), pain_now=9, pain_worst=9, red_flags=flags)
    assert Alert.objects.count() == 2 + len(flags)
    assert notices_to(clinician) == 1
    assert Message.objects.get(kind=Message.Kind.ALERT_NOTICE).priority == (0 if flags else 5)


def test_alerts_that_climb_together_are_one_notice(clinic: Clinic, clinician: User, cover: User) -> None:
    plan = make_scheduled(clinic, clinician).plan
    make_answer(ask_next(plan), pain_now=2)
    make_answer(ask_next(plan), pain_now=9, pain_worst=9)
    first = Alert.objects.get(tier=Alert.Tier.THRESHOLD)
    assert first.climbs_at is not None
    assert climb_due(now=first.climbs_at) == 2
    assert set(Alert.objects.values_list("owner", flat=True)) == {cover.pk}
    assert notices_to(cover) == 1


def test_what_comes_after_somebody_took_the_first_on_is_told(clinic: Clinic, clinician: User) -> None:
    check_in = make_asked(clinic, clinician)
    make_answer(check_in, red_flags={"leg_weakness": True}, pain_now=None, is_complete=False)
    acknowledge_alert(
        alert=Alert.objects.get(), note="Calling.", by=clinician, now=check_in.due_at + 61 * MINUTE
    )
    make_answer(check_in, pain_now=9, pain_worst=9, now=check_in.due_at + 62 * MINUTE)
    assert notices_to(clinician) == 2
