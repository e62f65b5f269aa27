"""Translations on their pages: written beside the English, approved by somebody qualified, listed by language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.models import ComponentVersion, RedFlag, TranslationReview
from careplans.library.review import start_version, submit_for_review
from careplans.library.translations import ENGLISH, passages_of, sha_of, words_of
from tests.factories import NOW, make_staff
from tests.make.plans import component_of, template_of
from tests.make.red_flags import flag_of
from tests.make.written import make_component_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(clinic: Clinic) -> User:
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def draft(clinic: Clinic, editor: User) -> ComponentVersion:
    return make_component_draft(clinic, editor)


@pytest.fixture
def signed_in(editor: User) -> Client:
    client = Client()
    client.force_login(editor)
    return client


def step(version: Any, name: str, kind: str = "component", language: str = "ar") -> str:
    return reverse(f"translation-{name}", args=[kind, version.pk, language])


def page_of(version: Any, language: str = "ar") -> str:
    return reverse("component-translate", args=[version.component_id, version.number, language])


def typed(version: Any, language: str = "ar", **changes: Any) -> dict[str, Any]:
    words = words_of(version).get(language) or words_of(version)[ENGLISH]
    sent = {
        one.key.replace(".", "__"): "\n".join(words[one.key]) if one.is_list else words[one.key]
        for one in passages_of(version)
    }
    return sent | {"revision": version.revision} | changes


def said(version: Any, language: str = "ar") -> dict[str, Any]:
    return words_of(type(version).objects.get(pk=version.pk))[language]


def approval(version: Any, language: str = "ar", **changes: str) -> dict[str, str]:
    words = words_of(version)
    return {"sha256": sha_of(words[ENGLISH], words[language]), "has_compared": "on"} | changes


def test_strangers_and_other_roles(
    client: Client, client_of: Callable[..., Client], draft: ComponentVersion
) -> None:
    assert client.get(page_of(draft)).status_code == 302
    for role in (Role.CLINICIAN, Role.ADMINISTRATOR):
        assert client_of(role).get(page_of(draft)).status_code == 403
        assert client_of(role).get(reverse("translation-list")).status_code == 403
    assert client_of(Role.REVIEWER).post(step(draft, "save"), typed(draft)).status_code == 403
    assert client_of(Role.REVIEWER).post(step(draft, "drop"), typed(draft)).status_code == 403
    assert client_of(Role.EDITOR).post(step(draft, "approve"), approval(draft)).status_code == 403


def test_another_clinics_texts_are_not_there(
    other_clinic: Clinic, client_of: Callable[..., Client], draft: ComponentVersion
) -> None:
    client = client_of(*Role, at=other_clinic)
    assert client.get(page_of(draft)).status_code == 404
    for name in ("save", "drop", "live", "approve", "withdraw"):
        assert client.post(step(draft, name), typed(draft)).status_code == 404


@pytest.mark.parametrize("language", ["en", "xx"])
def test_only_languages_that_are_offered(signed_in: Client, draft: ComponentVersion, language: str) -> None:
    assert signed_in.get(page_of(draft, language)).status_code == 404
    assert signed_in.post(step(draft, "save", language=language), typed(draft)).status_code == 404


def test_safety_rules_are_told_to_no_patient(signed_in: Client, draft: ComponentVersion) -> None:
    assert signed_in.post(step(draft, "save", kind="rule"), typed(draft)).status_code == 404


def test_english_stands_beside_the_translation(signed_in: Client, draft: ComponentVersion) -> None:
    page = signed_in.get(page_of(draft)).content.decode()
    words = words_of(draft)
    assert words[ENGLISH]["why"] in page
    assert words["ar"]["why"] in page
    assert 'lang="ar" dir="rtl"' in page


def test_a_translation_is_saved_in_the_draft(signed_in: Client, draft: ComponentVersion) -> None:
    response = signed_in.post(step(draft, "save"), typed(draft, why="كلمات جديدة"))
    assert response.status_code == 302
    assert said(draft)["why"] == "كلمات جديدة"
    assert said(draft, ENGLISH) == words_of(draft)[ENGLISH]


def test_somebody_else_saved_meanwhile(
    signed_in: Client, draft: ComponentVersion, client_of: Callable[..., Client]
) -> None:
    client_of(Role.EDITOR).post(step(draft, "save"), typed(draft, why="لهم"))

    refused = signed_in.post(step(draft, "save"), typed(draft, why="لي"))
    again = signed_in.post(step(draft, "save"), typed(draft, why="لي", revision=refused.context["revision"]))

    page = refused.content.decode()
    assert refused.status_code == 409
    assert "لي" in page
    assert "لهم" in page
    assert again.status_code == 302
    assert said(draft)["why"] == "لي"


def test_a_mistake_gives_back_what_was_typed(signed_in: Client, draft: ComponentVersion) -> None:
    response = signed_in.post(step(draft, "save"), typed(draft, why="x" * 1001, feel="باق"))
    assert response.status_code == 422
    assert "باق" in response.content.decode()


def test_what_differs_from_the_english_is_told(signed_in: Client, draft: ComponentVersion) -> None:
    words = words_of(draft)[ENGLISH]
    page = signed_in.post(
        step(draft, "live"),
        typed(
            draft,
            steps="واحد",
            feel="",
            why=words["why"],
            stop_if="بعد 15 دقيقة",
            watch_for="**قوي** [x](https://example.org)",
        ),
    ).content.decode()
    assert f"English has {len(words['steps'])} lines, this has 1." in page
    assert "How it should feel: not translated yet." in page
    assert "the same words as in English" in page
    assert "the numbers are not the same (15)" in page
    assert "links: only their words are printed" in page
    assert "<strong>قوي</strong>" in page
    assert said(draft) == words_of(draft)["ar"]


def test_arabic_digits_are_numbers(signed_in: Client, clinic: Clinic, editor: User) -> None:
    draft = make_component_draft(clinic, editor, "heat-moist")
    english = words_of(draft)[ENGLISH] | {"why": "For 20 minutes."}
    draft.texts.filter(language=ENGLISH).update(why=english["why"])
    page = signed_in.post(step(draft, "live"), typed(draft, why="لمدة ٢٠ دقيقة")).content.decode()
    assert "What it is for: the numbers" not in page


def test_what_is_in_use_is_read_and_not_written(signed_in: Client, clinic: Clinic) -> None:
    version = component_of(clinic, "ex-bridge")
    page = signed_in.get(page_of(version)).content.decode()
    assert "translation-form" not in page
    refused = signed_in.post(step(version, "save"), typed(version, why="غير"))
    assert refused.status_code == 409
    assert "no longer a draft" in refused.content.decode()


def test_a_reviewer_who_is_qualified_approves_and_withdraws(
    client_of: Callable[..., Client], clinic: Clinic
) -> None:
    version = component_of(clinic, "ex-bridge")
    client = client_of(Role.REVIEWER, languages=["ar"])

    unticked = client.post(step(version, "approve"), approval(version, has_compared=""))
    client.post(step(version, "approve"), approval(version))
    page = client.get(page_of(version)).content.decode()
    twice = client.post(step(version, "approve"), approval(version), follow=True).content.decode()

    assert unticked.status_code == 422
    assert "Tick this only if it is so" in unticked.content.decode()
    assert "Approved by a qualified person" in page
    assert "approved already" in twice
    assert TranslationReview.objects.standing().count() == 1
    client.post(step(version, "withdraw"))
    assert not TranslationReview.objects.standing().exists()
    assert client.post(step(version, "withdraw")).status_code == 302


def test_nobody_names_themselves_as_qualified(client_of: Callable[..., Client], clinic: Clinic) -> None:
    """A tick on the page is no qualification: the clinic's administrator gives it, language by language."""
    version = component_of(clinic, "ex-bridge")
    client = client_of(Role.REVIEWER, languages=["es"])

    page = client.get(page_of(version)).content.decode()
    told = client.post(step(version, "approve"), approval(version), follow=True).content.decode()

    for said_ in (page, told):
        assert "has not named you as qualified to judge Arabic" in said_.replace("&#x27;", "'")
    assert "Approve this translation" not in page
    assert "Approve this translation" in client.get(page_of(version, "es")).content.decode()
    assert not TranslationReview.objects.exists()


def test_the_author_is_told_that_somebody_else_approves(clinic: Clinic) -> None:
    both = make_staff(clinic, Role.EDITOR, Role.REVIEWER, languages=["ar"])
    draft = start_version(of=component_of(clinic, "ex-bridge"), by=both, now=NOW)
    submit_for_review(version=draft, by=both, now=NOW)
    client = Client()
    client.force_login(both)
    page = client.get(page_of(draft)).content.decode()
    told = client.post(step(draft, "approve"), approval(draft), follow=True).content.decode()
    assert "Approve this translation" not in page
    assert "You wrote some of these words" in told
    assert not TranslationReview.objects.exists()


def test_templates_and_red_flags_have_their_pages(signed_in: Client, clinic: Clinic, editor: User) -> None:
    template = start_version(of=template_of(clinic), by=editor, now=NOW)
    flag = start_version(of=flag_of(clinic), by=editor, now=NOW)
    pages = {
        reverse("template-translate", args=[template.template_id, template.number, "tr"]): template,
        reverse("red-flag-translate", args=[flag.pk, "tr"]): flag,
    }
    for address, version in pages.items():
        first = next(value for value in words_of(version)[ENGLISH].values() if isinstance(value, str))
        assert first in signed_in.get(address).content.decode()
    phase = template.phases.first()
    sent = typed(template, "tr", **{f"{phase.code}__name": "Yeni ad"})
    assert signed_in.post(step(template, "save", "template", "tr"), sent).status_code == 302
    assert template.phases.get(pk=phase.pk).texts["tr"]["name"] == "Yeni ad"
    sent = typed(flag, "tr", sign="Yeni belirti")
    assert signed_in.post(step(flag, "save", "red-flag", "tr"), sent).status_code == 302
    assert said(flag, "tr")["sign"] == "Yeni belirti"


def test_the_list_counts_and_narrows(client_of: Callable[..., Client], clinic: Clinic) -> None:
    version = component_of(clinic, "ex-bridge")
    client = client_of(Role.REVIEWER, languages=["ar"])
    client.post(step(version, "approve"), approval(version))
    address = reverse("translation-list")

    page = client.get(address, {"language": "ar", "state": "approved"})

    counts = {one.code: one for one in page.context["counts"]}
    assert (counts["ar"].approved, counts["es"].approved) == (1, 0)
    assert counts["ar"].unapproved > 50
    assert [row.title for row in page.context["page_obj"]] == ["Bridge"]
    flags = client.get(address, {"language": "ar", "kind": "red-flag"}).context["page_obj"]
    assert {row.kind for row in flags} == {"red-flag"}
    assert client.get(address, {"language": "xx"}).status_code == 302


def test_the_list_asks_as_often_for_few_as_for_many(
    client_of: Callable[..., Client], clinic: Clinic, django_assert_max_num_queries: Any
) -> None:
    component_of(clinic, "ex-bridge")
    client = client_of(Role.REVIEWER, languages=["ar"])
    with django_assert_max_num_queries(24):
        client.get(reverse("translation-list"))


def test_a_clinic_that_uses_approved_ones_only_is_said_so(
    client_of: Callable[..., Client], clinic: Clinic
) -> None:
    Clinic.objects.filter(pk=clinic.pk).update(approved_translations_only=["ar"])
    page = client_of(Role.EDITOR).get(reverse("translation-list")).content.decode()
    assert "Approved translations only; the rest in English" in page


def test_an_outdated_translation_is_confirmed_on_its_page(signed_in: Client, draft: ComponentVersion) -> None:
    draft.texts.filter(language=ENGLISH).update(why="Corrected.")
    home = reverse("component-version", args=[draft.component_id, draft.number])
    assert "it is right as it stands" in signed_in.get(page_of(draft)).content.decode()
    assert "The English changed, and the" in signed_in.get(home).content.decode()

    signed_in.post(step(draft, "save"), typed(draft))

    assert "it is right as it stands" not in signed_in.get(page_of(draft)).content.decode()
    assert "ar" in type(draft).objects.get(pk=draft.pk).checked_languages


def test_a_translation_is_taken_out_on_its_page(signed_in: Client, draft: ComponentVersion) -> None:
    assert "Take this translation out" in signed_in.get(page_of(draft)).content.decode()
    sure = {"revision": draft.revision, "is_meant": "on"}
    stale = signed_in.post(step(draft, "drop"), sure | {"revision": draft.revision - 1}, follow=True)
    assert "Somebody else saved" in stale.content.decode()
    empty = signed_in.post(step(draft, "drop"), {}, follow=True)
    assert "not complete" in empty.content.decode()

    unmeant = signed_in.post(step(draft, "drop"), {"revision": draft.revision}, follow=True)
    assert "Tick that it is meant" in unmeant.content.decode()
    assert draft.texts.filter(language="ar").exists()

    done = signed_in.post(step(draft, "drop"), sure, follow=True).content.decode()

    assert "taken out of the draft" in done
    assert "Take this translation out" not in done
    assert not draft.texts.filter(language="ar").exists()


def test_a_red_flag_keeps_its_translations(signed_in: Client, clinic: Clinic, editor: User) -> None:
    flag = start_version(of=flag_of(clinic), by=editor, now=NOW)
    page = signed_in.get(reverse("red-flag-translate", args=[flag.pk, "tr"])).content.decode()
    sent = {"revision": flag.revision, "is_meant": "on"}
    told = signed_in.post(step(flag, "drop", "red-flag", "tr"), sent, follow=True).content.decode()
    assert "Take this translation out" not in page
    assert "asked in the patient" in told
    assert "tr" in words_of(RedFlag.objects.get(pk=flag.pk))
