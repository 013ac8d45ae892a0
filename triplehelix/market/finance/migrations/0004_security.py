"""What secures a guarantee stands in its contract. Those that were signed before get what the firm had wished for."""

from django.db import migrations, models


def as_wished(apps, schema_editor):
    loans = apps.get_model("finance", "Loan").objects.using(schema_editor.connection.alias)
    for loan in loans.filter(kind="guarantee").select_related("application__lead"):
        loan.security = loan.application.lead.collateral
        loan.save(update_fields=["security"])


class Migration(migrations.Migration):
    dependencies = [("finance", "0003_claimed_once")]

    operations = [
        migrations.AddField("loan", "security", models.CharField("反担保", blank=True, max_length=20)),
        migrations.RunPython(as_wished, migrations.RunPython.noop),
        migrations.AddConstraint(
            "loan",
            models.CheckConstraint(
                condition=~models.Q(kind="guarantee") | ~models.Q(security=""), name="guarantee_says_its_security"
            ),
        ),
    ]
