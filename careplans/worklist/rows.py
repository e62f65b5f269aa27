"""The lines of the worklist, said in words; no queries in here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from careplans.checkins.models import Alert, CheckIn
from careplans.outbox.models import Message
from careplans.plans.models import Draft, Plan
from careplans.worklist.alert_lines import AlertLine, alert_lines
from careplans.worklist.json_rows import rows_in
from careplans.worklist.selectors import NOT_DELIVERED, ContentDue
from patients.models import Patient


@dataclass(frozen=True)
class AlertRow:
    """One patient's alerts in one row, the most urgent first; a red flag always has a row of its own."""

    key: str
    patient_name: str
    phone: str
    lines: tuple[AlertLine, ...]
    since: datetime
    owner: str
    is_mine: bool
    step: str
    note: str

    @property
    def url(self) -> str:
        return self.lines[0].url


@dataclass(frozen=True)
class CallRow:
    key: str
    patient_name: str
    patient_url: str
    record_number: str
    birth_date: date
    phone: str
    due_on: date
    closes_at: datetime
    days_late: int
    url: str


@dataclass(frozen=True)
class UnreachedRow:
    key: str
    patient_name: str
    url: str
    phone: str
    state: str
    what: str
    at: datetime | None
    message_url: str


@dataclass(frozen=True)
class DraftRow:
    key: str
    patient_name: str
    title: str
    is_revision: bool
    changed_at: datetime
    changed_by: str
    url: str


@dataclass(frozen=True)
class ChangedRow:
    """A running plan against which something speaks that was learnt after it was published."""

    key: str
    patient_name: str
    title: str
    # Severity, what it is about, what the rule says.
    findings: tuple[tuple[str, str, str], ...]
    since: datetime | None
    owner: str
    url: str


@dataclass(frozen=True)
class RecalledRow:
    """A running plan that holds a component withdrawn for safety."""

    key: str
    patient_name: str
    phone: str
    title: str
    component: str
    why: str
    since: datetime
    owner: str
    url: str
    revise_url: str


@dataclass(frozen=True)
class EndingRow:
    key: str
    patient_name: str
    title: str
    ends_on: date
    days_left: int
    owner: str
    url: str


@dataclass(frozen=True)
class ContentRow:
    kind: str
    code: str
    due_on: date
    url: str


def flag_labels_of(alerts: Sequence[Alert]) -> dict[str, str]:
    """The clinician's names of red flags by code, as the plans of ``alerts`` were published; the first alert's win."""
    flags = [flag for alert in reversed(alerts) for flag in rows_in(getattr(alert, "published_flags", None))]
    return {flag["code"]: flag["clinician_label"] for flag in flags}


def alert_row(alerts: Sequence[Alert], *, me: Any) -> AlertRow:
    """One row of alerts of the same patient, which stand in their order of urgency."""
    first = alerts[0]
    return AlertRow(
        key=f"alert-{first.pk}",
        patient_name=first.patient.full_name,
        phone=first.patient.phone,
        lines=alert_lines(alerts, flag_labels_of(alerts)),
        since=min(alert.raised_at for alert in alerts),
        owner=first.owner.name,
        is_mine=first.owner_id == me.pk,
        step=_step_words(first),
        note=first.note,
    )


def _step_words(alert: Alert) -> str:
    if alert.state == Alert.State.ACKNOWLEDGED:
        return _("taken on")
    return {
        Alert.Step.COVER: _("passed on to the cover"),
        Alert.Step.LEAD: _("passed on to the clinical lead"),
    }.get(Alert.Step(alert.step), "")


def bundled(alerts: Sequence[Alert], *, me: Any) -> tuple[AlertRow, ...]:
    """Rows in the order of their most urgent alert: several alerts of a patient share one."""
    by_patient: dict[Any, list[Alert]] = {}
    for alert in alerts:
        by_patient.setdefault(alert.patient_id, []).append(alert)
    return tuple(alert_row(group, me=me) for group in by_patient.values())


def call_row(check_in: CheckIn, *, today: date) -> CallRow:
    patient = check_in.patient
    return CallRow(
        key=f"call-{check_in.pk}",
        patient_name=patient.full_name,
        patient_url=reverse("patient-detail", args=[patient.pk]),
        record_number=patient.record_number,
        birth_date=patient.birth_date,
        phone=patient.phone,
        due_on=check_in.due_on,
        closes_at=check_in.closes_at,
        days_late=(today - check_in.due_on).days,
        url=reverse("check-in-phone", args=[check_in.pk]),
    )


def unreached_row(patient: Patient) -> UnreachedRow:
    """``patient`` from ``unreached_of``."""
    found: dict[str, Any] = vars(patient)
    state, message_id = str(found.get("message_state")), found.get("message_id")
    is_message = state in NOT_DELIVERED
    return UnreachedRow(
        key=f"unreached-{patient.pk}",
        patient_name=patient.full_name,
        url=reverse("patient-detail", args=[patient.pk]),
        phone=patient.phone,
        state=str(Message.State(state).label) if is_message else str(Patient.EmailState.BOUNCED.label),
        what=_what_was_not_delivered(patient, found.get("message_kind") if is_message else None),
        at=found.get("message_settled_at") if is_message else None,
        message_url=reverse("message-detail", args=[message_id]) if is_message else "",
    )


def _what_was_not_delivered(patient: Patient, kind: str | None) -> str:
    refused = patient.email_state == Patient.EmailState.BOUNCED
    parts = [str(Message.Kind(kind).label)] if kind else []
    if refused:
        parts.append(_("the address was refused: ask for the right one"))
    return " – ".join(parts)


def draft_row(draft: Draft) -> DraftRow:
    plan = draft.plan
    return DraftRow(
        key=f"draft-{draft.pk}",
        patient_name=plan.patient.full_name,
        title=draft.title,
        is_revision=plan.state != Plan.State.DRAFT,
        changed_at=draft.changed_at,
        changed_by=draft.changed_by.name,
        url=reverse("plan-build", args=[plan.pk]),
    )


def has_findings(plan: Plan) -> bool:
    """Whether something learnt after publishing speaks against the plan; needs ``recheck`` beside it."""
    return hasattr(plan, "recheck") and plan.recheck.found_at is not None


def has_recall(plan: Plan) -> bool:
    """Needs what ``plans_of`` writes beside the plan."""
    return vars(plan).get("recalled_at") is not None


def recalled_row(plan: Plan) -> RecalledRow:
    found: dict[str, Any] = vars(plan)
    return RecalledRow(
        key=f"recalled-{plan.pk}",
        patient_name=plan.patient.full_name,
        phone=plan.patient.phone,
        title=plan.title,
        component=found["recalled_title"] or "",
        why=found["recalled_why"],
        since=found["recalled_at"],
        owner=plan.owner.name,
        url=reverse("plan-detail", args=[plan.pk]),
        revise_url=reverse("plan-without", args=[plan.pk, found["recalled_component"]]),
    )


def changed_row(plan: Plan) -> ChangedRow:
    return ChangedRow(
        key=f"changed-{plan.pk}",
        patient_name=plan.patient.full_name,
        title=plan.title,
        findings=tuple((one["severity"], one["subject"], one["message"]) for one in plan.recheck.findings),
        since=plan.recheck.found_at,
        owner=plan.owner.name,
        url=reverse("plan-detail", args=[plan.pk]),
    )


def ending_row(plan: Plan, *, today: date) -> EndingRow:
    ends_on = plan.ends_on or today
    return EndingRow(
        key=f"ending-{plan.pk}",
        patient_name=plan.patient.full_name,
        title=plan.title,
        ends_on=ends_on,
        days_left=(ends_on - today).days,
        owner=plan.owner.name,
        url=reverse("patient-detail", args=[plan.patient_id]),
    )


def content_row(due: ContentDue) -> ContentRow:
    kinds = {
        "component": _("Component"),
        "template": _("Plan template"),
        "rule": _("Safety rule"),
        "red_flag": _("Red flag"),
    }
    url = (
        reverse("component-detail", args=[due.subject_id]) if due.kind == "component" else reverse("library")
    )
    return ContentRow(kinds[due.kind], due.code, due.due_on, url)
