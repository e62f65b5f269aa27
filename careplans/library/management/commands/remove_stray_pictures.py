"""``manage.py remove_stray_pictures``: files of own pictures that no row names, such as a killed process leaves."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from careplans.library.models import OwnPicture
from careplans.library.own_picture_files import remove_stray_files


class Command(BaseCommand):
    help = (
        "Take away files of own pictures that no picture of the library names and that are older than a day."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not OwnPicture.objects.exists():
            # Another database beside the same folder would have every picture taken away.
            raise CommandError("This database names no own picture at all, so no file is touched.")
        for name in remove_stray_files(now=timezone.now()):
            self.stdout.write(f"{name} is gone.")
