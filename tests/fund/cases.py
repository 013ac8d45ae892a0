"""The moment and the amounts of the fund's tests, and short words for what they do."""

from dataclasses import dataclass
from datetime import UTC, datetime

from triplehelix.fund import actions
from triplehelix.fund.payee import BankAccount
from triplehelix.records.parties.models import Organisation

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
YUAN = 100
MILLION = 1_000_000 * YUAN
NUMBER = "6222020200112233445"


def account_of(payee, number=NUMBER, **more):
    return BankAccount(name=payee.name, number=number, bank="中国银行聊城分行", **more)


@dataclass
class Fund:
    purse: object
    payee: Organisation

    def commit(self, amount_fen=MILLION, subject="铜箔项目", **more):
        given = {"purse": self.purse, "rule": "M3.2", "payee": self.payee, "year": 2026, "case_ref": "case:1"}
        given |= {"subject": subject, "amount_fen": amount_fen, "actor": None, "now": NOW, **more}
        return actions.commit(**given)

    def order(self, commitment, amount_fen=MILLION, **more):
        given = {"account": account_of(commitment.payee), "actor": None, "now": NOW, **more}
        return actions.order_payment(commitment=commitment, amount_fen=amount_fen, **given)

    def paid(self, payment):
        """Through the bank: sent in a batch of its own, answered as paid."""
        batch = actions.send_batch(payments=[payment], actor=None, now=NOW)
        answer = actions.Answer(payment.key, payment.amount_fen, paid=True)
        actions.record_bank_answer(batch=batch, answers=[answer], actor=None, now=NOW)
        payment.refresh_from_db()
        return payment
