"""Whatever the builder refuses, it gives back what was typed; and no draft goes by one click."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.builder.publish import publish_plan
from careplans.plans.assemble import draft_document
from careplans.plans.drafting import decide_finding, discard_draft, remove_item
from careplans.plans.models import Draft, DraftItem
from careplans.plans.selectors import findings_of
from careplans.plans.start import start_revision
from tests.factories import NOW
from tests.make.plans import component_of, make_draft

REASON = "Severe flare; reviewed weekly."


@pytest.fixture(autouse=True)
def _on_the_day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def draft(clinic: Clinic, clinician: User) -> Draft:
    return make_draft(clinic, clinician, facts=("hepatic_impairment_severe",))


@pytest.fixture
def signed_in(client_of: Callable[..., Client]) -> Client:
    return client_of(Role.CLINICIAN)


def address(name: str, draft: Draft, **more: Any) -> str:
    return reverse(name, kwargs={"pk": draft.plan_id, **more})


def walking(draft: Draft) -> DraftItem:
    return draft.phases.first().items.get(component_version__component__code="ex-walking")


def add_stop(draft: Draft, clinic: Clinic) -> DraftItem:
    """A medicine that the patient's liver forbids."""
    version = component_of(clinic, "med-cyclobenzaprine")
    dose = version.dose.model_dump(mode="json")
    return draft.phases.first().items.create(component_version=version, dose_data=dose, position=99)


def stop_of(draft: Draft) -> Any:
    found = findings_of(draft_document(draft, today=NOW.date()), draft.plan.patient, NOW.date())
    return next(one for one in found if one.severity == "stop")


def typed(response: Any) -> dict[str, str]:
    return {one.label: one.value for one in response.context["typed"]}


DOSE = {"minutes": "25", "times_a_day": "1", "days_a_week": "7", "note": "On flat ground."}


def test_check_in_days_that_came_too_late_stay_in_their_form(
    signed_in: Client, draft: Draft, clinician: User
) -> None:
    remove_item(item=walking(draft), revision=1, by=clinician, now=NOW)
    path = address("phase-check-ins", draft, phase_pk=draft.phases.first().pk)

    refused = signed_in.post(path, {"revision": 1, "days": "1, 4"})
    again = signed_in.post(path, {"revision": refused.context["form"]["revision"].value(), "days": "1, 4"})

    assert refused.status_code == 409
    assert 'value="1, 4"' in refused.content.decode()
    assert "removed: " in refused.content.decode()
    assert again.status_code == 302
    assert draft.phases.first().check_in_days == [0, 3]


def test_the_dose_of_an_item_removed_meanwhile_is_given_back(
    signed_in: Client, draft: Draft, clinician: User
) -> None:
    item = walking(draft)
    remove_item(item=item, revision=1, by=clinician, now=NOW)

    response = signed_in.post(address("item-edit", draft, key=item.key), DOSE | {"revision": 1})

    assert response.status_code == 409
    assert typed(response) == {
        "Minutes": "25",
        "Times a day": "1",
        "Days a week": "7",
        "Note for this patient": "On flat ground.",
    }
    assert "On flat ground." in response.content.decode()


def test_htmx_is_given_it_back_too(signed_in: Client, draft: Draft, clinician: User) -> None:
    item = walking(draft)
    remove_item(item=item, revision=1, by=clinician, now=NOW)
    path = address("item-edit", draft, key=item.key)

    page = signed_in.post(path, DOSE | {"revision": 1}, headers={"hx-request": "true"}).content.decode()

    assert "On flat ground." in page
    assert "<html" not in page


def test_the_reason_for_a_finding_that_is_gone_is_given_back(
    signed_in: Client, draft: Draft, clinic: Clinic, clinician: User
) -> None:
    item = add_stop(draft, clinic)
    finding = stop_of(draft)
    remove_item(item=item, revision=1, by=clinician, now=NOW)

    response = signed_in.post(
        address("finding-decide", draft), {"revision": 1, "finding": finding.key, "reason": REASON}
    )

    assert response.status_code == 422
    assert REASON in typed(response).values()
    assert REASON in response.content.decode()


def test_the_reason_for_a_finding_a_colleague_answered_is_given_back(
    signed_in: Client, draft: Draft, clinic: Clinic, clinician: User
) -> None:
    add_stop(draft, clinic)
    finding = stop_of(draft)
    decide_finding(
        draft=draft, finding=finding, reason="Seen by the liver clinic.", revision=1, by=clinician, now=NOW
    )

    response = signed_in.post(
        address("finding-decide", draft), {"revision": 1, "finding": finding.key, "reason": REASON}
    )

    assert response.status_code == 409
    assert REASON in typed(response).values()


def test_a_stale_reason_for_a_finding_that_is_open_stays_in_its_form(
    signed_in: Client, draft: Draft, clinic: Clinic, clinician: User
) -> None:
    add_stop(draft, clinic)
    finding = stop_of(draft)
    remove_item(item=walking(draft), revision=1, by=clinician, now=NOW)

    response = signed_in.post(
        address("finding-decide", draft), {"revision": 1, "finding": finding.key, "reason": REASON}
    )

    assert (response.status_code, typed(response)) == (409, {})
    assert f"required>{REASON}</textarea>" in response.content.decode()


def test_an_adding_that_came_too_late_keeps_the_search_and_the_phase(
    signed_in: Client, draft: Draft, clinic: Clinic, clinician: User
) -> None:
    remove_item(item=walking(draft), revision=1, by=clinician, now=NOW)
    last = draft.phases.last()
    sent = {"component": component_of(clinic, "heat-moist").component_id, "phase": last.pk, "q": "moist"}

    response = signed_in.post(address("item-add", draft), sent | {"revision": 1})

    page = response.content.decode()
    assert response.status_code == 409
    assert 'value="moist"' in page
    assert re.search(rf'<option value="{last.pk}"\s+selected>', page)


@pytest.mark.parametrize("is_htmx", [False, True])
def test_what_was_typed_for_a_draft_that_is_gone_is_given_back(
    is_htmx: bool, signed_in: Client, draft: Draft, clinician: User
) -> None:
    item = walking(draft)
    phase = draft.phases.first()
    discard_draft(draft=draft, revision=1, by=clinician, now=NOW)
    headers = {"hx-request": "true"} if is_htmx else {}
    tries = {
        address("item-edit", draft, key=item.key): (DOSE, "On flat ground."),
        address("finding-decide", draft): ({"finding": "x:y", "reason": REASON}, REASON),
        address("phase-check-ins", draft, phase_pk=phase.pk): ({"days": "1, 4"}, "1, 4"),
        address("plan-dates", draft): ({"anchor": "onset", "chosen_on": "2026-03-09"}, "2026-03-09"),
    }

    for path, (sent, kept) in tries.items():
        response = signed_in.post(path, sent | {"revision": 1}, headers=headers)
        assert response.status_code == (200 if is_htmx else 409), path
        assert kept in response.content.decode(), path


def test_opening_a_draft_that_is_gone_shows_the_plan(
    signed_in: Client, draft: Draft, clinician: User
) -> None:
    discard_draft(draft=draft, revision=1, by=clinician, now=NOW)
    item = walking(draft)

    for name, more in (("plan-dates", {}), ("item-edit", {"key": item.key}), ("draft-discard", {})):
        response = signed_in.get(address(name, draft, **more))
        assert response["Location"] == address("plan-detail", draft)
    whole = signed_in.get(address("item-edit", draft, key=item.key), headers={"hx-request": "true"})
    assert whole["HX-Redirect"] == address("plan-detail", draft)


def test_days_for_a_phase_of_an_earlier_draft_are_given_back(
    signed_in: Client, draft: Draft, clinician: User
) -> None:
    old = draft.phases.first()
    for finding in findings_of(draft_document(draft, today=NOW.date()), draft.plan.patient, NOW.date()):
        draft.refresh_from_db()
        decide_finding(
            draft=draft, finding=finding, reason=REASON, revision=draft.revision, by=clinician, now=NOW
        )
    draft.refresh_from_db()
    publish_plan(draft=draft, revision=draft.revision, by=clinician, now=NOW)
    revision = start_revision(plan=draft.plan, by=clinician, now=NOW)

    path = address("phase-check-ins", draft, phase_pk=old.pk)
    response = signed_in.post(path, {"revision": draft.revision, "days": "1, 4"})

    assert response.status_code == 409
    assert "1, 4" in typed(response).values()
    draft.refresh_from_db()
    assert (
        revision.revision > draft.revision
    )  # so that no page of the earlier draft names the revision of this one


# --- discarding ---


def test_discarding_asks_first(signed_in: Client, draft: Draft) -> None:
    desk = signed_in.get(address("plan-build", draft)).content.decode()
    page = signed_in.get(address("draft-discard", draft)).content.decode()

    assert f'action="{address("draft-discard", draft)}"' not in desk
    assert f'href="{address("draft-discard", draft)}"' in desk
    assert "nothing brings it back" in page
    assert "the plan ends with its draft" in page
    draft.refresh_from_db()
    assert draft.closed_at is None


def test_a_draft_changed_meanwhile_is_not_discarded(signed_in: Client, draft: Draft, clinician: User) -> None:
    remove_item(item=walking(draft), revision=1, by=clinician, now=NOW)

    response = signed_in.post(address("draft-discard", draft), {"revision": 1})

    assert response.status_code == 409
    assert "removed: " in response.content.decode()
    draft.refresh_from_db()
    assert draft.closed_at is None


# --- what must be words ---


@pytest.mark.parametrize("reason", ["\u200b", "\u200c", ".", "…………………", "ok", "1234567890"])
def test_a_stop_is_not_passed_by_what_says_nothing(
    reason: str, signed_in: Client, draft: Draft, clinic: Clinic
) -> None:
    add_stop(draft, clinic)
    finding = stop_of(draft)

    response = signed_in.post(
        address("finding-decide", draft), {"revision": 1, "finding": finding.key, "reason": reason}
    )

    assert response.status_code == 422
    assert not draft.decisions.exists()


@pytest.mark.parametrize("reason", ["\u200b", ".", "ok", "12345"])
def test_a_plan_does_not_end_without_words(
    reason: str, signed_in: Client, draft: Draft, clinician: User
) -> None:
    publish_plan(draft=draft, revision=1, by=clinician, now=NOW)

    response = signed_in.post(address("plan-end", draft), {"state": "stopped", "reason": reason})

    assert response.context["form"].errors["reason"]
    draft.plan.refresh_from_db()
    assert draft.plan.state == "active"


# --- the preview ---


@pytest.mark.parametrize(("query", "looks"), [("", 1), ("?pages=", 1), ("?pages=1", 0)])
def test_every_preview_that_shows_the_handout_is_a_look(
    query: str, looks: int, signed_in: Client, draft: Draft
) -> None:
    response = signed_in.get(address("plan-preview", draft) + query)

    assert (response["Content-Type"] == "application/pdf") == bool(looks)
    assert AuditEvent.objects.filter(action="plan.opened_for_building").count() == looks
