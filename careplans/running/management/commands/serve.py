"""``manage.py serve``: only the web server, for nodes whose workers run elsewhere."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from careplans.running.forking import close_connections
from careplans.running.serving import Server


class Command(BaseCommand):
    help = "Serve the site; without Redis the worker and the schedule run inside it."

    def handle(self, *args: Any, **options: Any) -> None:
        close_connections()
        Server(self._announce).run()

    def _announce(self) -> None:
        self.stdout.write(f"\nCareplans is ready: {settings.SITE_URL}  (Ctrl-C stops it)")
        self.stdout.flush()
