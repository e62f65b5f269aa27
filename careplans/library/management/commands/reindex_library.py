"""``manage.py reindex_library``: write anew what finding components reads, in every clinic; safe to run at any time."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from careplans.accounts.models import Clinic
from careplans.library.search import reindex


class Command(BaseCommand):
    help = "Write the index of the library's components anew, for when finding does not show what is there."

    def handle(self, *args: Any, **options: Any) -> None:
        for clinic in Clinic.objects.all():
            self.stdout.write(f"{clinic}: {reindex(clinic)} components can be found.")
