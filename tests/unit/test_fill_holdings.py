"""Plans published before holdings were kept are found by a recall too."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from careplans.accounts.models import Clinic, User
from careplans.plans.models import Holding, Plan
from tests.factories import NOW
from tests.make.recalls import make_published

pytestmark = pytest.mark.django_db
filling = import_module("careplans.plans.migrations.0005_fill_holdings")


def held() -> set[tuple[object, ...]]:
    return {*Holding.objects.values_list("plan_id", "version_id", "component_version_id")}


@pytest.mark.parametrize("at_a_time", [1, 7, 500])
def test_running_plans_hold_what_their_newest_version_says(
    clinic: Clinic, clinician: User, monkeypatch: pytest.MonkeyPatch, at_a_time: int
) -> None:
    plans = [make_published(clinic, clinician) for _number in range(3)]
    published = held()
    Plan.objects.filter(pk=plans[0].pk).update(state=Plan.State.PAUSED)
    Plan.objects.filter(pk=plans[1].pk).update(state=Plan.State.COMPLETED, ended_at=NOW)
    Holding.objects.all().delete()
    written: list[int] = []
    create = type(Holding.objects).bulk_create

    def counted(manager: object, rows: list[Holding], **options: object) -> object:
        written.append(len(rows))
        return create(manager, rows, **options)

    monkeypatch.setattr(type(Holding.objects), "bulk_create", counted)
    monkeypatch.setattr(filling, "AT_A_TIME", at_a_time)

    filling.fill(apps, connection.schema_editor())

    assert held() == {row for row in published if row[0] != plans[1].pk}
    each = max(written)
    assert at_a_time == 500 or (len(written) > 2 and each < sum(written))
