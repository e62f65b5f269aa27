"""Recording what is true of a patient, and taking it back. Nothing is deleted: a fact ends or is withdrawn."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.audit.record import record_change
from careplans.core.refusals import Refusal
from patients.facts import FactCode
from patients.identity import clinic_day
from patients.models import ClinicalFact, Patient
from patients.rules import NotAcceptable, check_span, clean_line


class FactKnown(NotAcceptable):
    """The fact is on record already."""


class FactSettled(Refusal):
    """The fact was withdrawn or has ended already."""


@transaction.atomic
def record_fact(
    *,
    patient: Patient,
    code: str,
    detail: str = "",
    since_on: date | None = None,
    until_on: date | None = None,
    by: User,
    now: datetime,
) -> ClinicalFact:
    """Record one fact; the same one twice is refused while it holds."""
    today = clinic_day(patient.clinic, now)
    detail = clean_line(detail, 200)
    if code not in FactCode.values:
        raise NotAcceptable(_("Choose a fact from the list."))
    if code == FactCode.ALLERGY and not detail:
        raise NotAcceptable(_("Write what the patient is allergic to, such as latex."))
    check_span(since_on, until_on, birth_date=patient.birth_date, today=today)
    # One at a time for each patient, so that two people cannot record the same fact at once.
    Patient.objects.select_for_update().get(pk=patient.pk)
    fact = ClinicalFact(patient=patient, code=code, detail=detail, since_on=since_on, until_on=until_on)
    _refuse_known(fact, today)
    fact.recorded_at, fact.recorded_by = now, by
    fact.save(force_insert=True)
    _audit(fact, "fact.recorded", ["code", "detail", "since_on", "until_on"], by, now)
    return fact


@transaction.atomic
def withdraw_fact(*, fact: ClinicalFact, by: User, now: datetime) -> ClinicalFact:
    """Take back a fact that was never true; it stays on record as withdrawn."""
    current = _lock(fact)
    current.withdrawn_at, current.withdrawn_by = now, by
    current.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _audit(current, "fact.withdrawn", ["withdrawn_at"], by, now)
    return current


@transaction.atomic
def end_fact(*, fact: ClinicalFact, over_since: date, by: User, now: datetime) -> ClinicalFact:
    """Note that the fact was true and is not any more since ``over_since``."""
    today = clinic_day(fact.patient.clinic, now)
    if over_since > today:
        raise NotAcceptable(
            _("This date is in the future. Write the first day on which it was no longer true.")
        )
    current = _lock(fact)
    if over_since <= (current.since_on or current.patient.birth_date):
        raise NotAcceptable(
            _("It began on that day or later. If it was never true, withdraw it as a mistake.")
        )
    current.until_on = over_since - timedelta(days=1)
    current.save(update_fields=["until_on"])
    _audit(current, "fact.ended", ["until_on"], by, now)
    return current


def _lock(fact: ClinicalFact) -> ClinicalFact:
    current = ClinicalFact.objects.select_for_update().get(pk=fact.pk)
    if current.withdrawn_at is not None:
        raise FactSettled(
            _("%(name)s withdrew this on %(day)s already.")
            % {"name": current.withdrawn_by, "day": date_format(current.withdrawn_at, "j M Y")}
        )
    return current


def _refuse_known(fact: ClinicalFact, today: date) -> None:
    known = ClinicalFact.objects.filter(patient=fact.patient, code=fact.code, withdrawn_at=None)
    still_true = [other for other in known if other.until_on is None or other.until_on >= today]
    if any(other.detail.casefold() == fact.detail.casefold() for other in still_true):
        raise FactKnown(_("“%(fact)s” is on record for this patient already.") % {"fact": fact})


def _audit(fact: ClinicalFact, action: str, fields: list[str], by: User, now: datetime) -> None:
    record_change(
        by=by,
        action=action,
        subject=fact,
        now=now,
        clinic_id=fact.patient.clinic_id,
        patient_id=fact.patient_id,
        details={"fields": fields},
    )
