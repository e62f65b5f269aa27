"""Beginning a draft: a new plan from a template or empty, or a revision of what was published."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.library.models import TemplatePhase, TemplateVersion
from careplans.library.selectors import FALLBACK_LANGUAGE, approved_components
from careplans.plans.drafting import record_on_draft
from careplans.plans.lifecycle import ENDED
from careplans.plans.models import Draft, DraftItem, DraftPhase, Plan
from careplans.plans.refusals import PlanRefusal
from careplans.plans.selectors import open_draft
from patients.models import Episode

EMPTY_PLAN_DAYS = 28
PHASE_WORDS = ("name", "aims", "avoid", "move_on_when", "step_back_when")


@transaction.atomic
def start_plan(
    *, episode: Episode, template_version: TemplateVersion | None, by: User, now: datetime
) -> Draft:
    """Begin a plan for an episode from a template, or empty; phases that are already over are left out."""
    episode = (
        Episode.objects.select_for_update(of=("self",)).select_related("patient__clinic").get(pk=episode.pk)
    )
    untouched = _untouched_draft(episode, template_version, by)
    if untouched:
        return untouched
    patient = episode.patient
    today = now.astimezone(patient.clinic.zone).date()
    anchor_on = _anchor(episode, template_version, today)
    texts = template_version.texts if template_version else {}
    words = texts.get(patient.language) or texts.get(FALLBACK_LANGUAGE) or {}
    title = words.get("title") or episode.diagnosis
    plan = Plan.objects.create(
        clinic=patient.clinic, patient=patient, episode=episode, title=title, owner=by, created_at=now
    )
    draft = Draft.objects.create(
        plan=plan,
        template_version=template_version,
        title=title,
        for_patient=words.get("for_patient", ""),
        language=patient.language,
        anchor_on=anchor_on,
        cold_to_heat_day=template_version.cold_to_heat_day if template_version else None,
        clearance_day=template_version.clearance_day if template_version else None,
        opened_at=now,
        opened_by=by,
        changed_at=now,
        changed_by=by,
    )
    if template_version:
        _copy_template(draft, template_version, today)
    else:
        _add_only_phase(draft)
    record_on_draft(
        draft,
        "plan.started",
        by,
        now,
        {"template": template_version.template.code if template_version else ""},
    )
    return draft


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
        **{name: getattr(last, name) for name in ("template_version", "title", "for_patient", "anchor_on")},
        cold_to_heat_day=last.cold_to_heat_day,
        clearance_day=last.clearance_day,
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


def _untouched_draft(episode: Episode, template_version: TemplateVersion | None, by: User) -> Draft | None:
    """The same start sent twice gives one plan: a first draft of this template that its writer has not changed yet."""
    first_drafts = Draft.objects.filter(plan__state=Plan.State.DRAFT, plan__episode=episode, closed_at=None)
    return first_drafts.filter(template_version=template_version, opened_by=by, revision=1).first()


def _retell(draft: Draft) -> None:
    """The patient's language changed: say title, purpose and phases anew where the template knows the language."""
    template_version = draft.template_version
    words = template_version.texts.get(draft.language) if template_version else None
    if not template_version or not words:
        return
    Draft.objects.filter(pk=draft.pk).update(title=words["title"], for_patient=words["for_patient"])
    for source in template_version.phases.all():
        told = source.texts.get(draft.language)
        if told:
            draft.phases.filter(code=source.code).update(**{name: told[name] for name in PHASE_WORDS})


def _anchor(episode: Episode, template_version: TemplateVersion | None, today: date) -> date:
    if template_version is None:
        return today
    anchor_on = episode.anchor_date(template_version.anchor, plan_start=today)
    if anchor_on is None:
        raise PlanRefusal(
            _(
                "“%(template)s” counts from the date of surgery, and this episode has none. Add it, or choose another."
            )
            % {"template": template_version}
        )
    last = max(phase.starts_on_day + phase.days for phase in template_version.phases.all())
    if anchor_on + timedelta(days=last) <= today:
        raise PlanRefusal(
            _(
                "Every phase of “%(template)s” would be over already: it began on %(day)s. Choose another template."
            )
            % {"template": template_version, "day": anchor_on.isoformat()}
        )
    return anchor_on


def _copy_template(draft: Draft, template_version: TemplateVersion, today: date) -> None:
    approved = {version.component_id: version for version in approved_components(draft.plan.clinic)}
    ahead = [
        phase
        for phase in template_version.phases.all()
        if draft.anchor_on + timedelta(days=phase.starts_on_day + phase.days) > today
    ]
    phases, items = [], []
    for position, source in enumerate(ahead):
        phase = DraftPhase(draft=draft, position=position, **_phase_fields(source, draft.language))
        phases.append(phase)
        usable = [item for item in source.items.all() if item.component_id in approved]
        items += [
            DraftItem(
                phase=phase,
                position=item_position,
                component_version=approved[item.component_id],
                dose_data=item.dose,
            )
            for item_position, item in enumerate(usable)
        ]
    DraftPhase.objects.bulk_create(phases)
    DraftItem.objects.bulk_create(items)


def _phase_fields(source: TemplatePhase, language: str) -> dict[str, Any]:
    words = source.texts.get(language) or source.texts[FALLBACK_LANGUAGE]
    return {
        "code": source.code,
        "starts_on_day": source.starts_on_day,
        "days": source.days,
        "starts": source.starts,
        "criteria": source.criteria,
        "check_in_days": source.check_in_days,
        **{name: words[name] for name in PHASE_WORDS},
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
    """Copy phases and items; a component with a newer approved version comes in that version."""
    approved = {version.component_id: version for version in approved_components(draft.plan.clinic)}
    fields = ("position", "code", "name", "starts_on_day", "days", "starts", "aims", "avoid", "move_on_when")
    more = ("step_back_when", "criteria", "check_in_days")
    items = []
    for source in last.phases.prefetch_related("items__component_version"):
        phase = DraftPhase.objects.create(
            draft=draft, **{name: getattr(source, name) for name in fields + more}
        )
        items += [
            DraftItem(
                phase=phase,
                key=item.key,
                position=item.position,
                component_version=approved.get(item.component_version.component_id, item.component_version),
                dose_data=item.dose_data,
                note=item.note,
            )
            for item in source.items.all()
        ]
    DraftItem.objects.bulk_create(items)
