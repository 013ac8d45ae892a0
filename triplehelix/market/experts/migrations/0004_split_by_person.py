"""Whether a work was split off by the person's own word: so far only its reason says so, in the language of then."""

from django.db import migrations, models

SAID = ("本人说明不是自己的成果", "The person says that it is not theirs")


def forward(apps, schema_editor):
    apps.get_model("experts", "Split").objects.filter(why__in=SAID).update(by_person=True)


class Migration(migrations.Migration):
    dependencies = [("experts", "0003_orcid_by")]

    operations = [
        migrations.AddField(
            model_name="split",
            name="by_person",
            field=models.BooleanField(default=False, verbose_name="本人说明"),
        ),
        migrations.RunPython(forward, migrations.RunPython.noop, elidable=True),
    ]
