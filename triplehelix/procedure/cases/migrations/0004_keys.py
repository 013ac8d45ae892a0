"""What cases are compared by, kept beside their facts. A case this does not fill is compared itself (cases.same)."""

from django.db import migrations, models

from triplehelix.policy.registry import UnknownAward
from triplehelix.procedure.cases.keys import keys_of
from triplehelix.procedure.terms.finds import pack


def fill(apps, schema_editor):
    """The keys of the cases there are, by the pack as it is now declared."""
    cases = apps.get_model("cases", "Case").objects
    for pk, code, facts in cases.values_list("pk", "award_code", "facts").iterator():
        try:
            award = pack().award(code)
        except UnknownAward:
            continue
        cases.filter(pk=pk).update(keys=keys_of(award, facts))


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0003_matter'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='keys',
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
