"""Log lines, also those of our own mistakes, name rows by their ids and no patient."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import time_machine

from careplans.accounts.models import Clinic, User
from tests.make.checkins import Phone, make_asked, moment_of

FIRST = {"flag_saddle_numbness": "no", "flag_leg_weakness": "yes", "pain_now": "9", "pain_worst": "9"}
MORE = {"function": "1", "spasm_frequency": "daily", "wants_call": "yes", "comment": "canary comment"}


@pytest.mark.parametrize("fails", [False, True])
def test_an_answer_leaves_no_trace_in_the_log(
    clinic: Clinic, clinician: User, caplog: Any, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    def fail(*given: Any, **fields: Any) -> None:
        raise ZeroDivisionError

    caplog.set_level(logging.DEBUG)
    check_in = make_asked(clinic, clinician)
    patient = check_in.patient
    client = Phone(check_in, raise_request_exception=False)
    with time_machine.travel(moment_of(check_in), tick=False):
        client.open_link()
        client.post("/check-in/", FIRST)
        if fails:
            monkeypatch.setattr("careplans.checkins.answer.record_change", fail)
        response = client.post("/check-in/more/", MORE)
    assert response.status_code == (500 if fails else 302)
    # The statements of the database are logged at this level in tests only.
    said = "\n".join(
        caplog.handler.format(record) for record in caplog.records if record.name != "django.db.backends"
    )
    assert not fails or "ZeroDivisionError" in said
    canaries = (
        patient.family_name,
        patient.email,
        patient.phone,
        patient.record_number,
        "canary comment",
        "1980",
    )
    assert [canary for canary in canaries if canary in said] == []
