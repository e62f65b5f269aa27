"""``manage.py load_library``: bring the starter library into every clinic; safe to run again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from careplans.accounts.models import Clinic
from careplans.audit.record import SYSTEM
from careplans.library.load import load_starter


class Command(BaseCommand):
    help = "Load the starter library into every clinic. New content of a release arrives for review."

    def handle(self, *args: Any, **options: Any) -> None:
        for clinic in Clinic.objects.all():
            report = load_starter(clinic=clinic, by=SYSTEM, now=timezone.now())
            if report.is_unchanged:
                self.stdout.write(f"{clinic}: the library is up to date.")
            else:
                self.stdout.write(
                    f"{clinic}: {report.approved} pieces of content added, {report.for_review} waiting for review."
                )
