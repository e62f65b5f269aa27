"""Who builds a plan is told what is in a language nobody qualified has approved; the clinic decides whether it is used."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.translation_approvals import approve_translation
from careplans.library.translations import sha_of, words_of
from careplans.plans.models import DraftItem
from tests.factories import NOW, make_staff
from tests.make.plans import make_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(clinician: User) -> Client:
    client = Client()
    client.force_login(clinician)
    return client


def build(client: Client, draft: Any) -> Any:
    return client.get(reverse("plan-build", args=[draft.plan_id]))


def test_the_desk_and_the_summary_name_what_is_not_approved(
    signed_in: Client, clinic: Clinic, clinician: User
) -> None:
    draft = make_draft(clinic, clinician, language="es")

    desk = build(signed_in, draft)
    summary = signed_in.get(reverse("plan-publish", args=[draft.plan_id])).content.decode()

    assert "in Spanish that no qualified person has approved" in desk.content.decode()
    assert "Translation not approved" in desk.content.decode()
    assert "These texts are in Spanish that no qualified person has approved: " in summary
    assert str(draft.template_version) in desk.context["page"].unapproved
    assert "Saddle anaesthesia" in desk.context["page"].unapproved


def test_what_is_approved_is_not_named(signed_in: Client, clinic: Clinic, clinician: User) -> None:
    draft = make_draft(clinic, clinician, language="es")
    item = DraftItem.objects.filter(phase__draft=draft).first()
    version = item.component_version
    said = words_of(version)
    before = build(signed_in, draft).context["page"].unapproved
    approve_translation(
        version=version,
        language="es",
        sha256=sha_of(said["en"], said["es"]),
        has_compared=True,
        by=make_staff(clinic, Role.REVIEWER, languages=["es"]),
        now=NOW,
    )

    after = build(signed_in, draft).context["page"].unapproved

    assert set(before) - set(after) == {said["en"]["title"]}


def test_in_english_there_is_nothing_to_tell(signed_in: Client, clinic: Clinic, clinician: User) -> None:
    page = build(signed_in, make_draft(clinic, clinician))
    assert page.context["page"].unapproved == ()
    assert "no qualified person" not in page.content.decode()


def test_a_clinic_that_uses_approved_ones_only_tells_english(
    signed_in: Client, clinic: Clinic, clinician: User
) -> None:
    Clinic.objects.filter(pk=clinic.pk).update(approved_translations_only=["es"])
    clinic.refresh_from_db()
    page = build(signed_in, make_draft(clinic, clinician, language="es"))
    views = [item for phase in page.context["page"].phases for item in phase.items]
    assert all(item.is_untranslated and not item.is_unapproved for item in views)
    # Red flags are asked in the patient's language whatever the clinic decided.
    assert "Saddle anaesthesia" in page.context["page"].unapproved


def test_the_administrator_switches_it(clinic: Clinic, client_of: Any) -> None:
    client = client_of(Role.ADMINISTRATOR)
    path = reverse("clinic-settings")
    form = client.get(path).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in sent.items() if value not in (None, False)}

    response = client.post(path, sent | {"approved_translations_only": ["es", "ar"]})
    wrong = client.post(path, sent | {"approved_translations_only": ["xx"]})

    clinic.refresh_from_db()
    assert response.status_code == 302
    assert clinic.approved_translations_only == ["es", "ar"]
    assert "approved_translations_only" in wrong.context["form"].errors
    assert "red flags" in client.get(path).content.decode()
