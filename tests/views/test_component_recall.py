"""Recalling a component, and the pages that lead each plan that holds it to a new version."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.models import Component, ComponentVersion, Recall
from careplans.library.review import approve_version, start_version, submit_for_review
from careplans.plans.models import Draft, Plan
from tests.factories import NOW, make_staff
from tests.make.library import editor_of, rewrite
from tests.make.plans import component_of, make_library, template_of
from tests.make.recalls import REASON, component, make_published, recall
from tests.make.written import make_outdated_copy

pytestmark = pytest.mark.django_db
MOBILITY = "ex-gentle-mobility"
Clients = Callable[..., Client]


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        yield


@pytest.fixture
def plan(clinic: Clinic, clinician: User) -> Plan:
    return make_published(clinic, clinician)


@pytest.fixture
def mobility(clinic: Clinic, plan: Plan) -> Component:
    return component(clinic, MOBILITY)


def page_of(client: Client, name: str, *keys: object) -> str:
    response = client.get(reverse(name, args=keys))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", ["component-recall", "component-use"])
def test_anonymous_is_sent_to_the_sign_in(client: Client, mobility: Component, name: str) -> None:
    assert client.get(reverse(name, args=[mobility.pk])).status_code == 302


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.EDITOR, Role.FRONT_DESK, Role.ADMINISTRATOR])
def test_only_reviewers_recall(client_of: Clients, mobility: Component, role: Role) -> None:
    response = client_of(role).post(reverse("component-recall", args=[mobility.pk]), {"reason": REASON})
    assert response.status_code == 403
    assert not Recall.objects.exists()


def test_another_clinics_component_is_not_there(
    client_of: Clients, other_clinic: Clinic, mobility: Component
) -> None:
    client = client_of(Role.REVIEWER, at=other_clinic)
    assert client.post(reverse("component-recall", args=[mobility.pk]), {"reason": REASON}).status_code == 404
    assert client.get(reverse("component-use", args=[mobility.pk])).status_code == 404


def test_the_page_says_beforehand_whom_it_concerns(client_of: Clients, mobility: Component) -> None:
    page = page_of(client_of(Role.REVIEWER), "component-recall", mobility.pk)
    assert "1 running plan holds it" in page
    assert "leave it out" in page or "leaves it out" in page


def test_a_recall_without_words_is_refused_and_nothing_happens(
    client_of: Clients, mobility: Component
) -> None:
    response = client_of(Role.REVIEWER).post(reverse("component-recall", args=[mobility.pk]), {"reason": "?"})
    assert "why it is recalled" in response.content.decode()
    assert not Recall.objects.exists()


def test_recalled_it_is_on_the_worklist_with_its_reason(
    client_of: Clients, clinician: User, plan: Plan, mobility: Component
) -> None:
    client_of(Role.REVIEWER).post(reverse("component-recall", args=[mobility.pk]), {"reason": REASON})
    client = Client()
    client.force_login(clinician)
    page = page_of(client, "worklist")
    assert "Recalled: plans to revise" in page
    assert REASON in page
    assert reverse("plan-without", args=[plan.pk, mobility.pk]) in page


def test_the_front_desk_is_told_nothing_clinical_of_it(
    client_of: Clients, clinic: Clinic, mobility: Component
) -> None:
    recall(clinic, MOBILITY)
    page = page_of(client_of(Role.FRONT_DESK), "worklist")
    assert REASON not in page
    assert "Recalled" not in page


def test_the_patients_page_says_so_and_the_desk_is_told_not_to_hand_it_out(
    client_of: Clients, clinic: Clinic, plan: Plan, mobility: Component
) -> None:
    clinician, desk = client_of(Role.CLINICIAN), client_of(Role.FRONT_DESK)
    assert "recalled" not in page_of(clinician, "patient-detail", plan.patient_id)
    recall(clinic, MOBILITY)
    assert "was recalled" in page_of(clinician, "patient-detail", plan.patient_id)
    page = page_of(desk, "patient-detail", plan.patient_id)
    assert "Do not hand out this plan" in page
    assert REASON not in page
    assert "recalled" not in page


def test_one_step_leads_to_the_page_that_publishes(
    clinic: Clinic, clinician: User, plan: Plan, mobility: Component
) -> None:
    recall(clinic, MOBILITY)
    client = Client()
    client.force_login(clinician)
    response = client.post(reverse("plan-without", args=[plan.pk, mobility.pk]), follow=True)
    assert response.redirect_chain[-1][0] == reverse("plan-publish", args=[plan.pk])
    assert "No longer part of your plan" in response.content.decode()
    assert REASON in page_of(client, "plan-detail", plan.pk)  # until it is published
    draft = Draft.objects.get(plan=plan, closed_at=None)
    client.post(reverse("plan-publish", args=[plan.pk]), {"revision": draft.revision})
    assert REASON not in page_of(client, "worklist")
    assert plan.versions.count() == 2


def test_what_was_put_right_is_told_as_replaced_and_not_as_out(
    clinic: Clinic, clinician: User, plan: Plan, mobility: Component
) -> None:
    version = waiting_again(clinic, clinician_text="Only while standing.")
    approve_version(version=version, by=make_staff(clinic, Role.REVIEWER), now=NOW)
    client = Client()
    client.force_login(clinician)
    page = client.post(reverse("plan-without", args=[plan.pk, mobility.pk]), follow=True).content.decode()
    assert "it is replaced by version 2" in page
    assert "out of this draft" not in page
    assert "the instructions were updated" not in page  # only clinicians read what was written anew


def test_what_is_gone_is_told_as_out(
    clinic: Clinic, clinician: User, plan: Plan, mobility: Component
) -> None:
    recall(clinic, MOBILITY)
    client = Client()
    client.force_login(clinician)
    page = client.post(reverse("plan-without", args=[plan.pk, mobility.pk]), follow=True).content.decode()
    assert "What was recalled is out of this draft" in page
    assert "is replaced by" not in page


def test_a_plan_that_held_nothing_else_leads_to_the_desk(
    clinic: Clinic, clinician: User, plan: Plan, mobility: Component
) -> None:
    client = Client()
    client.force_login(clinician)
    client.post(reverse("plan-revise", args=[plan.pk]))
    draft = Draft.objects.get(plan=plan, closed_at=None)
    for phase in draft.phases.all():
        phase.items.exclude(component_version__component=mobility).delete()
    recall(clinic, MOBILITY)
    response = client.post(reverse("plan-without", args=[plan.pk, mobility.pk]))
    assert response.headers["Location"] == reverse("plan-build", args=[plan.pk])


def test_an_ended_plan_is_not_revised(
    clinic: Clinic, clinician: User, plan: Plan, mobility: Component
) -> None:
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.STOPPED, ended_at=plan.created_at)
    client = Client()
    client.force_login(clinician)
    response = client.post(reverse("plan-without", args=[plan.pk, mobility.pk]), follow=True)
    assert "This plan has ended" in response.content.decode()
    assert not Draft.objects.filter(plan=plan, closed_at=None).exists()


def test_who_keeps_the_library_sees_numbers_and_no_names(
    client_of: Clients, plan: Plan, mobility: Component
) -> None:
    name = plan.patient.full_name
    for role in (Role.EDITOR, Role.REVIEWER, Role.ADMINISTRATOR):
        page = page_of(client_of(role), "component-use", mobility.pk)
        assert "In 1 running plan" in page
        assert name not in page
    assert name in page_of(client_of(Role.CLINICIAN), "component-use", mobility.pk)


def test_where_nothing_holds_it_the_page_says_so(client_of: Clients, clinic: Clinic) -> None:
    make_library(clinic)
    page = page_of(client_of(Role.EDITOR), "component-use", component(clinic, "adj-herbal").pk)
    assert "Nothing holds it" in page


def test_where_used_asks_as_often_for_many_plans_as_for_one(
    client_of: Clients, clinic: Clinic, clinician: User, mobility: Component
) -> None:
    client = client_of(Role.CLINICIAN)
    page_of(client, "component-use", mobility.pk)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page_of(client, "component-use", mobility.pk)
        counts.append(len(queries))
        for _number in range(3):
            make_published(clinic, clinician)
    assert counts[0] == counts[1]


def test_the_page_names_the_copies_that_are_recalled_with_it(clinic: Clinic, client_of: Clients) -> None:
    copy = make_outdated_copy(clinic)
    page = page_of(client_of(Role.REVIEWER), "component-recall", copy.origin_id)
    assert "own copies are recalled with it: Our dead bug." in page
    page = page_of(client_of(Role.REVIEWER), "component-recall", copy.pk)
    assert "own copies are recalled" not in page


def waiting_again(clinic: Clinic, **said: str) -> ComponentVersion:
    """The next version of what was recalled, submitted by an editor."""
    version = component_of(clinic, MOBILITY)
    recall(clinic, MOBILITY)
    version.refresh_from_db()
    editor = editor_of(clinic)
    draft = rewrite(start_version(of=version, by=editor, now=NOW), editor, **said)
    submit_for_review(version=draft, by=editor, now=NOW)
    return draft


@pytest.mark.parametrize("said", [{}, {"clinician_text": "Only while standing."}])
def test_above_the_button_the_reviewer_reads_why_it_was_recalled(
    clinic: Clinic, client_of: Clients, said: dict[str, str]
) -> None:
    version = waiting_again(clinic, **said)
    page = page_of(client_of(Role.REVIEWER), "component-version", version.component_id, version.number)
    steps = page[page.index("version-steps") :]
    assert REASON in steps[: steps.index("btn")]
    approve = reverse("version-approve", args=["component", version.pk])
    assert (approve in steps, "word for word" in steps) == (bool(said), not said)


def test_what_was_recalled_is_not_approved_with_one_press_among_others(
    clinic: Clinic, client_of: Clients
) -> None:
    version = waiting_again(clinic, clinician_text="Only while standing.")
    ComponentVersion.objects.filter(pk=version.pk).update(starter_sha256="0" * 64)
    sent = {"chosen": [f"component:{version.pk}:{version.revision}"]}
    page = client_of(Role.REVIEWER).post(reverse("reviews-approve"), sent, follow=True).content.decode()
    assert "an earlier version was recalled. Read why on its own page." in page
    version.refresh_from_db()
    assert version.state == "in_review"


def test_templates_on_their_way_are_named_to_those_who_keep_the_library_alone(
    clinic: Clinic, client_of: Clients
) -> None:
    draft = start_version(of=template_of(clinic), by=editor_of(clinic), now=NOW)
    draft.texts = draft.texts | {"en": draft.texts["en"] | {"title": "Half an idea"}}
    draft.save()
    pk = component(clinic, MOBILITY).pk
    for role in (Role.EDITOR, Role.REVIEWER):
        assert "Half an idea" in page_of(client_of(role), "component-use", pk)
    for role in (Role.CLINICIAN, Role.ADMINISTRATOR):
        client = client_of(role)
        page = page_of(client, "component-use", pk)
        assert "Half an idea" not in page
        assert str(template_of(clinic)) in page
        number = len(client.get(reverse("component-use", args=[pk])).context["use"].templates)
        assert f"{number} template" in page_of(client, "component-detail", pk)


def test_what_is_recalled_says_so_in_the_list_and_on_top_of_its_page_and_is_not_recalled_again(
    client_of: Clients, clinic: Clinic, mobility: Component
) -> None:
    client, again = client_of(Role.REVIEWER), reverse("component-recall", args=[mobility.pk])
    assert again in page_of(client, "component-detail", mobility.pk)
    recall(clinic, MOBILITY)

    page = page_of(client, "component-detail", mobility.pk)
    header, columns = page.split('class="with-aside"')
    assert re.search(r'tag-danger">.*?</svg>\s*Recalled</span>', header, re.DOTALL)
    assert REASON in header
    assert REASON not in columns.split('id="used-title"')[1].split("</section>")[0]
    assert again not in page

    rows = client.get(reverse("library"), {"state": "retired"}).context["lines"]
    (row,) = (one for one in rows if one.component_id == mobility.pk)
    assert [one.label for one in row.states] == ["Recalled"]

    for told in (client.get(again, follow=True), client.post(again, {"reason": REASON}, follow=True)):
        assert told.redirect_chain == [(reverse("component-detail", args=[mobility.pk]), 302)]
        assert "was recalled already" in told.content.decode()
    assert Recall.objects.filter(component=mobility).count() == 1


def test_what_was_approved_after_a_recall_can_be_recalled(
    client_of: Clients, clinic: Clinic, mobility: Component
) -> None:
    version = waiting_again(clinic, clinician_text="Only while standing.")
    approve_version(version=version, by=make_staff(clinic, Role.REVIEWER), now=NOW)
    client = client_of(Role.REVIEWER)
    page = page_of(client, "component-detail", mobility.pk)
    assert reverse("component-recall", args=[mobility.pk]) in page
    assert "tag-danger" not in page
    assert REASON in page.split('class="with-aside"')[1]
    assert page_of(client, "component-recall", mobility.pk)
