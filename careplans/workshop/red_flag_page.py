"""What the pages of red flags show: the list, how a patient is asked and told, and what a change would bring about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic
from careplans.checkins.forms.fields import yes_or_no
from careplans.checkins.presenters import ActNow
from careplans.checkins.told import Told
from careplans.library.markdown import plain
from careplans.library.models import RedFlag, Retirement, ReviewState
from careplans.library.search import fold, words_of
from careplans.library.selectors import FALLBACK_LANGUAGE
from careplans.library.shipped import shipped_red_flags
from careplans.library.starter_schema import RedFlagFile
from careplans.library.translations import is_approved
from careplans.plans.document import DocumentRedFlag
from careplans.workshop.said import language_name


@dataclass(frozen=True)
class RedFlagRow:
    flag: RedFlag
    question: str
    is_proposed: bool
    is_shipped: bool

    @property
    def words(self) -> str:
        flag = self.flag
        said = (flag.code, flag.clinician_label, *flag.texts.get(FALLBACK_LANGUAGE, {}).values())
        return fold(" ".join((*said, flag.source.title)))


@dataclass(frozen=True)
class Preview:
    """How a patient is asked, and what is shown at once after a yes: with the check-in page's own parts."""

    question: forms.BoundField
    act_now: ActNow


@dataclass(frozen=True)
class Translation:
    language: str
    name: str
    texts: dict[str, str]
    is_approved: bool


def red_flags_in(clinic: Clinic, *, for_keepers: bool) -> QuerySet[RedFlag]:
    """For keepers every version; for all others what is asked now."""
    waiting = Retirement.objects.waiting().filter(red_flag=OuterRef("pk"))
    flags = RedFlag.objects.filter(clinic=clinic).select_related("source", "clinic")
    flags = flags.annotate(is_proposed=Exists(waiting))
    return flags if for_keepers else flags.filter(state=ReviewState.APPROVED)


def rows_of(flags: QuerySet[Any], typed: str) -> list[RedFlagRow]:
    """Those that hold every word, in the order patients are asked."""
    shipped = {one.code for one in shipped_red_flags()}
    words = words_of(typed)
    rows = [
        RedFlagRow(
            flag,
            question=plain(flag.texts.get(FALLBACK_LANGUAGE, {}).get("question", "")),
            is_proposed=flag.is_proposed,
            is_shipped=flag.code in shipped,
        )
        for flag in flags
    ]
    return [row for row in rows if all(word in row.words for word in words)]


def preview_of(*, question: str, sign: str, what_to_do: str, urgency: str) -> Preview:
    raised = DocumentRedFlag(
        code="preview",
        urgency="emergency" if urgency != RedFlag.Urgency.CALL_TODAY else "call_today",
        clinician_label="",
        question=question or "…",
        sign=sign or "…",
        what_to_do=what_to_do or "…",
    )
    asked = forms.Form(prefix="preview")
    asked.fields["question"] = yes_or_no(plain(raised.question))
    return Preview(asked["question"], ActNow(raised=(raised,), told=Told.ON_ITS_WAY))


def preview_of_flag(flag: RedFlag) -> Preview:
    english = flag.texts.get(FALLBACK_LANGUAGE, {})
    return preview_of(
        question=english.get("question", ""),
        sign=english.get("sign", ""),
        what_to_do=english.get("what_to_do", ""),
        urgency=flag.urgency,
    )


def translations_of(flag: RedFlag, standing: frozenset[tuple[str, str]]) -> Sequence[Translation]:
    """``standing``: the clinic's approved translations."""
    return [
        Translation(language, language_name(language), texts, is_approved(flag, language, standing))
        for language, texts in sorted(flag.texts.items())
        if language != FALLBACK_LANGUAGE
    ]


def warnings_of(code: str, *, asked: str, urgency: str) -> list[str]:
    """What a reviewer and an editor must know of a red flag that comes with the product; empty for the clinic's own."""
    shipped = _shipped(code)
    return list(_warnings(shipped, asked, urgency)) if shipped else []


def _warnings(shipped: RedFlagFile, asked: str, urgency: str) -> Iterator[str]:
    yield _(
        "This red flag comes with Careplans. Your clinic may say it in other words; while no version of it is in use, no plan can be published."
    )
    if asked == RedFlag.Asked.AFTER_SURGERY and shipped.asked != asked:
        yield _(
            "It is asked of every patient. Approved as it stands here, asked only after surgery, it would keep your clinic from publishing any plan."
        )
    if urgency == RedFlag.Urgency.CALL_TODAY and shipped.urgency != urgency:
        yield _(
            "As it comes, it is an emergency. As it stands here, a patient who answers yes is told to call the clinic and not the emergency number."
        )


def _shipped(code: str) -> RedFlagFile | None:
    return next((one for one in shipped_red_flags() if one.code == code), None)
