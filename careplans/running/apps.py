"""Runs the product: the start, the server, the workers. Nothing imports this room."""

from django.apps import AppConfig

# Imported so that every process that loads Django queues to this app's broker.
import careplans.celery
import careplans.checks  # noqa: F401  # registers the checks
from careplans.running.forking import guard_forks


class RunningConfig(AppConfig):
    name = "careplans.running"

    def ready(self) -> None:
        guard_forks()
