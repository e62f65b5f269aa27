"""A template as the plan of a patient who does not exist: the same document, assessment and handout, and no row of it.

Everything a plan is made of is read from the template as it is written now; what the pretend patient has is typed on the
page and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic
from careplans.core.timeline import Mark, PhaseSpan
from careplans.handouts.render import RenderedPdf, render_document
from careplans.library.dose import parse_dose
from careplans.library.models import ComponentVersion, TemplatePhase, TemplateVersion
from careplans.library.selectors import FALLBACK_LANGUAGE, approved_components, rules_of
from careplans.library.translations import telling_of
from careplans.plans.after_surgery import Surgery
from careplans.plans.assemble import document_of
from careplans.plans.content import Content, ItemContent, PhaseContent
from careplans.plans.dates import anchor_date, first_surgery_days
from careplans.plans.document import DocumentEpisode, DocumentPatient, PlanDocument
from careplans.plans.holding import PatientFacts
from careplans.plans.phases import PHASE_WORDS, phases_ahead, usable_items
from careplans.plans.refusals import PlanRefusal
from careplans.plans.safety import Finding, assess
from careplans.workshop.template_page import component_names
from patients.models import Episode

PLAN_ID = "pretend"
RECORD_NUMBER = "PRETEND"


@dataclass(frozen=True)
class PretendPatient:
    """What is made up. ``surgery_type`` and ``operated_days_ago`` go together."""

    language: str
    age: int
    began_days_ago: int
    surgery_type: str = ""
    operated_days_ago: int = 0
    facts: frozenset[str] = frozenset()
    allergies: tuple[str, ...] = field(default_factory=tuple)

    def surgery_on(self, today: date) -> date | None:
        return today - timedelta(days=self.operated_days_ago) if self.surgery_type else None


@dataclass(frozen=True)
class FindingLine:
    """What the finding card reads."""

    severity: str
    subject: str
    message: str
    instead: str
    source: str


@dataclass(frozen=True)
class PretendPlan:
    document: PlanDocument
    findings: tuple[FindingLine, ...]
    spans: tuple[PhaseSpan, ...]
    marks: tuple[Mark, ...]
    # Over already, and without an approved version: as when a real plan is started.
    phases_left_out: tuple[str, ...]
    components_left_out: tuple[str, ...]


def pretend_plan(
    version: TemplateVersion, patient: PretendPatient, *, clinic: Clinic, clinician: str, today: date
) -> PretendPlan:
    """The plan this template would give such a patient today, with what the clinic's rules find.

    ``version`` comes ``with_parts``. Raises ``PlanRefusal`` where no plan could be started. Writes nothing.
    """
    episode = _episode(version, patient, today)
    anchor_on = anchor_date(episode, version.anchor, chosen_on=None, today=today)
    ahead = phases_ahead(version, anchor_on=anchor_on, today=today)
    if not ahead:
        raise PlanRefusal(_("Every phase would be over already. Choose a later beginning."))
    approved, days = _approved(version, clinic), first_surgery_days(episode, version)
    telling = telling_of(clinic, patient.language)
    spoken = telling.spoken(version)
    spoken = spoken if spoken in version.texts else FALLBACK_LANGUAGE
    words = version.texts.get(spoken, {})
    content = Content(
        plan_id=PLAN_ID,
        clinic=clinic,
        clinician=clinician,
        patient=_document_patient(patient, today),
        episode=_document_episode(episode),
        language=patient.language,
        text_language="" if spoken == patient.language else spoken,
        title=words.get("title") or str(version),
        for_patient=words.get("for_patient", ""),
        anchor_on=anchor_on,
        phases=tuple(_phase(phase, spoken, approved) for phase in ahead),
        telling=telling,
        cold_to_heat_day=days["cold_to_heat_day"],
        clearance_day=days["clearance_day"],
    )
    document = document_of(content, today=today)
    found = assess(document, _facts(patient, today), rules_of(clinic), today)
    return PretendPlan(
        document=document,
        findings=tuple(_finding_line(one) for one in found),
        spans=tuple(PhaseSpan(one.name, one.starts_on, one.ends_on) for one in document.phases),
        marks=tuple(Mark(one.due_on, "due", _("Check-in")) for one in document.check_ins),
        phases_left_out=_phases_left_out(version, ahead),
        components_left_out=_components_left_out(ahead, approved),
    )


def pretend_pdf(document: PlanDocument, clinic: Clinic) -> RenderedPdf:
    """As it would print, marked as a draft. Raises ``RenderingFailed``."""
    return render_document(document, link=f"{settings.SITE_URL}/", is_draft=True, clinic_id=clinic.pk)


def _episode(version: TemplateVersion, patient: PretendPatient, today: date) -> Episode:
    """Not saved: the rules on dates ask an episode."""
    return Episode(
        diagnosis=_("Pretend: no real person"),
        body_region=version.body_region,
        onset_on=today - timedelta(days=patient.began_days_ago),
        surgery_type=patient.surgery_type,
        surgery_on=patient.surgery_on(today),
    )


def _document_patient(patient: PretendPatient, today: date) -> DocumentPatient:
    """Born on the first of January, so that the age is right on every day of the year."""
    born = date(today.year - patient.age, 1, 1)
    return DocumentPatient(
        name=_("Pretend Patient (no real person)"), birth_date=born, record_number=RECORD_NUMBER
    )


def _document_episode(episode: Episode) -> DocumentEpisode:
    return DocumentEpisode(
        diagnosis=episode.diagnosis,
        body_region=episode.body_region,
        onset_on=episode.onset_on,
        surgery_type=episode.surgery_type,
        surgery_on=episode.surgery_on,
    )


def _facts(patient: PretendPatient, today: date) -> PatientFacts:
    on = patient.surgery_on(today)
    surgeries = (Surgery(patient.surgery_type, on),) if on else ()
    return PatientFacts(patient.facts, patient.allergies, patient.age, surgeries)


def _finding_line(one: Finding) -> FindingLine:
    return FindingLine(one.severity, one.item_title, one.message, one.instead, one.source)


def _approved(version: TemplateVersion, clinic: Clinic) -> dict[Any, ComponentVersion]:
    held = {item.component_id for phase in version.phases.all() for item in phase.items.all()}
    return {one.component_id: one for one in approved_components(clinic).filter(component__in=held)}


def _phase(phase: TemplatePhase, language: str, approved: Mapping[Any, ComponentVersion]) -> PhaseContent:
    words = phase.texts.get(language) or phase.texts.get(FALLBACK_LANGUAGE, {})
    return PhaseContent(
        code=phase.code,
        starts_on_day=phase.starts_on_day,
        days=phase.days,
        starts=phase.starts,
        criteria=phase.criteria,
        check_in_days=phase.check_in_days,
        # A draft may lack what an approved version has.
        words={name: words.get(name, phase.code if name == "name" else ()) for name in PHASE_WORDS},
        items=tuple(
            ItemContent(str(item.pk), component_version, parse_dose(item.dose))
            for item, component_version in usable_items(phase, approved)
        ),
    )


def _phases_left_out(version: TemplateVersion, ahead: tuple[TemplatePhase, ...]) -> tuple[str, ...]:
    kept = {phase.pk for phase in ahead}
    return tuple(
        phase.texts.get(FALLBACK_LANGUAGE, {}).get("name", phase.code)
        for phase in version.phases.all()
        if phase.pk not in kept
    )


def _components_left_out(
    ahead: tuple[TemplatePhase, ...], approved: Mapping[Any, ComponentVersion]
) -> tuple[str, ...]:
    gone = {
        item.component for phase in ahead for item in phase.items.all() if item.component_id not in approved
    }
    if not gone:
        return ()
    names = component_names(component.pk for component in gone)
    return tuple(sorted(names[one.pk].title if one.pk in names else one.code for one in gone))
