"""Stopping what must not stop suddenly: while revising, and by ending the plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.builder.forms import answer_field
from careplans.builder.publish import end_plan, publish_plan
from careplans.core.refusals import Refusal
from careplans.plans.assemble import draft_document
from careplans.plans.drafting import decide_finding, remove_item
from careplans.plans.models import Draft, DraftItem, Plan
from careplans.plans.refusals import FindingsUndecided
from careplans.plans.selectors import findings_of, findings_of_end
from careplans.plans.start import start_revision
from tests.factories import NOW
from tests.make.plans import make_draft

LATER = NOW + timedelta(days=5)


@pytest.fixture(autouse=True)
def _on_the_day() -> Any:
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def plan(clinic: Clinic, clinician: User) -> Plan:
    """Spasticity under baclofen, published five days ago."""
    draft = make_draft(clinic, clinician, template="spasticity-under-baclofen")
    for finding in findings_of(draft_document(draft, today=NOW.date()), draft.plan.patient, NOW.date()):
        draft.refresh_from_db()
        decide_finding(
            draft=draft, finding=finding, reason="Renewed at each review visit.", revision=draft.revision,
            by=clinician, now=NOW,
        )  # fmt: skip
    draft.refresh_from_db()
    return publish_plan(draft=draft, revision=draft.revision, by=clinician, now=NOW).plan


@pytest.fixture
def signed_in(client_of: Callable[..., Client]) -> Client:
    return client_of(Role.CLINICIAN)


def address(plan: Plan) -> str:
    return reverse("plan-end", args=[plan.pk])


def without_baclofen(plan: Plan, by: User) -> Draft:
    draft = start_revision(plan=plan, by=by, now=LATER)
    code = {"component_version__component__code": "med-baclofen"}
    for item in DraftItem.objects.filter(phase__draft=draft, **code):
        draft.refresh_from_db()
        remove_item(item=item, revision=draft.revision, by=by, now=LATER)
    draft.refresh_from_db()
    return draft


def test_the_desk_and_publishing_ask_when_baclofen_is_taken_out(
    signed_in: Client, plan: Plan, clinician: User
) -> None:
    draft = without_baclofen(plan, clinician)

    desk = signed_in.get(reverse("plan-build", args=[plan.pk]))
    published = signed_in.post(reverse("plan-publish", args=[plan.pk]), {"revision": draft.revision})

    assert [one.severity for one in desk.context["page"].open_findings] == ["stop"]
    assert "Without a taper" in desk.content.decode()
    assert published.status_code == 422
    assert plan.versions.count() == 1


def test_the_page_asks_what_becomes_of_baclofen(signed_in: Client, plan: Plan) -> None:
    page = signed_in.get(address(plan)).content.decode()

    assert "how this is made safe" in page
    assert "Without a taper" in page


def test_ending_without_an_answer_is_refused_and_keeps_what_was_typed(signed_in: Client, plan: Plan) -> None:
    response = signed_in.post(address(plan), {"state": "stopped", "reason": "Moves away."})

    assert "Moves away." in response.content.decode()
    assert "Write how it is lowered" in response.content.decode()
    plan.refresh_from_db()
    assert plan.state == Plan.State.ACTIVE


def test_ending_with_an_answer_keeps_it_on_record(signed_in: Client, plan: Plan) -> None:
    [stop] = findings_of_end(plan, LATER.date())
    given = {
        "state": "stopped",
        "reason": "Moves away.",
        answer_field(stop): "Her new neurologist goes on with it.",
    }

    response = signed_in.post(address(plan), given)

    assert response["Location"] == reverse("patient-detail", args=[plan.patient_id])
    plan.refresh_from_db()
    assert plan.state == Plan.State.STOPPED
    [told] = AuditEvent.objects.get(action="plan.stopped").details["findings"]
    assert told["rule"] == "baclofen-stopped"
    assert told["answer"] == "Her new neurologist goes on with it."


@pytest.mark.parametrize("answers", [None, {}, {"another-finding": "Tapered."}])
def test_the_verb_refuses_by_itself(answers: dict[str, str] | None, plan: Plan, clinician: User) -> None:
    with pytest.raises(FindingsUndecided, match="Baclofen"):
        end_plan(
            plan=plan,
            state="stopped",
            reason="Moves to another town.",
            answers=answers,
            by=clinician,
            now=LATER,
        )

    plan.refresh_from_db()
    assert plan.state == Plan.State.ACTIVE


@pytest.mark.parametrize("nothing", [" ", ".", "\N{ZERO WIDTH SPACE}", "ok"])
def test_an_answer_that_says_nothing_is_none(nothing: str, plan: Plan, clinician: User) -> None:
    [stop] = findings_of_end(plan, LATER.date())

    with pytest.raises(Refusal):
        end_plan(
            plan=plan,
            state="stopped",
            reason="Moves to another town.",
            answers={stop.key: nothing},
            by=clinician,
            now=LATER,
        )

    plan.refresh_from_db()
    assert plan.state == Plan.State.ACTIVE


def test_a_plan_of_exercises_ends_without_a_question(clinic: Clinic, clinician: User) -> None:
    draft = make_draft(clinic, clinician)
    version = publish_plan(draft=draft, revision=1, by=clinician, now=NOW)

    assert findings_of_end(version.plan, LATER.date()) == ()
    end_plan(plan=version.plan, state="completed", reason="Back at work.", by=clinician, now=LATER)


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.EDITOR, Role.REVIEWER, Role.ADMINISTRATOR])
def test_only_clinicians_end(role: Role, plan: Plan, client_of: Callable[..., Client]) -> None:
    assert client_of(role).get(address(plan)).status_code == 403


def test_another_clinics_plan_is_not_there(
    plan: Plan, other_clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    assert client_of(Role.CLINICIAN, at=other_clinic).post(address(plan)).status_code == 404
