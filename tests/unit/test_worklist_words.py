"""Sentences and rows that need no page to be tested."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db.models import OuterRef

from careplans.accounts.models import Clinic, User
from careplans.checkins.models import Alert, Answer
from careplans.worklist.json_rows import JsonRows, moment, rows_in
from careplans.worklist.trail import action_words, trail_lines
from careplans.worklist.words import alert_sentence
from patients.models import ClinicalFact, Patient
from patients.services import record_fact
from tests.factories import NOW
from tests.make.plans import make_patient

Tier = Alert.Tier


@pytest.mark.parametrize(
    ("tier", "causes", "sentence"),
    [
        (Tier.RED_FLAG, ["saddle_numbness", "gone_code"], "Saddle anaesthesia; Gone code"),
        (Tier.THRESHOLD, ["pain_now"], "Pain 0 of 10, worst 8"),
        (Tier.WORSENING, ["since_first"], "Pain 0 of 10, more than at the start"),
        (Tier.WORSENING, ["since_last"], "Pain 0 of 10, more than last time"),
        (Tier.SIDE_EFFECT, ["drowsiness"], "Very sleepy or dizzy"),
        (Tier.WANTS_CALL, ["asked"], "Asks to be called back"),
        (Tier.SILENCE, ["two_missed"], "Did not answer the last two check-ins"),
    ],
)
def test_why_an_alert_stands(tier: Tier, causes: list[str], sentence: str) -> None:
    answer = Answer(pain_now=0, pain_worst=8)
    labels = {"saddle_numbness": "Saddle anaesthesia"}
    assert alert_sentence(Alert(tier=tier, causes=causes), answer, labels) == sentence


def test_pain_that_was_not_said_is_not_made_up() -> None:
    alert = Alert(tier=Tier.THRESHOLD, causes=["pain_now"])
    assert alert_sentence(alert, Answer(pain_now=None), {}) == "Pain has risen"


def test_the_same_thing_done_again_makes_one_line() -> None:
    row = {"at": "2026-03-02 09:30:00", "who": "Dr Quill", "action": "patient.looked_at", "kind": "look"}
    change = row | {"action": "patient.changed", "kind": "change"}
    lines = trail_lines([row, row, change, row])
    assert [line.is_look for line in lines] == [True, False, True]


def test_an_action_without_words_stays_readable() -> None:
    assert action_words("mystery.was_done") == "mystery was done"


@pytest.mark.parametrize(
    "text", ["2026-03-02 09:30:00", "2026-03-02T09:30:00+00:00", "2026-03-02T10:30:00+01:00"]
)
def test_a_moment_of_either_database(text: str) -> None:
    assert moment(text) == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_rows_beside_a_row_keep_their_order_and_limit(clinic: Clinic, clinician: User) -> None:
    patient = make_patient(clinic, clinician)
    for detail in ("latex", "ibuprofen", "adhesive"):
        record_fact(patient=patient, code="allergy", detail=detail, by=clinician, now=NOW)
    facts = ClinicalFact.objects.filter(patient=OuterRef("pk")).order_by("detail")[:2]
    row = Patient.objects.annotate(facts_told=JsonRows(facts, detail="detail", at="recorded_at")).get()
    told = rows_in(row.facts_told)
    assert [fact["detail"] for fact in told] == ["adhesive", "ibuprofen"]
    assert moment(told[0]["at"]) == NOW


def test_no_rows_are_an_empty_list(clinic: Clinic, clinician: User) -> None:
    make_patient(clinic, clinician)
    none = JsonRows(ClinicalFact.objects.filter(patient=OuterRef("pk")), detail="detail")
    assert rows_in(Patient.objects.annotate(told=none).get().told) == []
