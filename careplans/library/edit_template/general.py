"""A template's beginning, and what it says of itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, get_args

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic, User
from careplans.core.text import plain_line
from careplans.library import starter_schema, whole
from careplans.library.edit_template.told import changed, note
from careplans.library.models import Anchor, PhaseStart, Template, TemplatePhase, TemplateVersion
from careplans.library.own_codes import hold_codes
from careplans.library.selectors import FALLBACK_LANGUAGE
from careplans.library.versions import ReviewRefusal, hold_draft, record

TITLE_LENGTH = 120
CODE_LENGTH = 60
LAST_DAY_AFTER_SURGERY = 730
REGIONS = frozenset(get_args(starter_schema.BodyRegion))
DAYS_OF_A_MONTH = 365.25 / 12
FIRST_PHASE_DAYS = 7
MOST_MONTHS = 24


@dataclass(frozen=True)
class General:
    """What a template says of itself. ``sources``: [{"source": code, "says": …}]; texts in English."""

    title: str
    summary: str
    for_patient: str
    body_region: str
    anchor: str
    cold_to_heat_day: int | None
    clearance_day: int | None
    sources: list[dict[str, str]]
    review_months: int


@transaction.atomic
def new_template(
    *, clinic: Clinic, title: str, body_region: str, anchor: str, by: User, now: datetime
) -> TemplateVersion:
    """A template of the clinic's own, as a draft with one phase to begin with."""
    said = _title(title)
    _refuse_unknown(body_region, anchor)
    template = Template.objects.create(clinic=clinic, code=_free_code(clinic, said))
    version = TemplateVersion.objects.create(
        template=template,
        body_region=body_region,
        anchor=anchor,
        texts={FALLBACK_LANGUAGE: {"title": said, "summary": "", "for_patient": ""}},
        author=by,
        created_at=now,
        review_due_on=_review_on(now, MOST_MONTHS),
    )
    version.writers.add(by)
    TemplatePhase.objects.create(
        version=version,
        position=0,
        code="first-phase",
        starts_on_day=0,
        days=FIRST_PHASE_DAYS,
        starts=PhaseStart.BY_DATE,
        texts={FALLBACK_LANGUAGE: _empty_phase(_("First phase"))},
    )
    record("started", version, by, now)
    record("writer_noted", version, by, now)
    return version


@transaction.atomic
def change_general(
    *, version: TemplateVersion, general: General, revision: int, by: User, now: datetime
) -> TemplateVersion:
    """Title, purpose, what day 0 is, days after surgery, sources, and when somebody looks at it again."""
    draft = hold_draft(version=version, revision=revision, by=by, now=now)
    title = _title(general.title)
    _refuse_unknown(general.body_region, general.anchor)
    _refuse_days(general)
    unknown = list(whole.unknown_sources(draft.template.clinic_id, general.sources))
    if unknown:
        raise ReviewRefusal("; ".join(unknown))
    before = _as_data(draft)
    english = {"title": title, "summary": general.summary.strip(), "for_patient": general.for_patient.strip()}
    draft.texts = {**draft.texts, FALLBACK_LANGUAGE: english}
    for name in ("body_region", "anchor", "cold_to_heat_day", "clearance_day", "sources"):
        setattr(draft, name, asdict(general)[name])
    if general.review_months != months_until_review(draft):
        draft.review_due_on = _review_on(draft.created_at, general.review_months)
    draft.save()
    note("general_changed", draft, by, now, title=title, changed=changed(before, _as_data(draft)))
    return draft


def months_until_review(version: TemplateVersion) -> int:
    """Between the beginning of the draft and its review date; an approval counts as many anew."""
    return max(1, round((version.review_due_on - version.created_at.date()).days / DAYS_OF_A_MONTH))


def _review_on(start: datetime, months: int) -> date:
    return (start + timedelta(days=round(months * DAYS_OF_A_MONTH))).date()


def _empty_phase(name: str) -> dict[str, Any]:
    return {"name": name, "aims": [], "avoid": [], "move_on_when": [], "step_back_when": []}


def _as_data(version: TemplateVersion) -> dict[str, Any]:
    names = ("body_region", "anchor", "cold_to_heat_day", "clearance_day", "sources", "review_due_on")
    return {**version.texts.get(FALLBACK_LANGUAGE, {}), **{name: getattr(version, name) for name in names}}


def _title(title: str) -> str:
    said = plain_line(title)
    if not said or len(said) > TITLE_LENGTH:
        raise ReviewRefusal(_("Write a title of at most %(most)d characters.") % {"most": TITLE_LENGTH})
    return said


def _refuse_unknown(body_region: str, anchor: str) -> None:
    if body_region not in REGIONS or anchor not in Anchor.values:
        raise ReviewRefusal(_("Choose a body region and what the days count from."))


def _refuse_days(general: General) -> None:
    for day in (general.cold_to_heat_day, general.clearance_day):
        if day is not None and not 0 <= day <= LAST_DAY_AFTER_SURGERY:
            raise ReviewRefusal(
                _("Write days after surgery from 0 to %(most)d, or leave them empty.")
                % {"most": LAST_DAY_AFTER_SURGERY}
            )
    if not 1 <= general.review_months <= MOST_MONTHS:
        raise ReviewRefusal(
            _("Write after how many months this is looked at again, from 1 to %(most)d.")
            % {"most": MOST_MONTHS}
        )


def _free_code(clinic: Clinic, title: str) -> str:
    """A code made of the title that no other template of the clinic has; held, so that two at once get two."""
    hold_codes(clinic)
    return free_code(
        title, set(Template.objects.filter(clinic=clinic).values_list("code", flat=True)), "template"
    )


def free_code(words: str, taken: set[str], otherwise: str) -> str:
    """``words`` as a code, with a number where it is taken; ``otherwise`` where they hold no Latin letter."""
    stem = slugify(words)[: CODE_LENGTH - 4].strip("-_") or otherwise
    code, number = stem, 1
    while code in taken:
        number += 1
        code = f"{stem}-{number}"
    return code
