"""What a version says, field by field and in words, for comparing it with another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from careplans.library.compare import FieldPair, Said, compare
from careplans.library.condition_words import ABBREVIATIONS, condition_in_words
from careplans.library.conditions import condition_adapter
from careplans.library.models import (
    ComponentVersion,
    RedFlag,
    SafetyRule,
    TemplateItem,
    TemplatePhase,
    TemplateVersion,
)
from careplans.library.selectors import FALLBACK_LANGUAGE, component_titles, source_titles
from careplans.library.versions import clinic_id_of
from careplans.workshop.finding import dose_in_words

WORDS_OF_COMPONENT = ("title", "why", "steps", "feel", "watch_for", "stop_if")
WORDS_OF_TEMPLATE = ("title", "summary", "for_patient")
WORDS_OF_PHASE = ("name", "aims", "avoid", "move_on_when", "step_back_when")
WORDS_OF_FLAG = ("question", "sign", "what_to_do")


def comparison(old: Any, new: Any, names: Names | None = None) -> tuple[FieldPair, ...]:
    """Two versions of one thing, of any kind. Titles of components and sources are read once for both."""
    names = names or names_for(old, new)
    return compare(tuple(said_by(old, names)), tuple(said_by(new, names)))


def names_for(old: Any, new: Any) -> Names:
    """What is named by code in two versions that are compared; a phase by its name in the newer one."""
    clinic_id = clinic_id_of(new)
    return Names(component_titles(clinic_id), source_titles(clinic_id), _phases_in(old) | _phases_in(new))


def _phases_in(version: Any) -> dict[str, str]:
    if not isinstance(version, TemplateVersion):
        return {}
    return {phase.code: _name_of(phase) for phase in version.phases.all()}


class Names:
    """What components, sources and phases are called, by code."""

    def __init__(
        self, components: Mapping[str, str], sources: Mapping[str, str], phases: Mapping[str, str]
    ) -> None:
        self.components, self.sources, self.phases = components, sources, phases

    def phase(self, code: str) -> str:
        """With its code where two are called the same: each is compared with itself."""
        name = self.phases.get(code, code)
        return name if [*self.phases.values()].count(name) < 2 else f"{name} ({code})"

    def component(self, code: str) -> str:
        return self.components.get(code, code)

    def source(self, code: str) -> str:
        title = self.sources.get(code, "")
        return f"{code}: {title}" if title else code


def said_by(version: Any, names: Names) -> Iterator[Said]:
    match version:
        case ComponentVersion():
            yield from _component(version, names)
        case TemplateVersion():
            yield from _template(version, names)
        case SafetyRule():
            yield from _rule(version, names)
        case RedFlag():
            yield from _red_flag(version, names)


def labels() -> Mapping[str, str]:
    """The fields' names on the page, by what the models call them."""
    return {
        "title": _("Title"), "why": _("What it is for"), "steps": _("Steps"), "feel": _("How it should feel"),
        "watch_for": _("Watch for"), "stop_if": _("When to stop"), "summary": _("For the clinician who picks it"),
        "for_patient": _("What this plan is for"), "name": _("Name"), "aims": _("Aims"), "avoid": _("What to avoid"),
        "move_on_when": _("Move on when"), "step_back_when": _("Step back when"), "question": _("The question"),
        "sign": _("The sign"), "what_to_do": _("What to do"),
    }  # fmt: skip


def _component(version: ComponentVersion, names: Names) -> Iterator[Said]:
    yield Said(_("Usual dose"), dose_in_words(version.default_dose))
    yield Said(_("For the clinician"), tuple(version.clinician_text.splitlines()))
    yield Said(_("Take care"), tuple(version.cautions))
    yield Said(_("Effect"), str(version.get_effect_display()))
    yield Said(_("Evidence"), str(version.get_grade_display()))
    yield Said(_("Effect in words"), version.effect_text)
    yield Said(_("Sources"), _cited(version.sources, names))
    yield Said(_("Body regions"), tuple(words_of_code(one) for one in version.body_regions))
    yield Said(_("Equipment"), tuple(version.equipment))
    yield Said(_("Tags"), tuple(words_of_code(one) for one in version.tags))
    own = version.own_picture
    yield Said(_("Picture"), _("Own picture: %(what)s") % {"what": own} if own else version.picture)
    texts = {
        text.language: {name: getattr(text, name) for name in WORDS_OF_COMPONENT}
        for text in version.texts.all()
    }
    yield from _in_languages(texts, WORDS_OF_COMPONENT)


def _template(version: TemplateVersion, names: Names) -> Iterator[Said]:
    yield Said(_("Body region"), words_of_code(version.body_region))
    yield Said(_("Days count from"), str(version.get_anchor_display()))
    yield Said(_("Heat from"), _after_surgery(version.cold_to_heat_day))
    yield Said(_("Bending and lifting from"), _after_surgery(version.clearance_day))
    yield Said(_("Sources"), _cited(version.sources, names))
    yield from _in_languages(version.texts, WORDS_OF_TEMPLATE)
    phases = list(version.phases.prefetch_related("items__component"))
    yield Said(_("Phases"), tuple(_name_of(phase) for phase in phases))
    for phase in phases:
        yield from _phase(phase, names)


def _phase(phase: TemplatePhase, names: Names) -> Iterator[Said]:
    group = _("Phase “%(name)s”") % {"name": names.phase(phase.code)}
    days = ngettext("%(n)d day", "%(n)d days", phase.days) % {"n": phase.days}
    yield Said(_("Begins"), f"{_day(phase.starts_on_day)}, {phase.get_starts_display()}", group)
    yield Said(_("Lasts"), days, group)
    yield Said(_("Check-ins"), tuple(_day(day) for day in phase.check_in_days), group)
    yield Said(_("Before the next phase is proposed"), tuple(_criteria(phase.criteria)), group)
    yield Said(_("Components"), tuple(_item(item, names) for item in phase.items.all()), group)
    yield from _in_languages(phase.texts, WORDS_OF_PHASE, group)


def _item(item: TemplateItem, names: Names) -> str:
    said = f"{names.component(item.component.code)}: {dose_in_words(item.dose)}"
    return f"{said} ({item.why})" if item.why else said


def _criteria(criteria: Mapping[str, Any]) -> Iterator[str]:
    if criteria.get("pain_at_most") is not None:
        yield _("Pain at most %(n)d of 10") % {"n": criteria["pain_at_most"]}
    if criteria.get("adherence_at_least") is not None:
        yield _("At least %(n)d %% of the exercises done") % {"n": criteria["adherence_at_least"]}
    if criteria.get("days_at_least") is not None:
        days = criteria["days_at_least"]
        yield ngettext("At least %(n)d day", "At least %(n)d days", days) % {"n": days}
    if criteria.get("clinician_confirms"):
        yield _("A clinician confirms")


def _rule(rule: SafetyRule, names: Names) -> Iterator[Said]:
    yield Said(_("Severity"), str(rule.get_severity_display()))
    yield Said(_("Components"), tuple(names.component(code) for code in rule.components))
    yield Said(_("Tags"), tuple(words_of_code(tag) for tag in rule.tags))
    yield Said(_("When"), tuple(_conditions(rule, names)))
    yield Said(_("What it says"), rule.message)
    yield Said(_("Instead"), rule.instead)
    yield Said(_("Source"), names.source(rule.source.code))


def _conditions(rule: SafetyRule, names: Names) -> Iterator[str]:
    for one in rule.when:
        condition = condition_adapter.validate_python(one)
        yield condition_in_words(condition, names.components, in_full=True)


def _red_flag(flag: RedFlag, names: Names) -> Iterator[Said]:
    yield Said(_("For the clinician"), flag.clinician_label)
    yield Said(_("Asked"), str(flag.get_asked_display()))
    yield Said(_("Urgency"), str(flag.get_urgency_display()))
    yield Said(_("Place in the list"), str(flag.position + 1))
    yield Said(_("Source"), names.source(flag.source.code))
    yield from _in_languages(flag.texts, WORDS_OF_FLAG)


def _in_languages(
    texts: Mapping[str, Mapping[str, Any]], fields: Sequence[str], within: str = ""
) -> Iterator[Said]:
    """English first. The group names the language, and what the text is a part of."""
    said_as = labels()
    for language in sorted(texts, key=lambda code: (code != FALLBACK_LANGUAGE, code)):
        name = language_name(language)
        group = f"{within}, {name}" if within else _("Text for patients, %(language)s") % {"language": name}
        for field in fields:
            value = texts[language].get(field, "")
            yield Said(said_as[field], tuple(value) if isinstance(value, list) else str(value), group)


def language_name(code: str) -> str:
    """As the reader calls it; a language nobody has heard of is called by its code."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def words_of_code(code: str) -> str:
    return ABBREVIATIONS.get(code, capfirst(code.replace("_", " ")))


def _cited(sources: Sequence[Mapping[str, str]], names: Names) -> tuple[str, ...]:
    return tuple(f"{names.source(one['source'])}: {one['says']}" for one in sources)


def _day(day: int) -> str:
    """Days count from 0 in the database and from 1 for people."""
    return _("day %(n)d") % {"n": day + 1}


def _after_surgery(days: int | None) -> str:
    if days is None:
        return ""
    return ngettext("%(n)d day after surgery", "%(n)d days after surgery", days) % {"n": days}


def _name_of(phase: TemplatePhase) -> str:
    return str(phase.texts.get(FALLBACK_LANGUAGE, {}).get("name", phase.code))
