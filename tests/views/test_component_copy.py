"""Own copies on their pages: made once, and asked about when the original has gone on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from careplans.library.models import Component
from tests.make.plans import component_of
from tests.make.written import make_outdated_copy

pytestmark = pytest.mark.django_db


@pytest.fixture
def outdated(clinic: Clinic) -> Component:
    return make_outdated_copy(clinic)


def of(copy: Component, step: str) -> str:
    return reverse(f"copy-{step}", args=["component", copy.pk])


def test_who_may_copy(
    client: Client, clinic: Clinic, other_clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    path = reverse("component-copy", args=[component_of(clinic, "ex-bridge").component_id])
    assert client.get(path).status_code == 302
    assert client_of(Role.REVIEWER).get(path).status_code == 403
    assert client_of(Role.EDITOR, at=other_clinic).get(path).status_code == 404
    assert client_of(Role.EDITOR).get(path).status_code == 200


def test_a_copy_is_made_once(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    original = component_of(clinic, "ex-bridge")
    path, client = reverse("component-copy", args=[original.component_id]), client_of(Role.EDITOR)
    sent = {"title": "Bridge for runners", "code": "", "form_key": "one"}

    made = [client.post(path, sent).headers["Location"] for _time in range(2)]

    copy = Component.objects.get(code="ex-bridge-for-runners")
    assert set(made) == {reverse("component-edit", args=[copy.pk, 1])}
    assert copy.origin == original.component
    page = client.get(reverse("component-version", args=[copy.pk, 1])).content.decode()
    assert "ex-bridge" in page


def test_a_medicine_is_not_copied(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    medicine, client = component_of(clinic, "med-cyclobenzaprine"), client_of(Role.EDITOR)
    path = reverse("component-copy", args=[medicine.component_id])
    page = client.get(reverse("component-detail", args=[medicine.component_id])).content.decode()
    assert path not in page
    bridge = component_of(clinic, "ex-bridge").component_id
    offered = client.get(reverse("component-detail", args=[bridge])).content.decode()
    assert reverse("component-copy", args=[bridge]) in offered
    told = client.post(path, {"title": "Ours", "code": "med-ours"}).content.decode()
    assert "A medicine has one entry" in told


def test_a_code_that_is_taken_is_told(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    path = reverse("component-copy", args=[component_of(clinic, "ex-bridge").component_id])
    response = client_of(Role.EDITOR).post(path, {"title": "Bridge", "code": "ex-bridge"})
    assert "has this code" in str(response.context["form"].errors["code"])


def test_what_has_changed_is_told_on_the_copy_and_among_the_reviews(
    outdated: Component, client_of: Callable[..., Client]
) -> None:
    client = client_of(Role.EDITOR)
    for path in (reverse("component-detail", args=[outdated.pk]), reverse("review-list")):
        assert of(outdated, "offer") in client.get(path).content.decode()
    offer = client.get(of(outdated, "offer")).content.decode()
    assert "Take it over" in offer
    reviewer = client_of(Role.REVIEWER).get(of(outdated, "offer")).content.decode()
    assert "Take it over" not in reviewer
    clinician = client_of(Role.CLINICIAN).get(reverse("component-detail", args=[outdated.pk]))
    assert of(outdated, "offer") not in clinician.content.decode()


def test_it_is_taken_over_as_a_draft(outdated: Component, client_of: Callable[..., Client]) -> None:
    client = client_of(Role.EDITOR)
    response = client.post(of(outdated, "take"), {"version": 2, "replaces": "on"})
    assert response.headers["Location"] == reverse("component-edit", args=[outdated.pk, 2])
    assert client.get(of(outdated, "offer")).status_code == 302


def test_what_the_clinic_wrote_itself_is_replaced_only_when_that_is_ticked(
    outdated: Component, client_of: Callable[..., Client]
) -> None:
    client = client_of(Role.EDITOR)
    page = client.get(of(outdated, "offer"))
    assert [(one.group, one.label) for one in page.context["of_copy"].own] == [
        ("Text for patients, English", "Title")
    ]
    assert "replaces what your clinic wrote itself" in page.content.decode()

    told = client.post(of(outdated, "take"), {"version": 2}, follow=True)

    assert "Tick that what your clinic wrote itself may be replaced" in told.content.decode()
    assert outdated.versions.count() == 1


def test_or_kept_as_it_is(outdated: Component, client_of: Callable[..., Client]) -> None:
    client = client_of(Role.EDITOR)
    assert client.post(of(outdated, "keep"), {"version": 2}).status_code == 302
    outdated.refresh_from_db()
    assert outdated.origin_number == 2
    assert outdated.versions.count() == 1


@pytest.mark.parametrize("version", ["1", "3", "", "x"])
def test_only_what_was_looked_at_is_decided(
    outdated: Component, client_of: Callable[..., Client], version: str
) -> None:
    for step in ("take", "keep"):
        told = client_of(Role.EDITOR).post(of(outdated, step), {"version": version}, follow=True)
        assert "not what you looked at" in told.content.decode()
    outdated.refresh_from_db()
    assert (outdated.origin_number, outdated.versions.count()) == (1, 1)


def test_other_people_do_not_decide(
    outdated: Component, client_of: Callable[..., Client], other_clinic: Clinic
) -> None:
    for step in ("take", "keep"):
        assert client_of(Role.REVIEWER).post(of(outdated, step), {"version": 2}).status_code == 403
        assert (
            client_of(Role.EDITOR, at=other_clinic).post(of(outdated, step), {"version": 2}).status_code
            == 404
        )
    assert client_of(Role.EDITOR).get(reverse("copy-offer", args=["rule", outdated.pk])).status_code == 404


def test_a_copy_without_a_title_or_code_of_its_own_is_asked_for_a_title(
    clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    original = component_of(clinic, "ex-bridge")
    path, client = reverse("component-copy", args=[original.component_id]), client_of(Role.EDITOR)
    client.post(path, {"title": "Bridge for runners", "code": "", "form_key": "one"})
    errors = client.post(path, {"title": "Bridge for runners", "code": ""}).context["form"].errors
    assert "a title of its own" in str(errors["title"])
    assert "code" not in errors
