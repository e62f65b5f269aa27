"""Changing a dose beside the plan: a refused one stays in its row and says why in the clinic's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.dose import parse_dose
from careplans.library.dose_forms import dose_form
from careplans.plans.drafting import add_item
from careplans.plans.models import Draft, DraftItem
from tests.factories import NOW
from tests.make.plans import component_of, make_draft

HTMX = {"HX-Request": "true"}
WALK = {"minutes": "15", "times_a_day": "2", "days_a_week": "7"}


@pytest.fixture(autouse=True)
def _on_the_day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def walking(clinic: Clinic, clinician: User) -> DraftItem:
    draft: Draft = make_draft(clinic, clinician)
    return DraftItem.objects.get(
        phase__draft=draft, phase__position=0, component_version__component__code="ex-walking"
    )


def post(client: Client, item: DraftItem, **given: str) -> Any:
    draft = item.phase.draft
    address = reverse("item-edit", args=[draft.plan_id, item.key])
    return client.post(address, {"revision": draft.revision} | WALK | given, headers=HTMX)


def test_a_refused_dose_stays_in_its_row(walking: DraftItem, client_of: Callable[..., Client]) -> None:
    response = post(client_of(Role.CLINICIAN), walking, minutes="-5")

    assert response["HX-Retarget"] == f"#item-{walking.key}-form"
    text = response.content.decode()
    assert "Write a whole number from 1 to 240." in text
    assert 'hx-target="#desk"' in text


def test_the_mended_dose_brings_the_desk_back(walking: DraftItem, client_of: Callable[..., Client]) -> None:
    response = post(client_of(Role.CLINICIAN), walking)

    assert "HX-Retarget" not in response
    assert 'id="desk-inner"' in response.content.decode()


def test_two_open_items_do_not_share_an_id(walking: DraftItem, client_of: Callable[..., Client]) -> None:
    address = reverse("item-edit", args=[walking.phase.draft.plan_id, walking.key])

    text = client_of(Role.CLINICIAN).get(address, headers=HTMX).content.decode()

    assert f'for="id_{walking.key}_minutes"' in text
    assert 'id="id_minutes"' not in text


@pytest.mark.parametrize(
    ("amount", "says"),
    [
        ("", "Please fill this in."),
        ("five", "Write the amount in digits, with a point: 2.5"),
        ("0", "The amount must be more than nothing."),
        ("20000", "This amount is too large. Check the unit."),
        ("99999999999", "This amount is too large. Check the unit."),
        ("2.12345", "At most three digits after the point."),
    ],
)
def test_an_amount_that_cannot_be_is_said_in_plain_words(amount: str, says: str) -> None:
    dose = parse_dose({"kind": "medicine", "amount": "5", "course_days": 7})
    form = dose_form(dose, {"amount": amount, "unit": "mg", "times_a_day": "1", "course_days": "7"})

    assert set(form.errors["amount"]) == {says}


@pytest.mark.parametrize(("typed", "printed"), [("10.000", "10 mg"), ("2.50", "2.5 mg"), ("100", "100 mg")])
def test_an_amount_is_printed_without_trailing_zeros(typed: str, printed: str) -> None:
    """Trailing zeros make tenfold errors: 10.0 is read as 100."""
    dose = parse_dose({"kind": "medicine", "amount": "5", "course_days": 7})
    form = dose_form(dose, {"amount": typed, "unit": "mg", "times_a_day": "1", "course_days": "7"})

    assert form.is_valid(), form.errors
    assert form.dose.in_words().startswith(f"{printed},")


def test_a_day_has_twenty_four_hours() -> None:
    dose = parse_dose({"kind": "thermal", "minutes": 15, "times_a_day": 3})
    form = dose_form(dose, {"minutes": "240", "times_a_day": "24"})

    assert form.errors == {"times_a_day": ["This is more time than a day has. Check both numbers."]}


def test_back_from_a_published_plan_shows_the_plan(
    walking: DraftItem, client_of: Callable[..., Client]
) -> None:
    draft = walking.phase.draft
    client = client_of(Role.CLINICIAN)
    address = reverse("plan-publish", args=[draft.plan_id])
    client.post(address, {"revision": draft.revision})

    response = client.get(address, follow=True)

    assert response.redirect_chain[-1][0] == reverse("plan-detail", args=[draft.plan_id])
    assert "Version 1" in response.content.decode()


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_grams_for_milligrams_stay_in_the_row_with_what_is_wrong(
    headers: dict[str, str], clinic: Clinic, clinician: User, client_of: Callable[..., Client]
) -> None:
    draft = make_draft(clinic, clinician)
    version = component_of(clinic, "med-cyclobenzaprine")
    relaxant = add_item(
        phase=draft.phases.first(), component_version=version, dose=version.dose, revision=1, by=clinician, now=NOW
    )  # fmt: skip
    given = {
        "revision": 2,
        "amount": "5",
        "unit": "g",
        "times_a_day": "3",
        "course_days": "7",
        "note": "At night",
    }

    address = reverse("item-edit", args=[draft.plan_id, relaxant.key])
    response = client_of(Role.CLINICIAN).post(address, given, headers=headers)

    text = response.content.decode()
    assert "is written in mg, not as 5 g" in text
    assert "At night" in text
    assert response.context["form"].errors["amount"]
    relaxant.refresh_from_db()
    assert relaxant.dose == version.dose
