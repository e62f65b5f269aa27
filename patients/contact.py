"""Changing who a patient is and how to reach them, and their consent to e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.audit.record import Actor, record_change
from careplans.outbox.queue import cancel_messages_of_patient, readdress_messages
from patients.changing import changed_fields, lock_current
from patients.identity import RecordNumberTaken, checked_identity, clinic_day, refuse_taken_number
from patients.models import Patient
from patients.rules import NotAcceptable


class NoAddress(NotAcceptable):
    """Consent was to be noted without an address it could be for."""

    def __init__(self) -> None:
        super().__init__(_("Write the e-mail address the patient agreed to, or take the consent away."))


@transaction.atomic
def change_patient(
    *, patient: Patient, version: int, fields: Mapping[str, Any], by: User, now: datetime
) -> Patient:
    """Change identity and contact, and with ``has_email_consent`` the consent; returns the patient as stored.

    Messages on their way follow: to the new address, or back when there is none or the consent is gone.
    """
    identity = {name: value for name, value in fields.items() if name != "has_email_consent"}
    wanted = checked_identity(identity, clinic=patient.clinic, today=clinic_day(patient.clinic, now))
    if "has_email_consent" in fields:
        wanted["has_email_consent"] = bool(fields["has_email_consent"])
    current = lock_current(patient, version=version, wanted=wanted)
    changed = changed_fields(current, wanted)
    if not changed:
        return current
    has_consent = wanted.pop("has_email_consent", current.has_email_consent)
    check_consent_has_address(has_consent, wanted.get("email", current.email))
    if "record_number" in changed:
        refuse_taken_number(wanted["record_number"], clinic=current.clinic, except_for=current)
    for name, value in wanted.items():
        setattr(current, name, value)
    if has_consent != current.has_email_consent:
        _set_consent(current, has_consent=has_consent, by=by, now=now)
    _save(current, changed=changed, action="patient.changed", by=by, now=now)
    return current


def lock_patient(patient_id: UUID) -> Patient:
    """The patient as stored now, held until the transaction ends: nobody opts out between reading and queueing a mail.

    Whoever also locks a plan, check-ins or messages locks the patient first, as the verbs here do.
    """
    return Patient.objects.select_for_update(no_key=True).get(pk=patient_id)


@transaction.atomic
def record_email_consent(*, patient: Patient, by: User, now: datetime) -> Patient:
    """Note that the patient agreed to get e-mails, and who wrote it down."""
    current = Patient.objects.select_for_update().get(pk=patient.pk)
    check_consent_has_address(True, current.email)
    if not current.has_email_consent:
        _set_consent(current, has_consent=True, by=by, now=now)
        _save(current, changed=["has_email_consent"], action="patient.email_agreed", by=by, now=now)
    return current


@transaction.atomic
def opt_out_of_email(*, patient: Patient, by: Actor, now: datetime) -> Patient:
    """Stop all e-mail to the patient at once; a second call changes nothing."""
    current = Patient.objects.select_for_update().get(pk=patient.pk)
    if current.email_opted_out_at is None:
        current.email_opted_out_at = now
        _save(current, changed=["has_email_consent"], action="patient.email_stopped", by=by, now=now)
    return current


def check_consent_has_address(has_consent: bool, email: str) -> None:
    if has_consent and not email:
        raise NoAddress


def _set_consent(patient: Patient, *, has_consent: bool, by: User, now: datetime) -> None:
    if has_consent:
        patient.email_consent_at, patient.email_consent_by = now, by
        patient.email_opted_out_at = None
    else:
        patient.email_opted_out_at = now


def _save(patient: Patient, *, changed: list[str], action: str, by: Actor, now: datetime) -> None:
    if "email" in changed:
        patient.email_state = Patient.EmailState.OK
    patient.version += 1
    patient.updated_at = now
    try:
        with transaction.atomic():
            patient.save()
    except IntegrityError as error:
        refuse_taken_number(patient.record_number, clinic=patient.clinic, except_for=patient)
        raise RecordNumberTaken(patient.record_number) from error
    if not {"email", "has_email_consent"}.isdisjoint(changed):
        _keep_messages_right(patient, now=now)
    record_change(
        by=by,
        action=action,
        subject=patient,
        now=now,
        clinic_id=patient.clinic_id,
        patient_id=patient.pk,
        details={"fields": changed, "version": patient.version},
    )


def _keep_messages_right(patient: Patient, *, now: datetime) -> None:
    if patient.can_be_mailed:
        readdress_messages(patient_id=patient.pk, to_address=patient.email)
    else:
        cancel_messages_of_patient(patient_id=patient.pk, now=now)
