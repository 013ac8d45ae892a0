"""A membership that was ended at once: its last day opens nothing any more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0002_grounds_of_offices")]

    operations = [
        migrations.AddField(
            "membership", "stopped_at", models.DateTimeField(blank=True, null=True, verbose_name="停止时间")
        ),
    ]
