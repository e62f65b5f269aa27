"""From draft rows, or other content, to the plan document: what is assessed, previewed and frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic
from careplans.library.dose import MedicineDose, ThermalDose
from careplans.library.models import RedFlag, TemplateVersion
from careplans.library.own_pictures import own_code
from careplans.library.selectors import FALLBACK_LANGUAGE, red_flags_of, source_titles, wording_in
from careplans.library.translations import Telling, telling_of
from careplans.plans.asked import asked_places
from careplans.plans.changes import changes_between
from careplans.plans.content import Content, ItemContent, PhaseContent
from careplans.plans.courses import goes_on_in, never_stopped_suddenly, taken_before, with_courses
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
from careplans.plans.models import Draft, DraftPhase, Plan
from careplans.plans.selectors import latest_version, phases_with_items

PHASE_WORDS = ("name", "aims", "avoid", "move_on_when", "step_back_when")
ONLY_PHASE = "plan"


def draft_document(draft: Draft, *, today: date, telling: Telling | None = None) -> PlanDocument:
    """The document this draft would publish today: what the builder assesses and previews, and publishing freezes.

    In the language the patient has now, whatever it was when the draft was begun.
    """
    return document_of(draft_content(draft, telling), today=today)


def document_of(content: Content, *, today: date) -> PlanDocument:
    """The document of any content, as it would be published today. Reads the clinic's sources and red flags alone."""
    previous = content.before
    with translation.override(content.language):
        phases = with_courses(_document_phases(content), before=previous, today=today)
        phases = tuple(
            phase.model_copy(update={"items": tuple(_said_with_its_days(item) for item in phase.items)})
            for phase in phases
        )
        document = PlanDocument(
            plan_id=content.plan_id,
            version_number=content.version_number,
            title=content.title,
            for_patient=content.for_patient,
            language=content.language,
            text_language=content.text_language,
            patient=content.patient,
            clinic=_document_clinic(content.clinic),
            clinician=content.clinician,
            episode=content.episode,
            anchor_on=content.anchor_on,
            cold_to_heat_on=content.after_surgery(content.cold_to_heat_day),
            clearance_on=content.after_surgery(content.clearance_day),
            published_on=today,
            phases=phases,
            red_flags=_document_red_flags(content),
            check_ins=(),
        )
        changed: dict[str, Any] = {"taken": taken_before(previous, document)}
        document = document.model_copy(update={"check_ins": _check_ins(content, document, today)})
        if previous:
            changed["changes"] = changes_between(previous, document)
    return document.model_copy(update=changed)


def draft_content(draft: Draft, telling: Telling | None = None) -> Content:
    """What the rows of a draft say, in the language the patient has now."""
    plan = draft.plan
    latest = latest_version(plan)
    telling = telling or telling_of(plan.clinic, plan.patient.language)
    words = _words_of(draft, telling)
    with translation.override(words.language):
        phases = tuple(_phase_content(draft, phase, words) for phase in phases_with_items(draft))
    return Content(
        plan_id=str(plan.pk),
        clinic=plan.clinic,
        clinician=plan.owner.name,
        patient=_document_patient(plan),
        episode=_document_episode(plan),
        language=words.language,
        text_language=words.text_language,
        title=words.title,
        for_patient=words.for_patient,
        anchor_on=draft.anchor_on,
        cold_to_heat_day=draft.cold_to_heat_day,
        clearance_day=draft.clearance_day,
        phases=phases,
        version_number=latest.number + 1 if latest else 1,
        before=latest.document if latest else None,
        asked=asked_places(draft),
        telling=telling,
    )


@dataclass(frozen=True)
class _Words:
    """Title, purpose and phases as this patient reads them. ``phases``: code → words; empty: as the draft has them."""

    language: str
    text_language: str
    title: str
    for_patient: str
    phases: dict[str, dict[str, Any]]


def _words_of(draft: Draft, telling: Telling) -> _Words:
    """The draft's own words; or the template's, when the patient's language or what the clinic uses of it changed."""
    language, template = draft.plan.patient.language, draft.template_version
    if template is None:
        return _Words(language, "", draft.title, draft.for_patient, {})
    spoken = telling.spoken(template)
    spoken = spoken if spoken in template.texts else FALLBACK_LANGUAGE
    said_in = "" if spoken == language else spoken
    if spoken not in template.texts or _has_words_in(draft, template, spoken):
        return _Words(language, said_in, draft.title, draft.for_patient, {})
    told = template.texts[spoken]
    phases = {
        phase.code: phase.texts.get(spoken) or phase.texts[FALLBACK_LANGUAGE]
        for phase in template.phases.all()
    }
    return _Words(language, said_in, told["title"], told["for_patient"], phases)


def _has_words_in(draft: Draft, template: TemplateVersion, spoken: str) -> bool:
    """Whether the draft's rows are in that language already; known by the template's words in each."""

    def says(code: str) -> bool:
        told = template.texts[code]
        return bool((draft.title, draft.for_patient) == (told["title"], told["for_patient"]))

    if says(spoken):
        return True
    return draft.language == spoken and not any(says(code) for code in template.texts)


def _document_patient(plan: Plan) -> DocumentPatient:
    patient = plan.patient
    return DocumentPatient(
        name=patient.full_name, birth_date=patient.birth_date, record_number=patient.record_number
    )


def _document_clinic(clinic: Clinic) -> DocumentClinic:
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


def _document_phases(content: Content) -> tuple[DocumentPhase, ...]:
    titles = source_titles(content.clinic)
    telling = content.telling or telling_of(content.clinic, content.language)
    return tuple(
        DocumentPhase(
            code=phase.code,
            starts_on=content.starts_on(phase),
            ends_on=content.starts_on(phase) + timedelta(days=phase.days - 1),
            starts=phase.starts,
            criteria=Criteria(**phase.criteria),
            items=tuple(_document_item(item, telling, titles) for item in phase.items),
            text_language=content.text_language,
            **{name: _frozen(phase.words[name]) for name in PHASE_WORDS},
        )
        for phase in content.phases
    )


def _frozen(words: Any) -> Any:
    return words if isinstance(words, str) else tuple(words)


def _phase_content(draft: Draft, phase: DraftPhase, words: _Words) -> PhaseContent:
    return PhaseContent(
        code=phase.code,
        starts_on_day=phase.starts_on_day,
        days=phase.days,
        starts=phase.starts,
        criteria=phase.criteria,
        check_in_days=phase.check_in_days,
        words=_phase_words(draft, phase, words),
        items=tuple(
            ItemContent(str(item.key), item.component_version, item.dose, item.note)
            for item in phase.items.all()
        ),
    )


def _phase_words(draft: Draft, phase: DraftPhase, words: _Words) -> dict[str, Any]:
    told = words.phases.get(phase.code, {})
    said = {name: told.get(name, getattr(phase, name)) for name in PHASE_WORDS}
    if draft.template_version_id is None and phase.code == ONLY_PHASE:
        # The only phase of an empty plan was named in the clinician's language.
        said["name"] = _("Your plan")
    return said


def _document_item(item: ItemContent, telling: Telling, titles: dict[str, str]) -> DocumentItem:
    version = item.component_version
    wording = wording_in(version, telling.spoken(version))
    text, dose = wording.text, item.dose
    return DocumentItem(
        key=item.key,
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
        # The clinic's own stands in for the drawn one.
        picture=own_code(version.own_picture_id) if version.own_picture_id else version.picture,
        grade=version.grade,
        effect=version.effect,
        effect_text=version.effect_text,
        sources=tuple(
            SourceSays(code=source["source"], title=titles.get(source["source"], ""), says=source["says"])
            for source in version.sources
        ),
    )


def _said_with_its_days(item: DocumentItem) -> DocumentItem:
    """Heat that ends with its phase says for how many days it is really done; a medicine that nobody may stop
    suddenly says none."""
    match item.dose:
        case ThermalDose() if item.course is not None:
            words = item.dose.model_copy(update={"for_days": item.course.days}).in_words()
        case MedicineDose() if never_stopped_suddenly(item):
            words = item.dose.without_its_days()
        case _:
            return item
    return item.model_copy(update={"dose_in_words": words})


def _document_red_flags(content: Content) -> tuple[DocumentRedFlag, ...]:
    flags = red_flags_of(content.clinic, after_surgery=content.episode.surgery_on is not None)
    return tuple(_document_red_flag(flag, content.language) for flag in flags)


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


def _check_ins(content: Content, document: PlanDocument, today: date) -> tuple[DocumentCheckIn, ...]:
    """Days after ``today`` on which the patient is asked: those of each phase, and the last day of each course.

    One a day, and none on the day of publishing: the patient is being spoken to. Where the next phase goes on with
    the same medicine the patient is asked as on any other day: nothing ends. What was asked already is not asked
    again because day 0 moved.
    """
    kinds = {
        content.starts_on(phase) + timedelta(days=day): "scheduled"
        for phase in content.phases
        for day in phase.check_in_days
        if (phase.code, day) not in content.asked
    }
    medicines = [item for item in document.items if item.course and isinstance(item.dose, MedicineDose)]
    for item in sorted(medicines, key=lambda item: goes_on_in(document, item) is None):
        if item.course:
            kinds[item.course.ends_on] = "scheduled" if goes_on_in(document, item) else "course_end"
    return tuple(DocumentCheckIn(due_on=day, kind=kind) for day, kind in sorted(kinds.items()) if day > today)
