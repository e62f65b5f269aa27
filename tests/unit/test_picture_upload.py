"""Uploaded pictures: what is refused before decoding, and that only pixels are kept."""

from __future__ import annotations

import io
import random
import struct
import tracemalloc
import zlib
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from careplans.accounts.models import Clinic, User
from careplans.audit.models import AuditEvent
from careplans.library.models import OwnPicture
from careplans.library.upload import UnusablePicture, clean_picture, keep_picture
from tests.factories import NOW

GPS = 0x8825
ORIENTATION = 0x0112


def picture(kind: str = "PNG", size: tuple[int, int] = (400, 300), mode: str = "RGB", **save: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else 0).save(out, kind, **save)
    return out.getvalue()


def read(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_a_picture_is_kept_in_its_own_format(kind: str, media_type: str) -> None:
    clean = clean_picture(picture(kind))
    assert (clean.media_type, clean.width, clean.height) == (media_type, 400, 300)
    assert read(clean.content).format == kind


def test_a_photograph_saved_as_png_is_kept_as_jpeg() -> None:
    """A handout with eight of them would otherwise be larger than any mailbox takes."""
    out = io.BytesIO()
    noise = random.Random(1).randbytes(900 * 700 * 3)
    Image.frombytes("RGB", (900, 700), noise).save(out, "PNG")
    clean = clean_picture(out.getvalue())
    assert clean.media_type == "image/jpeg"
    assert read(clean.content).format == "JPEG"
    assert (clean.width, clean.height) == (900, 700)


def test_where_it_was_taken_and_all_else_is_gone() -> None:
    exif = Image.Exif()
    exif.get_ifd(GPS).update({1: "N", 2: (51.0, 30.0, 0.0)})
    exif[0x010E] = "the patient's name"
    data = picture("JPEG", exif=exif, comment=b"secret comment")
    assert b"secret comment" in data
    assert read(data).getexif().get_ifd(GPS)
    clean = clean_picture(data)
    assert not dict(read(clean.content).getexif())
    assert b"secret" not in clean.content
    assert b"patient" not in clean.content


def test_what_follows_the_picture_in_the_file_is_gone() -> None:
    clean = clean_picture(picture() + b"<script>alert(1)</script>PK\x03\x04")
    assert b"script" not in clean.content


def test_a_picture_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    clean = clean_picture(picture("JPEG", size=(400, 300), exif=exif))
    assert (clean.width, clean.height) == (300, 400)


def test_see_through_parts_become_paper() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(out, "PNG")
    assert read(clean_picture(out.getvalue()).content).getpixel((5, 5)) == (255, 255, 255)


def test_a_large_one_is_made_smaller_in_its_proportions() -> None:
    clean = clean_picture(picture("JPEG", size=(4000, 2000)))
    assert (clean.width, clean.height) == (1600, 800)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF", "BMP", "PDF"])
def test_other_formats_are_refused_whatever_they_are_called(kind: str) -> None:
    with pytest.raises(UnusablePicture, match="no PNG and no JPEG"):
        clean_picture(picture(kind))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_cut_off_file_is_refused_also_where_handouts_are_drawn(kind: str) -> None:
    """WeasyPrint tells Pillow to read such files, for the whole process."""
    from weasyprint import images  # noqa: F401, PLC0415  # the process now draws handouts

    ImageFile.LOAD_TRUNCATED_IMAGES = True
    with pytest.raises(UnusablePicture, match="damaged"):
        clean_picture(picture(kind, size=(600, 600))[:-60])

    assert ImageFile.LOAD_TRUNCATED_IMAGES  # as it was: drawing goes on as before


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no PNG and no JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "no PNG and no JPEG"),
        (b"\xff\xd8\xff" + b"0" * 100, "no PNG|damaged"),
        (picture()[:-60], "damaged"),
        (picture("JPEG", size=(600, 600))[:700], "damaged|no PNG"),
        (b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
        (picture(size=(199, 400)), "too small"),
    ],
)
def test_what_cannot_be_printed_is_refused_in_words(data: bytes, why: str) -> None:
    with pytest.raises(UnusablePicture, match=why):
        clean_picture(data)


def bomb(width: int, height: int) -> bytes:
    """A small file whose head promises that many pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [4900, 30_000, 2**31 - 1])
def test_a_bomb_is_refused_by_its_head_alone(side: int) -> None:
    data = bomb(side, side)
    tracemalloc.start()
    with pytest.raises(UnusablePicture):
        clean_picture(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


def test_more_shades_than_can_be_printed_are_refused_and_not_kept_as_white() -> None:
    out = io.BytesIO()
    Image.new("I;16", (300, 300), 40_000).save(out, "PNG")
    with pytest.raises(UnusablePicture, match="more shades"):
        clean_picture(out.getvalue())


def test_of_a_phones_two_pictures_in_one_the_first_is_taken() -> None:
    out = io.BytesIO()
    first, second = (Image.new("RGB", size, "red") for size in ((400, 300), (200, 200)))
    first.save(out, "MPO", save_all=True, append_images=[second])
    clean = clean_picture(out.getvalue())
    assert (clean.media_type, clean.width, clean.height) == ("image/jpeg", 400, 300)


def test_an_animated_one_is_refused() -> None:
    out = io.BytesIO()
    frames = [Image.new("RGB", (300, 300), colour) for colour in ("red", "blue")]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    with pytest.raises(UnusablePicture, match="several pictures"):
        clean_picture(out.getvalue())


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), kind=st.sampled_from(["PNG", "JPEG"]))
def test_a_broken_file_is_read_or_refused_and_nothing_else(seed: int, kind: str) -> None:
    chance = random.Random(seed)
    data = bytearray(picture(kind, size=(220, 210)))
    for _ in range(chance.randint(1, 12)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    try:
        clean = clean_picture(bytes(data))
    except UnusablePicture:
        return
    assert read(clean.content).format == kind


@pytest.mark.django_db
def test_a_kept_picture_has_words_and_stands_in_the_trail(clinic: Clinic, clinician: User) -> None:
    clean = clean_picture(picture())
    alts = {"en": " A woman bends her knee ", "es": ""}
    kept = keep_picture(clinic=clinic, picture=clean, alts=alts, by=clinician, now=NOW)
    stored = OwnPicture.objects.get(pk=kept.pk)
    assert stored.alts == {"en": "A woman bends her knee"}
    with stored.file.open() as file:
        assert file.read() == clean.content
    assert stored.code == f"own-{kept.pk}"
    assert AuditEvent.objects.filter(action="library.picture_uploaded", at__gte=NOW - timedelta(1)).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("alts", [{}, {"en": "  "}, {"es": "Una mujer"}, {"en": "x" * 301}])
def test_a_picture_without_words_is_not_kept(clinic: Clinic, clinician: User, alts: dict[str, str]) -> None:
    with pytest.raises(UnusablePicture):
        keep_picture(clinic=clinic, picture=clean_picture(picture()), alts=alts, by=clinician, now=NOW)
    assert not OwnPicture.objects.exists()
