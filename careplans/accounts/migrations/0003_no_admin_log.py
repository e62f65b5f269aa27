from django.db import migrations


class Migration(migrations.Migration):
    """What Django's admin kept for itself: its table would hold on to people. What it did stands in the audit trail."""

    dependencies = [("accounts", "0002_approved_translations")]

    operations = [
        migrations.RunSQL("DROP TABLE IF EXISTS django_admin_log", migrations.RunSQL.noop),
    ]
