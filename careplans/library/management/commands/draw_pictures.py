"""``manage.py draw_pictures``: write the library's pictures to ``static/pictures``, where pages and handouts find them.

``<code>.svg`` is for pages that run from left to right. ``rtl/<code>.svg`` is for the others, where it differs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from careplans.library.pictures import picture_files


class Command(BaseCommand):
    help = "Draw the pictures of the library anew, after a change to careplans/library/figures."
    # Drawing needs neither addresses nor a database in order.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "static" / "pictures"
        drawn = {folder / name: svg for name, svg in picture_files().items()}
        for path, svg in drawn.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(svg, encoding="utf-8")
        for path in folder.rglob("*.svg"):
            if path not in drawn:
                path.unlink()
        self.stdout.write(f"{len(drawn)} pictures drawn.")
