"""Withdrawing a component for safety: out of use at once, whatever it is in."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.audit.record import record_change
from careplans.core.text import plain_words
from careplans.library.models import Component, ComponentVersion, Recall, Retirement, ReviewState
from careplans.library.recalled import REASON_LENGTH
from careplans.library.retire import FEWEST_LETTERS
from careplans.library.versions import ReviewRefusal, move, record


@transaction.atomic
def recall_component(*, component: Component, reason: str, by: User, now: datetime) -> Recall:
    """Withdraw every version there is. No plan can be published with it from now on; those that hold it are listed.

    Publishing holds the same row (``plans.freeze``): of the two, the later one sees what the earlier did. One reviewer
    is enough: taking something away that may hurt must not wait for a colleague.
    """
    why = _in_words(reason)
    component.held().get()
    versions = ComponentVersion.objects.filter(component=component)
    if not versions.filter(approved_at__isnull=False).exists():
        raise ReviewRefusal(
            _("This component was never in use, so no plan can hold it. Retire its draft instead.")
        )
    last = versions.aggregate(last=Max("number"))["last"]
    if Recall.objects.filter(component=component, up_to_number__gte=last).exists():
        raise ReviewRefusal(_("This component was recalled already."))
    recall = Recall.objects.create(
        clinic_id=component.clinic_id,
        component=component,
        up_to_number=last,
        reason=why,
        recalled_by=by,
        recalled_at=now,
    )
    for version in versions.exclude(state=ReviewState.RETIRED).select_related("component"):
        _retire(version, why, by, now)
    record_change(
        by=by,
        action="component.recalled",
        subject=component,
        now=now,
        clinic_id=component.clinic_id,
        details={"up_to_number": last, "reason": why},
    )
    return recall


def _in_words(reason: str) -> str:
    ask = _("Write in words why it is recalled. Clinicians read this beside each patient who has it.")
    why = plain_words(reason, letters=FEWEST_LETTERS, ask=ask)
    if len(why) > REASON_LENGTH:
        raise ReviewRefusal(
            _("The reason is too long: at most %(most)d characters.") % {"most": REASON_LENGTH}
        )
    return why


def _retire(version: ComponentVersion, why: str, by: User, now: datetime) -> None:
    Retirement.objects.create(
        clinic_id=version.component.clinic_id,
        component_version=version,
        was_in_use=version.state == ReviewState.APPROVED,
        reason=why,
        proposed_by=by,
        proposed_at=now,
        confirmed_by=by,
        confirmed_at=now,
    )
    move(version, ReviewState.RETIRED)
    record("retired", version, by, now, because="recalled")
