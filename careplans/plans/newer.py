"""A newer version of a component in the place of an older one: what becomes of the dose, and what is asked about it.

A usual dose follows the library: whoever left it as it was decided to do as the library says. A dose of the plan's own
stays, but was decided beside another usual dose, so that nothing is published with it until a clinician has said so. Where
the newer version is done in another way it cannot stay: the usual dose stands in for it, and the clinician says which it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from django.utils.translation import gettext as _

from careplans.library.dose import Dose, parse_dose
from careplans.library.models import ComponentVersion
from careplans.library.selectors import wording_in
from careplans.plans.models import DraftItem
from careplans.plans.safety import Finding

RULE = "usual-dose"


def dose_with(own: Dose, older: ComponentVersion, newest: ComponentVersion) -> Dose:
    """The dose of an item that had ``own`` beside ``older``. What is done in another way cannot keep it."""
    is_usual = own == older.dose and newest.dose != older.dose
    return newest.dose if is_usual or own.kind != newest.dose.kind else own


def needs_a_look(own: Dose, older: ComponentVersion, newest: ComponentVersion) -> bool:
    """Whether the plan has a dose of its own, and that was decided beside another usual dose or cannot be kept."""
    if own in (older.dose, newest.dose):
        return False
    return newest.dose != older.dose or newest.dose.kind != own.kind


def decided(item: DraftItem) -> tuple[Dose, ComponentVersion]:
    """The dose that somebody chose for the item, which it may have lost, and the version beside which they did."""
    own = parse_dose(item.lost_dose_data) if item.lost_dose_data else item.dose
    return own, item.dose_of or item.component_version


def take_newest(item: DraftItem, newest: ComponentVersion) -> None:
    """Put ``newest`` in the place of what the item holds; for verbs that store it."""
    own, decided_with = decided(item)
    dose, is_asked = dose_with(own, decided_with, newest), needs_a_look(own, decided_with, newest)
    item.component_version = newest
    item.dose_data = dose.model_dump(mode="json")
    item.dose_of = decided_with if is_asked else None
    item.lost_dose_data = own.model_dump(mode="json") if is_asked and dose != own else None


def dose_findings(items: Iterable[DraftItem], language: str) -> tuple[Finding, ...]:
    """A caution for each item whose own dose nobody has looked at since the usual one changed, or took its place.

    ``items`` come with ``dose_of``, component version and texts.
    """
    return tuple(_finding(item, item.dose_of, language) for item in items if item.dose_of is not None)


def _finding(item: DraftItem, older: ComponentVersion, language: str) -> Finding:
    newest = item.component_version
    own, _older = decided(item)
    doses = {"own": own.in_words(), "old": older.dose.in_words(), "new": newest.dose.in_words()}
    matter = [str(item.key), str(older.pk), str(newest.pk), own.model_dump(mode="json")]
    sha256 = hashlib.sha256(json.dumps(matter, sort_keys=True).encode()).hexdigest()
    return Finding(
        key=f"{RULE}:{newest.component.code}:{sha256[:24]}",
        rule_code=RULE,
        severity="caution",
        component_code=newest.component.code,
        item_keys=(str(item.key),),
        item_title=wording_in(newest, language).text.title,
        message=(_is_lost() if item.lost_dose_data else _is_kept()) % doses,
        instead="",
        source=_("Version %(number)d of this component") % {"number": newest.number},
    )


def _is_kept() -> str:
    return _(
        "The usual dose is another one now. In this plan: %(own)s. Usual before: %(old)s. Usual now: %(new)s. The plan keeps its own dose. Say that it is still right, or change it."
    )


def _is_lost() -> str:
    return _(
        "This is done in another way now, so the plan's own dose cannot be kept. In this plan before: %(own)s. Usual before: %(old)s. In its place stands the usual dose of now: %(new)s. Say that it is right for this patient, or change it."
    )
