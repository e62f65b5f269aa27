"""Writing red flags: English and of whom they are asked; other languages stay."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.library import versions
from careplans.library.edit_red_flag import new_red_flag, save_red_flag
from careplans.library.models import RedFlag, ReviewState
from careplans.library.own_codes import NameTaken
from careplans.library.review import start_version
from careplans.library.versions import ReviewRefusal, StaleVersion
from careplans.workshop.red_flag_page import warnings_of
from tests.factories import NOW, make_staff
from tests.make.red_flags import flag_of, flag_says

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(clinic: Clinic) -> User:
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def draft(clinic: Clinic, editor: User) -> RedFlag:
    return start_version(of=flag_of(clinic), by=editor, now=NOW)


def test_a_new_red_flag_is_a_draft(clinic: Clinic, editor: User) -> None:
    flag = new_red_flag(clinic=clinic, says=flag_says(clinic), by=editor, now=NOW)

    assert (flag.code, flag.state, flag.number) == ("swollen-calf", ReviewState.DRAFT, 1)
    assert flag.texts["en"]["question"] == "Is one calf swollen and sore?"
    assert set(flag.writers.all()) == {editor}
    assert AuditEvent.objects.filter(action="redflag.started", subject_id=str(flag.pk)).exists()


def test_a_code_that_is_taken_begins_no_second_one(clinic: Clinic, editor: User) -> None:
    with pytest.raises(NameTaken):
        new_red_flag(clinic=clinic, says=flag_says(clinic, name="saddle_numbness"), by=editor, now=NOW)


def test_other_languages_stay(clinic: Clinic, draft: RedFlag, editor: User) -> None:
    before = dict(draft.texts)

    saved = save_red_flag(version=draft, says=flag_says(clinic), revision=1, by=editor, now=NOW)

    assert saved.texts["en"]["sign"] == "One calf swollen and sore"
    assert {**saved.texts, "en": before["en"]} == before
    assert saved.code == "saddle_numbness"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"question": " "}, "English text, question: missing"),
        ({"what_to_do": ""}, "what to do: missing"),
        ({"clinician_label": ""}, "what clinicians read"),
        ({"clinician_label": "x" * 121}, "what clinicians read"),
        ({"asked": "never"}, "who is asked"),
        ({"urgency": "soon"}, "how urgent"),
        ({"position": -1}, "position"),
        ({"source": None}, "source"),
    ],
)
def test_what_no_patient_could_be_asked_is_refused(
    clinic: Clinic, draft: RedFlag, editor: User, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(ReviewRefusal, match=said):
        save_red_flag(version=draft, says=flag_says(clinic, **changed), revision=1, by=editor, now=NOW)

    draft.refresh_from_db()
    assert draft.revision == 1


def test_an_older_revision_and_what_is_in_review_are_refused(
    clinic: Clinic, draft: RedFlag, editor: User
) -> None:
    save_red_flag(version=draft, says=flag_says(clinic), revision=1, by=editor, now=NOW)
    with pytest.raises(StaleVersion):
        save_red_flag(version=draft, says=flag_says(clinic), revision=1, by=editor, now=NOW)

    RedFlag.objects.filter(pk=draft.pk).update(state=ReviewState.IN_REVIEW, submitted_at=NOW)
    with pytest.raises(ReviewRefusal, match="no longer a draft"):
        save_red_flag(version=draft, says=flag_says(clinic), revision=2, by=editor, now=NOW)


def test_no_change_without_its_record(
    clinic: Clinic, draft: RedFlag, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError("no space")

    monkeypatch.setattr(versions, "record_change", fails)
    with pytest.raises(DatabaseError):
        save_red_flag(version=draft, says=flag_says(clinic), revision=1, by=editor, now=NOW)

    draft.refresh_from_db()
    assert (draft.urgency, draft.revision) == ("emergency", 1)


@pytest.mark.parametrize(
    ("code", "asked", "urgency", "said"),
    [
        ("our-own", "after_surgery", "call_today", []),
        ("saddle_numbness", "always", "emergency", ["comes with Careplans"]),
        ("saddle_numbness", "after_surgery", "emergency", ["comes with", "keep your clinic from publishing"]),
        ("saddle_numbness", "always", "call_today", ["comes with", "not the emergency number"]),
    ],
)
def test_a_shipped_red_flag_is_warned_of(code: str, asked: str, urgency: str, said: list[str]) -> None:
    warnings = warnings_of(code, asked=asked, urgency=urgency)

    assert len(warnings) == len(said)
    assert all(words in warning for words, warning in zip(said, warnings, strict=True))
