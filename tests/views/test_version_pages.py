"""What the page of a version says of every kind alike: what it changes, its versions, its languages, whose words would go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.models import ComponentVersion
from careplans.library.review import approve_version, submit_for_review
from careplans.library.translation_approvals import approve_translation
from careplans.library.translations import ENGLISH, sha_of, words_of
from careplans.workshop.places import compare_url, version_url
from careplans.workshop.translation_page import translation_url
from tests.factories import NOW, make_staff
from tests.make.library import editor_of, make_next, one_of_each, reviewer_of, rewrite
from tests.make.plans import component_of
from tests.make.written import take_other_languages_out

KINDS = ["component", "template", "rule", "red-flag"]
NOT_YET = "not approved yet"


@pytest.fixture(autouse=True)
def _on_the_day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def editor(clinic: Clinic) -> User:
    return editor_of(clinic)


@pytest.mark.parametrize("kind", KINDS)
def test_a_reviewer_sees_what_changes_and_every_version(
    kind: str, clinic: Clinic, editor: User, client_of: Callable[..., Client]
) -> None:
    old = one_of_each(clinic)[kind]
    new = make_next(old, editor, submitted=True)
    reviewer = client_of(Role.REVIEWER)

    page = reviewer.get(version_url(new)).content.decode()

    assert "What changes against version 1, which is in use" in page
    assert compare_url(old, new) in page
    assert f"Written by {editor.name}" in page
    assert "Version 2 is on its way (in review)." in reviewer.get(version_url(old)).content.decode()


@pytest.mark.parametrize("kind", ["template", "red-flag"])
def test_each_language_is_marked_and_can_be_opened(
    kind: str, clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    version = one_of_each(clinic)[kind]
    words = words_of(version)
    approve_translation(
        version=version,
        language="ar",
        sha256=sha_of(words[ENGLISH], words["ar"]),
        has_compared=True,
        by=make_staff(clinic, Role.REVIEWER, languages=["ar"]),
        now=NOW,
    )

    page = client_of(Role.EDITOR).get(version_url(version)).content.decode()

    assert page.count("approved translation") == 1
    assert page.count(NOT_YET) == 2
    assert translation_url(version, "es") in page
    for_others = client_of(Role.CLINICIAN).get(version_url(version)).content.decode()
    assert translation_url(version, "es") not in for_others
    assert for_others.count(NOT_YET) == 2


def test_a_release_upon_the_clinics_words_names_what_would_go(
    clinic: Clinic, editor: User, client_of: Callable[..., Client]
) -> None:
    own = rewrite(make_next(component_of(clinic, "ex-walking"), editor), editor, title="Our own walk")
    own = take_other_languages_out(own, editor)
    submit_for_review(version=own, by=editor, now=NOW)
    approve_version(version=own, by=reviewer_of(clinic), now=NOW)
    release = make_next(component_of(clinic, "ex-walking"), editor, submitted=True)
    release.texts.filter(language="en").update(title="Walking, said anew")
    ComponentVersion.objects.filter(pk=release.pk).update(starter_sha256="a" * 64, equipment=["stick"])

    page = client_of(Role.REVIEWER).get(version_url(release))

    marked = [(pair.group, pair.label) for pair in page.context["compared"].own]
    assert marked == [("Text for patients, English", "Title")]
    assert "Approving this replaces its own words in:" in page.content.decode()
    assert page.content.decode().count("own-words-mark") == 1
