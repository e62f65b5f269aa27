"""The dates of a draft: day 0, and after surgery the days from which heat and load are allowed.

Phases, check-ins and findings are worked out from them whenever they are read; versions already published keep theirs.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.library.models import Anchor, TemplateVersion
from careplans.library.surgery import starting_days
from careplans.plans.drafting import claim_draft, record_on_draft
from careplans.plans.models import Draft
from careplans.plans.phases import bring_back_phases
from careplans.plans.refusals import PlanRefusal
from patients.models import Episode

DAYS_AHEAD = 365
LAST_DAY = 730


@transaction.atomic
def set_dates(
    *,
    draft: Draft,
    anchor: str,
    chosen_on: date | None,
    cold_to_heat_day: int | None,
    clearance_day: int | None,
    revision: int,
    by: User,
    now: datetime,
) -> Draft:
    """Choose what day 0 is and, after surgery, from which day heat and load are allowed (None: our starting value).

    ``chosen_on`` is read for a chosen day alone; onset and surgery are the episode's.
    """
    draft = claim_draft(draft=draft, revision=revision, by=by, now=now)
    episode = draft.plan.episode
    today = now.astimezone(draft.plan.clinic.zone).date()
    anchor_on = anchor_date(episode, anchor, chosen_on=chosen_on, today=today)
    _refuse_if_over(draft, anchor_on, today)
    wanted: dict[str, Any] = {"anchor": anchor, "anchor_on": anchor_on}
    if episode.surgery_on is not None:
        wanted |= surgery_days(cold_to_heat_day, clearance_day)
    changed = {
        name: [str(getattr(draft, name)), str(value)]
        for name, value in wanted.items()
        if getattr(draft, name) != value
    }
    Draft.objects.filter(pk=draft.pk).update(**wanted)
    draft.refresh_from_db(fields=list(wanted))
    bring_back_phases(draft, today=today)
    record_on_draft(
        draft, "draft.dates_changed", by, now, {"title": anchor_on.isoformat(), "changed": changed}
    )
    return draft


def anchor_date(episode: Episode, anchor: str, *, chosen_on: date | None, today: date) -> date:
    """The day that ``anchor`` names for this episode; refused where there is none."""
    anchor_on = episode.anchor_date(anchor, plan_start=chosen_on or today)
    if anchor_on is None:
        raise PlanRefusal(
            _("This episode has no date of surgery. Add it to the episode, or choose another day.")
        )
    if anchor == Anchor.PLAN_START and anchor_on > today + timedelta(days=DAYS_AHEAD):
        raise PlanRefusal(_("Choose a day at most one year ahead."))
    return anchor_on


def surgery_days(cold_to_heat_day: int | None, clearance_day: int | None) -> dict[str, int | None]:
    """The two days as the draft keeps them, counted from the day of surgery."""
    for day in (cold_to_heat_day, clearance_day):
        if day is not None and not 0 <= day <= LAST_DAY:
            raise PlanRefusal(
                _("Write days after surgery from 0 to %(most)d, or leave them empty.") % {"most": LAST_DAY}
            )
    return {"cold_to_heat_day": cold_to_heat_day, "clearance_day": clearance_day}


def first_surgery_days(episode: Episode, template_version: TemplateVersion | None) -> dict[str, int | None]:
    """What a new draft begins with. A day of the template counts where it is later than our value for this type of
    surgery: a template is written for many types, and only a clinician's own day may be earlier."""
    usual = starting_days(episode.surgery_type)
    days: dict[str, int | None] = {}
    for name in ("cold_to_heat_day", "clearance_day"):
        of_template: int | None = getattr(template_version, name) if template_version else None
        is_later = of_template is not None and (usual is None or of_template > getattr(usual, name))
        days[name] = of_template if is_later else None
    return days


def _refuse_if_over(draft: Draft, anchor_on: date, today: date) -> None:
    last = max(phase.starts_on_day + phase.days for phase in draft.phases.all())
    if anchor_on + timedelta(days=last) <= today:
        raise PlanRefusal(
            _("Every phase of this plan would be over already. Check the day, or start another plan.")
        )
