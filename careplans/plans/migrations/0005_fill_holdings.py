"""What the newest version of each plan holds, read from its document."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery

AT_A_TIME = 500
# A plan's document is some tens of kilobytes.
PLANS_AT_A_TIME = 100


def fill(apps: Any, schema_editor: Any) -> None:
    PlanVersion = apps.get_model("plans", "PlanVersion")
    Holding = apps.get_model("plans", "Holding")
    ComponentVersion = apps.get_model("library", "ComponentVersion")
    newest = PlanVersion.objects.filter(plan=OuterRef("plan")).order_by("-number").values("pk")[:1]
    versions = PlanVersion.objects.filter(pk=Subquery(newest), plan__state__in=["active", "paused"])
    there = {str(pk) for pk in ComponentVersion.objects.values_list("pk", flat=True)}
    rows = []
    for version in versions.iterator(chunk_size=PLANS_AT_A_TIME):
        phases = version.document_data["phases"]
        held = {item["component_version_id"] for phase in phases for item in phase["items"]}
        rows += [
            Holding(plan_id=version.plan_id, version_id=version.pk, component_version_id=pk)
            for pk in sorted(held & there)
        ]
        # Written as they come: a clinic of many years has millions, more than the memory of a small server holds.
        if len(rows) >= AT_A_TIME:
            Holding.objects.bulk_create(rows, batch_size=AT_A_TIME, ignore_conflicts=True)
            rows = []
    Holding.objects.bulk_create(rows, batch_size=AT_A_TIME, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("plans", "0004_holdings")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
