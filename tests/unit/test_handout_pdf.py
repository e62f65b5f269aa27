"""The drawn handout: nothing lost, the same each time, readable by a screen reader, silent about the diagnosis."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pytest

from careplans.handouts.compose import drawing_of
from careplans.handouts.render import RenderingFailed, render_document
from careplans.handouts.renderer import pool
from careplans.plans.document import PlanDocument
from tests.make.handouts import PATIENT, arabic_document, instructions_of, small_document, starter_document

LINK = "https://clinic.example/p/Q2FyZXBsYW5zQ2FyZXBsYW5zQ2FyZXBs/"
PUBLISHED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def _no_child_is_left() -> Iterator[None]:
    yield
    pool.close()


def pdf_of(document: PlanDocument, **options: bool) -> bytes:
    return render_document(document, link=LINK, published_at=PUBLISHED, **options).pdf


def text_of(pdf: bytes, folder: Path) -> str:
    path = folder / "handout.pdf"
    path.write_bytes(pdf)
    command = ["pdftotext", "-raw", str(path), "-"]
    return " ".join(subprocess.run(command, capture_output=True, check=True).stdout.decode().split())


def test_every_instruction_is_on_paper(tmp_path: Path) -> None:
    document = starter_document()
    pdf = pdf_of(document)
    text = text_of(pdf, tmp_path)
    lost = [line for line in instructions_of(document) if " ".join(line.split()) not in text]
    assert lost == []
    for words in (
        PATIENT.name,
        PATIENT.record_number,
        "17 May 1980",
        "999",
        "+44 117 496 0123",
        "Dr Ada Quill",
    ):
        assert words in text
    pages = len(pypdf.PdfReader(io.BytesIO(pdf)).pages)
    for number in range(1, pages + 1):
        assert f"Page {number} of {pages}" in text


def test_every_arabic_word_is_on_paper(tmp_path: Path) -> None:
    """pdftotext turns joined letters round, and breaks a word at lam and alef: so words are compared as bags of letters,
    and those with lam and alef only by all the letters of the document."""
    document = arabic_document()
    text = text_of(pdf_of(document), tmp_path)
    found = {"".join(sorted(_letters(word))) for word in text.split()}
    words = [word for line in [*instructions_of(document), document.patient.name] for word in line.split()]
    whole = {word for word in words if not re.search("ل[اأإآ]|[\u064b-\u0652]", word)}
    assert [word for word in whole if "".join(sorted(_letters(word))) not in found] == []
    missing = Counter(_letters("".join(set(words)))) - Counter(_letters(text))
    assert missing == Counter()


def test_no_page_is_empty(tmp_path: Path) -> None:
    for document in (starter_document(), small_document()):
        reader = pypdf.PdfReader(io.BytesIO(pdf_of(document)))
        assert min(len(page.extract_text()) for page in reader.pages) > 200


def test_the_same_version_gives_the_same_bytes() -> None:
    first = hashlib.sha256(pdf_of(small_document())).hexdigest()
    pdf_of(arabic_document())
    assert hashlib.sha256(pdf_of(small_document())).hexdigest() == first
    pool.close()
    assert hashlib.sha256(pdf_of(small_document())).hexdigest() == first


def test_a_new_version_says_so(tmp_path: Path) -> None:
    document = small_document(version_number=2, changes=("Walking: now 20 minutes.",))
    text = text_of(pdf_of(document), tmp_path)
    assert "This plan replaces version 1. Please throw the old one away." in text
    assert "Walking: now 20 minutes." in text


def test_a_draft_says_so_on_every_page(tmp_path: Path) -> None:
    text = text_of(pdf_of(small_document(), is_draft=True), tmp_path)
    assert "Draft, not published." in text
    assert text.count("Draft · Plan version") >= 3


def test_the_file_is_tagged_and_names_no_diagnosis() -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf_of(starter_document())))
    catalogue = reader.trailer["/Root"]
    assert catalogue["/Lang"] == "en"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    assert reader.metadata["/Title"] == "Care plan – Harbour Back & Joint Clinic"
    assert reader.metadata["/CreationDate"].startswith("D:20260302093000")
    told = str(dict(reader.metadata)).lower() + catalogue["/Metadata"].get_data().decode().lower()
    for word in ("spasm", "josé", "r0042", "lumbar"):
        assert word not in told


def test_an_arabic_file_says_its_language_and_gives_every_glyph_a_text() -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf_of(arabic_document())))
    assert reader.trailer["/Root"]["/Lang"] == "ar"
    fonts = {str(font) for page in reader.pages for font in page["/Resources"]["/Font"].values()}
    maps = [
        font.get_object()["/ToUnicode"].get_object().get_data()
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert fonts
    assert all(b"> <>" not in one for one in maps)


def test_what_a_clinic_writes_is_text_not_markup(tmp_path: Path) -> None:
    nasty = '<img src="file:///etc/passwd"> & </p><table><td colspan=1000000>'
    document = small_document(for_patient=nasty)
    assert nasty in text_of(pdf_of(document), tmp_path)


def test_stressed_words_bring_their_font_and_no_other_handout_does() -> None:
    stressed = small_document(for_patient="Go *slowly*, and **stop** when it hurts.")
    drawings = [drawing_of(document, link=LINK) for document in (stressed, small_document())]
    has_italic = [any("Italic" in name for name in drawing.assets) for drawing in drawings]
    assert "Go <em>slowly</em>, and <strong>stop</strong> when it hurts." in drawings[0].html
    assert has_italic == [True, False]


def test_numbers_are_printed_as_they_were_entered(tmp_path: Path) -> None:
    document = small_document()
    phase = document.phases[0]
    item = phase.items[0].model_copy(update={"dose_in_words": "2.5 mg, once a day"})
    document = document.model_copy(update={"phases": (phase.model_copy(update={"items": (item,)}),)})
    for language in ("en", "es", "tr", "ar"):
        assert "2.5 mg, once a day" in text_of(
            pdf_of(document.model_copy(update={"language": language})), tmp_path
        )


def test_a_picture_that_is_not_there_is_left_out() -> None:
    phase = small_document().phases[0]
    for code in ("no-such-picture", "../fonts/README", ""):
        item = phase.items[0].model_copy(update={"picture": code})
        document = small_document().model_copy(
            update={"phases": (phase.model_copy(update={"items": (item,)}),)}
        )
        assert "pictures/" not in drawing_of(document, link=LINK).html


def test_a_sign_without_a_font_fails_with_a_sentence() -> None:
    with pytest.raises(RenderingFailed, match="no font on this computer can print"):
        pdf_of(small_document(for_patient="Walk \U000f0123 daily"))


def test_hostile_lengths_give_a_good_document(tmp_path: Path) -> None:
    name = "Wolfeschlegelsteinhausenbergerdorff" * 6
    document = small_document(patient=PATIENT.model_copy(update={"name": name}), title="Back " * 60)
    assert name in text_of(pdf_of(document), tmp_path).replace(" ", "")


def _letters(word: str) -> str:
    return "".join(letter for letter in word if letter.isalnum())


def test_what_is_not_translated_runs_its_own_way_and_doses_run_the_patients() -> None:
    """A number of an Arabic dose inside an English text would stand before the wrong word."""
    document = arabic_document()
    phase = document.phases[1].model_copy(update={"text_language": "en", "aims": ("Walk again.",)})
    html = drawing_of(document.model_copy(update={"phases": (document.phases[0], phase)}), link=LINK).html

    english = ' lang="en" dir="ltr"'
    assert f"<ul{english}>" in html
    card = html[html.index('id="c-ex-walking-1"') :]
    assert f"<bdi{english}>Walking, a bit more each week</bdi>" in card
    assert f"<ol{english}>" in card
    assert '<p class="dose">' in card[: card.index('<div class="how"')]
    assert english not in html[html.index('id="c-heat-moist-1"') : html.index('id="c-med-cyclobenzaprine-1"')]


@pytest.mark.parametrize("lines", [1, 29, 30, 31, 32, 33])
def test_nothing_is_printed_twice_where_a_page_ends(lines: int, tmp_path: Path) -> None:
    """Two columns that stand side by side slide over the end of the page, one line at a time."""
    ready, back = (
        "You can walk around the room without help.",
        "The pain gets worse each day instead of better.",
    )
    document = small_document()
    phase = document.phases[0].model_copy(
        update={
            "aims": tuple(f"Aim number {number}." for number in range(lines)),
            "avoid": ("Lying in bed.",),
            "move_on_when": (ready, "The spasm lets go for a part of the day."),
            "step_back_when": (back,),
        }
    )
    text = text_of(pdf_of(document.model_copy(update={"phases": (phase,)})), tmp_path)
    assert (text.count(ready), text.count(back), text.count("Take a step back when")) == (1, 1, 1)
