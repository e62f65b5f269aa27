"""For whoever runs the installation: the last way in when somebody's phone and recovery codes are gone."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from careplans.accounts.models import User
from careplans.accounts.services import reset_second_factor
from careplans.audit.record import SYSTEM


class Command(BaseCommand):
    help = (
        "Forget somebody's second factor and sign them out. Make sure first that it is really them who asks."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError("Nobody signs in with this e-mail address.")
        reset_second_factor(user=user, clinic=None, by=SYSTEM, now=timezone.now())
        self.stdout.write(f"{user.name} sets up a new second factor at the next sign-in.")
