"""What other rooms read of the library: approved content only, as typed data."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Case, IntegerField, Prefetch, Q, QuerySet, When

from careplans.accounts.models import Clinic
from careplans.library.conditions import Condition, TogetherCondition, condition_adapter
from careplans.library.models import (
    Category,
    Component,
    ComponentText,
    ComponentVersion,
    RedFlag,
    ReviewState,
    SafetyRule,
    Source,
    TemplateItem,
    TemplateVersion,
)
from careplans.library.rules import Rule

FALLBACK_LANGUAGE = "en"
# Without these a translation is not told: it would be a half one.
NEVER_LEFT_OUT = ("steps", "feel", "watch_for", "stop_if")


def _category_order() -> Case:
    """Categories as clinicians think of them, exercise first, not by letter."""
    places = [When(component__category=value, then=place) for place, value in enumerate(Category.values)]
    return Case(*places, default=len(places), output_field=IntegerField())


def components_of(clinic: Clinic) -> QuerySet[Component]:
    """Every component of the clinic, whatever its versions' state."""
    return Component.objects.filter(clinic=clinic)


def approved_components(clinic: Clinic) -> QuerySet[ComponentVersion]:
    """Approved versions with their component and texts, in order of category and code."""
    return (
        ComponentVersion.objects.of(clinic)
        .approved()
        .select_related("component")
        .prefetch_related("texts")
        .order_by(_category_order(), "component__code")
    )


def components_matching(clinic: Clinic, words: str, category: str) -> QuerySet[ComponentVersion]:
    """Approved components whose title, code or clinician's text holds every word."""
    found = approved_components(clinic)
    if category:
        found = found.filter(component__category=category)
    for word in words.split():
        in_title = ComponentText.objects.filter(title__icontains=word).values("version")
        found = found.filter(
            Q(pk__in=in_title) | Q(component__code__icontains=word) | Q(clinician_text__icontains=word)
        )
    return found


def versions_of(clinic: Clinic, component_pk: uuid.UUID) -> QuerySet[ComponentVersion]:
    """Every version of one component: the approved one first, then the newest."""
    is_approved = Case(When(state=ReviewState.APPROVED, then=0), default=1, output_field=IntegerField())
    return (
        ComponentVersion.objects.of(clinic)
        .filter(component_id=component_pk)
        .select_related("component", "author", "approved_by")
        .prefetch_related("texts")
        .order_by(is_approved, "-number")
    )


def approved_templates(clinic: Clinic) -> QuerySet[TemplateVersion]:
    items = TemplateItem.objects.select_related("component")
    return (
        TemplateVersion.objects.filter(template__clinic=clinic, state=ReviewState.APPROVED)
        .select_related("template")
        .prefetch_related("phases", Prefetch("phases__items", queryset=items))
        .order_by("template__code")
    )


def rules_of(clinic: Clinic) -> tuple[Rule, ...]:
    """The approved safety rules as plain data. What is aimed at a component is aimed at every copy of it too."""
    copies = _copies_in(clinic)
    rules = SafetyRule.objects.filter(clinic=clinic, state=ReviewState.APPROVED).select_related("source")
    return tuple(
        Rule(
            code=rule.code,
            components=_with_copies(rule.components, copies),
            tags=frozenset(rule.tags),
            when=tuple(_asked(condition, copies) for condition in rule.when),
            severity=rule.severity,
            message=rule.message,
            instead=rule.instead,
            source=rule.source.title,
        )
        for rule in rules
    )


def _copies_in(clinic: Clinic) -> dict[str, list[str]]:
    """Code of an original → codes of what was copied from it; one query."""
    found = Component.objects.filter(clinic=clinic, origin__isnull=False).order_by("code")
    copies: dict[str, list[str]] = {}
    for original, copy in found.values_list("origin__code", "code"):
        copies.setdefault(original, []).append(copy)
    return copies


def _with_copies(codes: Iterable[str], copies: Mapping[str, list[str]]) -> frozenset[str]:
    """The codes, those of their copies, of the copies of these, and so on."""
    found: set[str] = set()
    ahead = list(codes)
    while ahead:
        code = ahead.pop()
        if code not in found:
            found.add(code)
            ahead += copies.get(code, [])
    return frozenset(found)


def _asked(condition: object, copies: Mapping[str, list[str]]) -> Condition:
    asked = condition_adapter.validate_python(condition)
    if isinstance(asked, TogetherCondition):
        named = tuple(sorted(_with_copies(asked.components, copies) - {*asked.components}))
        return asked.model_copy(update={"components": asked.components + named})
    return asked


def red_flags_of(clinic: Clinic, *, after_surgery: bool) -> list[RedFlag]:
    flags = RedFlag.objects.filter(clinic=clinic, state=ReviewState.APPROVED)
    if not after_surgery:
        flags = flags.filter(asked=RedFlag.Asked.ALWAYS)
    return list(flags)


def component_titles(clinic: Clinic | uuid.UUID) -> dict[str, str]:
    """What each approved component is called, by its code."""
    texts = ComponentText.objects.filter(
        version__component__clinic=clinic, version__state=ReviewState.APPROVED, language=FALLBACK_LANGUAGE
    )
    return dict(texts.values_list("version__component__code", "title"))


def sources_matching(clinic: Clinic, words: str) -> QuerySet[Source]:
    """Sources that hold every word somewhere."""
    found = Source.objects.filter(clinic=clinic)
    for word in words.split():
        fields = ("code", "title", "publisher", "covers")
        found = found.filter(reduce(or_, (Q(**{f"{name}__icontains": word}) for name in fields)))
    return found


def source_titles(clinic: Clinic | uuid.UUID) -> dict[str, str]:
    return dict(Source.objects.filter(clinic=clinic).values_list("code", "title"))


@dataclass(frozen=True)
class Wording:
    """A text and the language it is really in, which is English where a translation is missing."""

    text: ComponentText
    language: str


def wording_in(version: ComponentVersion, language: str) -> Wording:
    """The patient's text in ``language``, else in English; reads prefetched texts.

    English too where the translation leaves out what English says: nobody loses "When to stop" by their language.
    Approved versions have English. A draft that has no text yet is called by its code.
    """
    by_language = {text.language: text for text in version.texts.all()}
    english = by_language.get(FALLBACK_LANGUAGE)
    for known in (language, FALLBACK_LANGUAGE):
        if known in by_language and not _leaves_out(by_language[known], english):
            return Wording(by_language[known], known)
    nothing = ComponentText(language=FALLBACK_LANGUAGE, title=version.component.code)
    return Wording(nothing, FALLBACK_LANGUAGE)


def _leaves_out(text: ComponentText, english: ComponentText | None) -> bool:
    return english is not None and any(
        getattr(english, name) and not getattr(text, name) for name in NEVER_LEFT_OUT
    )
