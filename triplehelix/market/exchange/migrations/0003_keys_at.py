"""When the newest announcement of a peer's keys was made that was taken over: an older one is refused."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0002_stays")]

    operations = [migrations.AddField("peer", "keys_at", models.DateTimeField(blank=True, null=True))]
