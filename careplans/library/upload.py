"""A picture that a clinic uploads: looked at before it is decoded, decoded once, and written anew without anything but pixels.

What can hide in a picture (a second file, a script, where it was taken, a size that fills the memory) ends here: the file
that is kept is one we wrote. Hazard: a PNG of 109 KB can ask for 900 MB when it is decoded.
"""

from __future__ import annotations

import hashlib
import io
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from careplans.accounts.models import Clinic, User
from careplans.audit.record import record_change
from careplans.core.models import new_uuid
from careplans.core.refusals import Refusal
from careplans.core.text import plain_line
from careplans.library.models import OwnPicture
from careplans.library.own_picture_files import note_written

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 24_000_000
LEAST_SIDE = 200
# Twice what a card of 8 cm needs at 300 dots an inch: more makes handouts heavy and shows nothing.
KEPT_SIDE = 1600
JPEG_QUALITY = 88
MOST_OF_PNG = 1024 * 1024
ALT_LENGTH = 300
# With 16 bits a channel, white is all that would be left.
PRINTABLE_MODES = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr"})
FORMATS = {"PNG": OwnPicture.MediaType.PNG, "JPEG": OwnPicture.MediaType.JPEG}
# Pillow keeps how strictly it reads in one place for the whole process.
_ONE_AT_A_TIME = threading.Lock()
ENDINGS = {OwnPicture.MediaType.PNG: "png", OwnPicture.MediaType.JPEG: "jpg"}


class UnusablePicture(Refusal):
    """The file cannot be taken; the message says why and what to do."""


@dataclass(frozen=True)
class CleanPicture:
    """A picture as we wrote it. ``width`` and ``height`` in pixels."""

    content: bytes
    media_type: OwnPicture.MediaType
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class NewPicture:
    """One that comes with a draft. ``alts``: language → what it shows, empty where nobody wrote it."""

    picture: CleanPicture
    alts: Mapping[str, str]


def clean_picture(data: bytes) -> CleanPicture:
    """The picture in ``data`` (PNG or JPEG), written anew; raises ``UnusablePicture``."""
    if len(data) > MOST_BYTES:
        raise UnusablePicture(_("This file is larger than 5 MB. Save the picture smaller and try again."))
    try:
        with warnings.catch_warnings():
            # Pillow's own warning about large pictures: ours is stricter, and comes before decoding.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with _whole_files_only(), Image.open(io.BytesIO(data), formats=tuple(FORMATS)) as picture:
                _refuse_by_its_head(picture)
                return _written_anew(picture)
    except UnidentifiedImageError as error:
        raise UnusablePicture(_("This is no PNG and no JPEG. Save the picture as one of them.")) from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, EOFError) as error:
        raise UnusablePicture(
            _("This picture cannot be read: the file is damaged. Save it again and try once more.")
        ) from error


@contextmanager
def _whole_files_only() -> Iterator[None]:
    """A file that ends too soon is damaged, also in a process where WeasyPrint told Pillow to fill it up with grey."""
    with _ONE_AT_A_TIME:
        before = ImageFile.LOAD_TRUNCATED_IMAGES
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before


@transaction.atomic
def keep_picture(
    *, clinic: Clinic, picture: CleanPicture, alts: Mapping[str, str], by: User, now: datetime
) -> OwnPicture:
    """Keep an uploaded picture for good. ``alts``: language → what it shows; English has to be there.

    Its file is written at once: a verb whose transaction may still be taken back stands within ``files_follow``.
    """
    told = told_alts(alts)
    kept = OwnPicture(
        pk=new_uuid(),
        clinic=clinic,
        media_type=picture.media_type,
        sha256=picture.sha256,
        width=picture.width,
        height=picture.height,
        alts=told,
        uploaded_by=by,
        uploaded_at=now,
    )
    kept.file.save(f"{kept.pk}.{ENDINGS[picture.media_type]}", ContentFile(picture.content), save=False)
    note_written(kept)
    kept.save()
    record_change(
        by=by,
        action="library.picture_uploaded",
        subject=kept,
        now=now,
        clinic_id=clinic.pk,
        details={"sha256": kept.sha256},
    )
    return kept


def told_alts(alts: Mapping[str, str]) -> dict[str, str]:
    """What a picture shows, by language, ready to be kept; refused where English is missing or one is too long."""
    told = {language: plain_line(text) for language, text in alts.items() if text.strip()}
    if "en" not in told:
        raise UnusablePicture(_("Say in a sentence what the picture shows, for those who do not see it."))
    if any(len(text) > ALT_LENGTH for text in told.values()):
        raise UnusablePicture(
            _("Say what the picture shows in at most %(most)d characters.") % {"most": ALT_LENGTH}
        )
    return told


def _refuse_by_its_head(picture: Image.Image) -> None:
    """By what the file says of itself, before a single pixel is decoded."""
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise UnusablePicture(
            _("This picture has more than 24 million pixels. Save it smaller and try again.")
        )
    if min(width, height) < LEAST_SIDE:
        raise UnusablePicture(
            _("This picture is too small to print: %(width)d × %(height)d pixels. Each side needs 200.")
            % {"width": width, "height": height}
        )
    if picture.mode not in PRINTABLE_MODES:
        raise UnusablePicture(
            _("This picture has more shades than can be printed here. Save it as an ordinary PNG or JPEG.")
        )
    # Phones put a second, smaller picture behind the first of a JPEG: only the first is read.
    if picture.format == "PNG" and getattr(picture, "n_frames", 1) > 1:
        raise UnusablePicture(
            _("This file holds several pictures, and a handout prints one. Save only that.")
        )


def _written_anew(picture: Image.Image) -> CleanPicture:
    """Turned upright as its camera noted, at most ``KEPT_SIDE`` long, and without anything but pixels."""
    media_type = FORMATS.get(picture.format or "", OwnPicture.MediaType.JPEG)
    upright = ImageOps.exif_transpose(picture)
    has_alpha = media_type == OwnPicture.MediaType.PNG and "A" in upright.convert("RGBA").getbands()
    pixels = upright.convert("RGBA" if has_alpha else "RGB")
    if has_alpha:
        paper = Image.new("RGB", pixels.size, "white")
        paper.paste(pixels, mask=pixels.getchannel("A"))
        pixels = paper
    pixels.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS)
    # A new picture, so that nothing the old one carried along is written.
    bare = Image.frombytes("RGB", pixels.size, pixels.tobytes())
    content = _png(bare) if media_type == OwnPicture.MediaType.PNG else b""
    # A PNG that stays heavy is a photograph: as JPEG it has a tenth of that and prints the same.
    if not content or len(content) > MOST_OF_PNG:
        media_type, content = OwnPicture.MediaType.JPEG, _jpeg(bare)
    return CleanPicture(content, media_type, bare.width, bare.height)


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return out.getvalue()
