"""The other side of `./run bench fund`: django-hordak, in an environment of its own. `python -m bench.fund_hordak`.

HORDAK_DATABASE is Django's setting as JSON, HORDAK_CHECKS whether balances are kept. Three transfers a payment, as
many transactions as ours: promised, ordered, and paid by the file.
"""

import json
import os
from collections.abc import Sequence

import django
from django.conf import settings

from bench.fund_rounds import amount_of, serve


def main() -> None:
    settings.configure(
        DATABASES={"default": json.loads(os.environ["HORDAK_DATABASE"])},
        INSTALLED_APPS=["django.contrib.contenttypes", "mptt", "hordak"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        HORDAK_INTERNAL_CURRENCY="CNY",
        HORDAK_CURRENCIES=["CNY"],
        HORDAK_MAX_DIGITS=18,
        DEFAULT_CURRENCY="CNY",
        USE_TZ=True,
    )
    django.setup()
    # Imported here: they need Django set up.
    from decimal import Decimal

    from django.core.management import call_command
    from django.db import connection, transaction
    from hordak.models import Account
    from moneyed import Money

    call_command("migrate", verbosity=0)
    names = ("treasury", "purse", "committed", "ordered", "paid")
    held = {
        name: Account.objects.create(name=name, code=f"{n}", type=Account.TYPES.asset, currencies=["CNY"])
        for n, name in enumerate(names, start=1)
    }
    checks = os.environ["HORDAK_CHECKS"] == "1"

    def move(of: str, to: str, fen: int, said: str) -> None:
        amount = Money(Decimal(fen) / 100, "CNY")
        source = held[of]
        if checks:
            source = Account.objects.select_for_update().get(pk=source.pk)
            if source.get_simple_balance()["CNY"].amount < amount.amount:
                raise ValueError(f"{of} has less than {amount}")
        source.transfer_to(held[to], amount, description=said)

    def pay(numbers: Sequence[int]) -> None:
        for n in numbers:
            with transaction.atomic():
                move("purse", "committed", amount_of(n), f"commit {n}")
            with transaction.atomic():
                move("committed", "ordered", amount_of(n), f"order {n}")
        with transaction.atomic():
            for n in numbers:
                move("ordered", "paid", amount_of(n), f"pay {n}")

    with transaction.atomic():
        held["treasury"].transfer_to(held["purse"], Money(10**9, "CNY"), description="appropriate")
    serve(pay, connection)


if __name__ == "__main__":
    main()
