from django.db import migrations

from careplans.library.index_words import mark, new_changes
from careplans.library.search import set_words


def fill(apps, schema_editor):
    """Everything there is becomes findable; nothing there is, in a new installation."""
    Clinic = apps.get_model('accounts', 'Clinic')
    Component, Version, Index, Indexed, Word = (
        apps.get_model('library', name)
        for name in ('Component', 'ComponentVersion', 'ComponentIndex', 'IndexedComponent', 'IndexWord')
    )
    # Of a later release's columns, those that are there by now.
    columns = {field.attname for field in Index._meta.concrete_fields}
    for clinic in Clinic.objects.all():
        changes = new_changes()
        for place, component in enumerate(Component.objects.filter(clinic=clinic).order_by('pk')):
            versions = Version.objects.filter(component=component).order_by('number')
            indexed = Indexed(component=component, clinic=clinic, place=place)
            rows = set_words(indexed, list(versions.select_related('component').prefetch_related('texts')), changes)
            indexed.save()
            Index.objects.bulk_create(
                Index(**{name: value for name, value in row.items() if name in columns}) for row in rows
            )
        mark(clinic.pk, changes, Word)


class Migration(migrations.Migration):

    dependencies = [('library', '0012_index_words')]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
