"""Taking versions out of use, each time with a reason that is kept.

What only offers less, a component or a template, one reviewer retires. A safety rule or red flag that is in use protects
patients: one person proposes to retire it, and it stays in use until a second one confirms.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.core.text import plain_words
from careplans.library.models import (
    ComponentVersion,
    RedFlag,
    Retirement,
    ReviewedContent,
    ReviewState,
    SafetyRule,
    TemplateVersion,
)
from careplans.library.retired import REASON_LENGTH
from careplans.library.versions import ReviewRefusal, clinic_id_of, hold, hold_seen, move, record

FIELDS: dict[type[ReviewedContent], str] = {
    ComponentVersion: "component_version",
    TemplateVersion: "template_version",
    SafetyRule: "safety_rule",
    RedFlag: "red_flag",
}
FEWEST_LETTERS = 10


def refuse_alone(version: ReviewedContent) -> None:
    """One person does not take away what protects patients."""
    if _needs_two(version):
        raise ReviewRefusal(
            _(
                "A safety rule or red flag in use takes two people to retire. Choose “Propose to retire”; a colleague confirms it."
            )
        )


def refuse_needless(version: ReviewedContent) -> None:
    """A proposal is for what is in use, and once."""
    if not _needs_two(version):
        raise ReviewRefusal(_("Only safety rules and red flags that are in use can be proposed."))
    if waiting_for(version).exists():
        raise ReviewRefusal(_("This has been proposed already and waits for a second person."))


def _needs_two(version: ReviewedContent) -> bool:
    return isinstance(version, SafetyRule | RedFlag) and version.state == ReviewState.APPROVED


@transaction.atomic
def retire_version(
    *,
    version: ReviewedContent,
    reason: str,
    by: User,
    now: datetime,
    revision: int | None = None,
    state: str | None = None,
) -> None:
    """Take a version out of use. Plans that hold it keep what they say; new ones cannot be published with it.

    ``revision`` and ``state`` are what the page showed: what was written on meanwhile is not taken away unread, and what
    was approved meanwhile is not taken out of use by somebody who meant to drop a version nobody used yet.
    """
    hold_seen(version, revision, state)
    refuse_alone(version)
    kept = _kept(version, reason, by, now, was_in_use=version.state == ReviewState.APPROVED)
    move(version, ReviewState.RETIRED)
    Retirement.objects.filter(pk=kept.pk).update(confirmed_by=by, confirmed_at=now)
    record("retired", version, by, now, retirement=str(kept.pk))


@transaction.atomic
def drop_draft(
    *, version: ReviewedContent, reason: str, by: User, now: datetime, revision: int | None = None
) -> None:
    """Give a draft up. It was never in use and what is in use stays, so its editors need nobody else for it."""
    stored = hold(version)
    if stored is None or stored.state != ReviewState.DRAFT:
        raise ReviewRefusal(_("Only a draft can be dropped. Ask a reviewer to send this back first."))
    retire_version(version=version, reason=reason, by=by, now=now, revision=revision)


@transaction.atomic
def propose_retirement(*, version: ReviewedContent, reason: str, by: User, now: datetime) -> Retirement:
    """Say why a rule or red flag should go. It stays in use until somebody else confirms."""
    refuse_needless(version.held().get())
    kept = _kept(version, reason, by, now, was_in_use=True)
    record("retirement_proposed", version, by, now, retirement=str(kept.pk))
    return kept


@transaction.atomic
def confirm_retirement(*, retirement: Retirement, by: User, now: datetime) -> None:
    """The second person agrees: out of use from now on."""
    if retirement.proposed_by_id == by.pk:
        raise ReviewRefusal(_("You proposed this yourself. Somebody else has to confirm it."))
    version = retirement.version
    _end(retirement, confirmed_by=by, confirmed_at=now)
    move(version, ReviewState.RETIRED)
    record(
        "retired", version, by, now, retirement=str(retirement.pk), proposed_by=str(retirement.proposed_by_id)
    )


@transaction.atomic
def withdraw_retirement(*, retirement: Retirement, by: User, now: datetime) -> None:
    """The proposer takes it back, or somebody turns it down: the rule or red flag stays in use."""
    _end(retirement, withdrawn_by=by, withdrawn_at=now)
    record("retirement_withdrawn", retirement.version, by, now, retirement=str(retirement.pk))


def withdraw_all(*, of: Iterable[ReviewedContent], by: User, now: datetime) -> None:
    """For versions that are replaced: what was proposed of them is settled."""
    for version in of:
        if isinstance(version, SafetyRule | RedFlag):
            for retirement in waiting_for(version):
                withdraw_retirement(retirement=retirement, by=by, now=now)


def waiting_for(version: ReviewedContent) -> QuerySet[Retirement]:
    return Retirement.objects.waiting().filter(**{FIELDS[type(version)]: version})


def _kept(version: ReviewedContent, reason: str, by: User, now: datetime, was_in_use: bool) -> Retirement:
    why = plain_words(
        reason, letters=FEWEST_LETTERS, ask=_("Write the reason in a few words, for those who look later.")
    )
    if len(why) > REASON_LENGTH:
        raise ReviewRefusal(
            _("The reason is too long: at most %(most)d characters.") % {"most": REASON_LENGTH}
        )
    of: dict[str, Any] = {FIELDS[type(version)]: version}
    return Retirement.objects.create(
        clinic_id=clinic_id_of(version),
        reason=why,
        proposed_by=by,
        proposed_at=now,
        was_in_use=was_in_use,
        **of,
    )


def _end(retirement: Retirement, **fields: Any) -> None:
    """Compare-and-set: of one who confirms and one who withdraws, the later is told."""
    if not Retirement.objects.waiting().filter(pk=retirement.pk).update(**fields):
        raise ReviewRefusal(_("Somebody else was first: this was confirmed or withdrawn already."))
    retirement.refresh_from_db()
