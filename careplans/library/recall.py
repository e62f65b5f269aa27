"""Withdrawing a component for safety: out of use at once, whatever it is in."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max, OuterRef, QuerySet, Subquery
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
    """Withdraw every version there is, and every copy. No plan can be published with them from now on; those that hold
    one are listed.

    Publishing holds the same rows (``plans.freeze``), and so does copying (``copies``): of the two, the later one sees
    what the earlier did. One reviewer is enough: taking something away that may hurt must not wait for a colleague.
    """
    why = _in_words(reason)
    copies = _held_with_copies(component)
    if not _was_in_use(component):
        raise ReviewRefusal(
            _("This component was never in use, so no plan can hold it. Retire its draft instead.")
        )
    if _is_recalled(component):
        raise ReviewRefusal(_("This component was recalled already."))
    recall = _recall(component, why, by, now)
    for copy in copies:
        if _was_in_use(copy) and not _is_recalled(copy):
            _recall(copy, why, by, now, original=component.code)
        else:
            _retire_all(copy, why, by, now)
    return recall


def whole_recalls(components: Iterable[uuid.UUID]) -> QuerySet[Recall]:
    """Of each component whose every version that was in use is recalled, by its key: there is nothing more to recall."""
    approved = ComponentVersion.objects.filter(component=OuterRef("component"), approved_at__isnull=False)
    last = Subquery(approved.order_by("-number").values("number")[:1])
    found = Recall.objects.filter(component__in=components).annotate(last_in_use=last)
    return found.filter(up_to_number__gte=F("last_in_use")).select_related("recalled_by")


def recall_of(version: ComponentVersion) -> Recall | None:
    """The recall this version was withdrawn with."""
    recalls = Recall.objects.filter(component=version.component_id, up_to_number__gte=version.number)
    return recalls.select_related("recalled_by").order_by("up_to_number").first()


def copies_of(component: Component) -> list[Component]:
    """What was copied from it, what was copied from that, and so on, by code."""
    found: dict[uuid.UUID, Component] = {}
    ahead = [component.pk]
    while ahead:
        newer = Component.objects.filter(origin__in=ahead).exclude(pk__in=[component.pk, *found])
        found |= (added := {copy.pk: copy for copy in newer})
        ahead = [*added]
    return sorted(found.values(), key=lambda copy: copy.code)


def _held_with_copies(component: Component) -> list[Component]:
    """Its copies, all kept from others with it in order of their keys; also one that was made while waiting for them."""
    held: set[uuid.UUID] = set()
    while (family := {component.pk, *(copy.pk for copy in copies_of(component))}) != held:
        list(Component.objects.filter(pk__in=family).select_for_update().order_by("pk"))
        held = family
    return copies_of(component)


def _was_in_use(component: Component) -> bool:
    return component.versions.filter(approved_at__isnull=False).exists()


def _is_recalled(component: Component) -> bool:
    return Recall.objects.filter(component=component, up_to_number__gte=_last_number(component)).exists()


def _last_number(component: Component) -> int:
    return component.versions.aggregate(last=Max("number"))["last"] or 0


def _recall(component: Component, why: str, by: User, now: datetime, **details: str) -> Recall:
    last = _last_number(component)
    recall = Recall.objects.create(
        clinic_id=component.clinic_id,
        component=component,
        up_to_number=last,
        reason=why,
        recalled_by=by,
        recalled_at=now,
    )
    _retire_all(component, why, by, now)
    record_change(
        by=by,
        action="component.recalled",
        subject=component,
        now=now,
        clinic_id=component.clinic_id,
        details={"up_to_number": last, "reason": why, **details},
    )
    return recall


def _retire_all(component: Component, why: str, by: User, now: datetime) -> None:
    open_ones = ComponentVersion.objects.filter(component=component).exclude(state=ReviewState.RETIRED)
    for version in open_ones.select_related("component"):
        _retire(version, why, by, now)


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
