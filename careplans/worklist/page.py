"""The worklist as one page: who sees which sections, and when it is a good day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

from careplans.accounts.models import User
from careplans.accounts.permissions import Permission
from careplans.checkins.models import Alert
from careplans.plans.models import Plan
from careplans.worklist import rows, selectors
from careplans.worklist.selectors import Scope, Section
from careplans.worklist.status import ClinicStatus

SECTIONS = frozenset({"alerts", "calls", "unreached", "drafts", "ending", "content"})


@dataclass(frozen=True)
class Worklist:
    """Rows by section. ``red_flags`` are those of the whole clinic, whoever reads."""

    red_flags: tuple[rows.AlertRow, ...]
    alerts: Section[rows.AlertRow]
    taken_on: tuple[rows.AlertRow, ...]
    calls: Section[rows.CallRow]
    unreached: Section[rows.UnreachedRow]
    drafts: Section[rows.DraftRow]
    recalled: tuple[rows.RecalledRow, ...]
    changed: tuple[rows.ChangedRow, ...]
    ending: Section[rows.EndingRow]
    content: Section[rows.ContentRow]

    @property
    def others_red_flags(self) -> int:
        return sum(not row.is_mine for row in self.red_flags)

    @property
    def has_main(self) -> bool:
        """People who wait for a person."""
        waiting = (self.red_flags, self.recalled, self.alerts, self.changed, self.calls, self.taken_on)
        return any(waiting)

    @property
    def has_aside(self) -> bool:
        return bool(self.unreached or self.drafts or self.ending or self.content)

    @property
    def is_empty(self) -> bool:
        return not (self.has_main or self.has_aside)


def worklist_of(
    scope: Scope, *, permissions: Collection[Permission], status: ClinicStatus, me: User
) -> Worklist:
    """Front desk gets whom to phone and whom mail does not reach; everything clinical is not even read."""
    is_clinical = Permission.SEE_CLINICAL in permissions
    found = selectors.alerts_of(scope, red_flags=status.open_red_flags) if is_clinical else Section[Alert]()
    waiting = [alert for alert in found.rows if alert.state == Alert.State.OPEN]
    red = [alert for alert in waiting if alert.tier == Alert.Tier.RED_FLAG]
    others = [alert for alert in waiting if alert.tier != Alert.Tier.RED_FLAG]
    taken_on = [alert for alert in found.rows if alert.state != Alert.State.OPEN]
    hidden = found.total - len(found.rows)
    bundled = rows.bundled(others, me=me)
    plans = selectors.plans_of(scope) if is_clinical else Section[Plan]()
    recalled = [plan for plan in plans.rows if rows.has_recall(plan)]
    others_of_plans = [plan for plan in plans.rows if not rows.has_recall(plan)]
    changed = [plan for plan in others_of_plans if rows.has_findings(plan)]
    ending = [plan for plan in others_of_plans if not rows.has_findings(plan)]
    return Worklist(
        red_flags=tuple(rows.alert_row([alert], me=me) for alert in red),
        alerts=Section(bundled, len(bundled) + hidden),
        taken_on=tuple(rows.alert_row([alert], me=me) for alert in taken_on),
        calls=selectors.calls_of(scope).shown_as(partial(rows.call_row, today=scope.today)),
        unreached=selectors.unreached_of(scope).shown_as(rows.unreached_row),
        drafts=selectors.drafts_of(scope).shown_as(rows.draft_row) if is_clinical else Section(),
        recalled=tuple(rows.recalled_row(plan) for plan in recalled),
        changed=tuple(rows.changed_row(plan) for plan in changed),
        ending=Section(
            tuple(rows.ending_row(plan, today=scope.today) for plan in ending),
            plans.total - len(changed) - len(recalled),
        ),
        content=(
            selectors.content_due_of(scope).shown_as(rows.content_row)
            if Permission.SEE_LIBRARY in permissions
            else Section()
        ),
    )
