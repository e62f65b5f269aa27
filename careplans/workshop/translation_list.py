"""Every text that is told to patients, by language: what is approved, what is not, what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from careplans.accounts.models import Clinic
from careplans.library.models import ReviewedContent, ReviewState
from careplans.library.translations import languages, standing_of, words_of
from careplans.workshop.kinds import KINDS, Kind, title_of
from careplans.workshop.translation_page import language_name, translation_state, translation_url

TOLD = ("component", "template", "red-flag")
PREFETCHED = {"template": ("phases",)}
STATES = ("approved", "unapproved", "missing")


@dataclass(frozen=True)
class TranslationRow:
    """``state``: one of ``STATES``. ``draft_url``: where the same is being written, if it is."""

    kind: str
    kind_label: str
    title: str
    state: str
    url: str
    version: ReviewedContent
    draft_url: str


@dataclass(frozen=True)
class LanguageCount:
    code: str
    name: str
    approved: int
    unapproved: int
    missing: int
    # Whether unapproved ones are told in English here.
    only_approved: bool


@dataclass(frozen=True)
class TranslationOverview:
    rows: tuple[TranslationRow, ...]
    counts: tuple[LanguageCount, ...]


def overview(clinic: Clinic, language: str, kind: str = "", state: str = "") -> TranslationOverview:
    """All languages counted; rows of one language, of the version in use or, before there is one, of the newest."""
    standing = standing_of(clinic)
    counted: dict[str, Counter[str]] = {code: Counter() for code in languages()}
    rows = []
    for one in (KINDS[code] for code in TOLD):
        for version, draft in _things(one, clinic):
            said = words_of(version)
            for code, count in counted.items():
                count[translation_state(said, code, standing)] += 1
            found = translation_state(said, language, standing)
            if kind in ("", one.code) and state in ("", found):
                draft_url = translation_url(draft, language) if draft is not None else ""
                url = translation_url(version, language)
                rows.append(
                    TranslationRow(
                        one.code, str(one.label), title_of(version), found, url, version, draft_url
                    )
                )
    counts = tuple(
        LanguageCount(
            code,
            language_name(code),
            **{name: count[name] for name in STATES},
            only_approved=code in clinic.approved_translations_only,
        )
        for code, count in counted.items()
    )
    return TranslationOverview(tuple(sorted(rows, key=_place)), counts)


def _place(row: TranslationRow) -> tuple[int, int, str]:
    """What has work to be done first."""
    return TOLD.index(row.kind), ("missing", "unapproved", "approved").index(row.state), row.title


def _things(kind: Kind, clinic: Clinic) -> Iterator[tuple[Any, Any]]:
    """Each thing's version that counts, and its open draft."""
    versions = kind.versions(clinic).exclude(state=ReviewState.RETIRED)
    by_thing: dict[Any, list[Any]] = {}
    for version in versions.prefetch_related(*PREFETCHED.get(kind.code, ())).order_by("number"):
        same = tuple(getattr(version, name) for name in version.identity)
        by_thing.setdefault(same, []).append(version)
    for found in by_thing.values():
        yield _in_use(found), next((one for one in found if one.state == ReviewState.DRAFT), None)


def _in_use(versions: Iterable[Any]) -> Any:
    newest_first = sorted(versions, key=lambda one: -one.number)
    return next((one for one in newest_first if one.state == ReviewState.APPROVED), newest_first[0])
