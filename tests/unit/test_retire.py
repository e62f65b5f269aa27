"""Taking out of use: always with a reason, and by two people where it protects patients."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.core.text import TooFewWords, UnusableText
from careplans.library.models import (
    ComponentVersion,
    RedFlag,
    Retirement,
    ReviewState,
    SafetyRule,
    TemplateVersion,
)
from careplans.library.retire import (
    confirm_retirement,
    propose_retirement,
    retire_version,
    withdraw_retirement,
)
from careplans.library.review import approve_version, start_version, submit_for_review
from careplans.library.versions import ReviewRefusal
from tests.factories import NOW, make_staff
from tests.make.plans import make_library

WHY = "Replaced by a newer guideline"
protecting = pytest.mark.parametrize("model", [SafetyRule, RedFlag])


@pytest.fixture
def nadia(clinic: Clinic) -> User:
    make_library(clinic)
    return make_staff(clinic, Role.REVIEWER)


@pytest.fixture
def omar(clinic: Clinic) -> User:
    return make_staff(clinic, Role.REVIEWER)


def one_of(model: Any) -> Any:
    return model._default_manager.filter(state=ReviewState.APPROVED)[0]


def state_of(version: Any) -> str:
    return str(type(version)._default_manager.get(pk=version.pk).state)


@pytest.mark.parametrize("model", [ComponentVersion, TemplateVersion])
def test_a_reviewer_retires_what_only_offers_less(model: Any, nadia: User) -> None:
    version = one_of(model)

    retire_version(version=version, reason=WHY, by=nadia, now=NOW)

    kept = Retirement.objects.get()
    assert state_of(version) == ReviewState.RETIRED
    assert (kept.version, kept.reason, kept.confirmed_by, kept.was_in_use) == (version, WHY, nadia, True)
    assert AuditEvent.objects.get(action__endswith=".retired").details["retirement"] == str(kept.pk)


@protecting
def test_nobody_alone_retires_what_protects_patients(model: Any, nadia: User) -> None:
    version = one_of(model)

    with pytest.raises(ReviewRefusal, match="takes two people"):
        retire_version(version=version, reason=WHY, by=nadia, now=NOW)

    assert state_of(version) == ReviewState.APPROVED
    assert not Retirement.objects.exists()


@protecting
def test_it_stays_in_use_until_a_second_person_confirms(model: Any, nadia: User, omar: User) -> None:
    version = one_of(model)

    proposal = propose_retirement(version=version, reason=WHY, by=nadia, now=NOW)
    before = state_of(version)
    with pytest.raises(ReviewRefusal, match="Somebody else"):
        confirm_retirement(retirement=proposal, by=nadia, now=NOW)
    after_oneself = state_of(version)
    confirm_retirement(retirement=proposal, by=omar, now=NOW)

    assert (before, after_oneself, state_of(version)) == ("approved", "approved", "retired")
    name = model._meta.model_name
    actions = AuditEvent.objects.filter(subject_id=str(version.pk)).order_by("at", "id")
    assert [(one.action, one.actor_id) for one in actions] == [
        (f"{name}.retirement_proposed", nadia.pk),
        (f"{name}.retired", omar.pk),
    ]


@protecting
def test_a_proposal_can_be_withdrawn(model: Any, nadia: User, omar: User) -> None:
    version = one_of(model)
    proposal = propose_retirement(version=version, reason=WHY, by=nadia, now=NOW)

    withdraw_retirement(retirement=proposal, by=nadia, now=NOW)

    with pytest.raises(ReviewRefusal, match="withdrawn already"):
        confirm_retirement(retirement=proposal, by=omar, now=NOW)
    assert state_of(version) == ReviewState.APPROVED
    again = propose_retirement(version=version, reason=WHY, by=omar, now=NOW)
    assert Retirement.objects.waiting().get() == again


def test_one_proposal_at_a_time(nadia: User, omar: User) -> None:
    version = one_of(RedFlag)
    propose_retirement(version=version, reason=WHY, by=nadia, now=NOW)

    with pytest.raises(ReviewRefusal, match="already"):
        propose_retirement(version=version, reason=WHY, by=omar, now=NOW)


def test_only_what_is_in_use_and_protects_is_proposed(nadia: User) -> None:
    draft = start_version(of=one_of(SafetyRule), by=nadia, now=NOW)

    for version in (draft, one_of(ComponentVersion)):
        with pytest.raises(ReviewRefusal, match="in use"):
            propose_retirement(version=version, reason=WHY, by=nadia, now=NOW)


def test_a_draft_of_a_rule_may_be_dropped_by_one_person(nadia: User) -> None:
    draft = start_version(of=one_of(SafetyRule), by=nadia, now=NOW)

    retire_version(version=draft, reason=WHY, by=nadia, now=NOW)

    assert state_of(draft) == ReviewState.RETIRED
    assert not Retirement.objects.get().was_in_use


@pytest.mark.parametrize("reason", ["", ".", "\u200b\u200b\u200b", "12345678901234", "x"])
def test_a_reason_is_in_words(reason: str, nadia: User) -> None:
    with pytest.raises((TooFewWords, UnusableText)):
        propose_retirement(version=one_of(RedFlag), reason=reason, by=nadia, now=NOW)
    with pytest.raises((TooFewWords, UnusableText)):
        retire_version(version=one_of(ComponentVersion), reason=reason, by=nadia, now=NOW)


def test_a_reason_too_long_is_refused_and_not_cut(nadia: User) -> None:
    with pytest.raises(ReviewRefusal, match="too long"):
        propose_retirement(version=one_of(RedFlag), reason="why " * 101, by=nadia, now=NOW)


def test_a_new_version_settles_what_was_proposed_of_the_old_one(
    clinic: Clinic, nadia: User, omar: User
) -> None:
    old = one_of(SafetyRule)
    proposal = propose_retirement(version=old, reason=WHY, by=nadia, now=NOW)
    draft = start_version(of=old, by=nadia, now=NOW)
    submit_for_review(version=draft, by=nadia, now=NOW)

    approve_version(version=draft, by=omar, now=NOW)

    proposal.refresh_from_db()
    assert proposal.withdrawn_by == omar
    assert state_of(draft) == ReviewState.APPROVED


def test_nothing_is_written_when_the_audit_fails(nadia: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_given: Any) -> None:
        raise RuntimeError

    version = one_of(ComponentVersion)
    monkeypatch.setattr("careplans.library.versions.record_change", fail)
    with pytest.raises(RuntimeError):
        retire_version(version=version, reason=WHY, by=nadia, now=NOW)

    assert state_of(version) == ReviewState.APPROVED
    assert not Retirement.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"confirmed_at": NOW},
        {"withdrawn_at": NOW},
        {"safety_rule": None},
        {"confirmed_by": "proposer", "confirmed_at": NOW},
        {"confirmed_by": "other", "confirmed_at": NOW, "withdrawn_by": "other", "withdrawn_at": NOW},
    ],
)
def test_the_database_holds_two_people_and_one_end(changed: dict[str, Any], nadia: User, omar: User) -> None:
    proposal = propose_retirement(version=one_of(SafetyRule), reason=WHY, by=nadia, now=NOW)
    people = {"proposer": nadia, "other": omar}
    fields = {
        name: people.get(value, value) if isinstance(value, str) else value for name, value in changed.items()
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        Retirement.objects.filter(pk=proposal.pk).update(**fields)


def test_the_database_holds_one_proposal_at_a_time(clinic: Clinic, nadia: User, omar: User) -> None:
    flag = one_of(RedFlag)
    propose_retirement(version=flag, reason=WHY, by=nadia, now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        Retirement.objects.create(
            clinic=clinic, red_flag=flag, was_in_use=True, reason=WHY, proposed_by=omar, proposed_at=NOW
        )
