"""The builder's desk: who may open it, what each change does, and what a refused one says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.plans.models import Draft, DraftItem
from tests.factories import NOW
from tests.make.plans import component_of, make_draft


@pytest.fixture(autouse=True)
def _on_the_day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def draft(clinic: Clinic, clinician: User) -> Draft:
    return make_draft(clinic, clinician, facts=("hepatic_impairment_mild",))


@pytest.fixture
def signed_in(client_of: Callable[..., Client]) -> Client:
    return client_of(Role.CLINICIAN)


def address(name: str, draft: Draft, **more: Any) -> str:
    return reverse(name, kwargs={"pk": draft.plan_id, **more})


def walking(draft: Draft) -> DraftItem:
    return DraftItem.objects.get(
        phase__draft=draft, phase__position=0, component_version__component__code="ex-walking"
    )


def add(signed_in: Client, draft: Draft, clinic: Clinic, code: str, **headers: str) -> Any:
    draft.refresh_from_db()
    given = {
        "revision": draft.revision,
        "component": component_of(clinic, code).component_id,
        "phase": draft.phases.first().pk,
    }
    return signed_in.post(address("item-add", draft), given, headers=headers)


def test_anonymous_is_asked_to_sign_in(draft: Draft) -> None:
    response = Client().get(address("plan-build", draft))

    assert response.status_code == 302
    assert reverse("account_login") in response["Location"]


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.EDITOR, Role.REVIEWER, Role.ADMINISTRATOR])
def test_only_clinicians_build(role: Role, draft: Draft, client_of: Callable[..., Client]) -> None:
    assert client_of(role).get(address("plan-build", draft)).status_code == 403


def test_another_clinics_plan_is_not_there(
    draft: Draft, other_clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    stranger = client_of(Role.CLINICIAN, at=other_clinic)

    assert stranger.get(address("plan-publish", draft)).status_code == 404
    assert stranger.post(address("item-add", draft)).status_code == 404
    assert stranger.get(address("item-edit", draft, key=walking(draft).key)).status_code == 404


def test_the_desk_shows_phases_doses_and_findings(signed_in: Client, draft: Draft, clinic: Clinic) -> None:
    add(signed_in, draft, clinic, "med-cyclobenzaprine")

    page = signed_in.get(address("plan-build", draft)).content.decode()

    assert "Days 2 to 7" in page
    assert "First 48 hours" not in page
    assert "10 minutes, 2 times a day" in page
    assert "5 mg" in page
    assert "I have considered this" in page


def test_opening_the_desk_is_audited(signed_in: Client, draft: Draft) -> None:
    signed_in.get(address("plan-build", draft))

    look = AuditEvent.objects.get(action="plan.opened_for_building")
    assert look.patient_id == draft.plan.patient_id


def test_search_finds_and_offers_to_add(signed_in: Client, draft: Draft) -> None:
    page = signed_in.get(address("component-find", draft), {"q": "moist"}).content.decode()

    assert "Add Moist heat" in page or "Add Warm" in page


def test_adding_answers_htmx_with_the_desk_alone(signed_in: Client, draft: Draft, clinic: Clinic) -> None:
    response = add(signed_in, draft, clinic, "heat-moist", HX_Request="true")

    assert response.status_code == 200
    assert b"<html" not in response.content
    assert (
        DraftItem.objects.filter(phase__draft=draft, component_version__component__code="heat-moist").count()
        == 1
    )


def test_adding_without_javascript_leads_back_to_the_item(
    signed_in: Client, draft: Draft, clinic: Clinic
) -> None:
    response = add(signed_in, draft, clinic, "heat-moist")

    item = DraftItem.objects.get(phase__draft=draft, component_version__component__code="heat-moist")
    assert response["Location"] == address("plan-build", draft) + f"#item-{item.key}"


def test_changing_a_dose(signed_in: Client, draft: Draft) -> None:
    item = walking(draft)
    given = {
        "revision": draft.revision,
        "minutes": 20,
        "times_a_day": 1,
        "days_a_week": 7,
        "note": "On flat ground.",
    }

    signed_in.post(address("item-edit", draft, key=item.key), given)

    item.refresh_from_db()
    assert item.dose.in_words() == "20 minutes, once a day"
    assert item.note == "On flat ground."


@pytest.mark.parametrize("wrong", ["", "0", "241", "ten", "1e9", "-3", "٣٠٠", "9" * 400])
def test_a_wrong_dose_says_so_and_keeps_what_was_typed(wrong: str, signed_in: Client, draft: Draft) -> None:
    item = walking(draft)
    given = {
        "revision": draft.revision,
        "minutes": wrong,
        "times_a_day": 1,
        "days_a_week": 7,
        "note": "Typed note",
    }

    response = signed_in.post(address("item-edit", draft, key=item.key), given)

    assert response.status_code == 200
    assert "Typed note" in response.content.decode()
    assert response.context["form"].errors
    assert walking(draft).dose == item.dose


def test_a_comma_in_an_amount_is_not_guessed(signed_in: Client, draft: Draft, clinic: Clinic) -> None:
    add(signed_in, draft, clinic, "med-cyclobenzaprine")
    item = DraftItem.objects.get(phase__draft=draft, component_version__component__code="med-cyclobenzaprine")
    draft.refresh_from_db()
    given = {"revision": draft.revision, "amount": "2,5", "unit": "mg", "times_a_day": 1, "course_days": 7}

    response = signed_in.post(address("item-edit", draft, key=item.key), given)

    assert response.context["form"].errors["amount"]


def test_a_stale_change_is_409_and_says_what_changed(
    signed_in: Client, draft: Draft, clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    add(client_of(Role.CLINICIAN), draft, clinic, "heat-moist")

    response = signed_in.post(address("item-remove", draft, key=walking(draft).key), {"revision": 1})

    assert response.status_code == 409
    assert "added: " in response.content.decode()
    assert walking(draft)


def test_removing_what_somebody_else_removed_is_409(signed_in: Client, draft: Draft) -> None:
    item = walking(draft)
    signed_in.post(address("item-remove", draft, key=item.key), {"revision": 1})

    response = signed_in.post(address("item-remove", draft, key=item.key), {"revision": 1})

    assert response.status_code == 409
    assert "removed: " in response.content.decode()


def test_a_stop_needs_a_written_reason(signed_in: Client, draft: Draft, clinic: Clinic) -> None:
    add(signed_in, draft, clinic, "med-cyclobenzaprine")
    item = DraftItem.objects.get(phase__draft=draft, component_version__component__code="med-cyclobenzaprine")
    draft.refresh_from_db()
    course = {"revision": draft.revision, "amount": "5", "unit": "mg", "times_a_day": 1, "course_days": 28}
    signed_in.post(address("item-edit", draft, key=item.key), course)

    assert publish(signed_in, draft).status_code == 422
    for finding in open_findings(signed_in, draft):
        decide(signed_in, draft, finding, "")
    assert any(finding.severity == "stop" for finding in open_findings(signed_in, draft))
    for finding in open_findings(signed_in, draft):
        decide(signed_in, draft, finding, "Severe flare; reviewed weekly.")
    response = publish(signed_in, draft)

    assert response["Location"] == address("plan-detail", draft)
    version = draft.plan.versions.get()
    assert "Severe flare; reviewed weekly." in {finding.reason for finding in version.document.findings}


def publish(signed_in: Client, draft: Draft) -> Any:
    draft.refresh_from_db()
    return signed_in.post(address("plan-publish", draft), {"revision": draft.revision})


def open_findings(signed_in: Client, draft: Draft) -> Any:
    return signed_in.get(address("plan-build", draft)).context["page"].open_findings


def decide(signed_in: Client, draft: Draft, finding: Any, reason: str) -> Any:
    draft.refresh_from_db()
    given = {"revision": draft.revision, "finding": finding.key, "reason": reason}
    return signed_in.post(address("finding-decide", draft), given)


def test_the_summary_says_what_will_happen(signed_in: Client, draft: Draft) -> None:
    page = signed_in.get(address("plan-publish", draft)).content.decode()

    assert "Nothing has happened yet" in page
    assert "4 Mar 2026" in page
    assert draft.plan.patient.email in page
    assert not draft.plan.versions.exists()


def test_publishing_schedules_and_queues(signed_in: Client, draft: Draft) -> None:
    publish(signed_in, draft)

    plan = draft.plan
    assert plan.versions.get().handout
    assert plan.check_ins.order_by("due_on").first().due_on == date(2026, 3, 4)
    assert plan.clinic.messages.filter(kind="plan_published", patient_id=plan.patient_id).count() == 1


def test_publishing_twice_makes_one_version(signed_in: Client, draft: Draft) -> None:
    first, second = publish(signed_in, draft), signed_in.post(address("plan-publish", draft), {"revision": 1})

    assert first.status_code == 302
    assert second.status_code == 409
    assert draft.plan.versions.count() == 1


def test_discarding_a_first_draft_ends_the_plan(signed_in: Client, draft: Draft) -> None:
    signed_in.post(address("draft-discard", draft), {"revision": draft.revision})

    draft.plan.refresh_from_db()
    assert draft.plan.state == "stopped"
    assert draft.plan.versions.count() == 0


def test_ending_cancels_what_is_planned(signed_in: Client, draft: Draft) -> None:
    publish(signed_in, draft)

    signed_in.post(address("plan-end", draft), {"state": "completed", "reason": "Back at work, no pain."})

    draft.plan.refresh_from_db()
    assert draft.plan.state == "completed"
    assert set(draft.plan.check_ins.values_list("state", flat=True)) == {"cancelled"}


def test_check_in_days_are_counted_from_one(signed_in: Client, draft: Draft) -> None:
    phase = draft.phases.first()

    signed_in.post(
        address("phase-check-ins", draft, phase_pk=phase.pk), {"revision": draft.revision, "days": "1, 5"}
    )
    response = signed_in.post(
        address("phase-check-ins", draft, phase_pk=phase.pk), {"revision": draft.revision + 1, "days": "99"}
    )

    phase.refresh_from_db()
    assert phase.check_in_days == [0, 4]
    assert response.context["form"].errors["days"]


def test_the_desk_asks_the_database_as_often_for_few_as_for_many(
    signed_in: Client, draft: Draft, clinic: Clinic, django_assert_max_num_queries: Any
) -> None:
    for code in ("heat-moist", "ex-bridge", "ex-cat-camel", "med-cyclobenzaprine"):
        add(signed_in, draft, clinic, code)

    with django_assert_max_num_queries(30):
        signed_in.get(address("plan-build", draft))


def test_a_stale_dose_stays_typed_and_counts_when_saved_again(
    signed_in: Client, draft: Draft, clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    item = walking(draft)
    add(client_of(Role.CLINICIAN), draft, clinic, "heat-moist")
    given = {"revision": 1, "minutes": 20, "times_a_day": 1, "days_a_week": 7, "note": "On flat ground."}

    refused = signed_in.post(address("item-edit", draft, key=item.key), given)
    again = signed_in.post(
        address("item-edit", draft, key=item.key), given | {"revision": refused.context["revision"]}
    )

    assert refused.status_code == 409
    assert "On flat ground." in refused.content.decode()
    assert "added: " in refused.content.decode()
    assert again.status_code == 302
    assert walking(draft).note == "On flat ground."


def test_a_reason_that_is_too_long_is_kept_and_told(signed_in: Client, draft: Draft, clinic: Clinic) -> None:
    add(signed_in, draft, clinic, "med-cyclobenzaprine")
    finding = open_findings(signed_in, draft)[0]

    response = decide(signed_in, draft, finding, "x" * 501)

    assert response.status_code == 422
    assert "500" in response.context["refusal"]
    assert response.context["typed_reason"] == "x" * 501


def test_nothing_of_another_clinic_or_plan_can_be_added(
    signed_in: Client, draft: Draft, clinic: Clinic, clinician: User, other_clinic: Clinic
) -> None:
    foreign_draft = make_draft(clinic, clinician)
    own, foreign = component_of(clinic, "heat-moist"), component_of(other_clinic, "heat-moist")
    tries = [
        {"component": foreign.component_id, "phase": draft.phases.first().pk},
        {"component": own.component_id, "phase": foreign_draft.phases.first().pk},
    ]

    statuses = [
        signed_in.post(address("item-add", draft), {"revision": draft.revision, **given}).status_code
        for given in tries
    ]

    assert statuses == [404, 404]
    assert not DraftItem.objects.filter(component_version__component__code="heat-moist").exists()
