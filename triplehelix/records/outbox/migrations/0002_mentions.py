"""What letters spoke of. Letters asked about one listing until now: their cause is what they mentioned."""

from django.db import migrations, models

SPOKEN = """
INSERT INTO outbox_mention (kind, cause_kind, cause_id, at)
SELECT kind, cause_kind, cause_id, max(created_at) FROM outbox_message
WHERE cause_kind IN ('market.need', 'market.achievement') AND kind IN (cause_kind || '.remind', cause_kind || '.list')
GROUP BY kind, cause_kind, cause_id
"""


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_tables")]

    operations = [
        migrations.CreateModel(
            name="Mention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60, verbose_name="类别")),
                ("cause_kind", models.CharField(max_length=60, verbose_name="起因类别")),
                ("cause_id", models.CharField(max_length=64, verbose_name="起因")),
                ("at", models.DateTimeField(verbose_name="时间")),
            ],
            options={
                "verbose_name": "通知提到的事项",
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "cause_kind", "cause_id"), name="mention_last_of_a_kind")
                ],
            },
        ),
        migrations.RunSQL(SPOKEN, migrations.RunSQL.noop),
    ]
