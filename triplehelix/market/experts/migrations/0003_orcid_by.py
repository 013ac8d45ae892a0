"""Whose word an ORCID is. Of what is there it is known only where nothing but repositories tells of the work: any other may
have been filled in by whoever named the work in a sheet, and counts as nobody's until who brought it says so again."""

from django.db import migrations, models
from django.db.models import Exists, OuterRef


def forward(apps, schema_editor):
    sources = apps.get_model("experts", "Source").objects.filter(work=OuterRef("work"))
    rows = apps.get_model("experts", "Authorship").objects.exclude(orcid="")
    rows = rows.filter(Exists(sources.filter(repository__isnull=False)), ~Exists(sources.filter(repository=None)))
    rows.update(orcid_by="desk")


class Migration(migrations.Migration):
    dependencies = [("experts", "0002_reasons")]

    operations = [
        migrations.AddField(
            model_name="authorship",
            name="orcid_by",
            field=models.CharField(blank=True, default="", max_length=24, verbose_name="ORCID 由谁提供"),
            preserve_default=False,
        ),
        migrations.RunPython(forward, migrations.RunPython.noop, elidable=True),
    ]
