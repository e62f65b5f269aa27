"""``manage.py catalogues``: renew the .po files from the sources and compile them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from careplans.core.catalogues.extract import messages_of
from careplans.core.catalogues.po import compiled, read_po, write_po
from careplans.core.catalogues.renew import missing, renewed


class Command(BaseCommand):
    help = "Bring the translations of what patients read up to date with the sources, and compile them."

    def handle(self, *args: Any, **options: Any) -> None:
        messages = messages_of(Path(settings.BASE_DIR))
        for path in sorted(Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/django.po")):
            catalogue = renewed(read_po(path), messages)
            write_po(path, catalogue)
            path.with_suffix(".mo").write_bytes(compiled(catalogue))
            untranslated = missing(catalogue)
            self.stdout.write(f"{path.parts[-3]}: {len(messages)} texts, {len(untranslated)} not translated")
            for message in untranslated:
                self.stdout.write(f"  {message.text}")
