"""Beginning a draft: a new plan from a template or empty, or a revision of what was published."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.library.models import Anchor, TemplateVersion
from careplans.library.selectors import FALLBACK_LANGUAGE, approved_components
from careplans.library.translations import template_language
from careplans.plans.dates import anchor_date, first_surgery_days, surgery_days
from careplans.plans.drafting import record_on_draft
from careplans.plans.lifecycle import ENDED
from careplans.plans.models import Draft, DraftItem, DraftPhase, Plan
from careplans.plans.newer import take_newest
from careplans.plans.phases import PHASE_WORDS, copy_phases, phases_ahead
from careplans.plans.refusals import PlanRefusal
from careplans.plans.selectors import open_draft
from patients.models import Episode

EMPTY_PLAN_DAYS = 28
KEPT_IN_A_REVISION = (
    "template_version",
    "title",
    "for_patient",
    "anchor",
    "anchor_on",
    "cold_to_heat_day",
    "clearance_day",
)


@transaction.atomic
def start_plan(
    *,
    episode: Episode,
    template_version: TemplateVersion | None,
    by: User,
    now: datetime,
    anchor: str = "",
    chosen_on: date | None = None,
    cold_to_heat_day: int | None = None,
    clearance_day: int | None = None,
) -> Draft:
    """Begin a plan for an episode from a template, or empty; phases that are already over are left out.

    ``anchor`` says what day 0 is (empty: what the template counts from); the two days after surgery are the
    surgeon's (None: the template's or our starting value).
    """
    episode = (
        Episode.objects.select_for_update(of=("self",)).select_related("patient__clinic").get(pk=episode.pk)
    )
    today = now.astimezone(episode.patient.clinic.zone).date()
    dates = _first_dates(episode, template_version, anchor, chosen_on, today)
    if episode.surgery_on is not None:
        typed = surgery_days(cold_to_heat_day, clearance_day)
        dates |= {name: day for name, day in typed.items() if day is not None}
    untouched = _untouched_draft(episode, template_version, by, dates)
    if untouched:
        return untouched
    draft = _first_draft(episode, template_version, by, now, dates)
    if template_version:
        ahead = phases_ahead(template_version, anchor_on=draft.anchor_on, today=today)
        copy_phases(draft, enumerate(ahead))
    else:
        _add_only_phase(draft)
    record_on_draft(
        draft,
        "plan.started",
        by,
        now,
        {
            "template": template_version.template.code if template_version else "",
            **{name: str(value) for name, value in dates.items()},
        },
    )
    return draft


def _first_draft(
    episode: Episode, template_version: TemplateVersion | None, by: User, now: datetime, dates: dict[str, Any]
) -> Draft:
    """A new plan with its first draft, still without phases."""
    patient = episode.patient
    texts = template_version.texts if template_version else {}
    language = patient.language
    if template_version is not None:
        language = template_language(template_version, language, patient.clinic)
    words = texts.get(language) or {}
    title = words.get("title") or episode.diagnosis
    plan = Plan.objects.create(
        clinic=patient.clinic, patient=patient, episode=episode, title=title, owner=by, created_at=now
    )
    return Draft.objects.create(
        plan=plan,
        template_version=template_version,
        title=title,
        for_patient=words.get("for_patient", ""),
        language=patient.language,
        **dates,
        opened_at=now,
        opened_by=by,
        changed_at=now,
        changed_by=by,
    )


@transaction.atomic
def start_revision(*, plan: Plan, by: User, now: datetime) -> Draft:
    """Open a draft with what was published last; the open one is given back if there is one."""
    plan = Plan.objects.select_for_update(of=("self",)).select_related("patient", "clinic").get(pk=plan.pk)
    existing = open_draft(plan)
    if existing:
        return existing
    if plan.state in ENDED:
        raise PlanRefusal(_("This plan has ended. Start a new one."))
    last = plan.drafts.exclude(version=None).order_by("-closed_at").first()  # not one that was discarded
    if last is None:
        raise PlanRefusal(_("This plan has nothing to revise yet."))
    draft = Draft.objects.create(
        plan=plan,
        **{name: getattr(last, name) for name in KEPT_IN_A_REVISION},
        # Goes on counting: a page of an earlier draft that is still open somewhere never names the revision of this one.
        revision=_last_revision(plan) + 1,
        language=plan.patient.language,
        opened_at=now,
        opened_by=by,
        changed_at=now,
        changed_by=by,
    )
    _copy_draft(last, draft)
    if draft.language != last.language:
        _retell(draft)
    record_on_draft(draft, "plan.revision_started", by, now, {})
    return draft


def _last_revision(plan: Plan) -> int:
    return plan.drafts.aggregate(last=Max("revision"))["last"] or 0


def _untouched_draft(
    episode: Episode, template_version: TemplateVersion | None, by: User, dates: dict[str, Any]
) -> Draft | None:
    """The same start sent twice gives one plan: a first draft of this template that its writer has not changed yet."""
    first_drafts = Draft.objects.filter(plan__state=Plan.State.DRAFT, plan__episode=episode, closed_at=None)
    return first_drafts.filter(template_version=template_version, opened_by=by, revision=1, **dates).first()


def _retell(draft: Draft) -> None:
    """The patient's language changed: say title, purpose and phases anew, in English where the template lacks it."""
    template_version = draft.template_version
    if not template_version:
        return
    texts = template_version.texts
    language = template_language(template_version, draft.language, draft.plan.clinic)
    words = texts.get(language)
    if not words:
        return
    Draft.objects.filter(pk=draft.pk).update(title=words["title"], for_patient=words["for_patient"])
    for source in template_version.phases.all():
        told = source.texts.get(language) or source.texts.get(FALLBACK_LANGUAGE)
        if told:
            draft.phases.filter(code=source.code).update(**{name: told[name] for name in PHASE_WORDS})


def _first_dates(
    episode: Episode,
    template_version: TemplateVersion | None,
    anchor: str,
    chosen_on: date | None,
    today: date,
) -> dict[str, Any]:
    """Day 0 and the days after surgery of a new draft; refused when the template would be over already."""
    anchor = anchor or (template_version.anchor if template_version else Anchor.PLAN_START)
    if anchor == Anchor.SURGERY and episode.surgery_on is None and template_version:
        raise PlanRefusal(
            _(
                "“%(template)s” counts from the date of surgery, and this episode has none. Add it, or choose another."
            )
            % {"template": template_version}
        )
    anchor_on = anchor_date(episode, anchor, chosen_on=chosen_on, today=today)
    if template_version and not phases_ahead(template_version, anchor_on=anchor_on, today=today):
        raise PlanRefusal(
            _(
                "Every phase of “%(template)s” would be over already: it began on %(day)s. Choose another template."
            )
            % {"template": template_version, "day": anchor_on.isoformat()}
        )
    if not template_version and anchor_on + timedelta(days=EMPTY_PLAN_DAYS) <= today:
        raise PlanRefusal(
            _("An empty plan has four weeks, and they would be over already. Choose a later day.")
        )
    return {
        "anchor": anchor,
        "anchor_on": anchor_on,
        **first_surgery_days(episode, template_version),
    }


def _add_only_phase(draft: Draft) -> None:
    DraftPhase.objects.create(
        draft=draft,
        position=0,
        code="plan",
        name=_("Your plan"),
        starts_on_day=0,
        days=EMPTY_PLAN_DAYS,
        check_in_days=[2, 7, 14, 21],
    )


def _copy_draft(last: Draft, draft: Draft) -> None:
    """Copy phases and items; a component with a newer approved version comes in that version (``plans.newer``)."""
    approved = {version.component_id: version for version in approved_components(draft.plan.clinic)}
    fields = ("position", "code", "name", "starts_on_day", "days", "starts", "aims", "avoid", "move_on_when")
    more = ("step_back_when", "criteria", "check_in_days")
    items = []
    for source in last.phases.prefetch_related("items__component_version"):
        phase = DraftPhase.objects.create(
            draft=draft, **{name: getattr(source, name) for name in fields + more}
        )
        for item in source.items.all():
            held = item.component_version
            copied = DraftItem(
                phase=phase,
                key=item.key,
                position=item.position,
                component_version=held,
                dose_data=item.dose_data,
                note=item.note,
            )
            newest = approved.get(held.component_id, held)
            if newest.pk != held.pk:
                take_newest(copied, newest)
            items.append(copied)
    DraftItem.objects.bulk_create(items)
