"""Whatever is done in whatever order, refused or not: the books agree, and what is asked again changes nothing."""

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.fund.cases import NOW, account_of
from tests.fund.conftest import ALUMINIUM, COPPER
from triplehelix.fund import actions, check
from triplehelix.fund.models import Batch, Commitment, Movement, Payment, Pool, Purse, Refund
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Organisation

RUNS, STEPS = 36, 40
FEN = st.integers(1, 400)
MORE_OR_LESS = st.integers(-300, 600)
#: Which of the rows there are; a smaller number is an older row.
WHICH = st.integers(0, 11)
#: Every one of these, asked again at once, answers and writes nothing.
AGAIN = frozenset({
    actions.appropriate, actions.commit, actions.order_payment, actions.record_bank_answer, actions.return_payment,
    actions.resend, actions.refund, actions.void_refund, actions.carry_over, actions.close_year, actions.correct,
})  # fmt: skip


def pick(table, n, **which):
    """The n-th row, counted round and round; None where there is none."""
    rows = list(table.objects.filter(**which).order_by("pk"))
    return rows[n % len(rows)] if rows else None


class Books(RuleBasedStateMachine):
    """Every action of the fund, on whatever the actions before it made."""

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    def do(self, action, at=NOW, **given):
        """What the action made, or None when it was refused: then it has written nothing."""
        given |= {"actor": None, "now": at}
        before = Movement.objects.count()
        try:
            made = action(**given)
        except actions.Refused:
            assert Movement.objects.count() == before
            return None
        if action in AGAIN:
            after = Movement.objects.count()
            action(**given)
            assert Movement.objects.count() == after
        return made

    @initialize(part=st.integers(1, 400))
    def start(self, part):
        """Two uses, one promise paid in part; a little is left in the pool."""
        for code in (COPPER, ALUMINIUM):
            parties.register_organisation(uscc=code, name=f"{code}公司", actor=None, now=NOW)
        self.do(actions.appropriate, year=2026, document="一号", amount_fen=2_500)
        for use in ("research", "talent"):
            self.do(actions.open_purse, year=2026, use=use, amount_fen=1_000)
        self.commit(0, 0, "子", 400, False)
        self.order(0, part, "1", False)
        self.send(0, 1)
        self.answer(0, ["paid"])

    @rule(document=st.sampled_from("甲乙"), fen=MORE_OR_LESS)
    def appropriate(self, document, fen):
        self.do(actions.appropriate, year=2026, document=document, amount_fen=fen)

    @rule(use=st.sampled_from(["talent", "other"]), fen=FEN)
    def open_purse(self, use, fen):
        self.do(actions.open_purse, year=2026, use=use, amount_fen=fen)

    @rule(n=WHICH, fen=MORE_OR_LESS)
    def change_purse(self, n, fen):
        self.do(actions.change_purse, purse=pick(Purse, n), by_fen=fen, why="调剂")

    @rule(n=WHICH, who=st.integers(0, 1), subject=st.sampled_from("子丑寅卯辰"), fen=FEN, rest=st.booleans())
    def commit(self, n, who, subject, fen, rest):
        purse = pick(Purse, n)
        fen = int(purse.free) if rest and purse.free else fen
        given = {"rule": "M3.2", "payee": pick(Organisation, who), "subject": subject, "year": 2026}
        self.do(actions.commit, NOW.replace(year=purse.year), purse=purse, amount_fen=fen, **given)

    @rule(n=WHICH, fen=FEN, part=st.sampled_from("123"), rest=st.booleans())
    def order(self, n, fen, part, rest):
        held = pick(Commitment, n)
        fen = int(held.free) if rest and held.free else fen
        account = account_of(held.payee)
        self.do(actions.order_payment, commitment=held, amount_fen=fen, part=part, account=account)

    @rule(n=WHICH, more=st.integers(1, 3))
    def send(self, n, more):
        """Some that wait and, now and then, one that does not."""
        some = list(Payment.objects.filter(state="ordered")[:more]) or [pick(Payment, n)]
        self.do(actions.send_batch, payments=some)

    @rule(n=WHICH, said=st.lists(st.sampled_from(["paid", "paid", "back", "less", ""]), min_size=1, max_size=3))
    def answer(self, n, said):
        if batch := pick(Batch, n):
            lines = [
                actions.Answer(one.key, one.amount_fen - (word == "less"), word != "back", "账号不符")
                for one, word in zip(batch.payments.all(), said, strict=False)
                if word
            ]
            self.do(actions.record_bank_answer, batch=batch, answers=lines)

    @rule(n=WHICH)
    def return_payment(self, n):
        self.do(actions.return_payment, payment=pick(Payment, n), reason="退汇")

    @rule(n=WHICH)
    def resend(self, n):
        if payment := pick(Payment, n, state="returned"):
            self.do(actions.resend, payment=payment, account=account_of(payment.commitment.payee))

    @rule(n=WHICH, part=st.integers(1, 3), receipt=st.sampled_from("甲乙丙丁"))
    def refund(self, n, part, receipt):
        held = pick(Commitment, n)
        fen = held.paid_fen // part or 1
        self.do(actions.refund, commitment=held, amount_fen=fen, receipt=receipt, why="终止")

    @rule(n=WHICH)
    def void_refund(self, n):
        if made := pick(Refund, n):
            self.do(actions.void_refund, refund=made, why="金额写错")

    @rule(n=WHICH, fen=st.none() | FEN)
    def release(self, n, fen):
        self.do(actions.release, commitment=pick(Commitment, n), amount_fen=fen, why="终止")

    @rule(n=WHICH, sure=st.integers(0, 2))
    def carry(self, n, sure):
        if sure == 2:
            purse = pick(Purse, n)
            self.do(actions.carry_over, NOW.replace(year=purse.year + 1), purse=purse)

    @rule(n=WHICH)
    def correct(self, n):
        if movement := pick(Movement, n, payment=None, corrects=None):
            self.do(actions.correct, movement=movement, why="登记错误")

    @rule(year=st.sampled_from([2026, 2027]), sure=st.integers(0, 9))
    def close(self, year, sure):
        """Seldom, for nothing is promised of that year any more."""
        if sure == 9:
            self.do(actions.close_year, NOW.replace(year=year + 1), year=year)

    @invariant()
    def no_more_than_there_is(self):
        for pool in Pool.objects.all():
            assert 0 <= pool.allocated_fen <= pool.appropriated_fen

        def fen(rows, name="amount_fen"):
            return rows.aggregate(fen=Sum(name))["fen"] or 0

        there, promised = fen(Pool.objects, "appropriated_fen"), fen(Commitment.objects)
        paid = fen(Payment.objects.filter(state="paid"))
        assert (paid, promised) == (fen(Purse.objects, "paid_fen"), fen(Purse.objects, "committed_fen"))
        assert paid <= promised <= fen(Purse.objects) <= there

    @invariant()
    def the_books_agree(self):
        assert check.problems() == []


@pytest.mark.django_db
def test_whatever_is_done_the_books_agree():
    run_state_machine_as_test(
        Books, settings=settings(max_examples=RUNS, stateful_step_count=STEPS, suppress_health_check=list(HealthCheck))
    )
