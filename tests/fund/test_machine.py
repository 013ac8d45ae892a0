"""Whatever is done in whatever order, refused or not: the books agree, and what is asked again changes nothing."""

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from tests.fund.cases import NOW, account_of
from tests.fund.conftest import ALUMINIUM, COPPER
from triplehelix.fund import actions, check
from triplehelix.fund.models import Commitment, Movement, Payment, Pool, Purse
from triplehelix.records.parties import actions as parties

RUNS, STEPS = 40, 30
FEN = st.integers(1, 2_000)
MORE_OR_LESS = st.integers(-1_500, 1_500)
#: Every one of these, asked again at once, answers and writes nothing.
AGAIN = frozenset({
    actions.appropriate, actions.commit, actions.order_payment, actions.record_bank_answer, actions.return_payment,
    actions.resend, actions.refund, actions.carry_over, actions.close_year, actions.correct,
})  # fmt: skip


class Books(RuleBasedStateMachine):
    """Every action of the fund, on whatever the actions before it made."""

    purses = Bundle("purses")
    commitments = Bundle("commitments")
    payments = Bundle("payments")
    batches = Bundle("batches")

    def __init__(self):
        super().__init__()
        self.run = transaction.atomic()
        self.run.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.run.__exit__(None, None, None)

    def do(self, action, at=NOW, **given):
        """What the action made, or nothing when it was refused: then it has written nothing."""
        given |= {"actor": None, "now": at}
        before = Movement.objects.count()
        try:
            made = action(**given)
        except actions.Refused:
            assert Movement.objects.count() == before
            return multiple()
        if action in AGAIN:
            after = Movement.objects.count()
            action(**given)
            assert Movement.objects.count() == after
        return made

    @initialize(target=purses, fen=FEN)
    def start(self, fen):
        self.payees = [
            parties.register_organisation(uscc=code, name=f"{code}公司", actor=None, now=NOW)
            for code in (COPPER, ALUMINIUM)
        ]
        actions.appropriate(year=2026, document="一号", amount_fen=4_000, actor=None, now=NOW)
        return self.do(actions.open_purse, year=2026, use="research", amount_fen=fen)

    @rule(document=st.sampled_from("甲乙"), fen=MORE_OR_LESS)
    def appropriate(self, document, fen):
        self.do(actions.appropriate, year=2026, document=document, amount_fen=fen)

    @rule(target=purses, fen=FEN)
    def open_purse(self, fen):
        return self.do(actions.open_purse, year=2026, use="talent", amount_fen=fen)

    @rule(purse=purses, fen=MORE_OR_LESS)
    def change_purse(self, purse, fen):
        self.do(actions.change_purse, purse=purse, by_fen=fen, why="调剂")

    @rule(target=commitments, purse=purses, who=st.integers(0, 1), subject=st.sampled_from("子丑"), fen=FEN)
    def commit(self, purse, who, subject, fen):
        at = NOW.replace(year=purse.year)
        given = {"rule": "M3.2", "payee": self.payees[who], "subject": subject, "year": 2026, "amount_fen": fen}
        return self.do(actions.commit, at, purse=purse, **given)

    @rule(target=payments, held=commitments, fen=FEN, part=st.sampled_from("12"), rest=st.booleans())
    def order(self, held, fen, part, rest):
        held.refresh_from_db()
        fen = int(held.free) if rest and held.free else fen
        return self.do(
            actions.order_payment, commitment=held, amount_fen=fen, part=part, account=account_of(held.payee)
        )

    @rule(target=batches, some=st.lists(payments, min_size=1, max_size=3))
    def send(self, some):
        return self.do(actions.send_batch, payments=some)

    @rule(batch=batches, said=st.lists(st.sampled_from(["paid", "paid", "back", "less", ""]), min_size=3, max_size=3))
    def answer(self, batch, said):
        lines = [
            actions.Answer(one.key, one.amount_fen - (word == "less"), word != "back", "账号不符")
            for one, word in zip(batch.payments.all(), said, strict=False)
            if word
        ]
        self.do(actions.record_bank_answer, batch=batch, answers=lines)

    @rule(payment=payments)
    def return_payment(self, payment):
        self.do(actions.return_payment, payment=payment, reason="退汇")

    @rule(target=payments, payment=payments)
    def resend(self, payment):
        return self.do(actions.resend, payment=payment, account=account_of(payment.commitment.payee))

    @rule(held=commitments, fen=FEN, receipt=st.sampled_from("甲乙丙"))
    def refund(self, held, fen, receipt):
        self.do(actions.refund, commitment=held, amount_fen=fen, receipt=receipt, why="终止")

    @rule(held=commitments, fen=st.none() | FEN)
    def release(self, held, fen):
        self.do(actions.release, commitment=held, amount_fen=fen, why="终止")

    @rule(target=purses, purse=purses)
    def carry(self, purse):
        return self.do(actions.carry_over, purse=purse)

    @rule(place=st.integers(0, 30))
    def correct(self, place):
        if movement := Movement.objects.order_by("pk")[place : place + 1].first():
            self.do(actions.correct, movement=movement, why="登记错误")

    @rule(purse=purses, sure=st.integers(0, 4))
    def close(self, purse, sure):
        """Seldom, for nothing is promised of that year any more."""
        if sure == 0:
            self.do(actions.close_year, year=purse.year)

    @invariant()
    def no_more_than_there_is(self):
        for pool in Pool.objects.all():
            assert 0 <= pool.allocated_fen <= pool.appropriated_fen
        amounts = Purse.objects.aggregate(held=Sum("amount_fen"), promised=Sum("committed_fen"), paid=Sum("paid_fen"))
        there = Pool.objects.aggregate(fen=Sum("appropriated_fen"))["fen"] or 0
        promised = Commitment.objects.aggregate(fen=Sum("amount_fen"))["fen"] or 0
        paid = Payment.objects.filter(state="paid").aggregate(fen=Sum("amount_fen"))["fen"] or 0
        assert (
            paid == (amounts["paid"] or 0) <= promised == (amounts["promised"] or 0) <= (amounts["held"] or 0) <= there
        )

    @invariant()
    def the_books_agree(self):
        assert check.problems() == []


@pytest.mark.django_db
def test_whatever_is_done_the_books_agree():
    run_state_machine_as_test(
        Books, settings=settings(max_examples=RUNS, stateful_step_count=STEPS, suppress_health_check=list(HealthCheck))
    )
