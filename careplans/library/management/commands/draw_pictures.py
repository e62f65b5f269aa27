"""``manage.py draw_pictures``: write the library's pictures to ``static/pictures``, where pages and handouts find them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from careplans.library.pictures import picture_codes, picture_svg


class Command(BaseCommand):
    help = "Draw the pictures of the library anew, after a change to careplans/library/figures."

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "static" / "pictures"
        folder.mkdir(exist_ok=True)
        drawn = {f"{code}.svg": picture_svg(code) or "" for code in picture_codes()}
        for name, svg in drawn.items():
            (folder / name).write_text(svg, encoding="utf-8")
        for path in folder.glob("*.svg"):
            if path.name not in drawn:
                path.unlink()
        self.stdout.write(f"{len(drawn)} pictures drawn.")
