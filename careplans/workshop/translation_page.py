"""The two sides of a translation, what differs between them, and whether a qualified person has approved it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from careplans.accounts.permissions import Permission
from careplans.accounts.qualified import may_judge
from careplans.handouts.words import direction_of
from careplans.library.markdown import dropped_by
from careplans.library.models import (
    ComponentVersion,
    RedFlag,
    ReviewState,
    TemplateVersion,
    TranslationReview,
)
from careplans.library.translation_approvals import not_qualified_note, standing_review, writers_of
from careplans.library.translations import (
    ENGLISH,
    READABLE,
    Passage,
    Words,
    languages,
    missing_in,
    outdated_in,
    passages_of,
    sha_of,
    words_of,
)
from careplans.workshop.kinds import kind_of, title_of
from careplans.workshop.patient_view import PatientView, patient_view, with_own_picture
from careplans.workshop.places import version_url

DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Side:
    """One passage as it stands: a text, or lines."""

    label: str
    group: str
    english: Any
    translated: Any
    is_list: bool
    field: Any = None
    begins_group: bool = False


@dataclass(frozen=True)
class Beside:
    """What is told of the translation as it stands now, written or stored."""

    language: str
    direction: str
    view: PatientView | None
    lines: tuple[Side, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """``review`` is the approval that stands; ``why_not`` says why this person cannot give one."""

    review: TranslationReview | None
    sha256: str
    can_approve: bool
    can_withdraw: bool
    why_not: str


def language_name(code: str) -> str:
    return str(dict(settings.LANGUAGES).get(code, code))


def translation_url(version: Any, language: str) -> str:
    """The page on which English and translation stand side by side."""
    match version:
        case ComponentVersion():
            return reverse("component-translate", args=[version.component_id, version.number, language])
        case TemplateVersion():
            return reverse("template-translate", args=[version.template_id, version.number, language])
        case RedFlag():
            return reverse("red-flag-translate", args=[version.pk, language])
    raise TypeError(type(version))


def translation_links(version: Any) -> list[tuple[str, str]]:
    """(language, address) of each side by side page of one version."""
    return [(language_name(code), translation_url(version, code)) for code in languages()]


@dataclass(frozen=True)
class LanguageLine:
    """Where a version stands in one language: ``approved``, ``unapproved`` or ``missing``. ``url``: side by side."""

    code: str
    name: str
    state: str
    url: str


def language_lines(version: Any, standing: frozenset[tuple[str, str]]) -> list[LanguageLine]:
    """Every language that is offered; ``standing``: the clinic's approved translations."""
    said = words_of(version)
    return [
        LanguageLine(
            code, language_name(code), translation_state(said, code, standing), translation_url(version, code)
        )
        for code in languages()
    ]


def translation_state(said: Mapping[str, Words], language: str, standing: frozenset[tuple[str, str]]) -> str:
    """``said``: what a version says, by language. Half a translation is none: patients are told in English."""
    if ENGLISH not in said or language not in said or missing_in(said[language], said[ENGLISH]):
        return "missing"
    sha256 = sha_of(said[ENGLISH], said[language])
    return "approved" if (language, sha256) in standing else "unapproved"


def sides(version: Any, translated: Words, form: Any = None) -> tuple[Side, ...]:
    """Every passage with its English; with its field where a draft is written."""
    english, group, found = words_of(version).get(ENGLISH, {}), "", []
    names = _phase_names(version)
    for one in passages_of(version):
        begins = one.group != group
        group = one.group
        found.append(
            Side(
                label=str(one.label),
                group=names.get(one.group, one.group),
                english=english.get(one.key),
                translated=translated.get(one.key),
                is_list=one.is_list,
                field=form[one.key.replace(".", "__")] if form else None,
                begins_group=begins and bool(one.group),
            )
        )
    return tuple(found)


def _phase_names(version: Any) -> dict[str, str]:
    if not isinstance(version, TemplateVersion):
        return {}
    return {one.code: str(one.texts.get(ENGLISH, {}).get("name") or one.code) for one in version.phases.all()}


def beside(version: Any, language: str, translated: Words) -> Beside:
    """The patient's view of a translation, and where it is not what the English is."""
    view = None
    if isinstance(version, ComponentVersion) and any(translated.values()):
        empty: Words = {one.key: [] if one.is_list else "" for one in passages_of(version)}
        drawn = patient_view(empty | translated, version.dose, version.picture, language)
        view = with_own_picture(drawn, version.own_picture)
    return Beside(
        language=language,
        direction=direction_of(language),
        view=view,
        lines=() if view else sides(version, translated),
        warnings=tuple(dict.fromkeys(_warnings(version, translated))),
    )


def _warnings(version: Any, translated: Words) -> Iterator[str]:
    english = words_of(version).get(ENGLISH, {})
    if not any(translated.values()):
        yield _("Nothing is translated yet: patients read English.")
        return
    missing = missing_in(translated, english)
    names = _phase_names(version)
    for one in passages_of(version):
        label = f"{names[one.group]}, {one.label}" if one.group else str(one.label)
        here, there = english.get(one.key), translated.get(one.key)
        if one.key in missing:
            yield _("%(label)s: not translated yet.") % {"label": label}
        elif here and there:
            yield from _differences(one, label, here, there)


def _differences(passage: Passage, label: str, here: Any, there: Any) -> Iterator[str]:
    if passage.is_list and len(here) != len(there):
        yield ngettext(
            "%(label)s: English has %(here)d line, this has %(there)d.",
            "%(label)s: English has %(here)d lines, this has %(there)d.",
            len(here),
        ) % {"label": label, "here": len(here), "there": len(there)}
    elif here == there:
        yield _("%(label)s: the same words as in English.") % {"label": label}
    lost, added = _numbers(here) - _numbers(there), _numbers(there) - _numbers(here)
    if lost or added:
        yield _("%(label)s: the numbers are not the same (%(numbers)s).") % {
            "label": label,
            "numbers": ", ".join(sorted({*lost, *added}, key=int)),
        }
    for text in there if passage.is_list else [there]:
        for what in dropped_by(text):
            yield f"{label}: {what}"


def _numbers(value: Any) -> Counter[str]:
    """Digits of any script, as numbers; a number in letters is not seen."""
    text = value if isinstance(value, str) else "\n".join(value)
    plain = "".join(str(unicodedata.digit(one)) if one.isdigit() else one for one in text)
    return Counter(str(int(found)) for found in DIGITS.findall(plain))


def standing_for(version: Any, language: str, request: Any) -> Standing:
    """Whether it is approved, and what this person may do about it."""
    said = words_of(version)
    english, translated = said.get(ENGLISH, {}), said.get(language, {})
    sha256 = sha_of(english, translated)
    review = standing_review(version, language)
    is_reviewer = Permission.REVIEW_LIBRARY in request.permissions
    is_whole = any(translated.values()) and not missing_in(translated, english)
    why_not = "" if review else _why_not(version, language, request, sha256=sha256, is_whole=is_whole)
    return Standing(
        review=review,
        sha256=sha256,
        can_approve=is_reviewer and review is None and not why_not,
        can_withdraw=is_reviewer and review is not None,
        why_not=why_not,
    )


def _why_not(version: Any, language: str, request: Any, *, sha256: str, is_whole: bool) -> str:
    if not is_whole:
        if version.state in READABLE:
            return _("Something is missing. Translations are written in a draft: start a new version of it.")
        return _("It can be approved when everything is translated.")
    if version.state not in READABLE:
        return _("It can be approved once the version is in review or in use.")
    if Permission.REVIEW_LIBRARY not in request.permissions:
        return ""
    if not may_judge(clinic=request.clinic, user=request.user, language=language):
        return not_qualified_note(language)
    if request.user.pk in writers_of(version, language, sha256):
        return _(
            "You wrote some of these words, or in this version. Somebody else has to approve the translation."
        )
    return ""


def page_context(version: Any, language: str, request: Any, form: Any = None) -> dict[str, Any]:
    """Of a version whose translation is read; with ``form`` of a draft that is written."""
    said = words_of(version)
    typed = form.words() if form is not None and form.is_bound and hasattr(form, "cleaned_data") else None
    translated = said.get(language, {}) if typed is None else typed
    name = language_name(language)
    return {
        "title": _("%(title)s in %(language)s") % {"title": title_of(version), "language": name},
        "version": version,
        "kind": kind_of(version),
        "language": language,
        "language_name": name,
        "direction": direction_of(language),
        "form": form,
        "sides": sides(version, translated, form),
        "beside": beside(version, language, translated),
        "standing": standing_for(version, language, request),
        "is_draft": version.state == ReviewState.DRAFT,
        "is_outdated": version.state == ReviewState.DRAFT and language in outdated_in(version),
        "can_drop": form is not None and language in said and not isinstance(version, RedFlag),
        "version_url": version_url(version),
        "page_url": translation_url(version, language),
        "others": [link for link in translation_links(version) if link[0] != name],
    }
