"""Writing a safety rule: a new one, and changes of a draft."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic, User
from careplans.core.text import plain_line
from careplans.library import whole
from careplans.library.conditions import condition_adapter
from careplans.library.models import SafetyRule, Severity, Source
from careplans.library.own_codes import free_code, may_be_renamed
from careplans.library.review import REVIEW_EVERY
from careplans.library.versions import ReviewRefusal, hold_draft, record

CODE_LENGTH = 80
TEXT_LENGTH = 400


@dataclass(frozen=True)
class RuleSays:
    """What a rule says. ``name`` becomes its code while that is not settled; ``when``: conditions as plain data."""

    name: str
    components: Sequence[str]
    tags: Sequence[str]
    when: Sequence[dict[str, Any]]
    severity: str
    message: str
    instead: str
    source: Source | None


@transaction.atomic
def new_rule(*, clinic: Clinic, says: RuleSays, by: User, now: datetime) -> SafetyRule:
    """A rule of the clinic's own, as a draft."""
    rule = SafetyRule(
        clinic=clinic,
        code=free_code(SafetyRule, clinic, says.name, most=CODE_LENGTH),
        author=by,
        created_at=now,
        review_due_on=now.date() + REVIEW_EVERY,
    )
    _write(rule, says)
    rule.save()
    rule.writers.add(by)
    record("started", rule, by, now)
    record("writer_noted", rule, by, now)
    return rule


@transaction.atomic
def save_rule(*, version: SafetyRule, says: RuleSays, revision: int, by: User, now: datetime) -> SafetyRule:
    """What the rule aims at, when, and what it says, as a whole. Raises ``StaleVersion`` when it changed meanwhile."""
    draft = hold_draft(version=version, revision=revision, by=by, now=now)
    before = _as_data(draft)
    if says.name and may_be_renamed(draft):
        draft.code = free_code(SafetyRule, draft.clinic, says.name, most=CODE_LENGTH, but=draft)
    _write(draft, says)
    draft.save()
    after = _as_data(draft)
    changed = sorted(name for name in after if after[name] != before[name])
    record("changed", draft, by, now, revision=draft.revision, changed=changed)
    return draft


def _write(rule: SafetyRule, says: RuleSays) -> None:
    """Everything at once; refused as long as a plan could not be assessed by it."""
    rule.components = _as_before(rule.components, list(says.components))
    rule.tags = _as_before(rule.tags, list(says.tags))
    rule.when = _conditions(rule.when, says.when)
    rule.severity = says.severity
    rule.message, rule.instead = _line(says.message), _line(says.instead)
    problems = [*_missing(rule, says.source), *whole.problems_of(rule)]
    if problems:
        raise ReviewRefusal(_("The rule is not complete. %(problems)s.") % {"problems": "; ".join(problems)})
    if says.source is not None:
        rule.source = says.source


def _missing(rule: SafetyRule, source: Source | None) -> Iterator[str]:
    if rule.severity not in Severity.values:
        yield _("severity: choose one")
    if not rule.message:
        yield _("message: missing")
    if max(len(rule.message), len(rule.instead)) > TEXT_LENGTH:
        yield _("a text is too long: at most %(most)d characters") % {"most": TEXT_LENGTH}
    if source is None or source.clinic_id != rule.clinic_id:
        yield _("source: choose one of the list")


def _conditions(before: Any, when: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """As they are stored everywhere, in the words they had where they ask the same."""
    asked = [_stored(one) for one in when]
    had = before if isinstance(before, list) else []
    return had if [_comparable(one) for one in had] == [_comparable(one) for one in asked] else asked


def _stored(condition: dict[str, Any]) -> dict[str, Any]:
    if whole.has_problems(whole.conditions, [condition]):
        return condition  # told by ``problems_of``
    return condition_adapter.dump_python(condition_adapter.validate_python(condition), mode="json")  # type: ignore[no-any-return]  # a condition is a mapping


def _comparable(condition: Any) -> Any:
    """Which facts, tags or names a condition lists counts, not in which order; of units the first one counts."""
    if whole.has_problems(whole.conditions, [condition]):
        return condition
    return {
        name: sorted(value) if isinstance(value, list) and name != "units" else value
        for name, value in _stored(condition).items()
    }


def _as_before(before: Any, now: list[str]) -> list[str]:
    """In the order they had, unless there are others now."""
    return before if isinstance(before, list) and sorted(before) == sorted(now) else now


def _line(text: str) -> str:
    return " ".join(filter(None, (plain_line(line) for line in text.splitlines())))


def _as_data(rule: SafetyRule) -> dict[str, Any]:
    names = ("code", "components", "tags", "when", "severity", "message", "instead", "source_id")
    return {name: getattr(rule, name) for name in names}
