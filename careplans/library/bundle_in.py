"""Taking a file of library content in: first rehearsed and reported row by row, then taken in as a whole or not at all.

What arrives waits for review; whoever brought it counts as its writer and cannot approve it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic, User
from careplans.audit.record import record_change
from careplans.core.database_away import is_taken_back
from careplans.library.bundle import Bundle, read_bundle
from careplans.library.bundle_arrival import Arrival, BundleRefused
from careplans.library.bundle_report import Report
from careplans.library.models import ArrivingFile
from careplans.library.own_picture_files import files_follow

logger = logging.getLogger(__name__)

KEPT_WAITING = timedelta(days=1)
NAME_LENGTH = 120


class TakenInAlready(BundleRefused):
    """Somebody was first, perhaps with the same press of a button."""


class Overtaken(BundleRefused):
    """Somebody else changed the library in the same moment, so nothing of the file was taken in."""


def waiting_files(clinic: Clinic, now: datetime) -> QuerySet[ArrivingFile]:
    """What was brought and not yet decided on, and what was taken in; a day later what nobody decided on is gone."""
    files = ArrivingFile.objects.filter(clinic=clinic).select_related("clinic", "brought_by")
    return files.filter(Q(taken_in_at__isnull=False) | Q(brought_at__gte=now - KEPT_WAITING))


def receive_file(*, clinic: Clinic, name: str, data: bytes, by: User, now: datetime) -> ArrivingFile:
    """Keep a readable file for a day with its report, until somebody decides on it.

    Raises ``UnreadableBundle``, or ``Overtaken`` when somebody changed the library in the same moment.
    """
    # Read before the transaction: on SQLite that one keeps everybody else from writing.
    bundle = read_bundle(data)
    with _overtaken_or_not(), transaction.atomic():
        ArrivingFile.objects.filter(
            clinic=clinic, taken_in_at=None, brought_at__lt=now - KEPT_WAITING
        ).delete()
        arriving = ArrivingFile.objects.create(
            clinic=clinic,
            name=name[:NAME_LENGTH],
            sha256=hashlib.sha256(data).hexdigest(),
            content=data,
            brought_by=by,
            brought_at=now,
        )
        _note_report(arriving, _rehearsed(arriving, bundle, by, now))
        record_change(
            by=by,
            action="library.file_received",
            subject=arriving,
            now=now,
            clinic_id=clinic.pk,
            details={"sha256": arriving.sha256},
        )
    return arriving


def rehearse(*, arriving: ArrivingFile, by: User, now: datetime) -> Report:
    """What taking it in would do now, found by doing it and undoing it: the report says nothing but what happens."""
    return _rehearsed(arriving, read_bundle(bytes(arriving.content)), by, now)


def look_again(*, arriving: ArrivingFile, by: User, now: datetime) -> ArrivingFile:
    """Write its report anew: the library has changed since the file came. Raises ``Overtaken`` when it does so again."""
    bundle = read_bundle(bytes(arriving.content))
    with _overtaken_or_not(), transaction.atomic():
        _note_report(arriving, _rehearsed(arriving, bundle, by, now))
    return arriving


def take_in(*, arriving: ArrivingFile, by: User, now: datetime) -> Report:
    """Everything in the file, waiting for review; raises ``BundleRefused`` and writes nothing when one row is bad."""
    if arriving.taken_in_at is not None:
        raise TakenInAlready(_("This file was taken in already."))
    bundle = read_bundle(bytes(arriving.content))
    with _overtaken_or_not(), files_follow(), transaction.atomic():
        stored = ArrivingFile.objects.select_for_update().get(pk=arriving.pk)
        if stored.taken_in_at is not None:
            raise TakenInAlready(_("This file was taken in already."))
        report = Arrival(stored, bundle, by, now, for_good=True).report()
        if report.bad:
            raise BundleRefused(
                _("Nothing was taken in: something in this file cannot be used. Look at its rows.")
            )
        if not report.arriving:
            raise BundleRefused(_("There is nothing new in this file."))
        stored.taken_in_at, stored.content = now, b""
        _note_report(stored, report)
        stored.save(update_fields=["taken_in_at", "content"])
        record_change(
            by=by,
            action="library.file_taken_in",
            subject=stored,
            now=now,
            clinic_id=stored.clinic_id,
            details={"sha256": stored.sha256, "arrived": report.arriving},
        )
    return report


@contextmanager
def _overtaken_or_not() -> Iterator[None]:
    """What somebody else wrote in the same moment, such as a component of the same code, cannot always be waited for."""
    try:
        yield
    except (IntegrityError, OperationalError) as error:
        if isinstance(error, OperationalError) and not is_taken_back(error):
            raise
        logger.warning("a file of library content met another write: %s", error)
        raise Overtaken(
            _("Somebody else changed the library in the same moment, and nothing was written. Try once more.")
        ) from error


def _rehearsed(arriving: ArrivingFile, bundle: Bundle, by: User, now: datetime) -> Report:
    with transaction.atomic():
        report = Arrival(arriving, bundle, by, now, for_good=False).report()
        transaction.set_rollback(True)
    return report


def _note_report(arriving: ArrivingFile, report: Report) -> None:
    arriving.report = [asdict(row) for row in report.rows]
    arriving.save(update_fields=["report"])
