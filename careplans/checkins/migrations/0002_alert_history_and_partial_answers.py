import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import careplans.core.models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("checkins", "0001_initial"),
        ("patients", "0002_search_name_and_who_closed"),
        ("plans", "0002_content_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=careplans.core.models.new_uuid,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("raised", "Raised"),
                            ("raised_again", "Raised again"),
                            ("climbed", "Passed on"),
                            ("acknowledged", "Acknowledged"),
                            ("resolved", "Resolved"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note", models.TextField(blank=True)),
            ],
            options={
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="ConfirmationTry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=careplans.core.models.new_uuid,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("about", models.CharField(max_length=80)),
                ("tried_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="alert",
            name="times_raised",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="answer",
            name="completed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="answeritem",
            name="title",
            field=models.CharField(max_length=200),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["climbs_at"], name="alert_climbs"
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(("function__isnull", True), ("function__lte", 10), _connector="OR"),
                name="answer_function_0_to_10",
            ),
        ),
        migrations.AddField(
            model_name="alertentry",
            name="alert",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="checkins.alert"
            ),
        ),
        migrations.AddField(
            model_name="alertentry",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="alertentry",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="confirmationtry",
            index=models.Index(fields=["about", "tried_at"], name="confirmation_tries"),
        ),
    ]
