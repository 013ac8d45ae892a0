"""Our side of `./run bench fund`: `python -m bench.fund_ours`, the database by DATABASE_URL."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime

import django

from bench.fund_rounds import amount_of, serve

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PAYEES = 20


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "triplehelix.config.settings")
    django.setup()
    # Imported here: they need Django set up.
    from django.core.management import call_command
    from django.db import connection
    from stdnum.cn import uscc

    from triplehelix.fund import actions
    from triplehelix.fund.payee import BankAccount
    from triplehelix.records.parties import actions as parties

    call_command("migrate", verbosity=0)
    codes = [f"91371502MAD{n:06d}" for n in range(PAYEES)]
    payees = [
        parties.register_organisation(uscc=code + uscc.calc_check_digit(code), name=f"第{n}家", actor=None, now=NOW)
        for n, code in enumerate(codes)
    ]
    given = {"actor": None, "now": NOW}
    actions.appropriate(year=2026, document="一号", amount_fen=10**13, **given)
    purse = actions.open_purse(year=2026, use="research", amount_fen=10**13, **given)

    def pay(numbers: Sequence[int]) -> None:
        payments = []
        for n in numbers:
            payee, fen = payees[n % PAYEES], amount_of(n)
            held = actions.commit(
                purse=purse, rule="bench", payee=payee, subject=f"第{n}项", year=2026, amount_fen=fen, **given
            )
            account = BankAccount(payee.name, "6222020200112233445", "银行")
            payments.append(actions.order_payment(commitment=held, amount_fen=fen, account=account, **given))
        batch = actions.send_batch(payments=payments, **given)
        answers = [actions.Answer(one.key, one.amount_fen, paid=True) for one in payments]
        actions.record_bank_answer(batch=batch, answers=answers, **given)

    serve(pay, connection)


if __name__ == "__main__":
    main()
