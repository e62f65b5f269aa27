"""A recall and a publishing in the same moment: whichever is second sees what the first did.

SQLite lets one write at a time from its first word on, so there is no such moment.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.builder.publish import publish_plan
from careplans.library.recall import recall_component
from careplans.plans.holdings import recalled_in
from careplans.plans.models import Draft, PlanVersion
from careplans.plans.refusals import PlanRefusal
from tests.factories import NOW, make_staff
from tests.make.plans import make_draft
from tests.make.recalls import REASON, component

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time on SQLite"),
]
MOBILITY = "ex-gentle-mobility"
PATIENCE = 25.0
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def draft(clinic: Clinic, clinician: User) -> Draft:
    return make_draft(clinic, clinician)


@pytest.fixture
def reviewer(clinic: Clinic) -> User:
    return make_staff(clinic, Role.REVIEWER)


class Second(threading.Thread):
    """Does its work beside the test's own open transaction, and keeps what it was refused with."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__()
        self.work, self.refusal = work, ""

    def run(self) -> None:
        try:
            self.work()
        except PlanRefusal as refusal:
            self.refusal = str(refusal)
        finally:
            connection.close()


def waits(second: Second) -> bool:
    """Whether it comes to stand at a lock, rather than to its end."""
    until = time.monotonic() + PATIENCE
    while second.is_alive() and time.monotonic() < until:
        with connection.cursor() as cursor:
            # Within a transaction the server goes on telling what it told first.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.05)
    return False


def publish(draft: Draft, by: User) -> None:
    publish_plan(draft=Draft.objects.get(pk=draft.pk), revision=draft.revision, by=by, now=NOW)


def test_a_publishing_that_meets_a_recall_waits_and_is_refused(
    clinic: Clinic, clinician: User, reviewer: User, draft: Draft
) -> None:
    second = Second(lambda: publish(draft, clinician))
    with transaction.atomic():
        recall_component(component=component(clinic, MOBILITY), reason=REASON, by=reviewer, now=LATER)
        second.start()
        assert waits(second)
    second.join(PATIENCE)
    assert "No longer approved" in second.refusal
    assert not PlanVersion.objects.exists()


def test_a_recall_that_meets_a_publishing_waits_and_finds_the_plan(
    clinic: Clinic, clinician: User, reviewer: User, draft: Draft
) -> None:
    target = component(clinic, MOBILITY)
    second = Second(lambda: recall_component(component=target, reason=REASON, by=reviewer, now=LATER))
    with transaction.atomic():
        publish(draft, clinician)
        second.start()
        assert waits(second)
    second.join(PATIENCE)
    assert second.refusal == ""
    assert [held.title for held in recalled_in(draft.plan_id)] != []
