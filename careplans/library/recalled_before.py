"""What was recalled does not come back word for word: which recalls a version comes after, and whether it says the same.

Only what tells people something different is a correction: the patient's words in any language, the dose, the text for
clinicians, the cautions. Another picture, tag or review date, or a translation left out, leaves what was dangerous as it was.
"""

from __future__ import annotations

from typing import Any

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from careplans.library.dose import dose_adapter
from careplans.library.models import Component, ComponentVersion, Recall, ReviewedContent
from careplans.library.selectors import FALLBACK_LANGUAGE
from careplans.library.translations import words_of
from careplans.library.versions import ReviewRefusal
from careplans.library.whole import has_problems

TITLE = "title"


def recalls_before(version: ReviewedContent) -> list[Recall]:
    """Recalls of its component and of what that was copied from, the newest first.

    A recall that took copies along wrote a row for each: it is one recall, and the row of the nearest one counts.
    """
    if not isinstance(version, ComponentVersion):
        return []
    family = _with_originals(version.component)
    found = Recall.objects.filter(component__in=family).select_related("recalled_by", "component", "clinic")
    nearest_last = sorted(found, key=lambda one: family.index(one.component), reverse=True)
    told = {(one.recalled_at, one.reason): one for one in nearest_last}
    return sorted(told.values(), key=lambda one: one.recalled_at, reverse=True)


def recall_said_again(version: ReviewedContent) -> Recall | None:
    """The recall whose words this version would bring back, if it does."""
    if not isinstance(version, ComponentVersion):
        return None
    family = _with_originals(version.component)
    for recall in Recall.objects.filter(component__in=family).select_related("component", "clinic"):
        # Drafts that were withdrawn with it were never told to anybody: one may be the correction already.
        told = recall.component.versions.filter(number__lte=recall.up_to_number, approved_at__isnull=False)
        is_own = recall.component == version.component
        if any(_says_again(version, old, with_title=is_own) for old in told.prefetch_related("texts")):
            return recall
    return None


def refuse_recalled_words(version: ReviewedContent) -> None:
    recall = recall_said_again(version)
    if recall is not None:
        raise ReviewRefusal(
            _(
                "This says again, word for word, what was recalled on %(day)s: “%(reason)s” First put right in the draft what was wrong: the patient's text, the dose, the text for clinicians or the cautions. Another picture, tag or review date alone is no correction, nor is a translation left out: where the picture or a translation was wrong, say so in the text for clinicians."
            )
            % {"day": day_of(recall), "reason": recall.reason}
        )


def day_of(recall: Recall) -> str:
    return format_date(recall.recalled_at.astimezone(recall.clinic.zone), "j M Y")


def _with_originals(component: Component) -> list[Component]:
    """The component, what it was copied from, and so on."""
    found = [component]
    while (origin := found[-1].origin) is not None:
        found.append(origin)
    return found


def _says_again(version: ComponentVersion, old: ComponentVersion, *, with_title: bool) -> bool:
    """In another language added says nothing else, nor does one that was left out: what still stands is what was recalled.

    A copy is called otherwise than what it was copied from: there the title says nothing else.
    """
    if _dose(version) != _dose(old) or _to_clinicians(version) != _to_clinicians(old):
        return False
    now, before = _to_patients(version, with_title), _to_patients(old, with_title)
    return all(
        now.get(language) == said
        for language, said in before.items()
        if language in now or language == FALLBACK_LANGUAGE
    )


def _to_patients(version: ComponentVersion, with_title: bool) -> dict[str, dict[str, Any]]:
    return {
        language: {key: _bare(said) for key, said in words.items() if with_title or key != TITLE}
        for language, words in words_of(version).items()
    }


def _to_clinicians(version: ComponentVersion) -> list[str]:
    return [_bare(version.clinician_text), *(_bare(one) for one in version.cautions)]


def _dose(version: ComponentVersion) -> Any:
    """A draft's may not be one yet."""
    is_none_yet = has_problems(dose_adapter, version.default_dose)
    return version.default_dose if is_none_yet else version.dose


def _bare(said: Any) -> Any:
    """Without spaces that nobody sees."""
    return " ".join(said.split()) if isinstance(said, str) else [_bare(one) for one in said]
