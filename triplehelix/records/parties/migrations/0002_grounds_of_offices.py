"""The paper an office was given by, why it ended, and whether it was stopped at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_tables")]

    operations = [
        migrations.AddField("office", "document", models.CharField(blank=True, max_length=80, verbose_name="批准文件")),
        migrations.AddField(
            "office", "ended_for", models.CharField(blank=True, max_length=200, verbose_name="结束事由")
        ),
        migrations.AddField(
            "office", "stopped_at", models.DateTimeField(blank=True, null=True, verbose_name="停止时间")
        ),
    ]
