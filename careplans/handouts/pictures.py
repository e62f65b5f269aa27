"""The pictures of a handout: drawn ones, turned round for pages that run from right to left, and the clinic's own."""

from __future__ import annotations

import base64
import re
import uuid
from dataclasses import dataclass
from functools import cache

from careplans.handouts.assets import Asset, static_folder
from careplans.handouts.words import direction_of
from careplans.library.own_picture_files import own_pictures, stored_content
from careplans.library.own_pictures import OwnPicture
from careplans.library.pictures import picture_alt
from careplans.library.upload import ENDINGS
from careplans.plans.document import PlanDocument

FOLDER = "pictures/"
MIRRORED = "rtl/"
_DRAWN_CODE = re.compile(r"^[a-z0-9][a-z0-9-]*$")


@dataclass(frozen=True)
class Picture:
    """``name`` is what the page calls the asset; ``alt`` says what it shows, and is empty where nobody said."""

    name: str
    asset: Asset
    alt: str


def pictures_of(document: PlanDocument, clinic_id: uuid.UUID | None) -> dict[str, Picture]:
    """Code → picture, of those that there are on this installation and in this clinic."""
    codes = sorted({item.picture for item in document.items})
    found = {code: picture for code in codes if (picture := _drawn(code, document.language))}
    if clinic_id is not None:
        for code, own in own_pictures(clinic_id, codes).items():
            if picture := _own(own, document.language):
                found[code] = picture
    return found


def every_drawn_asset() -> dict[str, Asset]:
    """All that is drawn as most clinics print it, for a drawing process to read beforehand."""
    names = sorted(name for name in drawn_files() if not name.startswith(MIRRORED))
    return {f"{FOLDER}{name}": _asset(name) for name in names}


def drawn_file(code: str, language: str) -> str:
    """The file under ``static/pictures`` for pages in this language; empty where there is no such picture."""
    names = (f"{MIRRORED}{code}.svg", f"{code}.svg")
    if not _DRAWN_CODE.match(code):
        return ""
    return next((one for one in names[direction_of(language) == "ltr" :] if one in drawn_files()), "")


@cache
def drawn_files() -> frozenset[str]:
    """Of this release: they change with its code and never while it runs."""
    folder = static_folder() / FOLDER
    return frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*.svg"))


def _drawn(code: str, language: str) -> Picture | None:
    file = drawn_file(code, language)
    return Picture(f"{FOLDER}{file}", _asset(file), picture_alt(code, language)) if file else None


def _own(picture: OwnPicture, language: str) -> Picture | None:
    content = stored_content(picture)
    if content is None:
        return None
    media_type = OwnPicture.MediaType(picture.media_type)
    asset = {"type": str(media_type), "base64": base64.b64encode(content).decode()}
    alt = picture.alts.get(language) or picture.alts.get("en", "")
    return Picture(f"{FOLDER}{picture.code}.{ENDINGS[media_type]}", asset, alt)


def _asset(file: str) -> Asset:
    return {"type": "image/svg+xml", "path": str(static_folder() / FOLDER / file)}
