"""``manage.py picture_sheet``: every picture on paper, to be looked at after a change and before a release."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from careplans.library.figures.sheet import RIGHT_TO_LEFT, Entry, print_sheet
from careplans.library.load import STARTER_FOLDER
from careplans.library.pictures import PICTURE_LANGUAGES, picture_alt, picture_codes, picture_svg
from careplans.library.starter_schema import read_starter


class Command(BaseCommand):
    help = "Print all pictures at the size of a handout, in grey, with their words, as a PDF."
    # Drawing needs neither addresses nor a database in order.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", metavar="FILE", type=Path, default=Path("pictures.pdf"))
        parser.add_argument("--language", choices=PICTURE_LANGUAGES, default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        output, language = options["output"], options["language"]
        sheet = print_sheet(entries_in(language), language)
        output.write_bytes(sheet.pdf)
        self.stdout.write(f"{len(picture_codes())} pictures on {sheet.pages} pages: {output}")


def entries_in(language: str) -> list[Entry]:
    """Every picture with the titles of the components that show it, in English where they have no others."""
    titles: dict[str, list[str]] = {}
    for component in read_starter(STARTER_FOLDER).components:
        text = component.texts.get(language) or component.texts["en"]
        titles.setdefault(component.picture, []).append(text.title)
    return [
        Entry(
            code=code,
            titles=titles.get(code, []),
            alt=picture_alt(code, language),
            svg=picture_svg(code, mirrored=language in RIGHT_TO_LEFT) or "",
        )
        for code in picture_codes()
    ]
