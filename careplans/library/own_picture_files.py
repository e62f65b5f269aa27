"""The files behind a clinic's own pictures. A file that is gone, or is not the one that was kept, is no picture any more."""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.core.files.storage import Storage

from careplans.accounts.models import Clinic
from careplans.core.database_away import is_database_away, is_taken_back
from careplans.library.own_pictures import PREFIX, OwnPicture

logger = logging.getLogger(__name__)

# Longer than anything writes: what is younger may belong to a row that is not there yet.
YOUNG = timedelta(days=1)
FOLDER = "pictures"
_written: ContextVar[list[OwnPicture] | None] = ContextVar("written", default=None)


def own_pictures(clinic_id: uuid.UUID, codes: Iterable[str]) -> dict[str, OwnPicture]:
    """Those of the clinic by what plan documents call them; asks the database only where there is one to ask for."""
    keys = [key for code in codes if (key := _key(code))]
    if not keys:
        return {}
    return {one.code: one for one in OwnPicture.objects.filter(clinic=clinic_id, pk__in=keys)}


def latest_pictures(clinic: Clinic, *, most: int, besides: uuid.UUID | None = None) -> list[OwnPicture]:
    """What the clinic uploaded last, for choosing again; ``besides`` is among them however old it is."""
    uploaded = OwnPicture.objects.filter(clinic=clinic).order_by("-uploaded_at", "-pk")
    found = list(uploaded[:most])
    if besides and besides not in {one.pk for one in found}:
        found += uploaded.filter(pk=besides)
    return found


def stored_content(picture: OwnPicture) -> bytes | None:
    """What was kept, byte for byte, or None."""
    try:
        with picture.file.open("rb") as file:
            content: bytes = file.read()
    except OSError:
        content = b""
    if hashlib.sha256(content).hexdigest() == picture.sha256:
        return content
    logger.error("own picture %s is not in the storage as it was kept: shown nowhere", picture.pk)
    return None


def is_stored(picture: OwnPicture) -> bool:
    return picture.file.storage.exists(str(picture.file.name))


@contextmanager
def files_follow() -> Iterator[None]:
    """Around a transaction: when it is taken back, so are the files of pictures that were kept within it."""
    written: list[OwnPicture] = []
    token = _written.set(written)
    try:
        yield
    except Exception as error:
        # Where the database broke off, the row may well be stored.
        if is_taken_back(error) or not is_database_away(error):
            for picture in written:
                picture.file.storage.delete(str(picture.file.name))
        raise
    finally:
        _written.reset(token)


def note_written(picture: OwnPicture) -> None:
    """Its file stands in the storage, and whether its row stays is not known yet."""
    written = _written.get()
    if written is not None:
        written.append(picture)


def remove_stray_files(*, now: datetime) -> list[str]:
    """Take away files that no picture names, as a process that was killed leaves them; the names of those that went."""
    storage = OwnPicture._meta.get_field("file").storage
    found = [name for name in _files_in(storage, FOLDER) if now - storage.get_modified_time(name) > YOUNG]
    # Asked for after the files: what came meanwhile is named.
    named = {*OwnPicture.objects.values_list("file", flat=True)}
    strays = sorted({*found} - named)
    for name in strays:
        storage.delete(name)
    return strays


def _files_in(storage: Storage, folder: str) -> Iterator[str]:
    if not storage.exists(folder):
        return
    folders, files = storage.listdir(folder)
    yield from (f"{folder}/{name}" for name in files)
    for name in folders:
        yield from _files_in(storage, f"{folder}/{name}")


def _key(code: str) -> uuid.UUID | None:
    if not code.startswith(PREFIX):
        return None
    try:
        return uuid.UUID(code.removeprefix(PREFIX))
    except ValueError:
        return None
