from django.db import migrations

from careplans.library.search import rows_of


def fill(apps, schema_editor):
    """Everything there is becomes findable; nothing there is, in a new installation."""
    Component, Version, Index = (
        apps.get_model('library', name) for name in ('Component', 'ComponentVersion', 'ComponentIndex')
    )
    columns = {field.attname for field in Index._meta.concrete_fields}
    for component in Component.objects.iterator():
        versions = Version.objects.filter(component=component).order_by('number')
        rows = rows_of(list(versions.select_related('component').prefetch_related('texts')))
        # Of a later release's columns, those that are there by now.
        Index.objects.bulk_create(
            Index(**{name: value for name, value in row.items() if name in columns}) for row in rows
        )


class Migration(migrations.Migration):

    dependencies = [('library', '0006_index_for_two_audiences')]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
