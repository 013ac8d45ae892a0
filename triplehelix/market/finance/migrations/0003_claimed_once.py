"""A premium and a payout are claimed once for a contract, whatever the year.

Before, two years could each hold a claim of one policy. The earliest stays as it is; every later one is kept as a row
and marked void, with the reason in it, as a person would take it back. What was marked is said on the terminal: a case
that rests on it is for a clerk to look at, for no migration can know what has been decided about it since.
"""

import sys

from django.db import migrations, models

ONCE = ("loss", "payout", "premium")
WHY = "同一合同的同一事项只能申请一次：保留最早的第 %(first)s 号，系统升级时作废本条；已据此申请或拨付的，请核对办件"


def keep_the_earliest(apps, schema_editor):
    claims = apps.get_model("finance", "Claim").objects.using(schema_editor.connection.alias)
    first = {}
    for row in claims.filter(kind__in=ONCE, void_why="").order_by("made_at", "pk"):
        kept = first.setdefault((row.loan_id, row.kind), row.pk)
        if kept != row.pk:
            row.void_why = WHY % {"first": kept}
            row.save(update_fields=["void_why"])
            sys.stdout.write(
                f"\n  finance: claim {row.pk} ({row.kind} {row.year}, loan {row.loan_id}, {row.amount_fen} fen) is void:"
                f" claim {kept} came first. Look at the cases that rest on it.\n"
            )


class Migration(migrations.Migration):
    dependencies = [("finance", "0002_kept")]

    operations = [
        migrations.RemoveConstraint(model_name="claim", name="loss_claimed_once"),
        # Going back leaves them void: who was marked by this is in the rows.
        migrations.RunPython(keep_the_earliest, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.UniqueConstraint(
                models.F("loan"),
                models.F("kind"),
                condition=models.Q(("kind__in", ONCE), ("void_why", "")),
                name="claimed_once",
            ),
        ),
    ]
