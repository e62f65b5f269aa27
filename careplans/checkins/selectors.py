"""Reads of this room that other rooms and its own pages use; the number of queries never depends on the rows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from careplans.accounts.models import Clinic
from careplans.checkins.link_ends import has_check_in_link_ended, has_plan_link_ended
from careplans.checkins.models import Alert, AlertQuerySet, Answer, CheckIn
from careplans.core.tokens import hash_token
from careplans.plans.models import Plan, PlanVersion
from patients.models import Patient


def open_alerts(clinic: Clinic) -> AlertQuerySet:
    """What needs a person: unresolved, most urgent and oldest first, with patient, plan, owner and answer."""
    alerts = Alert.objects.of(clinic).unresolved().order_by("tier", "raised_at")
    return alerts.select_related(
        "patient", "plan", "owner", "check_in", "check_in__answer", "acknowledged_by"
    )


def phone_list(clinic: Clinic, now: datetime) -> QuerySet[CheckIn]:
    """Whom to call: asked by phone and not heard yet, longest waiting first."""
    rows = CheckIn.objects.of(clinic).open(now).filter(channel=CheckIn.Channel.PHONE)
    return rows.select_related("patient", "plan", "plan__owner").order_by("due_at")


def course_of(plan: Plan) -> list[CheckIn]:
    """The plan's asked check-ins by day, each with its ``answer`` and items, or with none: a gap is not a zero."""
    rows = plan.check_ins.exclude(asked_at=None).exclude(state=CheckIn.State.CANCELLED).order_by("due_at")
    return list(rows.select_related("answer", "answer__taken_by").prefetch_related("answer__items"))


def answer_of(check_in: CheckIn) -> Answer | None:
    """The answer, also a half-finished one."""
    return Answer.objects.filter(check_in=check_in).prefetch_related("items", "additions").first()


def check_in_behind(token: str) -> CheckIn | None:
    return CheckIn.objects.filter(token_hash=hash_token(token)).first()


def version_behind(token: str) -> PlanVersion | None:
    return PlanVersion.objects.filter(link_token_hash=hash_token(token)).first()


def check_in_for_patient(pk: UUID) -> CheckIn | None:
    rows = CheckIn.objects.select_related("clinic", "patient", "plan", "version")
    return rows.filter(pk=pk).first()


def newest_open(plan: Plan, now: datetime) -> CheckIn | None:
    """The plan's check-in that can be answered now."""
    rows = plan.check_ins.open(now).select_related("clinic", "patient", "plan", "version")
    return rows.order_by("-due_at").first()


def next_planned(plan: Plan) -> CheckIn | None:
    return plan.check_ins.filter(state=CheckIn.State.SCHEDULED).order_by("due_at").first()


def newest_version(plan: Plan) -> PlanVersion:
    return plan.versions.order_by("-number")[0]


def plan_of_version(pk: UUID) -> Plan | None:
    return Plan.objects.select_related("clinic", "patient__clinic").filter(versions=pk).first()


def has_link_ended(check_in: CheckIn, now: datetime) -> bool:
    return has_check_in_link_ended(closes_at=check_in.closes_at, settled_at=check_in.settled_at, now=now)


def has_plan_ended_long_ago(plan: Plan, now: datetime) -> bool:
    """Whether the links on its handouts have ended."""
    zone = plan.patient.zone
    return has_plan_link_ended(
        ends_on=newest_version(plan).document.ends_on,
        ended_on=plan.ended_at.astimezone(zone).date() if plan.ended_at else None,
        today=now.astimezone(zone).date(),
    )


def version_to_lead_to(patient: Patient, now: datetime) -> PlanVersion | None:
    """The newest version of the patient's running plan, while its link lives: it leads to whatever is open."""
    published = PlanVersion.objects.filter(plan__patient=patient).values("plan")
    running = Plan.objects.filter(pk__in=published, state=Plan.State.ACTIVE)
    plans = running.select_related("clinic", "patient__clinic").order_by("-created_at")
    live = (plan for plan in plans if not has_plan_ended_long_ago(plan, now))
    return next((newest_version(plan) for plan in live), None)
