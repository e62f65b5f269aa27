"""What the pages of safety rules show: a row of the list, and one rule in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.text import capfirst

from careplans.accounts.models import Clinic
from careplans.library.condition_words import (
    aim_in_words,
    condition_in_words,
    rule_in_words,
    rule_name,
    tag_in_words,
    when_in_words,
)
from careplans.library.conditions import AllergyCondition, Condition, TogetherCondition, condition_adapter
from careplans.library.models import Retirement, ReviewState, SafetyRule
from careplans.library.search import fold, words_of
from careplans.library.whole import named_together
from careplans.workshop.picker import Named, named_by_code, titles_by_code

# What the list shows when nothing was chosen: in use, or on its way there.
CURRENT = (ReviewState.APPROVED, ReviewState.IN_REVIEW, ReviewState.DRAFT)


@dataclass(frozen=True)
class RuleRow:
    rule: SafetyRule
    name: str
    aim: str
    when: str
    is_proposed: bool

    @property
    def words(self) -> str:
        """All that the list is searched in, folded."""
        rule = self.rule
        said = (
            rule.code,
            self.name,
            self.aim,
            self.when,
            rule.message,
            rule.instead,
            rule.source.code,
            rule.source.title,
        )
        return fold(" ".join(said))


@dataclass(frozen=True)
class ConditionLine:
    """``names``: every other name of an allergy; the sentence shows the first of them."""

    words: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class RulePage:
    rule: SafetyRule
    name: str
    aim: str
    sentence: str
    components: tuple[Named, ...]
    # Codes of what is not in the library, or not in use for who reads.
    missing: tuple[str, ...]
    tags: tuple[str, ...]
    conditions: tuple[ConditionLine, ...]


def rules_in(clinic: Clinic, *, for_keepers: bool) -> QuerySet[SafetyRule]:
    """For keepers every version; for all others what is in use. ``is_proposed``: to be retired."""
    waiting = Retirement.objects.waiting().filter(safety_rule=OuterRef("pk"))
    rules = SafetyRule.objects.filter(clinic=clinic).select_related("source", "clinic")
    rules = rules.annotate(is_proposed=Exists(waiting))
    return rules if for_keepers else rules.filter(state=ReviewState.APPROVED)


def rows_of(rules: Iterable[Any], clinic: Clinic, *, for_keepers: bool) -> list[RuleRow]:
    """Two queries, however many rules."""
    rules = list(rules)
    conditions = {rule.pk: conditions_of(rule) for rule in rules}
    codes = {code for rule in rules for code in codes_in(rule, conditions[rule.pk])}
    titles = titles_by_code(clinic, codes, for_keepers=for_keepers)
    return [
        RuleRow(
            rule,
            name=rule_name(rule.code),
            aim=capfirst(aim_in_words(rule.components, rule.tags, titles)),
            when=capfirst(when_in_words(conditions[rule.pk], titles)),
            is_proposed=rule.is_proposed,
        )
        for rule in rules
    ]


def with_words(rows: Sequence[RuleRow], typed: str) -> list[RuleRow]:
    """Those that hold every word."""
    words = words_of(typed)
    return [row for row in rows if all(word in row.words for word in words)]


def rule_page(rule: SafetyRule, *, for_keepers: bool) -> RulePage:
    conditions = conditions_of(rule)
    named = named_by_code(rule.clinic, codes_in(rule, conditions), for_keepers=for_keepers)
    titles = {code: one.title for code, one in named.items()}
    return RulePage(
        rule=rule,
        name=rule_name(rule.code),
        aim=capfirst(aim_in_words(rule.components, rule.tags, titles)),
        sentence=sentence_of(rule, conditions, titles),
        components=tuple(named[code] for code in rule.components if code in named),
        missing=tuple(code for code in rule.components if code not in named),
        tags=tuple(tag_in_words(tag) for tag in rule.tags),
        conditions=tuple(_line(one, titles) for one in conditions),
    )


def sentence_of(rule: SafetyRule, conditions: Sequence[Condition], titles: Mapping[str, str]) -> str:
    return rule_in_words(
        severity=rule.severity,
        components=rule.components,
        tags=rule.tags,
        when=conditions,
        titles=titles,
    )


def conditions_of(rule: SafetyRule) -> list[Condition]:
    return [condition_adapter.validate_python(one) for one in rule.when]


def codes_in(rule: SafetyRule, conditions: Iterable[Condition]) -> Iterator[str]:
    """Every component the rule names, as its aim or beside it."""
    yield from rule.components
    for one in conditions:
        if isinstance(one, TogetherCondition):
            yield from one.components


def _line(condition: Condition, titles: Mapping[str, str]) -> ConditionLine:
    names = condition.also_called if isinstance(condition, AllergyCondition) else ()
    return ConditionLine(capfirst(condition_in_words(condition, titles)), names)


@dataclass(frozen=True)
class TagRules:
    """The rules in use that go by one tag: (name, address)."""

    tag: str
    rules: tuple[tuple[str, str], ...]


def rules_by_tag(clinic: Clinic) -> list[TagRules]:
    """Which rules a component comes under with each tag, by tag; one query. Tags without a rule are left out."""
    found: dict[str, list[tuple[str, str]]] = {}
    for rule in SafetyRule.objects.filter(clinic=clinic, state=ReviewState.APPROVED).order_by("code"):
        for tag in dict.fromkeys([*rule.tags, *named_together(rule.when, "tags")]):
            found.setdefault(tag, []).append((rule_name(rule.code), reverse("rule-detail", args=[rule.pk])))
    told = [TagRules(capfirst(tag_in_words(tag)), tuple(rules)) for tag, rules in found.items()]
    return sorted(told, key=lambda one: one.tag.casefold())


def rule_choices(clinic: Clinic) -> list[tuple[str, str]]:
    """Every rule that is in use or on its way there, to be looked at closely."""
    rules = rules_in(clinic, for_keepers=True).filter(state__in=CURRENT).order_by("code", "-number")
    return [
        (
            str(rule.pk),
            rule_name(rule.code)
            if rule.state == ReviewState.APPROVED
            else f"{rule_name(rule.code)} ({rule.get_state_display()})",
        )
        for rule in rules
    ]
