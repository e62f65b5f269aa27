"""A plan is held before its draft, by all that holds both: two that meet in one plan wait, and none is killed.

SQLite lets one write at a time from its first word on, so there is nothing to hold.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from careplans.accounts.models import Clinic, User
from careplans.builder.publish import end_plan, publish_plan
from careplans.plans.drafting import discard_draft, remove_item
from careplans.plans.models import Draft, DraftItem, Plan
from careplans.plans.start import start_revision
from careplans.plans.without import revise_with_newer, revise_without
from tests.factories import NOW
from tests.make.library import editor_of, make_approved_next, reviewer_of
from tests.make.plans import component_of, make_draft
from tests.make.recalls import component, make_published, recall

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="nothing is held row by row on SQLite"),
]
MOBILITY = "ex-gentle-mobility"
Write = Callable[[Plan, Draft, User], object]


def first_hold(queries: CaptureQueriesContext, table: str) -> int:
    """The place of the first query that holds rows of the table until the end: locked for writing, or written."""
    found = (
        place
        for place, query in enumerate(queries.captured_queries)
        if query["sql"].startswith(f'UPDATE "{table}"')
        or ("FOR UPDATE" in query["sql"] and f'FROM "{table}"' in query["sql"])
    )
    return next(found)


def publishes(plan: Plan, draft: Draft, by: User) -> object:
    return publish_plan(draft=draft, revision=draft.revision, by=by, now=NOW)


def discards(plan: Plan, draft: Draft, by: User) -> object:
    return discard_draft(draft=draft, revision=draft.revision, by=by, now=NOW)


def removes(plan: Plan, draft: Draft, by: User) -> object:
    item = DraftItem.objects.filter(phase__draft=draft).select_related("phase__draft")[0]
    return remove_item(item=item, revision=draft.revision, by=by, now=NOW)


def ends(plan: Plan, draft: Draft, by: User) -> object:
    return end_plan(plan=plan, state=Plan.State.STOPPED, reason="Moved to another town.", by=by, now=NOW)


def updates(plan: Plan, draft: Draft, by: User) -> object:
    clinic = plan.clinic
    make_approved_next(component_of(clinic, MOBILITY), editor_of(clinic), reviewer_of(clinic))
    return revise_with_newer(plan=plan, by=by, now=NOW)


def takes_out(plan: Plan, draft: Draft, by: User) -> object:
    recall(plan.clinic, MOBILITY)
    return revise_without(plan=plan, component=component(plan.clinic, MOBILITY), by=by, now=NOW)


@pytest.mark.parametrize("write", [publishes, discards, removes, ends, updates, takes_out])
def test_the_plan_is_held_before_its_draft(clinic: Clinic, clinician: User, write: Write) -> None:
    plan = make_published(clinic, clinician)
    draft = start_revision(plan=plan, by=clinician, now=NOW)
    with CaptureQueriesContext(connection) as queries:
        write(plan, draft, clinician)
    assert first_hold(queries, "plans_plan") < first_hold(queries, "plans_draft")


def test_the_first_draft_of_a_plan_too(clinic: Clinic, clinician: User) -> None:
    draft = make_draft(clinic, clinician)
    with CaptureQueriesContext(connection) as queries:
        discards(draft.plan, draft, clinician)
    assert first_hold(queries, "plans_plan") < first_hold(queries, "plans_draft")
