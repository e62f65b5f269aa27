"""The test bench of the safety rules: facts and components that were picked, put together as a plan and assessed. Pure.

No patient is in it and nothing is kept. The plan is assessed by the same code as every real one (``plans.safety``); this
builds the documents, and says of one rule which of its conditions held and which did not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from careplans.library.conditions import Condition, StoppedCondition
from careplans.library.dose import Dose, days_of
from careplans.library.rules import Rule
from careplans.plans.courses import with_courses
from careplans.plans.document import (
    Criteria,
    DocumentClinic,
    DocumentEpisode,
    DocumentItem,
    DocumentPatient,
    DocumentPhase,
    PlanDocument,
)
from careplans.plans.elsewhere import Told
from careplans.plans.holding import (
    Grounds,
    PatientFacts,
    Placed,
    Situation,
    grounds_of,
    grounds_of_stop,
    is_aimed_at,
)
from careplans.plans.safety import Finding, assess, situation_of, targets_of

Place = Literal["now", "taken_out", "elsewhere"]
BENCH = "bench"


@dataclass(frozen=True)
class TriedItem:
    """A component on the bench. ``days`` is how long its part of the plan lasts; a course may be shorter or longer.

    ``place``: in the plan being built; told before and taken out of it now; or in another running plan of the patient.
    """

    key: str
    code: str
    title: str
    category: str
    tags: tuple[str, ...]
    dose: Dose
    begins_on: date
    days: int
    place: Place = "now"


@dataclass(frozen=True)
class Trial:
    """Everything that was picked. ``cold_to_heat_on`` and ``clearance_on`` are the plan's own days, where it has them."""

    today: date
    facts: PatientFacts
    items: tuple[TriedItem, ...]
    cold_to_heat_on: date | None = None
    clearance_on: date | None = None

    def placed(self, place: Place) -> list[TriedItem]:
        return [item for item in self.items if item.place == place]

    @property
    def document(self) -> PlanDocument:
        return _document(self, self.placed("now"))

    @property
    def before(self) -> PlanDocument | None:
        """What the patient was told before; None when nothing was taken out."""
        taken_out = self.placed("taken_out")
        return _document(self, taken_out) if taken_out else None

    @property
    def elsewhere(self) -> tuple[Told, ...]:
        items = self.placed("elsewhere")
        return (Told(_document(self, items), until=None),) if items else ()


@dataclass(frozen=True)
class Held:
    """One condition of the rule under test. ``grounds`` is what it rests on; None where it does not hold."""

    condition: Condition
    grounds: Grounds | None

    @property
    def holds(self) -> bool:
        return self.grounds is not None


@dataclass(frozen=True)
class Verdict:
    """The rule under test on one component. It looks at what is still to be done, or at what was told before and stops."""

    item: TriedItem
    held: tuple[Held, ...]
    is_aimed_at: bool
    is_looked_at: bool

    @property
    def applies(self) -> bool:
        return self.is_looked_at and all(one.holds for one in self.held)


def findings_on(trial: Trial, rules: Sequence[Rule]) -> tuple[Finding, ...]:
    """What a clinician would be told, gravest first."""
    return assess(
        trial.document,
        trial.facts,
        rules,
        trial.today,
        before=trial.before,
        elsewhere=trial.elsewhere,
    )


def verdicts_on(trial: Trial, rule: Rule) -> tuple[Verdict, ...]:
    """For each component whether the rule applies to it, and if not, which condition did not hold."""
    situation = situation_of(trial.document, trial.facts, trial.today, elsewhere=trial.elsewhere)
    before = trial.before
    told = [Placed(item, phase) for phase in before.phases for item in phase.items] if before else []
    held: dict[str, tuple[Held, ...]] = {}
    for targets in targets_of(rule, situation, told):
        for one in targets:
            held[one.item.key] = tuple(
                Held(condition, _grounds(condition, rule, one, targets, situation)) for condition in rule.when
            )
    return tuple(
        Verdict(
            item,
            held.get(item.key, ()),
            is_aimed_at=is_aimed_at(rule, _item(item)),
            is_looked_at=item.key in held,
        )
        for item in trial.items
    )


def _grounds(
    condition: Condition, rule: Rule, target: Placed, targets: Sequence[Placed], situation: Situation
) -> Grounds | None:
    if isinstance(condition, StoppedCondition):
        return grounds_of_stop(condition, rule, targets, situation)
    return grounds_of(condition, target, situation)


def _document(trial: Trial, items: Iterable[TriedItem]) -> PlanDocument:
    """A plan with a phase for each item, as it was published when the first of them began."""
    phases = [_phase(item) for item in sorted(items, key=lambda item: item.begins_on)]
    published_on = min([trial.today, *(phase.starts_on for phase in phases)])
    surgery = max(trial.facts.surgeries, key=lambda one: one.on, default=None)
    return PlanDocument(
        plan_id=BENCH,
        version_number=1,
        title=BENCH,
        for_patient="",
        language="en",
        patient=DocumentPatient(name=BENCH, birth_date=trial.today, record_number=""),
        clinic=DocumentClinic(
            name="", address="", phone="", emergency_number="", country="", brand_colour=""
        ),
        clinician="",
        episode=DocumentEpisode(
            diagnosis="",
            body_region="",
            onset_on=published_on,
            surgery_type=surgery.type if surgery else "",
            surgery_on=surgery.on if surgery else None,
        ),
        anchor_on=surgery.on if surgery else published_on,
        cold_to_heat_on=trial.cold_to_heat_on,
        clearance_on=trial.clearance_on,
        published_on=published_on,
        phases=with_courses(phases, before=None, today=published_on),
        red_flags=(),
        check_ins=(),
    )


def _phase(item: TriedItem) -> DocumentPhase:
    days = max(item.days, days_of(item.dose) or 1)
    return DocumentPhase(
        code=item.key,
        name=item.title,
        starts_on=item.begins_on,
        ends_on=item.begins_on + timedelta(days=days - 1),
        starts="by_date",
        aims=(),
        avoid=(),
        move_on_when=(),
        step_back_when=(),
        criteria=Criteria(),
        items=(_item(item),),
    )


def _item(item: TriedItem) -> DocumentItem:
    return DocumentItem(
        key=item.key,
        component_code=item.code,
        component_version_id=BENCH,
        component_version_number=1,
        category=item.category,
        tags=item.tags,
        title=item.title,
        why="",
        steps=(),
        feel="",
        watch_for="",
        stop_if="",
        text_language="en",
        dose=item.dose,
        dose_in_words=item.dose.in_words(),
        note="",
        picture="",
        grade="",
        effect="",
        effect_text="",
        sources=(),
    )
