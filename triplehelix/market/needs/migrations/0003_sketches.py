"""The marks by which needs that say the same are found, for those written before there were any."""

from django.db import migrations

from triplehelix.foundation import alike

BATCH = 500


def draw(apps, schema_editor):
    need = apps.get_model("needs", "Need")
    rows = []
    for row in need.objects.filter(sketch=[]).only("text").iterator(chunk_size=BATCH):
        row.sketch = alike.sketch(row.text)
        rows.append(row)
        if len(rows) == BATCH:
            need.objects.bulk_update(rows, ["sketch"])
            rows = []
    need.objects.bulk_update(rows, ["sketch"])


class Migration(migrations.Migration):
    dependencies = [("needs", "0002_parts")]
    operations = [migrations.RunPython(draw, migrations.RunPython.noop, elidable=True)]
