from django.db import migrations, models
import django.db.models.deletion


def keep_words_in_their_rows(apps, schema_editor):
    """Rows of 3 kB would be compressed and read back each time: four times as long for every question asked."""
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute('ALTER TABLE library_componentindex SET (toast_tuple_target = 8160)')


class Migration(migrations.Migration):
    """The index made anew: nothing has written into it yet, and its key changes."""

    dependencies = [
        ('accounts', '0002_approved_translations'),
        ('library', '0005_keeping'),
    ]

    operations = [
        migrations.DeleteModel(name='ComponentIndex'),
        migrations.CreateModel(
            name='ComponentIndex',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('for_keepers', models.BooleanField()),
                ('title', models.CharField(max_length=200)),
                ('title_words', models.CharField(max_length=400)),
                ('words', models.TextField()),
                ('category', models.CharField(max_length=20)),
                ('regions', models.CharField(max_length=200)),
                ('equipment', models.CharField(max_length=400)),
                ('grades', models.CharField(max_length=80)),
                ('states', models.CharField(max_length=80)),
                ('review_due_on', models.DateField(null=True)),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.clinic')),
                ('component', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='index', to='library.component')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['clinic', 'for_keepers', 'title_words'], name='component_index_in_order'),
                    models.Index(fields=['clinic', 'for_keepers', 'equipment'], name='component_index_equipment'),
                ],
                'constraints': [models.UniqueConstraint(fields=('component', 'for_keepers'), name='component_indexed_once')],
            },
        ),
        migrations.RunPython(keep_words_in_their_rows, migrations.RunPython.noop),
    ]
