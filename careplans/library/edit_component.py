"""Writing a component: its first draft, and what a draft says. English here; other languages in ``translations``."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic, User
from careplans.library.dose import AdviceDose, Dose
from careplans.library.markdown import plain
from careplans.library.models import (
    Category,
    Component,
    ComponentText,
    ComponentVersion,
    Effect,
    Grade,
    OwnPicture,
    ReviewState,
)
from careplans.library.own_codes import hold_codes
from careplans.library.own_picture_files import files_follow
from careplans.library.search import index_component
from careplans.library.upload import NewPicture, keep_picture
from careplans.library.versions import ReviewRefusal, hold, hold_draft, record
from careplans.library.whole import ENGLISH

CODE_LENGTH = 60
TITLE_LENGTH = 120
DAYS_A_MONTH = 365.25 / 12
FIRST_REVIEW_MONTHS = 24


@dataclass(frozen=True)
class CitedSource:
    """``source`` is the code of one of the clinic's sources."""

    source: str
    says: str


@dataclass(frozen=True)
class ComponentContent:
    """What a version says, apart from other languages. ``title`` to ``stop_if``: the patient's text in English."""

    title: str
    why: str
    steps: tuple[str, ...]
    feel: str
    watch_for: str
    stop_if: str
    clinician_text: str
    cautions: tuple[str, ...]
    body_regions: tuple[str, ...]
    tags: tuple[str, ...]
    equipment: tuple[str, ...]
    grade: str
    effect: str
    effect_text: str
    sources: tuple[CitedSource, ...]
    dose: Dose
    picture: str
    own_picture_id: uuid.UUID | None
    review_months: int


PATIENT_WORDS = ("title", "why", "steps", "feel", "watch_for", "stop_if")
AS_STORED = ("clinician_text", "grade", "effect", "effect_text", "picture", "own_picture_id")
LISTS = ("cautions", "body_regions", "tags", "equipment")


def content_of(version: ComponentVersion) -> ComponentContent:
    """What it says now; a draft without an English text yet says nothing in it."""
    text = next((one for one in version.texts.all() if one.language == ENGLISH), ComponentText(steps=[]))
    said: dict[str, Any] = {name: getattr(text, name) for name in PATIENT_WORDS}
    said |= {name: getattr(version, name) for name in AS_STORED}
    said |= {name: tuple(getattr(version, name)) for name in LISTS}
    return ComponentContent(
        **said | {"steps": tuple(text.steps)},
        sources=tuple(CitedSource(one["source"], one["says"]) for one in version.sources),
        dose=version.dose,
        review_months=months_until_review(version),
    )


def months_until_review(version: ComponentVersion) -> int:
    """Between beginning the version and its review date, in whole months."""
    return max(1, round((version.review_due_on - version.created_at.date()).days / DAYS_A_MONTH))


def changed_fields(before: ComponentContent, after: ComponentContent) -> list[str]:
    """The names of what differs, in the order of the fields."""
    return [one.name for one in fields(before) if getattr(before, one.name) != getattr(after, one.name)]


def proposed_code(title: str, category: str) -> str:
    """ "Cat and camel", an exercise → "ex-cat-and-camel", as the codes that came with the product are made."""
    prefixes = {"exercise": "ex", "heat_cold": "heat", "mind_body": "mind", "hands_on": "hand", "adjunct": "adj",
                "ergonomics": "ergo", "nutrition": "nut", "medicine": "med", "procedure": "proc"}  # fmt: skip
    name = slugify(plain(title))
    return f"{prefixes.get(category, 'own')}-{name}"[:CODE_LENGTH].strip("-") if name else ""


@transaction.atomic
def new_component(
    *, clinic: Clinic, code: str, title: str, category: str, by: User, now: datetime
) -> ComponentVersion:
    """A component of the clinic's own, with a first draft that has a title and nothing else yet."""
    component = add_component(clinic=clinic, code=code, category=category)
    version = ComponentVersion.objects.create(
        component=component,
        default_dose=AdviceDose().model_dump(mode="json"),
        grade=Grade.NOT_GRADED,
        effect=Effect.NOT_STATED,
        author=by,
        created_at=now,
        review_due_on=_review_on(now.date(), FIRST_REVIEW_MONTHS),
    )
    ComponentText.objects.create(version=version, language=ENGLISH, title=plain(title), why="", steps=[])
    note_first(version, by, now)
    return version


def add_component(*, clinic: Clinic, code: str, category: str, **origin: Any) -> Component:
    """The name alone, inside the transaction of whoever writes its first version."""
    if category not in Category.values:
        raise ReviewRefusal(_("Choose what kind of component it is."))
    if code != slugify(code) or not 0 < len(code) <= CODE_LENGTH:
        raise ReviewRefusal(_("Write the code in small letters, digits and hyphens, such as ex-bridge."))
    hold_codes(clinic)
    if Component.objects.filter(clinic=clinic, code=code).exists():
        raise CodeTaken(_("Another component of your clinic has this code. Choose another one."))
    return Component.objects.create(clinic=clinic, code=code, category=category, **origin)


class CodeTaken(ReviewRefusal):
    """Rules and templates ask for a component by its code: each has its own."""


def note_first(version: ComponentVersion, by: User, now: datetime, **details: Any) -> None:
    """A first draft was begun: into the trail and the index, its author among the writers."""
    version.writers.add(by)
    record("started", version, by, now, **details)
    record("writer_noted", version, by, now)
    index_component(version.component)


@files_follow()
@transaction.atomic
def save_component(
    *,
    version: ComponentVersion,
    content: ComponentContent,
    revision: int,
    by: User,
    now: datetime,
    upload: NewPicture | None = None,
) -> ComponentVersion:
    """Write the draft. What says the same as before changes nothing and makes nobody a writer.

    ``upload`` is kept for good and becomes the picture of the draft, whatever ``content`` says of one.
    Raises ``StaleVersion`` when somebody else saved since ``revision``.
    """
    stored = hold(version)
    is_same = stored is not None and stored.state == ReviewState.DRAFT and stored.revision == revision
    if stored is not None and is_same and not upload and not changed_fields(content_of(stored), content):
        return stored
    draft = hold_draft(version=version, revision=revision, by=by, now=now)
    content = replace(content, own_picture_id=_own_picture(draft, content, upload, by, now))
    before = content_of(draft)
    for name in AS_STORED:
        setattr(draft, name, getattr(content, name))
    for name in LISTS:
        setattr(draft, name, list(getattr(content, name)))
    draft.sources = [{"source": one.source, "says": one.says} for one in content.sources]
    draft.default_dose = content.dose.model_dump(mode="json")
    if content.review_months != before.review_months:
        draft.review_due_on = _review_on(draft.created_at.date(), content.review_months)
    draft.save()
    _save_english(draft, content)
    record("edited", draft, by, now, revision=draft.revision, changed=changed_fields(before, content))
    index_component(draft.component)
    return draft


def _own_picture(
    draft: ComponentVersion, content: ComponentContent, upload: NewPicture | None, by: User, now: datetime
) -> uuid.UUID | None:
    """The one that came, else the one that was chosen among those of the clinic."""
    clinic = draft.component.clinic
    if upload is not None:
        kept = keep_picture(clinic=clinic, picture=upload.picture, alts=upload.alts, by=by, now=now)
        return uuid.UUID(str(kept.pk))
    chosen = content.own_picture_id
    if chosen and not OwnPicture.objects.filter(clinic=clinic, pk=chosen).exists():
        raise ReviewRefusal(_("This picture is none of your clinic's. Choose another one."))
    return chosen


def _save_english(draft: ComponentVersion, content: ComponentContent) -> None:
    text = draft.texts.filter(language=ENGLISH).first() or ComponentText(version=draft, language=ENGLISH)
    for name in PATIENT_WORDS:
        setattr(text, name, getattr(content, name))
    text.title, text.steps = plain(content.title), list(content.steps)
    text.save()


def _review_on(start: date, months: int) -> date:
    return start + timedelta(days=round(months * DAYS_A_MONTH))
