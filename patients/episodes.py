"""Episodes of care: why the patient is here, since when, and the surgery if there was one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.audit.record import record_change
from careplans.core.refusals import Refusal
from patients.changing import changed_fields, lock_current
from patients.identity import clinic_day
from patients.models import Episode, Patient
from patients.rules import NotAcceptable, check_past_day, check_surgery, clean_line

FIELDS = ("diagnosis", "body_region", "onset_on", "surgery_type", "surgery_on", "contributors")


class EpisodeClosed(Refusal):
    """The episode was closed; it stays as it was."""


class EpisodeHasPlan(Refusal):
    """A plan of the episode is still running."""


@transaction.atomic
def open_episode(
    *,
    patient: Patient,
    diagnosis: str,
    body_region: str,
    onset_on: date,
    surgery_type: str = "",
    surgery_on: date | None = None,
    contributors: Sequence[str] = (),
    by: User,
    now: datetime,
) -> Episode:
    """Write down why the patient is here."""
    typed = {
        "diagnosis": diagnosis,
        "body_region": body_region,
        "onset_on": onset_on,
        "surgery_type": surgery_type,
        "surgery_on": surgery_on,
        "contributors": contributors,
    }
    checked = _checked(typed, patient, clinic_day(patient.clinic, now))
    episode = Episode.objects.create(patient=patient, created_at=now, created_by=by, **checked)
    _audit(episode, "episode.opened", list(FIELDS), by, now)
    return episode


@transaction.atomic
def change_episode(
    *, episode: Episode, version: int, fields: Mapping[str, Any], by: User, now: datetime
) -> Episode:
    """Correct an open episode; returns it as stored."""
    typed = {name: getattr(episode, name) for name in FIELDS} | dict(fields)
    wanted = _checked(typed, episode.patient, clinic_day(episode.patient.clinic, now))
    current = lock_current(episode, version=version, wanted=wanted)
    _refuse_closed(current)
    changed = changed_fields(current, wanted)
    if not changed:
        return current
    for name in changed:
        setattr(current, name, wanted[name])
    current.version += 1
    current.save(update_fields=[*changed, "version"])
    _audit(current, "episode.changed", changed, by, now)
    return current


@transaction.atomic
def close_episode(*, episode: Episode, by: User, now: datetime) -> Episode:
    """End the episode; refused while a plan of it is running."""
    current = Episode.objects.select_for_update().get(pk=episode.pk)
    _refuse_closed(current)
    # Plans are a room above this one and are asked over the relation, not imported.
    if current.plans.filter(state__in=["active", "paused"]).exists():
        raise EpisodeHasPlan(_("A plan of this episode is still running. Complete or stop the plan first."))
    current.closed_at, current.closed_by = now, by
    current.version += 1
    current.save(update_fields=["closed_at", "closed_by", "version"])
    _audit(current, "episode.closed", ["closed_at"], by, now)
    return current


def _checked(typed: Mapping[str, Any], patient: Patient, today: date) -> dict[str, Any]:
    diagnosis = clean_line(typed["diagnosis"], 200)
    if not diagnosis:
        raise NotAcceptable(_("Write what brings the patient here."))
    if typed["body_region"] not in Episode.BodyRegion.values:
        raise NotAcceptable(_("Choose a body region from the list."))
    if typed["surgery_type"] not in ("", *Episode.SurgeryType.values):
        raise NotAcceptable(_("Choose a type of surgery from the list."))
    if not set(typed["contributors"]) <= set(Episode.Contributor.values):
        raise NotAcceptable(_("Choose the contributors from the list."))
    check_past_day(typed["onset_on"], birth_date=patient.birth_date, today=today)
    check_surgery(typed["surgery_type"], typed["surgery_on"], birth_date=patient.birth_date, today=today)
    return {
        **{name: typed[name] for name in FIELDS},
        "diagnosis": diagnosis,
        "contributors": list(typed["contributors"]),
    }


def _refuse_closed(episode: Episode) -> None:
    if episode.closed_at is not None:
        raise EpisodeClosed(_("This episode was closed by %(name)s.") % {"name": episode.closed_by})


def _audit(episode: Episode, action: str, fields: list[str], by: User, now: datetime) -> None:
    record_change(
        by=by,
        action=action,
        subject=episode,
        now=now,
        clinic_id=episode.patient.clinic_id,
        patient_id=episode.patient_id,
        details={"fields": fields, "version": episode.version},
    )
