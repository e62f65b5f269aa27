"""``manage.py start``: prepare the data and run everything; what ``bin/run`` ends in."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from careplans.running.forking import close_connections
from careplans.running.start import CannotStart, prepare
from careplans.running.supervisor import run_with_workers


class Command(BaseCommand):
    help = "Prepare the data, then run the site, the Celery worker and the schedule until Ctrl-C."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            prepare(say=self._say, now=timezone.now())
        except CannotStart as problems:
            self.stderr.write(f"Careplans cannot start.\n{problems}")
            sys.exit(1)
        except KeyboardInterrupt:
            self.stderr.write("\nStopped. The next start goes on from here.")
            sys.exit(130)
        if settings.CELERY_EMBEDDED:
            call_command("serve", skip_checks=True, stdout=self.stdout)
        else:
            close_connections()
            sys.exit(run_with_workers(self._say))

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
