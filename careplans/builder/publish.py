"""Publishing and ending a plan: the verbs that reach from the plan into handout, check-ins and mail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.audit.record import record_change
from careplans.checkins.schedule import cancel_check_ins, schedule_check_ins
from careplans.core.text import LETTERS_OF_A_NOTE, LETTERS_OF_A_REASON, plain_words
from careplans.handouts.services import request_handout
from careplans.outbox.compose import compose
from careplans.outbox.queue import cancel_messages, queue_message
from careplans.plans.freeze import freeze_draft
from careplans.plans.lifecycle import can_move
from careplans.plans.models import Draft, Plan, PlanVersion
from careplans.plans.refusals import FindingsUndecided, PlanRefusal
from careplans.plans.selectors import findings_of_end
from patients.contact import lock_patient
from patients.models import Patient


@transaction.atomic
def publish_plan(*, draft: Draft, revision: int, by: User, now: datetime) -> PlanVersion:
    """Freeze the draft as the next version, and with it the handout, the check-ins and the patient's mail."""
    patient = lock_patient(draft.plan.patient_id)
    version = freeze_draft(draft=draft, revision=revision, by=by, now=now)
    request_handout(version=version, by=by, now=now)
    schedule_check_ins(version=version, by=by, now=now)
    if patient.can_be_mailed:
        _tell_patient(version, patient, now)
    return version


@transaction.atomic
def end_plan(
    *,
    plan: Plan,
    state: str,
    reason: str,
    answers: Mapping[str, str] | None = None,
    by: User,
    now: datetime,
) -> None:
    """Complete or stop a plan: nothing more is asked, an open draft is closed, everything told stays.

    ``answers`` holds by its key what was answered to each finding on what stops with the plan.
    """
    reason = reason_to_end(reason)
    current = Plan.objects.select_for_update(of=("self",)).select_related("patient__clinic").get(pk=plan.pk)
    if not can_move(current.state, state):
        raise PlanRefusal(_("This plan has ended already."))
    answered = _answered(current, answers or {}, now)
    Plan.objects.filter(pk=plan.pk).update(state=state, ended_at=now)
    Draft.objects.filter(plan=plan, closed_at=None).update(closed_at=now)
    cancel_check_ins(plan=plan, by=by, now=now)
    cancel_messages(keys=[_message_key(version) for version in plan.versions.all()], now=now)
    record_change(
        by=by,
        action=f"plan.{state}",
        subject=plan,
        now=now,
        clinic_id=plan.clinic_id,
        patient_id=plan.patient_id,
        details={"reason": reason, "findings": answered},
    )


def reason_to_end(text: str) -> str:
    """Why a plan ends, in words."""
    ask = _("Write in words why it ends. The reason stays on record.")
    return plain_words(text, letters=LETTERS_OF_A_NOTE, ask=ask)


def _answered(plan: Plan, answers: Mapping[str, str], now: datetime) -> list[dict[str, str]]:
    """The findings on what stops with the plan, each with its answer; refused while one has none."""
    today = now.astimezone(plan.patient.clinic.zone).date()
    findings = [finding for finding in findings_of_end(plan, today) if finding.needs_answer]
    unanswered = sorted(
        {finding.item_title for finding in findings if not answers.get(finding.key, "").strip()}
    )
    if unanswered:
        raise FindingsUndecided(
            _("Ending this plan stops: %(titles)s. Read what this can do and answer it first.")
            % {"titles": ", ".join(unanswered)}
        )
    return [
        {
            "rule": one.rule_code,
            "title": one.item_title,
            "severity": one.severity,
            "answer": _in_words(answers[one.key]) if one.severity == "stop" else "",
        }
        for one in findings
    ]


def _in_words(answer: str) -> str:
    ask = _("Write in words how it is lowered, or who goes on prescribing it.")
    return plain_words(answer, letters=LETTERS_OF_A_REASON, ask=ask)


def _message_key(version: PlanVersion) -> str:
    return f"plan-published:{version.pk}"


def _tell_patient(version: PlanVersion, patient: Patient, now: datetime) -> None:
    plan = version.plan
    mail = compose(
        "builder/mail/plan_published",
        {"clinic": plan.clinic, "is_revision": version.number > 1},
        patient.language,
    )
    queue_message(
        clinic=plan.clinic,
        kind="plan_published",
        key=_message_key(version),
        to_address=patient.email,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        language=patient.language,
        due_at=now,
        patient_id=plan.patient_id,
        link_nonce=version.link_nonce,
        link_purpose="plan",
        link_path="/p/",
        now=now,
    )
