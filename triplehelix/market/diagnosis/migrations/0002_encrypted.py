"""Questions and answers are encrypted: those written before, too."""

from django.db import migrations, models

import triplehelix.records.parties.fields
from triplehelix.records.parties.fields import box

BATCH = 500


def encrypt(apps, schema_editor):
    turned(apps, lambda text: box().encrypt(text.encode()).decode())


def decrypt(apps, schema_editor):
    turned(apps, lambda text: box().decrypt(text.encode()).decode())


def turned(apps, turn):
    """Rewrite both columns, plain text as the migrations see them here."""
    question = apps.get_model("diagnosis", "Question")
    rows = []
    for row in question.objects.only("text", "answer").iterator(chunk_size=BATCH):
        row.text, row.answer = turn(row.text), turn(row.answer) if row.answer else ""
        rows.append(row)
        if len(rows) == BATCH:
            question.objects.bulk_update(rows, ["text", "answer"])
            rows = []
    question.objects.bulk_update(rows, ["text", "answer"])


class Migration(migrations.Migration):
    dependencies = [("diagnosis", "0001_tables")]

    operations = [
        migrations.AlterField("question", "text", models.TextField(max_length=500, verbose_name="问题")),
        migrations.RunPython(encrypt, decrypt, elidable=True),
        migrations.AlterField(
            "question",
            "text",
            triplehelix.records.parties.fields.EncryptedTextField(max_length=500, verbose_name="问题"),
        ),
        migrations.AlterField(
            "question",
            "answer",
            triplehelix.records.parties.fields.EncryptedTextField(blank=True, max_length=2000, verbose_name="回答"),
        ),
    ]
