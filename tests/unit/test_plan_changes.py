"""What a patient is told to have changed between two versions of their plan."""

from __future__ import annotations

import pytest

from careplans.plans.changes import changes_between
from careplans.plans.document import DocumentItem, PlanDocument
from tests.make.handouts import small_document, starter_item


def changes(old: DocumentItem, new: DocumentItem) -> tuple[str, ...]:
    return changes_between(document_with(old), document_with(new))


def document_with(item: DocumentItem) -> PlanDocument:
    document = small_document()
    return document.model_copy(update={"phases": (document.phases[0].model_copy(update={"items": (item,)}),)})


def newer(item: DocumentItem, **changed: object) -> DocumentItem:
    number = item.component_version_number + 1
    return item.model_copy(update={"component_version_number": number, **changed})


@pytest.mark.parametrize("name", ["title", "why", "feel", "watch_for", "stop_if", "picture"])
def test_instructions_that_read_otherwise_are_announced(name: str) -> None:
    item = starter_item("ex-bridge", "k1")

    assert changes(item, newer(item, **{name: "Other"})) == (
        f"{'Other' if name == 'title' else item.title}: the instructions were updated.",
    )


def test_a_version_that_differs_for_clinicians_alone_is_not_announced() -> None:
    item = starter_item("ex-bridge", "k1")

    assert changes(item, newer(item, grade="high", effect_text="A little.", sources=())) == ()
