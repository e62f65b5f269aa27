"""``manage.py backup FOLDER``: everything a clinic cannot make again, in one file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone

from careplans.running.backup import make_backup


class Command(BaseCommand):
    help = "Write a backup into FOLDER while the site runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        file = make_backup(folder=options["folder"].resolve(), now=timezone.now())
        self.stdout.write(str(file))
        if connection.vendor != "sqlite":
            self.stderr.write("The database is not in it: dump it with pg_dump, before this command.")
