"""What the test bench shows: findings, and of the rule under test which condition held and which did not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from careplans.library.condition_words import condition_in_words
from careplans.library.conditions import (
    AgeCondition,
    AllergyCondition,
    BeforeDayCondition,
    CourseCondition,
    DoseCondition,
    FactCondition,
    StoppedCondition,
    TogetherCondition,
)
from careplans.library.known_facts import fact_label
from careplans.library.rules import Rule
from careplans.plans.safety import Finding, situation_of
from careplans.workshop.bench import Held, Trial, Verdict, findings_on, verdicts_on


@dataclass(frozen=True)
class FindingLine:
    subject: str
    severity: str
    message: str
    instead: str
    source: str
    is_of_tested: bool


@dataclass(frozen=True)
class HeldLine:
    words: str
    holds: bool
    # On what it rests, or what is so instead.
    because: str


@dataclass(frozen=True)
class VerdictBlock:
    title: str
    applies: bool
    said: str
    lines: tuple[HeldLine, ...]


@dataclass(frozen=True)
class BenchPage:
    findings: tuple[FindingLine, ...]
    verdicts: tuple[VerdictBlock, ...]
    number_applying: int


def bench_page(
    trial: Trial,
    rules: Sequence[Rule],
    *,
    tested: Rule | None,
    is_draft: bool,
    titles: Mapping[str, str],
) -> BenchPage:
    """``is_draft``: the rule under test is not among ``rules`` yet, and what it finds is marked."""
    own = findings_on(trial, [tested]) if tested and is_draft else ()
    lines = [*(_finding(one, is_of_tested=True) for one in own)]
    lines += [
        _finding(one, is_of_tested=tested is not None and not is_draft and one.rule_code == tested.code)
        for one in findings_on(trial, rules)
    ]
    verdicts = verdicts_on(trial, tested) if tested else ()
    # Under a component in more than one place each place is said, so titles come from the component.
    names = dict(titles) | {item.code: item.title for item in trial.items}
    blocks = tuple(_block(one, trial, names) for one in verdicts)
    return BenchPage(tuple(lines), blocks, sum(one.applies for one in blocks))


def _finding(finding: Finding, *, is_of_tested: bool) -> FindingLine:
    return FindingLine(
        subject=finding.item_title,
        severity=finding.severity,
        message=finding.message,
        instead=finding.instead,
        source=finding.source,
        is_of_tested=is_of_tested,
    )


def _block(verdict: Verdict, trial: Trial, names: Mapping[str, str]) -> VerdictBlock:
    return VerdictBlock(
        title=verdict.item.title,
        applies=verdict.applies,
        said=_said(verdict),
        lines=tuple(_line(held, verdict, trial, names) for held in verdict.held),
    )


def _said(verdict: Verdict) -> str:
    """Where it does not apply, why in one sentence; the conditions follow."""
    if verdict.applies:
        return _("The rule applies: every condition holds.")
    if not verdict.is_aimed_at:
        return _("The rule does not aim at this component: neither at it nor at one of its tags.")
    if not verdict.is_looked_at and verdict.item.place == "elsewhere":
        return _("Other plans are assessed by themselves; here they count beside this one.")
    if not verdict.is_looked_at and verdict.item.place == "taken_out":
        return _("It is no longer in the plan, and the rule does not ask for what stops.")
    if not verdict.is_looked_at:
        return _("The rule looks at what stood in the plan before or is still to be done; this is neither.")
    failing = sum(not held.holds for held in verdict.held)
    return ngettext(
        "The rule does not apply: %(number)d condition does not hold.",
        "The rule does not apply: %(number)d conditions do not hold.",
        failing,
    ) % {"number": failing}


def _line(held: Held, verdict: Verdict, trial: Trial, names: Mapping[str, str]) -> HeldLine:
    return HeldLine(
        words=capfirst(condition_in_words(held.condition, names)),
        holds=held.holds,
        because=_because(held, names) if held.holds else _instead(held, verdict, trial),
    )


def _because(held: Held, names: Mapping[str, str]) -> str:
    grounds: Any = held.grounds
    match held.condition:
        case FactCondition():
            return ", ".join(fact_label(code) for code in grounds)
        case CourseCondition():
            return _days(grounds[0])
        case TogetherCondition():
            return ", ".join(dict.fromkeys(names.get(one[0], one[0]) for one in grounds))
        case BeforeDayCondition():
            return _("not before %(days)s") % {"days": ", ".join(map(_day, grounds[1:]))}
        case AllergyCondition():
            return ", ".join(grounds)
        case StoppedCondition():
            return _("told until %(day)s") % {"day": _day(grounds[0])}
        case _:
            return ""


def _instead(held: Held, verdict: Verdict, trial: Trial) -> str:
    """What is so, where a number says it."""
    match held.condition:
        case AgeCondition():
            return _("aged %(age)d") % {"age": trial.facts.age}
        case CourseCondition():
            situation = situation_of(trial.document, trial.facts, trial.today, elsewhere=trial.elsewhere)
            return _days(situation.course_days(verdict.item.code))
        case DoseCondition():
            return verdict.item.dose.in_words()
        case FactCondition() if trial.facts.ended:
            over = [
                _("%(fact)s was over on %(day)s")
                % {"fact": fact_label(code), "day": date_format(day, "j M Y")}
                for code, day in trial.facts.ended.items()
                if code in held.condition.any_of
            ]
            return ", ".join(over)
        case _:
            return ""


def _days(number: int) -> str:
    return ngettext("%(number)d day", "%(number)d days", number) % {"number": number}


def _day(iso: str) -> str:
    return date_format(date.fromisoformat(iso), "j M Y")
