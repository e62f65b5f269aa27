"""Two who choose a code at once, and somebody who finishes other work of the clinic meanwhile.

SQLite lets one write at a time from its first word on, so there is no such moment.
"""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from careplans.accounts.models import Clinic
from careplans.library.edit_component import CodeTaken, add_component
from careplans.library.models import Category, Component, Source
from careplans.library.own_codes import hold_codes
from tests.faults.test_recall_race import PATIENCE, Second, waits

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time on SQLite"),
]
CODE = "ex-ours"


def add(clinic: Clinic) -> Component:
    with transaction.atomic():
        return add_component(clinic=clinic, code=CODE, category=Category.EXERCISE)


def test_of_two_the_second_finds_the_firsts(clinic: Clinic) -> None:
    def second_one() -> None:
        with pytest.raises(CodeTaken):
            add(clinic)
        told.append("taken")

    told: list[str] = []
    second = Second(second_one)
    with transaction.atomic():
        add(clinic)
        second.start()
        assert waits(second)
    second.join(PATIENCE)

    assert told == ["taken"]
    assert Component.objects.filter(clinic=clinic, code=CODE).count() == 1


def test_whoever_writes_something_of_the_clinics_is_not_kept_from_finishing(clinic: Clinic) -> None:
    """They ask for the clinic's key at their end: waiting for us while we wait for them, one would be thrown out."""
    other = Second(lambda: Source.objects.create(clinic=clinic, code="theirs", title="Theirs"))
    with transaction.atomic():
        hold_codes(clinic)
        other.start()
        other.join(PATIENCE)
        assert not other.is_alive()
    other.join()

    assert Source.objects.filter(clinic=clinic, code="theirs").exists()
