"""``manage.py picture_sheet``: every picture on a few pages, in grey, with its words, and nothing from elsewhere."""

import re
import shutil
import subprocess
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from careplans.library.figures.sheet import Entry, NotOnTheSheet, OwnFilesOnly, in_grey, page_of
from careplans.library.management.commands.picture_sheet import entries_in
from careplans.library.pictures import PICTURE_LANGUAGES, picture_alt, picture_codes, picture_svg

needs_pdftotext = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")


def printed(tmp_path, language):
    """What the command says, and the text of each page it printed."""
    file, said = tmp_path / "sheet.pdf", StringIO()
    call_command("picture_sheet", output=file, language=language, stdout=said)
    text = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True)
    return said.getvalue(), text.stdout.split("\f")[:-1]


@needs_pdftotext
def test_every_picture_is_on_one_of_a_few_pages(tmp_path):
    said, pages = printed(tmp_path, "en")
    whole = re.sub(r"\s+", " ", " ".join(pages))

    assert 2 <= len(pages) <= 8
    assert f"{len(picture_codes())} pictures on {len(pages)} pages" in said
    assert [code for code in picture_codes() if code not in whole.replace("- ", "-")] == []
    assert "hands and knees with a flat back" in whole


@needs_pdftotext
@pytest.mark.slow
def test_the_arabic_sheet_has_arabic_words(tmp_path):
    _said, pages = printed(tmp_path, "ar")

    assert sum(len(re.findall("[\u0600-\u06ff]+", page)) for page in pages) > 500


@pytest.mark.parametrize("language", PICTURE_LANGUAGES)
def test_an_entry_has_the_words_of_its_language(language):
    entries = entries_in(language)

    assert [one.code for one in entries] == list(picture_codes())
    assert [one.alt for one in entries] == [picture_alt(code, language) for code in picture_codes()]
    assert all(one.titles for one in entries)


def test_only_the_sheet_that_runs_from_right_to_left_has_turned_pictures():
    assert entries_in("en")[0].svg == picture_svg(entries_in("en")[0].code)
    assert entries_in("ar")[0].svg == picture_svg(entries_in("ar")[0].code, mirrored=True)
    assert 'dir="rtl"' in page_of([], "ar")
    assert 'dir="ltr"' in page_of([], "tr")


def test_the_paper_has_no_colour():
    tones = re.findall("#([0-9a-f]{6})", "".join(in_grey(one.svg) for one in entries_in("en")))

    assert tones
    assert all(tone[:2] == tone[2:4] == tone[4:] for tone in tones)


def test_words_are_not_markup():
    page = page_of([Entry(code="x", titles=["<b>a</b>"], alt='"><script>', svg="")], "en")

    assert "<b>" not in page
    assert "<script>" not in page


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "https://example.org/a.svg", "data:image/svg+xml,<svg/>", "own:missing"]
)
def test_nothing_from_elsewhere_gets_onto_the_sheet(address):
    with pytest.raises(NotOnTheSheet):
        OwnFilesOnly({"there.svg": ("image/svg+xml", b"<svg/>")}).fetch(address)


def test_a_language_without_words_is_refused(tmp_path):
    with pytest.raises(CommandError):
        call_command("picture_sheet", "--language", "fi", "--output", str(tmp_path / "sheet.pdf"))
