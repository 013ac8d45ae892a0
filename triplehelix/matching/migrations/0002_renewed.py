from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("matching", "0001_documents"),
    ]

    operations = [
        migrations.AddField(
            model_name="space",
            name="renewed",
            field=models.BigIntegerField(default=0),
        ),
    ]
