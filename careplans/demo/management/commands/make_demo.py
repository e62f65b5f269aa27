"""``manage.py make_demo``: a clinic to try the product with; does nothing when there is one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from careplans.demo.clinic import make_demo_clinic


class Command(BaseCommand):
    help = "Make the demo clinic: staff, about forty patients and weeks of answers, all of them invented."

    def handle(self, *args: Any, **options: Any) -> None:
        demo = make_demo_clinic(now=timezone.now(), say=self._say)
        if not demo.is_new:
            self._say(f"{demo.clinic}: the demo clinic is here already.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
