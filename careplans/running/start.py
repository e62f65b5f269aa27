"""What ``bin/run`` does once the packages are there: check, prepare the data, and say how to sign in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.core.checks import CheckMessage, run_checks
from django.core.checks import Error as CheckError
from django.core.management import call_command

from careplans.accounts.models import Clinic
from careplans.accounts.services import invite_first_administrator
from careplans.checks import problem
from careplans.running.database import migrate_when_needed, unreachable
from careplans.running.library import load_when_changed
from careplans.running.sign_ins import demo_sign_ins
from careplans.running.statics import collect_when_changed

Say = Callable[[str], None]


class CannotStart(Exception):
    """One line a problem: the variable, what is wrong, the cure."""

    def __init__(self, problems: list[CheckMessage]) -> None:
        super().__init__("\n".join(f"{one.msg} {one.hint or ''}".rstrip() for one in problems))


def prepare(*, say: Say, now: datetime) -> None:
    """Bring everything to where it can be served. Each step may be interrupted: the next start does it again."""
    _stop_on_wrong_settings(say)
    settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.DATA_DIR.chmod(0o700)
    _stop_on(list(unreachable()))
    migrate_when_needed(say=say, now=now)
    _stop_on(_mixed_clinics())
    if collect_when_changed():
        say("Collected the static files.")
    sign_in_help = _demo_help(say) if settings.DEMO else _clinic_help(now)
    load_when_changed(say=say, now=now)
    say(sign_in_help)


def _stop_on_wrong_settings(say: Say) -> None:
    messages = run_checks()
    _stop_on([message for message in messages if message.is_serious()])
    for message in messages:
        if message.id and message.id.startswith("careplans."):
            say(f"Note: {message.msg} {message.hint or ''}".rstrip())


def _stop_on(problems: list[CheckMessage] | list[CheckError]) -> None:
    if problems:
        raise CannotStart(list(problems))


def _mixed_clinics() -> list[CheckError]:
    """The demo has no second factor and prints passwords; a real clinic's data never come near it."""
    if settings.DEMO and Clinic.objects.filter(is_demo=False).exists():
        return [problem("DEMO", "is on although this database holds a real clinic", "Set DEMO=0.")]
    if not settings.DEMO and Clinic.objects.filter(is_demo=True).exists():
        cure = "Give the real clinic a DATA_DIR or DATABASE_URL of its own."
        return [
            problem(
                "DEMO", "is off although this database holds the demo clinic with its printed passwords", cure
            )
        ]
    return []


def _demo_help(say: Say) -> str:
    if not Clinic.objects.exists():
        say("Making the demo clinic …")
        call_command("make_demo")
    people = (f"  {one.role:<21} {one.email:<34} {one.password}" for one in demo_sign_ins())
    return "\n".join(["", "Sign in to the demo clinic as", *people])


def _clinic_help(now: datetime) -> str:
    link = invite_first_administrator(now=now)
    return f"\nOpen this link once to become the clinic's first administrator:\n  {link}" if link else ""
