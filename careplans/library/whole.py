"""Whether a version says all that pages, plans and handouts read of it. Review and the workshop's forms ask the same.

As strict as the starter files, except for what the workshop lets a clinic leave out of a component's text.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Any, get_args

from django.db.models import Case, IntegerField, When
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from careplans.library import starter_schema as schema
from careplans.library.conditions import Condition
from careplans.library.dose import days_of, dose_adapter, parse_dose
from careplans.library.known_facts import unknown_facts
from careplans.library.models import (
    Component,
    ComponentText,
    ComponentVersion,
    RedFlag,
    ReviewedContent,
    ReviewState,
    SafetyRule,
    Source,
    TemplateItem,
    TemplatePhase,
    TemplateVersion,
)

ENGLISH = "en"
IS_MISSING = frozenset({"missing", "string_too_short", "too_short", "english_missing"})
TAGS = frozenset(get_args(schema.Tag))
Path = tuple[str, ...]
# What a component may leave out, but no translation of it may when the English says it.
LEFT_OUT_TOGETHER = {
    "feel": gettext_lazy("How it should feel"),
    "watch_for": gettext_lazy("Watch for"),
    "stop_if": gettext_lazy("When to stop"),
}


class ComponentWords(schema.ComponentText):
    """A clinic may leave these three out."""

    feel: schema.PrintedOrNothing = ""
    watch_for: schema.PrintedOrNothing = ""
    stop_if: schema.PrintedOrNothing = ""


def _with_english(texts: Any) -> Any:
    """Every other language falls back to English."""
    if isinstance(texts, dict) and ENGLISH not in texts:
        raise PydanticCustomError("english_missing", "English (en) is missing")
    return texts


_English = BeforeValidator(_with_english)
component_texts: TypeAdapter[Any] = TypeAdapter(Annotated[dict[schema.Language, ComponentWords], _English])
template_texts: TypeAdapter[Any] = TypeAdapter(
    Annotated[dict[schema.Language, schema.TemplateText], _English]
)
phase_texts: TypeAdapter[Any] = TypeAdapter(Annotated[dict[schema.Language, schema.PhaseText], _English])
red_flag_texts: TypeAdapter[Any] = TypeAdapter(Annotated[dict[schema.Language, schema.RedFlagText], _English])
criteria: TypeAdapter[Any] = TypeAdapter(schema.Criteria)
sources: TypeAdapter[Any] = TypeAdapter(Annotated[tuple[schema.SourceSays, ...], Field(min_length=1)])
clinician_text: TypeAdapter[Any] = TypeAdapter(schema.PrintedOrNothing)
cautions: TypeAdapter[Any] = TypeAdapter(schema.Cautions)
steps: TypeAdapter[Any] = TypeAdapter(schema.Texts)
conditions: TypeAdapter[Any] = TypeAdapter(Annotated[tuple[Condition, ...], Field(min_length=1)])


def problems_of(version: ReviewedContent) -> tuple[str, ...]:
    """What is missing or cannot be used, each in plain words; empty when the version is whole."""
    return tuple(_READERS[type(version)](version))


def wrong_in(adapter: TypeAdapter[Any], value: Any, label: str) -> Iterator[str]:
    """The same of one value of a form, for the list beside its field."""
    for error in _errors(adapter, value):
        is_english = error["type"] == "english_missing"
        yield _said(error, (label, _text_in(ENGLISH)) if is_english else (label,), error["loc"])


def has_problems(adapter: TypeAdapter[Any], value: Any) -> bool:
    return bool(_errors(adapter, value))


def unknown_tags(tags: Iterable[str]) -> Iterator[str]:
    """A tag with a slip in it would take a component away from its rules, and a rule away from its components."""
    for tag in sorted({*_texts_of(tags)} - TAGS):
        yield _("the tag “%(tag)s” is not known. Known are: %(tags)s") % {
            "tag": tag,
            "tags": ", ".join(sorted(TAGS)),
        }


def unknown_components(clinic_id: uuid.UUID, codes: Iterable[str]) -> Iterator[str]:
    """A rule about a component that is not there would never apply."""
    known = Component.objects.filter(clinic=clinic_id).values_list("code", flat=True)
    for code in sorted({*_texts_of(codes)} - {*known}):
        yield _(
            "the component “%(code)s” is not in the library. Look up its code in the list of components"
        ) % {"code": code}


def unknown_sources(clinic_id: uuid.UUID, cited: Iterable[Any]) -> Iterator[str]:
    codes = {*_texts_of(one.get("source") for one in _list(cited) if isinstance(one, dict))}
    known = Source.objects.filter(clinic=clinic_id).values_list("code", flat=True)
    for code in sorted(codes - {*known}):
        yield _("the source “%(code)s” is not in the library. Add it to the sources first") % {"code": code}


def named_together(when: Any, names: str) -> Iterator[str]:
    """Tags or components that conditions name; nothing of what is no condition."""
    for one in _list(when):
        if isinstance(one, dict) and one.get("kind") == "together":
            yield from _texts_of(one.get(names))


def asked_facts(when: Any) -> Iterator[str]:
    """Codes of clinical facts that conditions ask for; nothing of what is no condition."""
    for one in _list(when):
        if isinstance(one, dict) and one.get("kind") == "fact":
            yield from _texts_of(one.get("any_of"))


def _list(value: Any) -> Iterable[Any]:
    return value if isinstance(value, Iterable) else ()


def _texts_of(value: Any) -> Iterator[str]:
    """What else is in it has been found wrong by its own check."""
    yield from (one for one in _list(value) if isinstance(one, str))


def problem_of_days(days: int, check_in_days: Any) -> str:
    """Check-in days count from the first day of the phase, which is 0; empty when they are right."""
    if days < 1:
        return _("The phase has no day.")
    is_list = isinstance(check_in_days, list) and all(type(day) is int for day in check_in_days)
    if is_list and check_in_days == sorted({day for day in check_in_days if 0 <= day < days}):
        return ""
    return _("Check-in days must be whole numbers from 0 to %(last)d that rise, each once.") % {
        "last": days - 1
    }


def words_in(texts: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """Rows of a component's text, by language, as they are checked."""
    names = ComponentWords.model_fields
    return {text.language: {name: getattr(text, name) for name in names} for text in texts}


def problems_of_component(
    clinic_id: uuid.UUID,
    *,
    texts: Any,
    to_clinicians: str,
    cautions_said: Any,
    default_dose: Any,
    sources_said: Any,
    tags: Any,
) -> Iterator[str]:
    """The same of what is being written and not stored yet. ``texts``: by language."""
    yield from _texts(component_texts, texts)
    yield from _half_translated(texts)
    yield from _wrong(clinician_text, to_clinicians, _("text for clinicians"))
    yield from _wrong(cautions, cautions_said, _("cautions"))
    yield from _wrong(dose_adapter, default_dose, _("dose"))
    yield from _wrong(sources, sources_said, _("sources"))
    yield from unknown_sources(clinic_id, sources_said)
    yield from unknown_tags(tags)


def _half_translated(texts: Any) -> Iterator[str]:
    """A patient who is told a translation would never learn when to stop, if it were said in English only."""
    if has_problems(component_texts, texts):
        return
    for language in sorted(texts.keys() - {ENGLISH}):
        for name, label in LEFT_OUT_TOGETHER.items():
            if texts[ENGLISH].get(name) and not texts[language].get(name):
                yield _("%(language)s: “%(passage)s” is missing, and the English has it") % {
                    "language": get_language_info(language)["name_translated"],
                    "passage": label,
                }


def _of_component(version: ComponentVersion) -> Iterator[str]:
    return problems_of_component(
        version.component.clinic_id,
        texts=words_in(version.texts.all()),
        to_clinicians=version.clinician_text,
        cautions_said=version.cautions,
        default_dose=version.default_dose,
        sources_said=version.sources,
        tags=version.tags,
    )


def _of_template(version: TemplateVersion) -> Iterator[str]:
    yield from _texts(template_texts, version.texts)
    yield from _wrong(sources, version.sources, _("sources"))
    yield from unknown_sources(version.template.clinic_id, version.sources)
    phases = list(version.phases.prefetch_related("items__component"))
    if not phases:
        yield _missing((_("phases"),))
    titles = _titles_in(phases)
    for phase in phases:
        yield from _of_phase(phase, titles)
    for before, after in pairwise(phases):
        if after.starts_on_day != before.starts_on_day + before.days:
            yield _("phase “%(after)s” does not begin where “%(before)s” ends") % {
                "after": _called(after),
                "before": _called(before),
            }


def _called(phase: TemplatePhase) -> str:
    """What it is called in English; by its code until somebody has written that."""
    english = phase.texts.get(ENGLISH) if isinstance(phase.texts, dict) else None
    return str((english.get("name") if isinstance(english, dict) else "") or phase.code)


def _titles_in(phases: Iterable[TemplatePhase]) -> dict[uuid.UUID, str]:
    """What each component is called in English, in use before all others; one query."""
    components = {item.component_id for phase in phases for item in phase.items.all()}
    texts = ComponentText.objects.filter(version__component__in=components, language=ENGLISH)
    is_approved = Case(
        When(version__state=ReviewState.APPROVED, then=1), default=0, output_field=IntegerField()
    )
    # The last one that names a component stays.
    return dict(texts.order_by(is_approved, "version__number").values_list("version__component_id", "title"))


def _of_phase(phase: TemplatePhase, titles: Mapping[uuid.UUID, str]) -> Iterator[str]:
    name = _("phase “%(name)s”") % {"name": _called(phase)}
    yield from _texts(phase_texts, phase.texts, name)
    yield from _wrong(criteria, phase.criteria, name, _("criteria"))
    days = problem_of_days(phase.days, phase.check_in_days)
    if days:
        yield f"{name}: {days}"
    items = list(phase.items.all())
    if not items:
        yield _missing((name, _("components")))
    for item in items:
        title = titles.get(item.component_id, item.component.code)
        yield from _wrong(dose_adapter, item.dose, name, title, _("dose"))
        yield from _outlasting(item, phase, name, title)


def _outlasting(item: TemplateItem, phase: TemplatePhase, name: str, title: str) -> Iterator[str]:
    """A number of days that the phase does not have."""
    if _errors(dose_adapter, item.dose):
        return
    days = days_of(parse_dose(item.dose))
    if days is not None and days > phase.days:
        yield _("%(phase)s: “%(title)s” is for %(days)d days, but the phase has %(most)d") % {
            "phase": name,
            "title": title,
            "days": days,
            "most": phase.days,
        }


def _of_rule(rule: SafetyRule) -> Iterator[str]:
    yield from _wrong(conditions, rule.when, _("conditions"))
    if not rule.components and not rule.tags:
        yield _missing((_("components or tags"),))
    yield from unknown_components(
        rule.clinic_id, [*rule.components, *named_together(rule.when, "components")]
    )
    yield from unknown_tags([*rule.tags, *named_together(rule.when, "tags")])
    yield from unknown_facts(asked_facts(rule.when))


def _of_red_flag(flag: RedFlag) -> Iterator[str]:
    yield from _texts(red_flag_texts, flag.texts)


_READERS: dict[type[ReviewedContent], Callable[[Any], Iterator[str]]] = {
    ComponentVersion: _of_component,
    TemplateVersion: _of_template,
    SafetyRule: _of_rule,
    RedFlag: _of_red_flag,
}


def _texts(adapter: TypeAdapter[Any], texts: Any, *where: str) -> Iterator[str]:
    for error in _errors(adapter, texts):
        language, *rest = error["loc"] or (ENGLISH,)
        yield _said(error, (*where, _text_in(str(language))), rest)


def _wrong(adapter: TypeAdapter[Any], value: Any, *where: str) -> Iterator[str]:
    for error in _errors(adapter, value):
        yield _said(error, where, error["loc"])


def _errors(adapter: TypeAdapter[Any], value: Any) -> list[ErrorDetails]:
    try:
        adapter.validate_python(value)
    except ValidationError as error:
        found = error.errors()
        return [one for one in found if not any(_is_only_its_shadow(one, other) for other in found)]
    return []


def _is_only_its_shadow(error: ErrorDetails, other: ErrorDetails) -> bool:
    """A list whose entries are wrong is also too short, as their count goes: the entries are what to mend."""
    where, deeper = error["loc"], other["loc"]
    return error["type"] == "too_short" and len(deeper) > len(where) and deeper[: len(where)] == where


def _said(error: ErrorDetails, where: Path, within: Iterable[int | str]) -> str:
    parts = (*where, *(str(one + 1) if isinstance(one, int) else one.replace("_", " ") for one in within))
    if error["type"] in IS_MISSING:
        return _missing(parts)
    return _("%(where)s: cannot be used (%(why)s)") % {"where": ", ".join(parts), "why": error["msg"]}


def _missing(parts: Path) -> str:
    return _("%(where)s: missing") % {"where": ", ".join(parts)}


def _text_in(language: str) -> str:
    return _("English text") if language == ENGLISH else _("text in “%(code)s”") % {"code": language}
