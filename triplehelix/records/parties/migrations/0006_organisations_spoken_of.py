from django.db import migrations, models
from django.db.models import F


def withhold(apps, schema_editor):
    """Nobody knows any more what offices have written of an organisation that is not confirmed: from now on whoever
    says to act for one waits until an officer has checked it; what the account itself wrote stays at hand."""
    rows = apps.get_model("parties", "Organisation").objects.filter(confirmed_at__isnull=True)
    rows.update(spoken_of_at=F("created_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0005_organisation_versions'),
    ]

    operations = [
        migrations.AddField(
            model_name='organisation',
            name='spoken_of_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='他人首次写到的时间'),
        ),
        migrations.RunPython(withhold, migrations.RunPython.noop),
    ]
