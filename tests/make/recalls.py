"""Published plans that hold what is recalled, made through the verbs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.builder.publish import publish_plan
from careplans.library.models import Component, Recall
from careplans.library.recall import recall_component
from careplans.plans.models import Draft, Plan
from tests.factories import NOW, make_staff
from tests.make.plans import make_draft

REASON = "Two patients fell while doing it as it is described."


def component(clinic: Clinic, code: str) -> Component:
    return Component.objects.get(clinic=clinic, code=code)


def publish(draft: Draft, by: User, now: datetime = NOW) -> Plan:
    draft.refresh_from_db()
    publish_plan(draft=draft, revision=draft.revision, by=by, now=now)
    return draft.plan


def make_published(clinic: Clinic, by: User, **fields: Any) -> Plan:
    """A running plan from the template of acute spasm; it holds "ex-gentle-mobility" among others."""
    return publish(make_draft(clinic, by, **fields), by)


def recall(clinic: Clinic, code: str, now: datetime = NOW) -> Recall:
    reviewer = make_staff(clinic, Role.REVIEWER)
    return recall_component(component=component(clinic, code), reason=REASON, by=reviewer, now=now)
