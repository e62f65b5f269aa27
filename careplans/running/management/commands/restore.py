"""``manage.py restore FILE``: a backup into an empty DATA_DIR, with sending paused."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from careplans.running.backup import NotRestorable, pause_sending, unpack_backup


class Command(BaseCommand):
    help = "Restore a backup into an empty DATA_DIR. Sending stays paused until an administrator goes on."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            unpack_backup(file=options["file"])
        except NotRestorable as refusal:
            raise CommandError(str(refusal)) from refusal
        call_command("migrate", interactive=False, verbosity=0)
        paused = pause_sending(now=timezone.now())
        self.stdout.write(
            f"Restored. Sending is paused in {paused} clinics: look at Messages, then go on in Settings."
        )
