"""Runs the product: the start, the server, the workers. Nothing imports this room."""

from django.apps import AppConfig
from django.conf import settings

# Imported so that every process that loads Django queues to this app's broker.
import careplans.celery
import careplans.checks  # noqa: F401  # registers the checks
from careplans.core.last_resort import note_what_nobody_catches
from careplans.running.forking import guard_forks


class RunningConfig(AppConfig):
    name = "careplans.running"

    def ready(self) -> None:
        guard_forks()
        if not settings.TESTING:
            note_what_nobody_catches()
