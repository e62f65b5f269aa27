"""Versions of the library in every state, made through the verbs."""

from __future__ import annotations

from typing import Any

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.models import ComponentVersion, RedFlag, SafetyRule
from careplans.library.review import approve_version, start_version, submit_for_review
from careplans.library.search import index_version
from careplans.library.versions import hold_draft
from tests.factories import NOW, make_staff
from tests.make.plans import component_of, make_library, template_of

WHY = "Replaced by a newer guideline"


def one_of_each(clinic: Clinic) -> dict[str, Any]:
    """An approved version of every kind, by its word in addresses."""
    make_library(clinic)
    return {
        "component": component_of(clinic, "ex-walking"),
        "template": template_of(clinic),
        "rule": SafetyRule.objects.filter(clinic=clinic).earliest("code"),
        "red-flag": RedFlag.objects.filter(clinic=clinic).earliest("code"),
    }


def make_next(of: Any, by: User, *, submitted: bool = False) -> Any:
    """A draft of the next version, or one that waits for its reviewer."""
    draft = start_version(of=of, by=by, now=NOW)
    if submitted:
        submit_for_review(version=draft, by=by, now=NOW)
    return draft


def make_approved_next(of: Any, author: User, reviewer: User) -> Any:
    version = make_next(of, author, submitted=True)
    approve_version(version=version, by=reviewer, now=NOW)
    return version


def rewrite(version: ComponentVersion, by: User, **english: Any) -> ComponentVersion:
    """Change words of a draft as the editor does: held, written, found again."""
    stored = hold_draft(version=version, revision=version.revision, by=by, now=NOW)
    text = stored.texts.get(language="en")
    for name, value in english.items():
        setattr(text if hasattr(text, name) else stored, name, value)
    text.save()
    stored.save()
    index_version(stored)
    return stored


def editor_of(clinic: Clinic, name: str = "Ed Writer") -> User:
    return make_staff(clinic, Role.EDITOR, name=name)


def reviewer_of(clinic: Clinic, name: str = "Nadia Reviewer") -> User:
    return make_staff(clinic, Role.REVIEWER, name=name)
