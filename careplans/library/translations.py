"""The words of a version in every language, and whether a translation is approved (``translation_approvals``).

An approval is of words, not of a row: it names the hash of the English words and of their translation together. So it
goes along with every version that says the same, and is void as soon as one side says something else.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic, User
from careplans.library.models import (
    ComponentText,
    ComponentVersion,
    RedFlag,
    ReviewedContent,
    ReviewState,
    TemplateVersion,
    TranslationReview,
)
from careplans.library.search import index_version
from careplans.library.versions import ReviewRefusal, hold, hold_draft, record

ENGLISH = "en"
Words = dict[str, Any]
# Kinds that are told to patients; safety rules speak to clinicians alone.
KIND_OF: dict[type[ReviewedContent], str] = {
    ComponentVersion: "component",
    TemplateVersion: "template",
    RedFlag: "red_flag",
}
# What patients have or come to have: a draft still changes.
READABLE = frozenset({ReviewState.IN_REVIEW, ReviewState.APPROVED})


@dataclass(frozen=True)
class Passage:
    """One piece of what a version says. ``group``: the phase of a template it belongs to, empty elsewhere."""

    key: str
    label: Promise | str
    is_list: bool = False
    group: str = ""


_COMPONENT = (
    Passage("title", gettext_lazy("Title")),
    Passage("why", gettext_lazy("What it is for")),
    Passage("steps", gettext_lazy("Steps"), is_list=True),
    Passage("feel", gettext_lazy("How it should feel")),
    Passage("watch_for", gettext_lazy("Watch for")),
    Passage("stop_if", gettext_lazy("When to stop")),
)
_TEMPLATE = (
    Passage("title", gettext_lazy("Title")),
    Passage("summary", gettext_lazy("For the clinician who picks it")),
    Passage("for_patient", gettext_lazy("What this plan is for")),
)
_PHASE = (
    Passage("name", gettext_lazy("Name of the phase")),
    Passage("aims", gettext_lazy("Aims"), is_list=True),
    Passage("avoid", gettext_lazy("What to avoid"), is_list=True),
    Passage("move_on_when", gettext_lazy("Move on when"), is_list=True),
    Passage("step_back_when", gettext_lazy("Step back when"), is_list=True),
)
_RED_FLAG = (
    Passage("question", gettext_lazy("The question")),
    Passage("sign", gettext_lazy("The sign")),
    Passage("what_to_do", gettext_lazy("What to do")),
)


def languages() -> tuple[str, ...]:
    """What texts are translated into."""
    return tuple(code for code, _name in settings.LANGUAGES if code != ENGLISH)


def passages_of(version: ReviewedContent) -> tuple[Passage, ...]:
    match version:
        case ComponentVersion():
            return _COMPONENT
        case TemplateVersion():
            phases = [
                Passage(f"{phase.code}.{one.key}", one.label, one.is_list, phase.code)
                for phase in version.phases.all()
                for one in _PHASE
            ]
            return (*_TEMPLATE, *phases)
        case RedFlag():
            return _RED_FLAG
    return ()


def words_of(version: ReviewedContent) -> dict[str, Words]:
    """Language → what the version says in it, by passage; a language in which nothing is said is left out."""
    passages = passages_of(version)
    said = {language: _words_in(version, language, passages) for language in _languages_in(version)}
    return {language: words for language, words in said.items() if any(words.values())}


def _languages_in(version: ReviewedContent) -> list[str]:
    match version:
        case ComponentVersion():
            return [text.language for text in version.texts.all()]
        case TemplateVersion():
            return list(
                dict.fromkeys([*version.texts, *(one for p in version.phases.all() for one in p.texts)])
            )
        case RedFlag():
            return list(version.texts)
    return []


def _words_in(version: ReviewedContent, language: str, passages: tuple[Passage, ...]) -> Words:
    said: Mapping[str, Any] = {}
    match version:
        case ComponentVersion():
            text = next(one for one in version.texts.all() if one.language == language)
            said = {one.key: getattr(text, one.key) for one in passages}
        case TemplateVersion():
            phases = {
                f"{phase.code}.{name}": value
                for phase in version.phases.all()
                for name, value in phase.texts.get(language, {}).items()
            }
            said = {**version.texts.get(language, {}), **phases}
        case RedFlag():
            said = version.texts[language]
    return {one.key: _as_said(said.get(one.key), one) for one in passages}


def _as_said(value: Any, passage: Passage) -> Any:
    return list(value or ()) if passage.is_list else (value or "")


def missing_in(words: Words, english: Words) -> tuple[str, ...]:
    """Keys of what is said in English and not in the translation."""
    return tuple(key for key, value in english.items() if value and not words.get(key))


def sha_of(english: Words, translated: Words) -> str:
    """The same for the same words on every machine."""
    both = json.dumps([english, translated], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(both.encode()).hexdigest()


def standing_of(clinic: Clinic | uuid.UUID) -> frozenset[tuple[str, str]]:
    """(language, hash) of every approval that stands; one query."""
    found = TranslationReview.objects.standing().filter(clinic=clinic).order_by()
    return frozenset(found.values_list("language", "sha256"))


def is_approved(version: ReviewedContent, language: str, standing: frozenset[tuple[str, str]]) -> bool:
    """Whether a qualified person approved what the version says in that language. English is the original."""
    if language == ENGLISH:
        return True
    said = words_of(version)
    if ENGLISH not in said or language not in said:
        return False
    return (language, sha_of(said[ENGLISH], said[language])) in standing


def outdated_in(version: ReviewedContent) -> list[str]:
    """Languages that still say what they said before English was changed, and that nobody looked at since."""
    base = _last_in_use(version)
    if base is None:
        return []
    said, before = words_of(version), words_of(base)
    if ENGLISH not in said or ENGLISH not in before:
        return []
    keys = [one.key for one in passages_of(version)]
    changed = [key for key in keys if _differs(said[ENGLISH], before[ENGLISH], key)]
    return [
        language
        for language in said
        if language in before
        and language != ENGLISH
        and any(not _differs(said[language], before[language], key) for key in changed)
        and version.checked_languages.get(language) != sha_of(said[ENGLISH], said[language])
    ]


def _last_in_use(version: Any) -> Any:
    """What its words go back to: a draft that was dropped is not what patients were told."""
    base = version.based_on
    while base is not None and base.approved_at is None and base.based_on is not None:
        base = base.based_on
    return base


def _differs(words: Words, before: Words, key: str) -> bool:
    """An empty passage and one that is not there are the same."""
    return bool((words.get(key) or None) != (before.get(key) or None))


def refuse_outdated(version: ReviewedContent) -> None:
    """Before review somebody decides about each translation of an English text that was changed."""
    told = outdated_note(version)
    if told:
        raise ReviewRefusal(told)


def outdated_note(version: ReviewedContent) -> str:
    """Which translations wait for a decision, in a sentence; empty when none does."""
    names = [str(get_language_info(language)["name_translated"]) for language in outdated_in(version)]
    if not names:
        return ""
    if isinstance(version, RedFlag):
        told = _(
            "The English changed, and the %(languages)s still say what it said before. Open each one and save it when it is right again."
        )
    else:
        told = _(
            "The English changed, and the %(languages)s still say what it said before. Open each one: save it when it is right again, or take it out, and patients are told in English."
        )
    return told % {"languages": ", ".join(names)}


def check_all(draft: ReviewedContent) -> None:
    """Translations that came together with their English, from a file or from another component."""
    said = words_of(draft)
    english = said.get(ENGLISH, {})
    _keep_checked(draft, {one: sha_of(english, words) for one, words in said.items() if one != ENGLISH})


def _keep_checked(draft: ReviewedContent, checked: dict[str, str]) -> None:
    draft.checked_languages = checked
    type(draft)._default_manager.filter(pk=draft.pk).update(checked_languages=checked)


@dataclass(frozen=True)
class Telling:
    """In which language a clinic tells a text to patients who speak ``language``."""

    language: str
    # Whether an unapproved translation is told in English instead.
    only_approved: bool
    standing: frozenset[tuple[str, str]]

    def spoken(self, version: ReviewedContent) -> str:
        """Red flags are always told in the patient's language: a question that is not understood protects nobody."""
        if self.only_approved and not isinstance(version, RedFlag) and self.is_unapproved(version):
            return ENGLISH
        return self.language

    def is_unapproved(self, version: ReviewedContent) -> bool:
        """Said in that language, in words that no qualified person has approved."""
        if self.language == ENGLISH or self.language not in words_of(version):
            return False
        return not is_approved(version, self.language, self.standing)


def telling_of(clinic: Clinic, language: str, *, for_staff: bool = False) -> Telling:
    """One query where it matters: the clinic uses approved translations only, or staff are told what is not approved."""
    only_approved = language in clinic.approved_translations_only
    matters = language != ENGLISH and (only_approved or for_staff)
    return Telling(language, only_approved, standing_of(clinic) if matters else frozenset())


def template_language(version: TemplateVersion, language: str, clinic: Clinic) -> str:
    """What a template's own words are told in to a patient who speaks ``language``: English where they may not be."""
    spoken = telling_of(clinic, language).spoken(version)
    return spoken if spoken in version.texts else ENGLISH


def code_of(version: ReviewedContent) -> str:
    match version:
        case ComponentVersion():
            return version.component.code
        case TemplateVersion():
            return version.template.code
        case RedFlag():
            return version.code
    raise TypeError(type(version))


@transaction.atomic
def save_translation(
    *, version: ReviewedContent, language: str, words: Words, revision: int, by: User, now: datetime
) -> ReviewedContent:
    """Write what a draft says in another language; with nothing written in it, the translation is gone.

    Saved as it stands, it is confirmed: right, though the English was changed.

    Raises ``StaleVersion`` when somebody else saved since ``revision``.
    """
    if language == ENGLISH or language not in languages():
        raise ReviewRefusal(_("This language is not one your clinic offers a translation in."))
    stored = hold(version)
    passages = passages_of(stored) if stored is not None else ()
    given = {one.key: _as_said(words.get(one.key), one) for one in passages}
    is_same = stored is not None and stored.state == ReviewState.DRAFT and stored.revision == revision
    is_same = is_same and stored is not None and words_of(stored).get(language, _nothing(passages)) == given
    # Confirming counts only where there is something to confirm.
    if stored is not None and is_same and language not in outdated_in(stored):
        return stored
    draft = hold_draft(version=version, revision=revision, by=by, now=now)
    said = words_of(draft)
    before = said.get(language, _nothing(passages))
    checked = {language: sha_of(said.get(ENGLISH, {}), given)} if any(given.values()) else {}
    _keep_checked(draft, _without(draft.checked_languages, language) | checked)
    _write(draft, language, given)
    changed = [key for key, value in given.items() if before.get(key) != value]
    record("translated", draft, by, now, language=language, revision=draft.revision, changed=changed)
    index_version(draft)
    return draft


@transaction.atomic
def drop_translation(
    *, version: ReviewedContent, language: str, revision: int, by: User, now: datetime
) -> ReviewedContent:
    """Take a translation out of a draft: its patients are told in English from the day it is in use."""
    if language == ENGLISH or language not in languages():
        raise ReviewRefusal(_("This language is not one your clinic offers a translation in."))
    if isinstance(version, RedFlag):
        raise ReviewRefusal(
            _("Red flags are asked in the patient's language. Mend the translation instead of taking it out.")
        )
    draft = hold_draft(version=version, revision=revision, by=by, now=now)
    _keep_checked(draft, _without(draft.checked_languages, language))
    _write(draft, language, _nothing(passages_of(draft)))
    record("translation_dropped", draft, by, now, language=language, revision=draft.revision)
    index_version(draft)
    return draft


def _without(values: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {code: value for code, value in values.items() if code != language}


def _nothing(passages: tuple[Passage, ...]) -> Words:
    return {one.key: _as_said(None, one) for one in passages}


def _write(draft: ReviewedContent, language: str, words: Words) -> None:
    has_words = any(words.values())
    match draft:
        case ComponentVersion():
            text = draft.texts.filter(language=language).first()
            if not has_words:
                if text is not None:
                    text.delete()
                return
            text = text or ComponentText(version=draft, language=language)
            for name, value in words.items():
                setattr(text, name, value)
            text.save()
        case TemplateVersion():
            own = {one.key: words[one.key] for one in _TEMPLATE}
            draft.texts = _with(draft.texts, language, own if has_words else {})
            draft.save()
            for phase in draft.phases.all():
                told = {one.key: words[f"{phase.code}.{one.key}"] for one in _PHASE}
                phase.texts = _with(phase.texts, language, told if has_words else {})
                phase.save()
        case RedFlag():
            draft.texts = _with(draft.texts, language, words if has_words else {})
            draft.save()


def _with(texts: Mapping[str, Any], language: str, words: Words) -> dict[str, Any]:
    return _without(texts, language) | ({language: words} if words else {})
