"""The files behind a clinic's own pictures. A file that is gone, or is not the one that was kept, is no picture any more."""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Iterable

from careplans.accounts.models import Clinic
from careplans.library.own_pictures import PREFIX, OwnPicture

logger = logging.getLogger(__name__)


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


def _key(code: str) -> uuid.UUID | None:
    if not code.startswith(PREFIX):
        return None
    try:
        return uuid.UUID(code.removeprefix(PREFIX))
    except ValueError:
        return None
