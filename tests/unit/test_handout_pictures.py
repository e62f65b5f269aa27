"""Pictures on handouts: drawn ones turned round where the page is, and the clinic's own, of this clinic alone."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from PIL import Image

from careplans.accounts.models import Clinic, User
from careplans.handouts.compose import drawing_of
from careplans.handouts.pictures import drawn_file, pictures_of
from careplans.handouts.render import render_document
from careplans.handouts.renderer import pool
from careplans.library.models import ComponentVersion, OwnPicture
from careplans.library.pictures import picture_alt
from careplans.plans.assemble import draft_document
from careplans.plans.document import PlanDocument
from tests.make.handouts import small_document, starter_item
from tests.make.pictures import ALTS, SECRET, make_own_picture
from tests.make.plans import make_draft, today_of

LINK = "https://clinic.example/p/Q2FyZXBsYW5zQ2FyZXBsYW5zQ2FyZXBs/"


@pytest.fixture(scope="module", autouse=True)
def _no_child_is_left() -> Iterator[None]:
    yield
    pool.close()


@pytest.fixture
def own(clinic: Clinic, clinician: User) -> OwnPicture:
    return make_own_picture(clinic, clinician)


def document_with(picture: str, language: str = "en") -> PlanDocument:
    phase = small_document().phases[0]
    item = starter_item("ex-bridge", "k1", picture=picture)
    held = phase.model_copy(update={"items": (item,)})
    return small_document(language=language).model_copy(update={"phases": (held,)})


def pdf_of(document: PlanDocument, clinic: Clinic) -> bytes:
    return render_document(document, link=LINK, clinic_id=clinic.pk).pdf


def test_pages_from_right_to_left_have_turned_pictures() -> None:
    assert drawn_file("bridge", "en") == "bridge.svg"
    assert drawn_file("bridge", "ar") == "rtl/bridge.svg"
    html = drawing_of(document_with("bridge", "ar"), link=LINK).html
    assert 'src="asset:pictures/rtl/bridge.svg"' in html
    assert picture_alt("bridge", "ar") in html


@pytest.mark.parametrize(
    "code", ["", "no-such-picture", "../fonts/README", "rtl/bridge", "/etc/passwd", "own-x"]
)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_is_no_picture_of_ours_has_no_file(code: str, language: str) -> None:
    assert drawn_file(code, language) == ""


@pytest.mark.parametrize("language", ["en", "es", "tr", "ar"])
def test_what_a_drawn_picture_shows_is_told_in_the_patients_language(language: str) -> None:
    assert pictures_of(document_with("bridge", language), None)["bridge"].alt == picture_alt(
        "bridge", language
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "alt"), [("en", ALTS["en"]), ("es", ALTS["es"]), ("ar", ALTS["ar"]), ("tr", ALTS["en"])]
)
def test_what_an_own_picture_shows_is_told_as_far_as_it_was_written(
    clinic: Clinic, own: OwnPicture, language: str, alt: str
) -> None:
    assert pictures_of(document_with(own.code, language), clinic.pk)[own.code].alt == alt


@pytest.mark.django_db
def test_a_plan_says_the_picture_that_its_component_has(
    clinic: Clinic, clinician: User, own: OwnPicture
) -> None:
    draft = make_draft(clinic, clinician)
    held = ComponentVersion.objects.filter(component__clinic=clinic, component__code="heat-wrap")
    held.update(own_picture=own)
    pictures = {item.component_code: item.picture for item in draft_document(draft, today=today_of()).items}
    assert pictures["heat-wrap"] == own.code
    assert not any(code.startswith("own-") for name, code in pictures.items() if name != "heat-wrap")


@pytest.mark.django_db
def test_an_own_picture_is_printed_without_what_came_with_it(
    clinic: Clinic, own: OwnPicture, tmp_path: Path
) -> None:
    pdf = pdf_of(document_with(own.code), clinic)
    path = tmp_path / "handout.pdf"
    path.write_bytes(pdf)
    subprocess.run(["pdfimages", "-all", str(path), str(tmp_path / "in")], check=True)
    found = [Image.open(io.BytesIO(one.read_bytes())) for one in sorted(tmp_path.glob("in-*.jpg"))]
    assert [(one.format, one.size) for one in found] == [("JPEG", (600, 400))]
    assert not dict(found[0].getexif())
    assert SECRET.encode() not in pdf
    assert ALTS["en"] in told_in(pdf)


def told_in(pdf: bytes) -> set[str]:
    """The text alternatives in a PDF."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    objects = (pypdf.generic.IndirectObject(number, 0, reader).get_object() for number in range(1, 400))
    return {str(one["/Alt"]) for one in objects if isinstance(one, dict) and "/Alt" in one}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_the_same_picture_gives_the_same_bytes(clinic: Clinic, clinician: User, kind: str) -> None:
    document = document_with(make_own_picture(clinic, clinician, kind=kind).code)
    first = hashlib.sha256(pdf_of(document, clinic)).hexdigest()
    pool.close()
    assert hashlib.sha256(pdf_of(document, clinic)).hexdigest() == first


@pytest.mark.django_db
def test_another_clinics_picture_is_not_printed(
    clinic: Clinic, other_clinic: Clinic, own: OwnPicture
) -> None:
    document = document_with(own.code)
    assert pictures_of(document, clinic.pk).keys() == {own.code}
    assert pictures_of(document, other_clinic.pk) == {}
    assert pictures_of(document, None) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("harm", ["gone", "altered"])
def test_a_picture_that_is_not_as_it_was_kept_is_left_out(clinic: Clinic, own: OwnPicture, harm: str) -> None:
    path = Path(own.file.path)
    path.unlink() if harm == "gone" else path.write_bytes(b"something else")
    html = drawing_of(document_with(own.code), link=LINK, clinic_id=clinic.pk).html
    assert "has-picture" not in html


@pytest.mark.django_db
def test_plans_without_own_pictures_ask_the_database_nothing(
    clinic: Clinic, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        pictures_of(document_with("bridge"), clinic.pk)


@pytest.mark.django_db
def test_a_code_that_leads_to_no_row_is_no_picture(clinic: Clinic) -> None:
    assert pictures_of(document_with(f"own-{uuid.uuid4()}"), clinic.pk) == {}


WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">([^<]*)</word>')
POINTS_OF_42_MM = 119


@pytest.mark.parametrize("language", ["en", "ar"])
def test_english_text_stands_beside_its_picture_and_not_below_it(language: str, tmp_path: Path) -> None:
    """WeasyPrint put it below where the page runs from right to left."""
    path = tmp_path / "handout.pdf"
    path.write_bytes(render_document(document_with("bridge", language), link=LINK).pdf)
    command = ["pdftotext", "-bbox", str(path), "-"]
    found = WORD.findall(subprocess.run(command, capture_output=True, check=True).stdout.decode())
    words = [word for *_place, word in found]
    why = words.index("Strong")  # the first words of what it is for
    assert words[why : why + 3] == ["Strong", "seat", "muscles"]
    heading = max(number for number, word in enumerate(words[:why]) if word == "Bridge")
    assert 0 < float(found[why][1]) - float(found[heading][1]) < POINTS_OF_42_MM
