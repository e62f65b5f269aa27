"""The parts of the page of reviews, each with pages of its own: a long list hides no other, and nothing is cut off."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.http import QueryDict

from careplans.workshop.waiting import Waiting, WaitingRow

PER_PAGE = 50


@dataclass(frozen=True)
class Part:
    """``name``: where it stands on the page, and what its page is called in the address."""

    name: str
    rows: list[WaitingRow]
    page: Page[WaitingRow]
    asked: QueryDict

    @property
    def count(self) -> int:
        return self.page.paginator.count

    @property
    def previous_url(self) -> str:
        return self._url(self.page.previous_page_number()) if self.page.has_previous() else ""

    @property
    def next_url(self) -> str:
        return self._url(self.page.next_page_number()) if self.page.has_next() else ""

    def _url(self, number: int) -> str:
        asked = self.asked.copy()
        asked[self.name] = str(number)
        return f"?{asked.urlencode()}#{self.name}"


def part_of(name: str, rows: Waiting, asked: QueryDict) -> Part:
    """The page of it that the address asks for, else the first."""
    page = Paginator(rows, PER_PAGE).get_page(asked.get(name))
    return Part(name, list(page.object_list), page, asked)
