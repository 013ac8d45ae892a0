"""One of the processes that race for a purse: `python -m tests.fund.racer DATABASE SEED`.

Promises, orders, sends and answers every item of the list, in an order of its own, with two threads; what another
process has done already is asked for again. Ends with 0 when every item is paid or refused for want of money.
"""

import os
import random
import sys
import threading
from datetime import UTC, datetime

ITEMS = 1000
PAYEES = 20
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def amount_of(n: int) -> int:
    """Fen of the n-th item: known to every process."""
    return 10_000 * (n % 7 + 1)


def race(seed: int) -> None:
    from django.db import connection

    from triplehelix.fund import actions
    from triplehelix.fund.models import Batch, Payment, Purse
    from triplehelix.fund.payee import BankAccount
    from triplehelix.records.parties.models import Organisation

    purse = Purse.objects.get()
    payees = list(Organisation.objects.order_by("pk"))
    items = list(range(ITEMS))
    random.Random(seed).shuffle(items)

    def bank() -> None:
        """What waits goes out, what is out is answered; whoever comes second is refused, and goes on."""
        waiting = list(Payment.objects.filter(state="ordered")[:40])
        try:
            if waiting:
                actions.send_batch(payments=waiting, actor=None, now=NOW)
        except actions.Refused:
            pass
        for batch in Batch.objects.filter(payments__state="sent").distinct()[:3]:
            sent = batch.payments.filter(state="sent")
            answers = [actions.Answer(one.key, one.amount_fen, paid=True) for one in sent]
            actions.record_bank_answer(batch=batch, answers=answers, actor=None, now=NOW)

    def one(n: int) -> None:
        payee, amount = payees[n % PAYEES], amount_of(n)
        try:
            held = actions.commit(
                purse=purse,
                rule="race",
                payee=payee,
                subject=f"第{n}项",
                year=2026,
                amount_fen=amount,
                actor=None,
                now=NOW,
            )
        except actions.Refused:
            return  # no money left for it
        account = BankAccount(payee.name, "6222020200112233445", "银行")
        actions.order_payment(commitment=held, amount_fen=amount, account=account, actor=None, now=NOW)

    def run(mine: list[int]) -> None:
        try:
            done = set(Payment.objects.filter(state="paid").values_list("commitment__subject", flat=True))
            for k, n in enumerate(n for n in mine if f"第{n}项" not in done):
                one(n)
                if k % 20 == 0:
                    bank()
            while Payment.objects.exclude(state="paid").exists():
                bank()
        finally:
            connection.close()

    # Both threads take every item: they race each other as well.
    threads = [threading.Thread(target=run, args=(list(part),)) for part in (items[::2] + items[1::8], items[1::2])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    django.setup()
    race(int(sys.argv[2]))
