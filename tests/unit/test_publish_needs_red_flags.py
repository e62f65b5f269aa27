"""No plan is published whose check-ins would not ask about what the product ships as red flags."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.builder.publish import publish_plan
from careplans.library.models import RedFlag, ReviewState
from careplans.library.retire import confirm_retirement, propose_retirement
from careplans.library.review import approve_version, start_version, submit_for_review
from careplans.library.shipped import missing_red_flags, shipped_red_flags
from careplans.plans.models import Draft, PlanVersion
from careplans.plans.refusals import PlanRefusal
from tests.factories import NOW, make_clinic, make_staff
from tests.make.plans import make_draft, make_library

LABEL = "Saddle anaesthesia"


@pytest.fixture
def draft(clinic: Clinic, clinician: User) -> Draft:
    return make_draft(clinic, clinician)


@pytest.fixture
def two(clinic: Clinic) -> tuple[User, User]:
    return make_staff(clinic, Role.EDITOR), make_staff(clinic, Role.REVIEWER)


def flag_of(clinic: Clinic, code: str = "saddle_numbness") -> RedFlag:
    return RedFlag.objects.get(clinic=clinic, code=code, state=ReviewState.APPROVED)


def retire(flag: RedFlag, two: tuple[User, User]) -> None:
    proposal = propose_retirement(version=flag, reason="Asked elsewhere", by=two[0], now=NOW)
    confirm_retirement(retirement=proposal, by=two[1], now=NOW)


def replace(flag: RedFlag, two: tuple[User, User], **changed: str) -> None:
    new = start_version(of=flag, by=two[0], now=NOW)
    for name, value in changed.items():
        setattr(new, name, value)
    new.save()
    submit_for_review(version=new, by=two[0], now=NOW)
    approve_version(version=new, by=two[1], now=NOW)


def publish(draft: Draft) -> PlanVersion:
    return publish_plan(draft=draft, revision=draft.revision, by=draft.opened_by, now=NOW)


def test_a_retired_red_flag_stops_publishing(draft: Draft, two: tuple[User, User]) -> None:
    retire(flag_of(draft.plan.clinic), two)

    with pytest.raises(PlanRefusal, match=f"No check-in would ask about: {LABEL}"):
        publish(draft)

    assert not PlanVersion.objects.exists()


def test_all_of_them_gone_names_all(draft: Draft) -> None:
    RedFlag.objects.update(state=ReviewState.RETIRED)

    with pytest.raises(PlanRefusal) as refused:
        publish(draft)

    assert all(flag.clinician_label in str(refused.value) for flag in shipped_red_flags())


def test_the_clinics_own_words_for_it_are_as_good(draft: Draft, two: tuple[User, User]) -> None:
    replace(flag_of(draft.plan.clinic), two, clinician_label="Numb saddle")

    labels = [flag.clinician_label for flag in publish(draft).document.red_flags]

    assert "Numb saddle" in labels
    assert len(labels) == sum(flag.asked == "always" for flag in shipped_red_flags())


def test_a_retired_one_that_was_written_anew_is_enough(draft: Draft, two: tuple[User, User]) -> None:
    flag = flag_of(draft.plan.clinic)
    retire(flag, two)
    replace(flag, two)

    assert publish(draft).number == 1


def test_asked_of_fewer_patients_is_not_enough(draft: Draft, two: tuple[User, User]) -> None:
    replace(flag_of(draft.plan.clinic), two, asked=RedFlag.Asked.AFTER_SURGERY)

    with pytest.raises(PlanRefusal, match=LABEL):
        publish(draft)


def test_asked_of_more_patients_is(draft: Draft, two: tuple[User, User]) -> None:
    code = next(flag.code for flag in shipped_red_flags() if flag.asked == "after_surgery")
    replace(flag_of(draft.plan.clinic, code), two, asked=RedFlag.Asked.ALWAYS)

    assert publish(draft).number == 1


def test_another_clinics_red_flags_do_not_count(draft: Draft, two: tuple[User, User]) -> None:
    make_library(make_clinic())
    retire(flag_of(draft.plan.clinic), two)

    assert missing_red_flags(draft.plan.clinic) == [LABEL]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.EDITOR, Role.REVIEWER])
def test_who_keeps_the_library_is_told_on_every_page(
    role: Role, draft: Draft, two: tuple[User, User], client_of: Callable[..., Client]
) -> None:
    site = client_of(role)
    before = site.get("/library/").content.decode()
    retire(flag_of(draft.plan.clinic), two)

    after = site.get("/library/").content.decode()

    assert "No plan can be published" not in before
    assert "No plan can be published" in after
    assert LABEL in after
