"""The dates of a plan on the desk and at its start: who may set them, what follows, what a refusal gives back."""

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
from careplans.plans.models import Draft
from careplans.plans.start import start_plan
from patients.models import Episode
from patients.services import change_episode
from tests.factories import NOW
from tests.make.plans import make_draft, make_episode, make_patient, template_of

TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _on_the_day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def signed_in(client_of: Callable[..., Client]) -> Client:
    return client_of(Role.CLINICIAN)


@pytest.fixture
def draft(clinic: Clinic, clinician: User) -> Draft:
    return make_draft(clinic, clinician)


def operated(clinic: Clinic, by: User, surgery: str, days_ago: int) -> Draft:
    on = TODAY - timedelta(days=days_ago)
    episode = make_episode(make_patient(clinic, by), by, surgery_type=surgery, surgery_on=on)
    version = template_of(clinic, "after-spinal-surgery")
    return start_plan(episode=episode, template_version=version, by=by, now=NOW)


def address(draft: Draft) -> str:
    return reverse("plan-dates", kwargs={"pk": draft.plan_id})


def desk(signed_in: Client, draft: Draft) -> Any:
    return signed_in.get(reverse("plan-build", kwargs={"pk": draft.plan_id}))


def given(draft: Draft, **fields: Any) -> dict[str, Any]:
    draft.refresh_from_db()
    return {"revision": draft.revision, "anchor": "plan_start", "chosen_on": "2026-03-02"} | fields


def test_anonymous_wrong_role_and_other_clinic(
    draft: Draft, other_clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    assert Client().get(address(draft)).status_code == 302
    assert client_of(Role.FRONT_DESK).get(address(draft)).status_code == 403
    assert client_of(Role.CLINICIAN, at=other_clinic).get(address(draft)).status_code == 404
    assert client_of(Role.CLINICIAN, at=other_clinic).post(address(draft)).status_code == 404


def test_saving_leads_back_to_the_desk_with_the_new_dates(signed_in: Client, draft: Draft) -> None:
    response = signed_in.post(address(draft), given(draft))

    assert response["Location"] == reverse("plan-build", kwargs={"pk": draft.plan_id}) + "#dates"
    page = desk(signed_in, draft).content.decode()
    assert "Mon 2 Mar 2026, a chosen day" in page
    assert "First 48 hours" in page


def test_without_surgery_no_days_are_asked(signed_in: Client, draft: Draft) -> None:
    page = signed_in.get(address(draft)).content.decode()

    assert "The day it began: 28 Feb 2026" in page
    assert "surgery" not in page.partition("<form")[2].partition("</form>")[0].lower()


def test_days_nobody_wrote_are_plainly_our_own(signed_in: Client, clinic: Clinic, clinician: User) -> None:
    draft = operated(clinic, clinician, "fusion", 60)

    page = desk(signed_in, draft).content.decode()
    form = signed_in.get(address(draft)).content.decode()

    assert page.count("Our own starting value, to be set by the surgeon&#x27;s instructions.") == 2
    assert "day 168 after the surgery" in page
    assert "Empty counts as day 28" in form


def test_the_findings_follow_at_once(signed_in: Client, clinic: Clinic, clinician: User) -> None:
    draft = operated(clinic, clinician, "fusion", 60)

    def early() -> bool:
        return any("clearance day" in one.message for one in desk(signed_in, draft).context["page"].findings)

    assert early()
    signed_in.post(address(draft), given(draft, anchor="surgery", chosen_on="", clearance_day="42"))
    assert not early()
    assert "Our own starting value" in desk(signed_in, draft).content.decode()  # of heat, still
    signed_in.post(address(draft), given(draft, anchor="surgery", chosen_on="", clearance_day="300"))
    assert early()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"anchor": ""}, "anchor"),
        ({"anchor": "surgery"}, "anchor"),
        ({"chosen_on": ""}, "chosen_on"),
        ({"chosen_on": "2026-02-30"}, "chosen_on"),
        ({"chosen_on": "2024-01-01"}, "__all__"),
        ({"anchor": "onset", "chosen_on": "2026-03-05"}, "anchor"),
    ],
)
def test_what_cannot_be_is_said_beside_what_was_typed(
    fields: dict[str, str], field: str, signed_in: Client, draft: Draft
) -> None:
    response = signed_in.post(address(draft), given(draft, **fields))

    assert response.context["form"].errors[field]
    draft.refresh_from_db()
    assert (draft.revision, draft.anchor) == (1, "onset")


def test_a_stale_form_keeps_what_was_typed_and_counts_when_sent_again(
    signed_in: Client, draft: Draft, client_of: Callable[..., Client]
) -> None:
    client_of(Role.CLINICIAN).post(address(draft), given(draft))
    mine = {"revision": 1, "anchor": "plan_start", "chosen_on": "2026-03-04"}

    refused = signed_in.post(address(draft), mine)
    page = refused.content.decode()
    again = signed_in.post(address(draft), mine | {"revision": refused.context["form"]["revision"].value()})

    assert refused.status_code == 409
    assert 'value="2026-03-04"' in page
    assert "day 0 is 2026-03-02" in page
    assert again.status_code == 302
    draft.refresh_from_db()
    assert str(draft.anchor_on) == "2026-03-04"


def test_a_corrected_episode_is_told_on_the_desk(signed_in: Client, clinic: Clinic, clinician: User) -> None:
    draft = operated(clinic, clinician, "discectomy", 10)
    episode = Episode.objects.get(pk=draft.plan.episode_id)
    right = TODAY - timedelta(days=4)
    change_episode(episode=episode, version=1, fields={"surgery_on": right}, by=clinician, now=NOW)

    assert "it now says 26 Feb 2026" in desk(signed_in, draft).content.decode()
    signed_in.post(address(draft), given(draft, anchor="surgery", chosen_on=""))

    page = desk(signed_in, draft).content.decode()
    assert "it now says" not in page
    assert "Thu 26 Feb 2026, the surgery" in page


def test_a_start_takes_the_dates(signed_in: Client, clinic: Clinic, clinician: User) -> None:
    patient = make_patient(clinic, clinician)
    episode = make_episode(patient, clinician, surgery_type="fusion", surgery_on=TODAY - timedelta(days=5))
    start = reverse("plan-start", kwargs={"pk": patient.pk})
    chosen = {"episode": episode.pk, "template": template_of(clinic, "after-spinal-surgery").pk}

    wrong = signed_in.post(start, chosen | {"anchor": "plan_start", "clearance_day": "90"})
    signed_in.post(start, chosen | {"anchor": "plan_start", "chosen_on": "2026-03-03", "clearance_day": "90"})

    assert wrong.context["form"].errors["chosen_on"]
    assert '<details class="more" open>' in wrong.content.decode()
    draft = Draft.objects.get()
    assert (str(draft.anchor_on), draft.cold_to_heat_day, draft.clearance_day) == ("2026-03-03", None, 90)
