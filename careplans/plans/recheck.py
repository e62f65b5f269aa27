"""A fact learnt after publishing: each running plan is assessed again as soon as its patient is known differently.

Not tied to whoever writes the fact: what is known now is compared with what was known, so that no way of recording
something can be forgotten (docs/clinical-safety.md).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from careplans.audit.record import SYSTEM, record_change
from careplans.library.selectors import rules_of
from careplans.plans.holding import PatientFacts
from careplans.plans.known import as_data, facts_of_all, from_data
from careplans.plans.models import Plan, PlanVersion, Recheck
from careplans.plans.safety import Finding, assess

# Plans looked at together: no list of patients is longer than a database takes.
AT_A_TIME = 500


def remember_known(*, version: PlanVersion, facts: PatientFacts) -> None:
    """Keep what was known when a version was published; its clinician has answered what follows from that."""
    data = as_data(facts)
    values = {"version": version, "known": data, "seen": data, "findings": [], "found_at": None}
    Recheck.objects.update_or_create(plan_id=version.plan_id, defaults=values)


def recheck_plans(*, now: datetime) -> int:
    """Assess the running plans of patients known differently than at the last look; how many brought new findings."""
    keys = list(Plan.objects.active().order_by("pk").values_list("pk", flat=True))
    found = 0
    for start in range(0, len(keys), AT_A_TIME):
        some = Plan.objects.filter(pk__in=keys[start : start + AT_A_TIME])
        plans = list(some.select_related("patient", "clinic", "recheck"))
        facts = facts_of_all({plan.patient: now.astimezone(plan.clinic.zone).date() for plan in plans})
        changed = [plan for plan in plans if _is_known_differently(plan, facts[plan.patient_id])]
        found += sum(_recheck(plan, facts[plan.patient_id], now) for plan in changed)
    return found


def _is_known_differently(plan: Plan, facts: PatientFacts) -> bool:
    return not hasattr(plan, "recheck") or plan.recheck.seen != as_data(facts)


@transaction.atomic
def _recheck(plan: Plan, facts: PatientFacts, now: datetime) -> bool:
    plan = Plan.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=plan.pk)
    version = plan.versions.order_by("-number").first()
    if version is None or plan.state != Plan.State.ACTIVE:
        return False
    recheck = Recheck.objects.filter(plan=plan, version=version).first()
    if recheck is None:
        # Published before this was kept: what was known then, nobody can say any more.
        remember_known(version=version, facts=facts)
        return False
    new = _new_findings(recheck, facts, now)
    was_found = bool(recheck.findings)
    recheck.seen, recheck.findings = as_data(facts), [_as_data(one) for one in new]
    recheck.found_at = (recheck.found_at or now) if new else None
    recheck.save()
    if new and not was_found:
        record_change(
            by=SYSTEM,
            action="plan.new_findings",
            subject=plan,
            now=now,
            clinic_id=plan.clinic_id,
            patient_id=plan.patient_id,
            details={"rules": [one.rule_code for one in new]},
        )
    return bool(new)


def _new_findings(recheck: Recheck, facts: PatientFacts, now: datetime) -> list[Finding]:
    """Stops and cautions that follow from what is known now and did not from what was known at publishing.

    Both are asked today of the same document, so that only what is known can make the difference.
    """
    document, clinic = recheck.version.document, recheck.plan.clinic
    today, rules = now.astimezone(clinic.zone).date(), rules_of(clinic)
    before = {one.key for one in assess(document, from_data(recheck.known), rules, today)}
    after = assess(document, facts, rules, today)
    return [one for one in after if one.needs_answer and one.key not in before]


def _as_data(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity,
        "subject": finding.item_title,
        "message": finding.message,
        "instead": finding.instead,
        "source": finding.source,
    }
