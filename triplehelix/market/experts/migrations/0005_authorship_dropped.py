"""Authors whom the source of a work names no more, kept because somebody has decided something of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("experts", "0004_split_by_person")]

    operations = [
        migrations.AddField(
            model_name="authorship",
            name="dropped",
            field=models.BooleanField(default=False, verbose_name="来源已不再列出"),
        ),
    ]
