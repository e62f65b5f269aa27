"""Facts and episodes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, transaction

from careplans.accounts.models import Clinic, User
from careplans.audit.models import AuditEvent
from careplans.core.refusals import Refusal
from careplans.plans.models import Plan
from patients.changing import RecordChanged
from patients.clinical_facts import FactKnown, FactSettled
from patients.episodes import EpisodeClosed, EpisodeHasPlan
from patients.facts import FactCode
from patients.models import ClinicalFact, Episode
from patients.selectors import current_facts
from patients.services import (
    change_episode,
    close_episode,
    end_fact,
    open_episode,
    record_fact,
    withdraw_fact,
)
from tests.factories import NOW
from tests.make.patients import make_episode, make_fact, make_patient

TODAY = NOW.date()


class AuditFails(Exception):
    pass


def test_records_a_fact_with_its_trail_and_no_clinical_word_in_it(clinic: Clinic, clinician: User) -> None:
    patient = make_patient(clinic)
    fact = record_fact(patient=patient, code="allergy", detail=" latex ", by=clinician, now=NOW)
    assert (str(fact), fact.recorded_by, fact.recorded_at) == ("Allergy: latex", clinician, NOW)
    event = AuditEvent.objects.get(action="fact.recorded")
    assert (event.patient_id, event.subject_id) == (patient.pk, str(fact.pk))
    assert "latex" not in str(event.details)


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "no_such_fact"},
        {"code": "allergy"},
        {"code": "allergy", "detail": "lat\0ex"},
        {"code": "opioid", "detail": "x" * 201},
        {"code": "opioid", "since_on": TODAY + timedelta(days=1)},
        {"code": "opioid", "since_on": date(1950, 1, 1)},
        {"code": "opioid", "since_on": TODAY, "until_on": TODAY - timedelta(days=1)},
        {"code": "opioid", "until_on": date(1950, 1, 1)},
    ],
)
def test_refuses_facts_that_cannot_be(clinic: Clinic, clinician: User, wrong: dict[str, Any]) -> None:
    patient = make_patient(clinic)
    with pytest.raises(Refusal):
        record_fact(patient=patient, by=clinician, now=NOW, **wrong)
    assert not ClinicalFact.objects.exists()


def test_the_same_fact_twice_is_refused_while_it_holds(clinic: Clinic) -> None:
    patient = make_patient(clinic)
    make_fact(patient, FactCode.ALLERGY, detail="latex")
    make_fact(patient, FactCode.ALLERGY, detail="ibuprofen")
    with pytest.raises(FactKnown):
        make_fact(patient, FactCode.ALLERGY, detail="Latex")


def test_a_fact_that_ended_can_become_true_again(clinic: Clinic, clinician: User) -> None:
    patient = make_patient(clinic)
    first = make_fact(patient, FactCode.PREGNANCY, since_on=TODAY - timedelta(days=300))
    end_fact(fact=first, over_since=TODAY - timedelta(days=20), by=clinician, now=NOW)
    assert current_facts(patient, TODAY) == []
    second = make_fact(patient, FactCode.PREGNANCY)
    assert current_facts(patient, TODAY) == [second]


def test_a_fact_over_since_today_counts_no_more_today(clinic: Clinic, clinician: User) -> None:
    patient = make_patient(clinic)
    fact = make_fact(patient)
    end_fact(fact=fact, over_since=TODAY, by=clinician, now=NOW)
    assert current_facts(patient, TODAY) == []
    assert current_facts(patient, TODAY - timedelta(days=1)) == [fact]


@pytest.mark.parametrize("over_since", [TODAY + timedelta(days=1), TODAY - timedelta(days=5), date.min])
def test_a_fact_ends_after_it_began_and_not_in_the_future(
    clinic: Clinic, clinician: User, over_since: date
) -> None:
    fact = make_fact(make_patient(clinic), since_on=TODAY - timedelta(days=5))
    with pytest.raises(Refusal):
        end_fact(fact=fact, over_since=over_since, by=clinician, now=NOW)


def test_withdraws_once_and_keeps_the_row(clinic: Clinic, clinician: User) -> None:
    patient = make_patient(clinic)
    fact = make_fact(patient)
    withdraw_fact(fact=fact, by=clinician, now=NOW)
    assert current_facts(patient, TODAY) == []
    with pytest.raises(FactSettled, match="Ada Quill"):
        withdraw_fact(fact=fact, by=clinician, now=NOW)
    assert ClinicalFact.objects.get().withdrawn_by == clinician
    assert AuditEvent.objects.filter(action="fact.withdrawn").count() == 1


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        (record_fact, {"code": "opioid"}),
        (withdraw_fact, {}),
        (end_fact, {"over_since": TODAY}),
    ],
)
def test_facts_stay_as_they_were_when_the_audit_fails(
    clinic: Clinic, clinician: User, verb: Any, arguments: dict[str, Any]
) -> None:
    patient = make_patient(clinic)
    fact = make_fact(patient)
    subject = {"patient": patient} if verb is record_fact else {"fact": fact}
    with patch("patients.clinical_facts.record_change", side_effect=AuditFails), pytest.raises(AuditFails):
        verb(**subject, **arguments, by=clinician, now=NOW)
    assert current_facts(patient, TODAY) == [fact]


def test_the_database_wants_an_allergy_named_and_dates_in_order(clinic: Clinic) -> None:
    fact = make_fact(make_patient(clinic), FactCode.ALLERGY, detail="latex", since_on=TODAY)
    for wrong in ({"detail": ""}, {"until_on": TODAY - timedelta(days=1)}, {"withdrawn_at": NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ClinicalFact.objects.filter(pk=fact.pk).update(**wrong)


def test_opens_an_episode(clinic: Clinic, clinician: User) -> None:
    episode = open_episode(
        patient=make_patient(clinic),
        diagnosis="Spasm after discectomy",
        body_region="low_back",
        onset_on=TODAY,
        surgery_type="discectomy",
        surgery_on=TODAY - timedelta(days=10),
        contributors=("surgical_trauma",),
        by=clinician,
        now=NOW,
    )
    assert Episode.objects.open().get() == episode
    assert episode.contributor_labels == ["Tissue trauma from surgery"]
    assert AuditEvent.objects.filter(action="episode.opened").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"diagnosis": "  "},
        {"diagnosis": "a\u202eb"},
        {"diagnosis": "x" * 201},
        {"body_region": "elbow"},
        {"onset_on": TODAY + timedelta(days=1)},
        {"onset_on": date(1950, 1, 1)},
        {"surgery_type": "fusion"},
        {"surgery_on": TODAY},
        {"surgery_type": "brain", "surgery_on": TODAY},
        {"contributors": ["bad luck"]},
    ],
)
def test_refuses_episodes_that_cannot_be(clinic: Clinic, wrong: dict[str, Any]) -> None:
    patient = make_patient(clinic)
    with pytest.raises(Refusal):
        make_episode(patient, **wrong)
    assert not Episode.objects.exists()


def test_changes_an_episode_and_refuses_the_stale_one(clinic: Clinic, clinician: User) -> None:
    episode = make_episode(make_patient(clinic))
    fields = {"diagnosis": "Chronic pain", "contributors": ["stress"]}
    changed = change_episode(episode=episode, version=1, fields=fields, by=clinician, now=NOW)
    assert (changed.diagnosis, changed.version, changed.contributors) == ("Chronic pain", 2, ["stress"])
    with pytest.raises(RecordChanged) as refused:
        change_episode(episode=episode, version=1, fields={"diagnosis": "Else"}, by=clinician, now=NOW)
    told = {change.field: (change.now, change.yours) for change in refused.value.changes}
    assert told == {"diagnosis": ("Chronic pain", "Else"), "contributors": ("Stress", "nothing")}


def test_an_unchanged_episode_writes_nothing(clinic: Clinic, clinician: User) -> None:
    episode = make_episode(make_patient(clinic))
    assert change_episode(episode=episode, version=1, fields={}, by=clinician, now=NOW).version == 1


def test_a_closed_episode_stays_as_it_was(clinic: Clinic, clinician: User) -> None:
    episode = make_episode(make_patient(clinic))
    closed = close_episode(episode=episode, by=clinician, now=NOW)
    assert (closed.closed_at, closed.closed_by, closed.is_open) == (NOW, clinician, False)
    with pytest.raises(EpisodeClosed):
        close_episode(episode=episode, by=clinician, now=NOW)
    with pytest.raises(EpisodeClosed):
        change_episode(episode=closed, version=2, fields={"diagnosis": "Else"}, by=clinician, now=NOW)


@pytest.mark.parametrize("state", ["active", "paused"])
def test_an_episode_with_a_running_plan_stays_open(clinic: Clinic, clinician: User, state: str) -> None:
    episode = make_episode(make_patient(clinic))
    Plan.objects.create(
        clinic=clinic,
        patient=episode.patient,
        episode=episode,
        title="Plan",
        state=state,
        owner=clinician,
        created_at=NOW,
    )
    with pytest.raises(EpisodeHasPlan):
        close_episode(episode=episode, by=clinician, now=NOW)
    assert Episode.objects.get().is_open


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        (open_episode, {"diagnosis": "Else", "body_region": "neck", "onset_on": TODAY}),
        (change_episode, {"version": 1, "fields": {"diagnosis": "Else"}}),
        (close_episode, {}),
    ],
)
def test_episodes_stay_as_they_were_when_the_audit_fails(
    clinic: Clinic, clinician: User, verb: Any, arguments: dict[str, Any]
) -> None:
    patient = make_patient(clinic)
    episode = make_episode(patient)
    subject = {"patient": patient} if verb is open_episode else {"episode": episode}
    with patch("patients.episodes.record_change", side_effect=AuditFails), pytest.raises(AuditFails):
        verb(**subject, **arguments, by=clinician, now=NOW)
    stored = Episode.objects.get()
    assert (stored.diagnosis, stored.version, stored.is_open) == (episode.diagnosis, 1, True)
