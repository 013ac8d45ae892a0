"""What cases are compared by in words, kept beside them, and drawn for those that are there."""

from itertools import islice

import django.db.models.deletion
from django.db import migrations, models

from triplehelix.procedure.cases import runs

BATCH = 500


def draw(apps, schema_editor):
    cases, compared = apps.get_model("cases", "Case").objects, apps.get_model("cases", "Compared").objects
    rows = cases.filter(compared=None).exclude(summary="").values_list("pk", "title", "summary")
    made = (compared.model(case_id=pk, runs=runs.packed(title, text)) for pk, title, text in rows.iterator(BATCH))
    while batch := list(islice(made, BATCH)):
        compared.bulk_create(batch)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0006_papers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Compared',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='compared', serialize=False, to='cases.case')),
                ('runs', models.BinaryField()),
            ],
            options={
                'verbose_name': '查重',
            },
        ),
        migrations.RunPython(draw, migrations.RunPython.noop),
    ]
