"""Pictures that a clinic uploads, made by the verbs an upload goes through."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageDraw

from careplans.accounts.models import Clinic, User
from careplans.library.models import OwnPicture
from careplans.library.upload import clean_picture, keep_picture
from tests.factories import NOW

SECRET = "51.5007 north, Mrs Example's garden"
ALTS = {"en": "A woman lifts her hips", "es": "Una mujer levanta la cadera", "ar": "امرأة ترفع حوضها"}


def picture_file(kind: str = "JPEG", size: tuple[int, int] = (600, 400), colour: str = "#c33b2f") -> bytes:
    """A picture as a phone makes it: with a note of where and of whom."""
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).ellipse((40, 40, size[0] - 40, size[1] - 40), fill=colour)
    exif = Image.Exif()
    exif[0x010E] = SECRET
    out = io.BytesIO()
    picture.save(out, kind, exif=exif)
    return out.getvalue()


def make_own_picture(clinic: Clinic, by: User, alts: dict[str, str] | None = None, **how: Any) -> OwnPicture:
    picture = clean_picture(picture_file(**how))
    return keep_picture(clinic=clinic, picture=picture, alts=alts or ALTS, by=by, now=NOW)
