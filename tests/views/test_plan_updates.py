"""What was approved since a plan was published: shown side by side, and taken over in one step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.models import ComponentText
from careplans.library.review import approve_version, start_version, submit_for_review
from careplans.plans.models import Draft, DraftItem, Plan
from careplans.plans.start import start_revision
from tests.factories import NOW, make_staff
from tests.make.library import rewrite
from tests.make.plans import component_of, make_draft
from tests.make.recalls import make_published, publish

pytestmark = pytest.mark.django_db
NEW_WORDS = "Move a little, and often."


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        yield


@pytest.fixture
def plan(clinic: Clinic, clinician: User) -> Plan:
    """Published, and then what one of its components says was written anew and approved."""
    plan = make_published(clinic, clinician)
    editor, reviewer = make_staff(clinic, Role.EDITOR), make_staff(clinic, Role.REVIEWER)
    draft = start_version(of=component_of(clinic, "ex-gentle-mobility"), by=editor, now=NOW)
    text = ComponentText.objects.get(version=draft, language="en")
    text.why = NEW_WORDS
    text.save()
    # Its translations say what the English said before.
    ComponentText.objects.filter(version=draft).exclude(language="en").delete()
    submit_for_review(version=draft, by=editor, now=NOW)
    approve_version(version=draft, by=reviewer, now=NOW)
    return plan


@pytest.fixture
def client(clinician: User) -> Client:
    client = Client()
    client.force_login(clinician)
    return client


def address(plan: Plan) -> str:
    return reverse("plan-updates", args=[plan.pk])


def test_anonymous_is_sent_to_the_sign_in(plan: Plan) -> None:
    assert Client().get(address(plan)).status_code == 302


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.FRONT_DESK, Role.ADMINISTRATOR])
def test_only_clinicians_update_plans(client_of: Callable[..., Client], plan: Plan, role: Role) -> None:
    assert client_of(role).post(address(plan)).status_code == 403
    assert not Draft.objects.filter(plan=plan, closed_at=None).exists()


def test_another_clinics_plan_is_not_there(
    client_of: Callable[..., Client], other_clinic: Clinic, plan: Plan
) -> None:
    assert client_of(Role.CLINICIAN, at=other_clinic).get(address(plan)).status_code == 404


def test_the_plan_says_that_there_is_something_newer(client: Client, plan: Plan) -> None:
    page = client.get(reverse("plan-detail", args=[plan.pk])).content.decode()
    assert "Newer instructions are approved for 1 component" in page
    assert address(plan) in page


def test_what_changed_stands_side_by_side(client: Client, plan: Plan) -> None:
    page = client.get(address(plan)).content.decode()
    assert "The patient has version 1; version 2 is approved." in page
    assert "often" in page
    assert "Update this plan" in page


def test_taken_over_it_is_a_draft_to_look_at_and_publish(client: Client, plan: Plan) -> None:
    response = client.post(address(plan), follow=True)
    assert response.redirect_chain[-1][0] == reverse("plan-publish", args=[plan.pk])
    assert "the instructions were updated" in response.content.decode()
    assert plan.versions.count() == 1
    revision = Draft.objects.get(plan=plan, closed_at=None).revision
    client.post(reverse("plan-publish", args=[plan.pk]), {"revision": revision})
    document = plan.versions.order_by("-number")[0].document
    assert NEW_WORDS in {item.why for item in document.items}
    assert "Newer instructions" not in client.get(reverse("plan-detail", args=[plan.pk])).content.decode()


def test_where_all_is_newest_the_page_says_so(client: Client, clinic: Clinic, clinician: User) -> None:
    plan = make_published(clinic, clinician)
    page = client.get(address(plan)).content.decode()
    assert "holds the newest version of everything" in page
    assert "Update this plan" not in page


def test_an_ended_plan_is_not_updated(client: Client, plan: Plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.STOPPED, ended_at=NOW)
    assert client.get(address(plan)).status_code == 404


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (
            5,
            "becomes 9 minutes, every hour while you are awake (before: 5 minutes, every hour while you are awake)",
        ),
        (7, "stays 7 minutes, every hour while you are awake, which is not the usual dose."),
    ],
)
def test_what_becomes_of_the_dose_is_told_before_and_asked_after(
    client: Client, clinic: Clinic, clinician: User, minutes: int, told: str
) -> None:
    draft = make_draft(clinic, clinician)
    items = DraftItem.objects.filter(
        phase__draft=draft, component_version__component__code="ex-gentle-mobility"
    )
    items.update(dose_data={"kind": "duration", "minutes": minutes, "every_hours": 1})
    plan = publish(draft, clinician)
    editor, reviewer = make_staff(clinic, Role.EDITOR), make_staff(clinic, Role.REVIEWER)
    newer = start_version(of=component_of(clinic, "ex-gentle-mobility"), by=editor, now=NOW)
    newer = rewrite(newer, editor, default_dose={"kind": "duration", "minutes": 9, "every_hours": 1})
    submit_for_review(version=newer, by=editor, now=NOW)
    approve_version(version=newer, by=reviewer, now=NOW)

    assert told in " ".join(client.get(address(plan)).content.decode().split())

    page = client.post(address(plan), follow=True).content.decode()
    is_asked = minutes == 7
    assert ("Usual now: 9 minutes, every hour while you are awake" in page) == is_asked
    assert ("Answer the findings" in page) == is_asked
    revision = Draft.objects.get(plan=plan, closed_at=None).revision
    client.post(reverse("plan-publish", args=[plan.pk]), {"revision": revision})
    assert plan.versions.count() == (1 if is_asked else 2)


def test_the_kept_dose_is_confirmed_on_the_desk(client: Client, clinic: Clinic, clinician: User) -> None:
    """The finding is answered where every other one is."""
    draft = make_draft(clinic, clinician)
    item = DraftItem.objects.filter(phase__draft=draft).select_related("component_version__component")[0]
    DraftItem.objects.filter(pk=item.pk).update(dose_of=item.component_version)
    page = client.get(reverse("plan-build", args=[draft.plan_id]))
    finding = next(one for one in page.context["page"].open_findings if one.key.startswith("usual-dose"))
    draft.refresh_from_db()
    sent = {"finding": finding.key, "revision": draft.revision, "reason": ""}
    client.post(reverse("finding-decide", args=[draft.plan_id]), sent)
    page = client.get(reverse("plan-build", args=[draft.plan_id]))
    assert finding.key in {one.key for one in page.context["page"].answered_findings}


def test_a_dose_that_cannot_be_kept_is_told_before_and_asked_after(
    client: Client, clinic: Clinic, clinician: User
) -> None:
    draft = make_draft(clinic, clinician)
    items = DraftItem.objects.filter(
        phase__draft=draft, component_version__component__code="ex-gentle-mobility"
    )
    items.update(dose_data={"kind": "duration", "minutes": 7, "every_hours": 1})
    plan = publish(draft, clinician)
    approve_dose(clinic, {"kind": "repetitions", "reps": 4})

    told = "Your own dose, 7 minutes, every hour while you are awake, cannot be kept"
    assert told in " ".join(client.get(address(plan)).content.decode().split())
    page = client.post(address(plan), follow=True).content.decode()
    assert "Answer the findings" in page
    assert "In this plan before: 7 minutes" in page


def test_the_doses_are_those_of_the_draft_that_is_open(
    client: Client, clinic: Clinic, clinician: User
) -> None:
    """What was published may be another dose: the draft is what is updated."""
    plan = make_published(clinic, clinician)
    draft = start_revision(plan=plan, by=clinician, now=NOW)
    items = DraftItem.objects.filter(
        phase__draft=draft, component_version__component__code="ex-gentle-mobility"
    )
    items.update(dose_data={"kind": "duration", "minutes": 7, "every_hours": 1})
    approve_dose(clinic, {"kind": "duration", "minutes": 9, "every_hours": 1})

    page = " ".join(client.get(address(plan)).content.decode().split())
    assert "The dose in the draft that is open" in page
    assert "stays 7 minutes, every hour while you are awake, which is not the usual dose." in page
    assert "becomes 9 minutes" not in page
    client.post(address(plan))
    assert {item.dose_data["minutes"] for item in items.all()} == {7}
    # Pressed again, it tells the same of what was updated by then.
    assert "stays 7 minutes" in " ".join(client.get(address(plan)).content.decode().split())


def approve_dose(clinic: Clinic, dose: dict[str, object]) -> None:
    """A newer version of gentle mobility with this usual dose."""
    editor, reviewer = make_staff(clinic, Role.EDITOR), make_staff(clinic, Role.REVIEWER)
    newer = start_version(of=component_of(clinic, "ex-gentle-mobility"), by=editor, now=NOW)
    newer = rewrite(newer, editor, default_dose=dose)
    submit_for_review(version=newer, by=editor, now=NOW)
    approve_version(version=newer, by=reviewer, now=NOW)
