"""From draft rows to the plan document: what the builder assesses and previews, and publishing freezes."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import translation

from careplans.library.dose import MedicineDose
from careplans.library.models import RedFlag
from careplans.library.selectors import FALLBACK_LANGUAGE, red_flags_of, source_titles, wording_in
from careplans.plans.changes import changes_between
from careplans.plans.document import (
    Criteria,
    DocumentCheckIn,
    DocumentClinic,
    DocumentEpisode,
    DocumentItem,
    DocumentPatient,
    DocumentPhase,
    DocumentRedFlag,
    PlanDocument,
    SourceSays,
)
from careplans.plans.models import Draft, DraftItem, DraftPhase, Plan
from careplans.plans.selectors import latest_version, phases_with_items


def draft_document(draft: Draft, *, today: date) -> PlanDocument:
    """The document this draft would publish today: what the builder assesses and previews, and publishing freezes."""
    plan = draft.plan
    previous = latest_version(plan)
    with translation.override(draft.language):
        phases = _document_phases(draft)
        document = PlanDocument(
            plan_id=str(plan.pk),
            version_number=previous.number + 1 if previous else 1,
            title=draft.title,
            for_patient=draft.for_patient,
            language=draft.language,
            patient=_document_patient(plan),
            clinic=_document_clinic(plan),
            clinician=plan.owner.name,
            episode=_document_episode(plan),
            anchor_on=draft.anchor_on,
            cold_to_heat_on=_day(draft, draft.cold_to_heat_day),
            clearance_on=_day(draft, draft.clearance_day),
            published_on=today,
            phases=phases,
            red_flags=_document_red_flags(draft),
            check_ins=_check_ins(draft, phases, today),
        )
        changes = changes_between(previous.document, document) if previous else ()
    return document.model_copy(update={"changes": changes})


def _day(draft: Draft, day: int | None) -> date | None:
    return None if day is None else draft.anchor_on + timedelta(days=day)


def _document_patient(plan: Plan) -> DocumentPatient:
    patient = plan.patient
    return DocumentPatient(
        name=patient.full_name, birth_date=patient.birth_date, record_number=patient.record_number
    )


def _document_clinic(plan: Plan) -> DocumentClinic:
    clinic = plan.clinic
    return DocumentClinic(
        name=clinic.name,
        address=clinic.address,
        phone=clinic.phone,
        emergency_number=clinic.emergency_number,
        country=clinic.country,
        brand_colour=clinic.brand_colour,
    )


def _document_episode(plan: Plan) -> DocumentEpisode:
    episode = plan.episode
    return DocumentEpisode(
        diagnosis=episode.diagnosis,
        body_region=episode.body_region,
        onset_on=episode.onset_on,
        surgery_type=episode.surgery_type,
        surgery_on=episode.surgery_on,
    )


def _document_phases(draft: Draft) -> tuple[DocumentPhase, ...]:
    titles = source_titles(draft.plan.clinic)
    return tuple(
        DocumentPhase(
            code=phase.code,
            name=phase.name,
            starts_on=_starts_on(draft, phase),
            ends_on=_starts_on(draft, phase) + timedelta(days=phase.days - 1),
            starts=phase.starts,
            aims=tuple(phase.aims),
            avoid=tuple(phase.avoid),
            move_on_when=tuple(phase.move_on_when),
            step_back_when=tuple(phase.step_back_when),
            criteria=Criteria(**phase.criteria),
            items=tuple(_document_item(item, draft.language, titles) for item in phase.items.all()),
        )
        for phase in phases_with_items(draft)
    )


def _starts_on(draft: Draft, phase: DraftPhase) -> date:
    return draft.anchor_on + timedelta(days=phase.starts_on_day)


def _document_item(item: DraftItem, language: str, titles: dict[str, str]) -> DocumentItem:
    version = item.component_version
    wording = wording_in(version, language)
    text, dose = wording.text, item.dose
    return DocumentItem(
        key=str(item.key),
        component_code=version.component.code,
        component_version_id=str(version.pk),
        component_version_number=version.number,
        category=version.component.category,
        tags=tuple(version.tags),
        title=text.title,
        why=text.why,
        steps=tuple(text.steps),
        feel=text.feel,
        watch_for=text.watch_for,
        stop_if=text.stop_if,
        text_language=wording.language,
        dose=dose,
        dose_in_words=dose.in_words(),
        note=item.note,
        picture=version.picture,
        grade=version.grade,
        effect=version.effect,
        effect_text=version.effect_text,
        sources=tuple(
            SourceSays(code=source["source"], title=titles.get(source["source"], ""), says=source["says"])
            for source in version.sources
        ),
    )


def _document_red_flags(draft: Draft) -> tuple[DocumentRedFlag, ...]:
    episode = draft.plan.episode
    flags = red_flags_of(draft.plan.clinic, after_surgery=episode.surgery_on is not None)
    return tuple(_document_red_flag(flag, draft.language) for flag in flags)


def _document_red_flag(flag: RedFlag, language: str) -> DocumentRedFlag:
    spoken = language if language in flag.texts else FALLBACK_LANGUAGE
    words = flag.texts[spoken]
    return DocumentRedFlag(
        text_language=spoken,
        code=flag.code,
        urgency=flag.urgency,
        clinician_label=flag.clinician_label,
        **words,
    )


def _check_ins(draft: Draft, phases: tuple[DocumentPhase, ...], today: date) -> tuple[DocumentCheckIn, ...]:
    """Days after ``today`` on which the patient is asked: those of each phase, and the last day of each course.

    One a day, and none on the day of publishing: the patient is being spoken to.
    """
    kinds = {
        _starts_on(draft, phase) + timedelta(days=day): "scheduled"
        for phase in draft.phases.all()
        for day in phase.check_in_days
    }
    for phase in phases:
        for item in phase.items:
            if isinstance(item.dose, MedicineDose):
                kinds[phase.starts_on + timedelta(days=item.dose.course_days - 1)] = "course_end"
    return tuple(DocumentCheckIn(due_on=day, kind=kind) for day, kind in sorted(kinds.items()) if day > today)
