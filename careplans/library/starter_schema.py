"""The starter library's files: their shape, and reading a folder of them with every cross reference checked.

Pure: reads files and nothing else. Whoever loads the content into the database works from ``Starter`` and can rely
on it: every source and component that is named exists, phases follow one another without a gap, and every language
text is complete.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

import yaml
from django.utils.translation import gettext as _
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from careplans.library.conditions import Condition, TogetherCondition
from careplans.library.dose import Dose, days_of
from careplans.library.markdown import is_struck

Category = Literal[
    "exercise",
    "heat_cold",
    "mind_body",
    "hands_on",
    "adjunct",
    "ergonomics",
    "nutrition",
    "medicine",
    "procedure",
]
BodyRegion = Literal["low_back", "upper_back", "neck", "hip_leg", "whole_body"]
Grade = Literal["high", "moderate", "low", "very_low", "not_graded"]
# "gain": the source reports that a trial found one, and not how large; a mere claim is "not_stated".
Effect = Literal[
    "large_gain", "moderate_gain", "small_gain", "gain", "no_benefit_shown", "disputed", "not_stated"
]
Severity = Literal["stop", "caution", "inform"]
# What a safety rule may ask for. A component carries every tag that is true of it.
Tag = Literal[
    "exercise", "loaded_bending", "twisting", "heavy_lifting", "end_range_extension", "stretching",
    "strengthening", "walking", "breathing", "relaxation", "sleep", "posture", "lifting_technique",
    "heat", "cold", "manipulation", "massage", "deep_massage", "needle", "injection", "tens", "ultrasound",
    "traction", "lumbar_support", "sedating", "relaxant", "benzodiazepine", "opioid", "nsaid", "paracetamol",
    "gabapentinoid", "baclofen", "magnesium", "potassium", "supplement", "hydration", "latex", "adhesive",
]  # fmt: skip

# Far more than any file of ours has.
DEEPEST = 30

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$", max_length=60)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]


def _nothing_struck(text: str) -> str:
    """Paper shows no crossing out, and words without it would say the opposite."""
    if is_struck(text):
        raise PydanticCustomError(
            "struck",
            "{said}",
            {"said": _("words are struck through, and no handout prints that: take them out")},
        )
    return text


# What a handout prints, and what clinicians read as it does.
Printed = Annotated[Text, AfterValidator(_nothing_struck)]
PrintedOrNothing = Annotated[str, AfterValidator(_nothing_struck)]
PrintedLines = Annotated[tuple[Printed, ...], Field(min_length=1)]
Cautions = tuple[Printed, ...]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")]
Months = Annotated[int, Field(ge=1, le=120)]
Day = Annotated[int, Field(ge=0, le=3650)]


class StarterError(Exception):
    """A file of the starter library cannot be used; the message names the file, the field and what is wrong."""


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceFile(Part):
    code: Code
    title: Text
    publisher: Text
    published_on: date | None
    covers: Text


class SourceSays(Part):
    source: Code
    says: Text


class ComponentText(Part):
    title: Printed
    why: Printed
    steps: PrintedLines
    feel: Printed
    watch_for: Printed
    stop_if: Printed


class ComponentFile(Part):
    code: Code
    category: Category
    body_regions: Annotated[tuple[BodyRegion, ...], Field(min_length=1)]
    tags: tuple[Tag, ...]
    equipment: tuple[Text, ...]
    dose: Dose
    grade: Grade
    effect: Effect
    effect_text: Text
    clinician_text: Printed
    cautions: Cautions
    picture: str
    sources: Annotated[tuple[SourceSays, ...], Field(min_length=1)]
    review_months: Months
    texts: dict[Language, ComponentText]


class Criteria(Part):
    """What must hold to propose the next phase; what is left out is not asked."""

    pain_at_most: Annotated[int, Field(ge=0, le=10)] | None = None
    adherence_at_least: Annotated[int, Field(ge=0, le=100)] | None = None
    days_at_least: Day | None = None
    clinician_confirms: bool = False


class PhaseText(Part):
    name: Printed
    aims: PrintedLines
    avoid: PrintedLines
    move_on_when: PrintedLines
    step_back_when: PrintedLines


class ItemFile(Part):
    """A component in a phase; without a dose it takes the component's default."""

    component: Code
    dose: Dose | None = None
    why: str = ""


class PhaseFile(Part):
    code: Code
    starts_on_day: Day
    days: Annotated[int, Field(ge=1, le=3650)]
    starts: Literal["by_date", "by_decision"]
    checkin_days: tuple[Day, ...]
    criteria: Criteria
    texts: dict[Language, PhaseText]
    items: Annotated[tuple[ItemFile, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _checkins_fall_in_order_inside_the_phase(self) -> PhaseFile:
        if any(day >= self.days for day in self.checkin_days):
            raise ValueError(f"checkin_days must be inside the phase: 0 to {self.days - 1}")
        if list(self.checkin_days) != sorted(set(self.checkin_days)):
            raise ValueError("checkin_days must rise, each day once")
        return self


class TemplateText(Part):
    title: Printed
    summary: Printed
    for_patient: Printed


class TemplateFile(Part):
    code: Code
    body_region: BodyRegion
    anchor: Literal["onset", "surgery", "plan_start"]
    cold_to_heat_day: Day | None
    clearance_day: Day | None
    sources: Annotated[tuple[SourceSays, ...], Field(min_length=1)]
    review_months: Months
    texts: dict[Language, TemplateText]
    phases: Annotated[tuple[PhaseFile, ...], Field(min_length=1)]


class RuleFile(Part):
    code: Code
    components: tuple[Code, ...]
    tags: tuple[Tag, ...]
    when: Annotated[tuple[Condition, ...], Field(min_length=1)]
    severity: Severity
    message: Text
    instead: Text
    source: Code

    @model_validator(mode="after")
    def _has_a_target(self) -> RuleFile:
        if not self.components and not self.tags:
            raise ValueError("components and tags are both empty: the rule would never apply")
        return self


class RedFlagText(Part):
    question: Printed
    sign: Printed
    what_to_do: Printed


class RedFlagFile(Part):
    code: Code
    asked: Literal["always", "after_surgery"]
    urgency: Literal["emergency", "call_today"]
    clinician_label: Text
    source: Code
    texts: dict[Language, RedFlagText]


@dataclass(frozen=True)
class Starter:
    """The whole starter library, checked; each tuple in the order of its file or of the file names."""

    sources: tuple[SourceFile, ...]
    components: tuple[ComponentFile, ...]
    templates: tuple[TemplateFile, ...]
    rules: tuple[RuleFile, ...]
    red_flags: tuple[RedFlagFile, ...]


def read_starter(folder: Path) -> Starter:
    """Read and check every file of the library in ``folder``; raises ``StarterError`` naming all that is wrong."""
    starter = Starter(
        sources=_read_list(folder / "sources.yaml", SourceFile),
        components=_read_folder(folder / "components", ComponentFile),
        templates=_read_folder(folder / "templates", TemplateFile),
        rules=_read_list(folder / "rules.yaml", RuleFile),
        red_flags=read_red_flags(folder),
    )
    problems = [*_component_problems(starter), *_template_problems(starter), *_rule_problems(starter)]
    if problems:
        raise StarterError("\n".join(problems))
    return starter


def read_red_flags(folder: Path) -> tuple[RedFlagFile, ...]:
    """The red flags alone, each checked in itself."""
    return _read_list(folder / "red_flags.yaml", RedFlagFile)


class _Loader(yaml.CSafeLoader):
    """Plain YAML that refuses a key written twice: the second would silently replace the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _value in node.value if isinstance(key, yaml.ScalarNode)]
        twice = [key for key, count in Counter(keys).items() if count > 1]
        if twice:
            raise yaml.constructor.ConstructorError(
                problem=f"{twice[0]} stands twice", problem_mark=node.start_mark
            )
        return super().construct_mapping(node, deep)


def plain_yaml(text: str) -> Any:
    """The data in ``text``; raises ``StarterError``. For files from elsewhere too: nothing in it may stand for another
    part, because a few lines that name one another can unfold to more than any memory holds."""
    try:
        _refuse_deceit(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506  # a safe loader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise StarterError(f"is not valid YAML: {error}") from error


def _refuse_deceit(text: str) -> None:
    """Before anything is built: no aliases, and no nesting that only a machine would write."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise StarterError("one part stands for another (an alias): write it out")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise StarterError("is nested too deeply")


_Model = TypeVar("_Model", SourceFile, ComponentFile, TemplateFile, RuleFile, RedFlagFile)


def _load(path: Path, name: str) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  # a safe loader  # noqa: S506 (it is a SafeLoader)
    except OSError as error:
        raise StarterError(f"{name}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise StarterError(f"{name}: is not valid YAML: {error}") from error


def _read_list(path: Path, model: type[_Model]) -> tuple[_Model, ...]:
    data = _load(path, path.name)
    if not isinstance(data, list) or not data:
        raise StarterError(f"{path.name}: must be a list with at least one entry")
    read = []
    for number, entry in enumerate(data, start=1):
        code = entry.get("code", "no code") if isinstance(entry, dict) else "not a mapping"
        read.append(_validated(entry, model, where=f"{path.name}: entry {number} ({code})"))
    _refuse(f"{path.name}: code: {code} stands twice" for code in _twice(one.code for one in read))
    return tuple(read)


def _read_folder(folder: Path, model: type[_Model]) -> tuple[_Model, ...]:
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise StarterError(f"{folder.name}/: holds no YAML file")
    read = []
    for path in paths:
        name = f"{folder.name}/{path.name}"
        one = _validated(_load(path, name), model, where=name)
        # One file, one code: with this, no code can stand twice.
        if one.code != path.stem:
            raise StarterError(f"{name}: code: is {one.code}, but the file name says {path.stem}")
        read.append(one)
    return tuple(read)


def _validated(data: Any, model: type[_Model], *, where: str) -> _Model:
    try:
        read = model.model_validate(data)
    except ValidationError as error:
        _refuse(
            f"{where}: {'.'.join(str(part) for part in one['loc']) or 'the whole entry'}: {one['msg']}"
            for one in error.errors()
        )
        raise
    _refuse(f"{where}: texts: English (en) is missing" for _path in _without_english(read))
    return read


def _without_english(read: BaseModel) -> Iterator[str]:
    parts = [read, *(read.phases if isinstance(read, TemplateFile) else ())]
    for part in parts:
        texts = getattr(part, "texts", None)
        if texts is not None and "en" not in texts:
            yield part.__class__.__name__


def _refuse(problems: Iterable[str]) -> None:
    found = list(problems)
    if found:
        raise StarterError("\n".join(found))


def _twice(codes: Iterable[str]) -> list[str]:
    return [code for code, count in Counter(codes).items() if count > 1]


def _component_problems(starter: Starter) -> Iterator[str]:
    sources = {source.code for source in starter.sources}
    for component in starter.components:
        for cited in component.sources:
            if cited.source not in sources:
                yield f"components/{component.code}.yaml: sources: {cited.source} is not in sources.yaml"


def _template_problems(starter: Starter) -> Iterator[str]:
    sources = {source.code for source in starter.sources}
    components = {component.code: component for component in starter.components}
    for template in starter.templates:
        name = f"templates/{template.code}.yaml"
        for cited in template.sources:
            if cited.source not in sources:
                yield f"{name}: sources: {cited.source} is not in sources.yaml"
        for code in _twice(phase.code for phase in template.phases):
            yield f"{name}: phases: {code} stands twice"
        for before, after in zip(template.phases, template.phases[1:], strict=False):
            ends = before.starts_on_day + before.days
            if after.starts_on_day != ends:
                yield (
                    f"{name}: phases.{after.code}.starts_on_day: is {after.starts_on_day}, "
                    f"but {before.code} ends so that it must be {ends}"
                )
        for phase in template.phases:
            yield from _item_problems(phase, components, where=f"{name}: phases.{phase.code}.items")


def _item_problems(phase: PhaseFile, components: dict[str, ComponentFile], *, where: str) -> Iterator[str]:
    for code in _twice(item.component for item in phase.items):
        yield f"{where}: {code} stands twice"
    for item in phase.items:
        component = components.get(item.component)
        if component is None:
            yield f"{where}: {item.component} is not in components/"
            continue
        days = days_of(item.dose or component.dose)
        if days is not None and days > phase.days:
            yield f"{where}: {item.component}: is for {days} days, but the phase has {phase.days}"
        if item.dose is not None and item.dose.kind != component.dose.kind:
            yield f"{where}: {item.component}: dose is {item.dose.kind}, the component's is {component.dose.kind}"


def _rule_problems(starter: Starter) -> Iterator[str]:
    sources = {source.code for source in starter.sources}
    components = {component.code for component in starter.components}
    for rule in starter.rules:
        where = f"rules.yaml: {rule.code}"
        together = [condition for condition in rule.when if isinstance(condition, TogetherCondition)]
        named = {*rule.components, *(code for condition in together for code in condition.components)}
        for code in sorted(named - components):
            yield f"{where}: components: {code} is not in components/"
        for tag in sorted({tag for condition in together for tag in condition.tags} - set(get_args(Tag))):
            yield f"{where}: when.together.tags: {tag} is no tag"
        if rule.source not in sources:
            yield f"{where}: source: {rule.source} is not in sources.yaml"
    for flag in starter.red_flags:
        if flag.source not in sources:
            yield f"red_flags.yaml: {flag.code}: source: {flag.source} is not in sources.yaml"
