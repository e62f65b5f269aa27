from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    """The index made anew, for two audiences and word by word; ``0013_index`` fills it."""

    dependencies = [
        ('accounts', '0002_approved_translations'),
        ('library', '0011_component_version_by_state'),
    ]

    operations = [
        migrations.DeleteModel(name='ComponentIndex'),
        migrations.CreateModel(
            name='ComponentIndex',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('for_keepers', models.BooleanField()),
                ('place', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=200)),
                ('title_words', models.CharField(max_length=400)),
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
                'constraints': [
                    models.UniqueConstraint(fields=('component', 'for_keepers'), name='component_indexed_once'),
                    models.UniqueConstraint(fields=('clinic', 'for_keepers', 'place'), name='component_index_place_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='IndexedComponent',
            fields=[
                ('component', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='indexed', serialize=False, to='library.component')),
                ('place', models.PositiveIntegerField()),
                ('words', models.TextField(default='')),
                ('keepers_words', models.TextField(default='')),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.clinic')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('clinic', 'place'), name='indexed_component_place_once')],
            },
        ),
        migrations.CreateModel(
            name='IndexWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=60)),
                ('everybody', models.BinaryField(default=bytes)),
                ('keepers', models.BinaryField(default=bytes)),
                ('clinic', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.clinic')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('clinic', 'word'), name='index_word_once')],
            },
        ),
    ]
