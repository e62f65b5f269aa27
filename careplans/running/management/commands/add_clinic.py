"""``manage.py add_clinic NAME``: one more clinic in this installation, with its library and a link for who sets it up."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from careplans.accounts.models import Clinic
from careplans.accounts.services import invite_administrator_of, open_clinic
from careplans.audit.record import SYSTEM
from careplans.core.refusals import Refusal
from careplans.library.load import load_starter

LONGEST_NAME = 120


class Command(BaseCommand):
    help = "Make one more clinic and print a one-time link for its first administrator; again, to print a new link."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument(
            "--email", default="", help="The administrator's address; needed for who works in another clinic."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DEMO:
            raise CommandError("The demo holds only its own clinic. Set DEMO=0 as at the start of the site.")
        name = options["name"].strip()
        if not 0 < len(name) <= LONGEST_NAME:
            raise CommandError(f"A clinic's name has 1 to {LONGEST_NAME} characters.")
        try:
            link = _clinic_and_link(name, options["email"])
        except Refusal as refusal:
            raise CommandError(f"{name}: {refusal}") from None
        self.stdout.write(f"Open this link once to become the administrator of {name}:\n  {link}")


@transaction.atomic
def _clinic_and_link(name: str, email: str) -> str:
    """All of it or nothing. A clinic of that name that nobody administers yet is taken up again."""
    now = timezone.now()
    clinic = Clinic.objects.real().filter(name=name).first() or open_clinic(name=name, by=SYSTEM, now=now)
    link = invite_administrator_of(clinic=clinic, now=now, email=email)
    load_starter(clinic=clinic, by=SYSTEM, now=now)
    return link
