"""A draft keeps what its day 0 is; drafts from before count from what their template counts from."""

from __future__ import annotations

from django.db import migrations, models


def from_template(apps, schema_editor):
    drafts = apps.get_model("plans", "Draft").objects.exclude(template_version=None)
    for anchor in ("onset", "surgery"):
        drafts.filter(template_version__anchor=anchor).update(anchor=anchor)


class Migration(migrations.Migration):
    dependencies = [
        ("library", "0001_initial"),
        ("plans", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="anchor",
            field=models.CharField(
                choices=[
                    ("onset", "When it began"),
                    ("surgery", "Date of surgery"),
                    ("plan_start", "Start of the plan"),
                ],
                default="plan_start",
                max_length=12,
            ),
        ),
        migrations.RunPython(from_template, migrations.RunPython.noop),
    ]
