"""Copies whose original has gone on, as the pages tell of them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from careplans.accounts.models import Clinic
from careplans.library.copies import Offer, offers_in
from careplans.library.models import Component, Template
from careplans.workshop.kinds import kind_of, title_of
from careplans.workshop.review_page import Comparison, compared

COPIED: dict[str, type[Component] | type[Template]] = {"component": Component, "template": Template}


@dataclass(frozen=True)
class OfferRow:
    kind: str
    kind_label: str
    pk: uuid.UUID
    title: str
    original: str
    number: int


def offer_rows(clinic: Clinic) -> list[OfferRow]:
    """Every offer that waits for somebody's decision."""
    rows = []
    for offer in offers_in(clinic):
        kind = kind_of(offer.own)
        original, number = title_of(offer.newest), offer.newest.number
        rows.append(
            OfferRow(kind.code, str(kind.label), offer.copy.pk, title_of(offer.own), original, number)
        )
    return sorted(rows, key=lambda row: (row.kind, row.title))


def of_copy(offer: Offer) -> Comparison:
    """The copy beside the original as it is now; what the clinic wrote itself since it was copied is told."""
    return compared(offer.own, offer.newest, own_since=offer.seen)


def thing_of(kind: str, pk: uuid.UUID, clinic: Clinic) -> Any:
    """A component or template of this clinic, or 404."""
    if kind not in COPIED:
        raise Http404
    found = COPIED[kind]._default_manager.filter(clinic=clinic, pk=pk).select_related("origin").first()
    if found is None:
        raise Http404
    return found
