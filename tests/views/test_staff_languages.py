"""In which languages a reviewer may approve translations: named by an administrator, audited, gone with the role."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, Membership, User
from careplans.accounts.permissions import Role
from careplans.accounts.qualified import languages_of, may_judge, set_languages
from careplans.accounts.refusals import LanguagesChanged, NamesThemselves, NotAReviewer
from careplans.accounts.services import change_roles, end_membership
from careplans.audit.models import AuditEvent
from tests.factories import NOW, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer(clinic: Clinic) -> User:
    return make_staff(clinic, Role.REVIEWER)


@pytest.fixture
def boss(clinic: Clinic) -> User:
    return make_staff(clinic, Role.ADMINISTRATOR)


def url_for(person: User) -> str:
    return reverse("staff-languages", args=[person.pk])


def named(clinic: Clinic, person: User, by: User, *languages: str) -> None:
    seen = languages_of(clinic, person)
    set_languages(clinic=clinic, user=person, seen=seen, languages=languages, by=by, now=NOW)


def test_anonymous_signs_in_first(client: Client, reviewer: User) -> None:
    assert client.post(url_for(reviewer), {"languages": ["es"]}).status_code == 302


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.EDITOR, Role.CLINICIAN, Role.FRONT_DESK])
def test_nobody_names_themselves(clinic: Clinic, client: Client, role: Role) -> None:
    person = make_staff(clinic, role)
    client.force_login(person)
    assert client.post(url_for(person), {"languages": ["es"]}).status_code == 403
    assert languages_of(clinic, person) == []


@pytest.fixture
def both(clinic: Clinic) -> User:
    """An administrator who is a reviewer too."""
    person = make_staff(clinic, Role.ADMINISTRATOR)
    Membership.objects.create(user=person, clinic=clinic, role=Role.REVIEWER)
    return person


def test_an_administrator_does_not_name_themselves_either(
    clinic: Clinic, client: Client, both: User, boss: User
) -> None:
    client.force_login(both)
    assert "ask another administrator" in client.get(url_for(both)).content.decode()
    page = client.post(url_for(both), {"before": "", "languages": ["es"]}).content.decode()
    assert "Ask another administrator of your clinic" in page
    assert languages_of(clinic, both) == []
    named(clinic, both, boss, "es", "tr")
    with pytest.raises(NamesThemselves):
        named(clinic, both, both, "es", "ar")
    named(clinic, both, both, "tr")
    assert languages_of(clinic, both) == ["tr"]


def test_a_clinics_only_administrator_names_themselves_and_is_told_that_it_stays_on_record(
    clinic: Clinic, other_clinic: Clinic, client: Client, both: User
) -> None:
    make_staff(other_clinic, Role.ADMINISTRATOR)
    client.force_login(both)
    assert "stays on record that you did" in client.get(url_for(both)).content.decode()
    assert client.post(url_for(both), {"before": "", "languages": ["es"]}).status_code == 302
    assert languages_of(clinic, both) == ["es"]
    event = AuditEvent.objects.get(action="staff.languages_changed")
    assert (event.actor_id, event.subject_id) == (both.pk, str(both.pk))


def test_an_administrator_who_left_is_none(clinic: Clinic, both: User, boss: User) -> None:
    end_membership(membership=boss.memberships.get(), by=both, now=NOW)
    named(clinic, both, both, "es")
    assert languages_of(clinic, both) == ["es"]


def test_another_clinics_reviewer_is_not_found(client_of: Any, other_clinic: Clinic) -> None:
    stranger = make_staff(other_clinic, Role.REVIEWER)
    assert client_of(Role.ADMINISTRATOR).post(url_for(stranger), {"languages": ["es"]}).status_code == 404
    assert languages_of(other_clinic, stranger) == []


def test_who_is_no_reviewer_has_no_such_page(client_of: Any, clinician: User) -> None:
    assert client_of(Role.ADMINISTRATOR).get(url_for(clinician)).status_code == 404


def test_an_administrator_names_them(client_of: Any, clinic: Clinic, reviewer: User) -> None:
    client = client_of(Role.ADMINISTRATOR)
    page = client.get(url_for(reviewer)).content.decode()
    assert "Spanish" in page
    assert client.post(url_for(reviewer), {"before": "", "languages": ["es", "tr"]}).status_code == 302
    assert languages_of(clinic, reviewer) == ["es", "tr"]
    listed = client.get(reverse("staff-list")).content.decode()
    assert "May approve translations: Spanish, Turkish" in listed
    assert url_for(reviewer) in listed
    event = AuditEvent.objects.get(action="staff.languages_changed")
    assert event.details == {"before": [], "after": ["es", "tr"]}


@pytest.mark.parametrize("language", ["en", "xx"])
def test_only_languages_that_are_translated_into(
    client_of: Any, clinic: Clinic, reviewer: User, language: str
) -> None:
    page = client_of(Role.ADMINISTRATOR).post(url_for(reviewer), {"before": "", "languages": [language]})
    assert page.status_code == 200
    assert languages_of(clinic, reviewer) == []


def test_of_two_administrators_the_second_is_told_and_keeps_their_ticks(
    client_of: Any, clinic: Clinic, reviewer: User, boss: User
) -> None:
    client = client_of(Role.ADMINISTRATOR)
    named(clinic, reviewer, boss, "tr")
    answer = client.post(url_for(reviewer), {"before": "", "languages": ["es"]})
    assert answer.status_code == 409
    assert "They are now: Turkish." in answer.content.decode()
    form = answer.context["form"]
    assert (form["before"].value(), form["languages"].value()) == ("tr", ["es"])
    assert languages_of(clinic, reviewer) == ["tr"]


def test_refused_without_the_role_and_where_somebody_was_faster(
    clinic: Clinic, clinician: User, reviewer: User, boss: User
) -> None:
    with pytest.raises(NotAReviewer):
        named(clinic, clinician, boss, "es")
    with pytest.raises(LanguagesChanged, match="They are now: none"):
        set_languages(clinic=clinic, user=reviewer, seen=["es"], languages=["tr"], by=boss, now=NOW)


def test_it_counts_in_this_clinic_alone(
    clinic: Clinic, other_clinic: Clinic, reviewer: User, boss: User
) -> None:
    Membership.objects.create(user=reviewer, clinic=other_clinic, role=Role.REVIEWER)
    named(clinic, reviewer, boss, "es")
    assert may_judge(clinic=clinic, user=reviewer, language="es")
    assert not may_judge(clinic=clinic, user=reviewer, language="tr")
    assert not may_judge(clinic=other_clinic, user=reviewer, language="es")


def test_it_ends_with_the_role_and_does_not_come_back_with_it(
    clinic: Clinic, reviewer: User, boss: User
) -> None:
    named(clinic, reviewer, boss, "es")
    for seen, roles in ((["reviewer"], [Role.EDITOR]), (["editor"], [Role.REVIEWER])):
        change_roles(clinic=clinic, user=reviewer, seen=seen, roles=roles, by=boss, now=NOW)
        assert not may_judge(clinic=clinic, user=reviewer, language="es")
    named(clinic, reviewer, boss, "es")
    end_membership(membership=reviewer.memberships.get(ended_at=None), by=boss, now=NOW)
    assert not may_judge(clinic=clinic, user=reviewer, language="es")


def test_nothing_happens_without_its_audit(
    clinic: Clinic, reviewer: User, boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_given: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("careplans.accounts.qualified.record_change", broken)
    with pytest.raises(RuntimeError):
        named(clinic, reviewer, boss, "es")
    assert languages_of(clinic, reviewer) == []
