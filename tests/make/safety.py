"""Plans and patients for the pure safety assessment, with the rules and components of the starter library."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from careplans.library.dose import parse_dose
from careplans.library.load import STARTER_FOLDER
from careplans.library.rules import Rule
from careplans.library.starter_schema import read_starter
from careplans.plans.after_surgery import Surgery
from careplans.plans.courses import with_courses
from careplans.plans.document import Criteria, DocumentEpisode, DocumentItem, DocumentPhase, PlanDocument
from careplans.plans.holding import PatientFacts
from careplans.plans.safety import Finding, assess

TODAY = date(2026, 3, 2)
STARTER = read_starter(STARTER_FOLDER)
COMPONENTS = {component.code: component for component in STARTER.components}
RULES = tuple(
    Rule(
        code=rule.code,
        components=frozenset(rule.components),
        tags=frozenset(rule.tags),
        when=rule.when,
        severity=rule.severity,
        message=rule.message,
        instead=rule.instead,
        source=rule.source,
    )
    for rule in STARTER.rules
)


def item(code: str, **dose: object) -> DocumentItem:
    component = COMPONENTS[code]
    data = component.dose.model_dump(mode="json") | dose
    return DocumentItem(
        key=f"key-{code}",
        component_code=code,
        component_version_id="v",
        component_version_number=1,
        category=component.category,
        tags=component.tags,
        title=component.texts["en"].title,
        why="", steps=(), feel="", watch_for="", stop_if="", text_language="en",
        dose=parse_dose(data),
        dose_in_words="", note="", picture="", grade="", effect="", effect_text="", sources=(),
    )  # fmt: skip


def phase(*items: DocumentItem, starts: int = 0, days: int = 7) -> DocumentPhase:
    starts_on = TODAY + timedelta(days=starts)
    return DocumentPhase(
        code=f"phase-{starts}", name="Phase", starts_on=starts_on, ends_on=starts_on + timedelta(days=days - 1),
        starts="by_date", aims=(), avoid=(), move_on_when=(), step_back_when=(), criteria=Criteria(), items=items,
    )  # fmt: skip


def document(
    *phases: DocumentPhase,
    cold_to_heat: int | None = None,
    clearance: int | None = None,
    surgery_on: date | None = None,
) -> PlanDocument:
    def day(number: int | None) -> date | None:
        return None if number is None else TODAY + timedelta(days=number)

    # As published when its first phase began, so that what lies behind has been told and counts.
    counted = with_courses(phases, before=None, today=min(one.starts_on for one in phases))
    episode = DocumentEpisode.model_construct(surgery_on=surgery_on)
    return PlanDocument.model_construct(
        phases=counted,
        cold_to_heat_on=day(cold_to_heat),
        clearance_on=day(clearance),
        anchor_on=TODAY,
        episode=episode,
    )


def findings(
    plan: PlanDocument,
    *codes: str,
    age: int = 40,
    allergies: tuple[str, ...] = (),
    surgeries: tuple[Surgery, ...] = (),
    ended: Mapping[str, date] | None = None,
    **more: Any,
) -> tuple[Finding, ...]:
    facts = PatientFacts(frozenset(codes), allergies, age, surgeries, ended or {})
    return assess(plan, facts, RULES, TODAY, **more)


def severities(found: tuple[Finding, ...], component: str) -> set[str]:
    return {finding.severity for finding in found if finding.component_code == component}
