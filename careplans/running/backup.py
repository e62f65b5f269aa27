"""One file with everything a clinic cannot make again: the database, the handouts, the key of its links.

The database of PostgreSQL is left to ``pg_dump``; the file then holds the rest.
"""

from __future__ import annotations

import io
import os
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from careplans.accounts.models import Clinic
from careplans.audit.record import SYSTEM, record_change
from careplans.core.refusals import Refusal

DATABASE, KEY, MEDIA, MADE_AT = "careplans.sqlite3", "secret-key", "media", "made-at"


class NotRestorable(Refusal):
    """The backup cannot be put there; nothing was changed."""


def make_backup(*, folder: Path, now: datetime) -> Path:
    """Write the backup while the site runs; the file appears under its name only when it is whole."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / f"careplans-{now:%Y-%m-%d-%H%M%S}.tar.gz"
    draft = target.with_suffix(".draft")
    with tempfile.TemporaryDirectory(dir=folder) as place:
        database = Path(place) / DATABASE
        has_database = _copy_sqlite(database)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz") as archive:
                if has_database:
                    archive.add(database, DATABASE)
                # After the database: a handout made meanwhile is one too many, never one too few.
                for path, name in ((settings.MEDIA_ROOT, MEDIA), (settings.DATA_DIR / KEY, KEY)):
                    if Path(path).exists():
                        archive.add(path, name)
                _add_text(archive, MADE_AT, now.isoformat())
            file.flush()
            os.fsync(file.fileno())
    draft.rename(target)
    return target


def unpack_backup(*, file: Path) -> None:
    """Put the files of a backup into an empty DATA_DIR."""
    folder = Path(settings.DATA_DIR)
    if (folder / DATABASE).exists() or (folder / MEDIA).exists():
        raise NotRestorable(
            f"{folder} holds data already. Set DATA_DIR to an empty folder, then restore there."
        )
    try:
        with tarfile.open(file) as archive:
            if MADE_AT not in archive.getnames():
                raise NotRestorable(f"{file} is no backup of Careplans.")
            members = [member for member in archive if _is_ours(member)]
            (folder / KEY).unlink(missing_ok=True)  # made for this very command a moment ago
            # Debian 12's Python 3.11.2 has no filters yet; what may be in the file was looked at above.
            archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, path: member)
            archive.extractall(folder, members)  # noqa: S202
    except (OSError, tarfile.TarError) as error:
        raise NotRestorable(f"{file} cannot be read ({error}).") from error


def pause_sending(*, now: datetime) -> int:
    """After a restore: what left since the backup was made stands in the queue again. A person looks first."""
    paused = 0
    for clinic in Clinic.objects.filter(is_sending_paused=False):
        Clinic.objects.filter(pk=clinic.pk).update(is_sending_paused=True)
        record_change(by=SYSTEM, action="clinic.restored", subject=clinic, now=now, clinic_id=clinic.pk)
        paused += 1
    return paused


def _is_ours(member: tarfile.TarInfo) -> bool:
    """Plain files and folders under the names a backup has: nothing in it can reach beyond DATA_DIR."""
    path = PurePosixPath(member.name)
    is_plain = (member.isfile() or member.isdir()) and ".." not in path.parts
    return is_plain and (member.name in (DATABASE, KEY, MADE_AT) or path.parts[:1] == (MEDIA,))


def _copy_sqlite(target: Path) -> bool:
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "sqlite":
        return False
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        connection.connection.backup(copy)
    return True


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(text.encode())
    archive.addfile(entry, io.BytesIO(text.encode()))
