"""The schedule of check-ins: rows with the moment they are due, made from the days a plan version names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from careplans.accounts.models import Clinic
from careplans.audit.record import Actor, record_change
from careplans.checkins.due_time import moment_on, time_of_asking
from careplans.checkins.models import CheckIn
from careplans.core.tokens import derive_token, hash_token, new_nonce
from careplans.outbox.queue import cancel_messages
from careplans.plans.document import PlanDocument
from careplans.plans.models import Plan, PlanVersion
from patients.models import Patient

LINK_PURPOSE = "check-in"
LINK_PATH = "/c/"


@transaction.atomic
def schedule_check_ins(*, version: PlanVersion, by: Actor, now: datetime) -> None:
    """Make the plan's planned check-ins those of ``version``; what was asked or answered stays as it is.

    A planned day that the new version names too keeps its row and asks the new version's questions. Days that
    have passed are left out. May run again without effect.
    """
    plan = (
        Plan.objects.select_for_update(of=("self",))
        .select_related("clinic", "patient")
        .get(pk=version.plan_id)
    )
    wanted = _days_and_kinds(version.document)
    rows = list(plan.check_ins.exclude(state=CheckIn.State.CANCELLED))
    planned = [row for row in rows if row.state == CheckIn.State.SCHEDULED]
    dropped = [row for row in planned if row.due_on not in wanted]
    kept = [row for row in planned if row.due_on in wanted]
    _cancel(dropped, now)
    for row in kept:
        _point_at(row, version, wanted[row.due_on])
    taken = {row.due_on for row in rows}
    new = [_row(plan, version, day, kind) for day, kind in sorted(wanted.items()) if day not in taken]
    CheckIn.objects.bulk_create(row for row in new if row.due_at > now)
    record_change(
        by=by,
        action="check_ins.scheduled",
        subject=version,
        now=now,
        clinic_id=plan.clinic_id,
        patient_id=plan.patient_id,
        details={"kept": len(kept), "dropped": len(dropped), "days": [str(day) for day in sorted(wanted)]},
    )


@transaction.atomic
def cancel_check_ins(*, plan: Plan, by: Actor, now: datetime) -> None:
    """Ask nothing more for a plan that ends: planned and open check-ins are taken back, and their mails with them.

    A part of an answer counts as its answer, as when time runs out: what the patient said stays in sight.
    """
    rows = list(plan.check_ins.in_play().select_for_update(of=("self",)))
    _cancel(rows, now)
    record_change(
        by=by,
        action="check_ins.cancelled",
        subject=plan,
        now=now,
        clinic_id=plan.clinic_id,
        patient_id=plan.patient_id,
        details={"count": len(rows)},
    )


def moments_of(day: date, clinic: Clinic, patient: Patient) -> tuple[datetime, datetime]:
    """When a check-in of this day is due and when it closes, by the patient's clocks."""
    at = time_of_asking(clinic.sending_from, clinic.sending_until)
    open_days = max(clinic.check_in_open_days, 1)
    return moment_on(day, at, patient.zone), moment_on(day + timedelta(days=open_days), at, patient.zone)


def _days_and_kinds(document: PlanDocument) -> dict[date, str]:
    """One check-in a day; the end of a medicine course says more than a plain one."""
    days: dict[date, str] = {}
    for check_in in document.check_ins:
        if days.get(check_in.due_on) != CheckIn.Kind.COURSE_END:
            days[check_in.due_on] = check_in.kind
    return days


def _row(plan: Plan, version: PlanVersion, day: date, kind: str) -> CheckIn:
    due_at, closes_at = moments_of(day, plan.clinic, plan.patient)
    nonce = new_nonce()
    return CheckIn(
        clinic_id=plan.clinic_id,
        patient_id=plan.patient_id,
        plan=plan,
        version=version,
        kind=kind,
        due_on=day,
        due_at=due_at,
        closes_at=closes_at,
        nonce=nonce,
        token_hash=hash_token(derive_token(nonce, purpose=LINK_PURPOSE)),
    )


def _point_at(row: CheckIn, version: PlanVersion, kind: str) -> None:
    """Ask the new version's questions; a row that was asked in this very moment keeps its own."""
    due_at, closes_at = moments_of(row.due_on, version.plan.clinic, version.plan.patient)
    CheckIn.objects.filter(pk=row.pk, state=CheckIn.State.SCHEDULED).update(
        version=version, kind=kind, due_at=due_at, closes_at=closes_at
    )


def _cancel(rows: Iterable[CheckIn], now: datetime) -> None:
    rows = list(rows)
    open_ones = CheckIn.objects.in_play().filter(pk__in=[row.pk for row in rows])
    open_ones.filter(answer__isnull=False).update(state=CheckIn.State.ANSWERED, settled_at=now)
    open_ones.update(state=CheckIn.State.CANCELLED, settled_at=now)
    keys = [
        key for row in rows if row.state == CheckIn.State.ASKED for key in (row.mail_key, row.reminder_key)
    ]
    cancel_messages(keys=keys, now=now)
