"""Two processes race for one purse and are killed in the middle; two officers do the same thing at once.

Real PostgreSQL, real processes, real kill -9: nothing is paid twice, nothing is lost, no more than there is.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time

import psycopg
import pytest
from django.db import connection, connections, transaction

from tests.cases.city import uscc
from tests.fund import racer
from tests.fund.cases import NOW
from triplehelix.config.paths import ROOT
from triplehelix.fund import actions, check
from triplehelix.fund.models import Commitment, Payment, Purse
from triplehelix.records.parties import actions as parties

ASKED = sum(racer.amount_of(n) for n in range(racer.ITEMS))
#: Nine tenths of what is asked for: somebody goes without.
HELD = ASKED * 9 // 10
KILLS = 8
STATE = """
    SELECT (SELECT sum(amount_fen) FROM fund_appropriation), (SELECT sum(amount_fen) FROM fund_purse),
           (SELECT coalesce(sum(amount_fen), 0) FROM fund_commitment),
           (SELECT coalesce(sum(amount_fen), 0) FROM fund_payment WHERE state = 'paid'),
           (SELECT committed_fen FROM fund_purse), (SELECT paid_fen FROM fund_purse)
"""


@pytest.fixture
def purse(transactional_db):
    for n in range(racer.PAYEES):
        parties.register_organisation(uscc=uscc(700 + n), name=f"第{n}家企业", actor=None, now=NOW)
    actions.appropriate(year=2026, document="财教〔2026〕1号", amount_fen=ASKED, actor=None, now=NOW)
    return actions.open_purse(year=2026, use="research", amount_fen=HELD, actor=None, now=NOW)


class Racer:
    """One process, started again whenever it was killed."""

    def __init__(self, seed):
        self.seed, self.process, self.killed = seed, None, 0
        self.start()

    def start(self):
        database = connection.settings_dict["NAME"]
        command = [sys.executable, "-m", "tests.fund.racer", database, str(self.seed)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stderr=subprocess.PIPE, text=True)

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.communicate()
            self.killed += 1
            self.start()


def watched(stop, seen):
    """What any other session sees, from its own connection, again and again."""
    where = connection.get_connection_params()
    wanted = {key: where[key] for key in ("host", "port", "user", "password", "dbname") if where.get(key)}
    with psycopg.connect(**wanted, autocommit=True) as watching:
        while not stop.is_set():
            appropriated, held, committed, paid, counted, counted_paid = watching.execute(STATE).fetchone()
            seen.append((paid <= committed <= held <= appropriated, committed == counted, paid == counted_paid))
            time.sleep(0.02)


def test_a_thousand_payments_two_processes_and_kill_9(purse):
    dice = random.Random(20261123)
    stop, seen = threading.Event(), []
    watcher = threading.Thread(target=watched, args=(stop, seen))
    watcher.start()
    racers = [Racer(1), Racer(2)]
    try:
        for _ in range(KILLS):
            time.sleep(dice.uniform(0.4, 1.4))
            dice.choice(racers).kill()
        for one in racers:
            _out, errors = one.process.communicate(timeout=200)
            assert one.process.returncode == 0, errors
    finally:
        for one in racers:
            if one.process.returncode is None:
                one.process.kill()
                one.process.communicate()
        stop.set()
        watcher.join(10)
    assert sum(one.killed for one in racers) > KILLS // 2  # in the middle of their work
    assert len(seen) > 50
    assert {line for line in seen if not all(line)} == set()
    assert check.problems() == []
    assert Payment.objects.exclude(state="paid").count() == 0
    paid = list(Payment.objects.values_list("commitment__subject", "amount_fen"))
    assert len({subject for subject, _fen in paid}) == len(paid)  # nothing twice
    assert set(paid) <= {(f"第{n}项", racer.amount_of(n)) for n in range(racer.ITEMS)}
    assert Commitment.objects.count() == len(paid)  # nothing promised was lost
    left = HELD - sum(fen for _subject, fen in paid)
    assert 0 <= left < max(racer.amount_of(n) for n in range(racer.ITEMS))  # and nobody was refused who could be paid


def at_once(*deeds):
    """Run these at the same moment, each in a thread with a connection of its own; answers or what they raised."""
    ready, found = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(place, deed):
        try:
            ready.wait(10)
            found[place] = deed()
        except Exception as why:
            found[place] = why
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


@pytest.mark.parametrize("turn", range(5))
def test_two_officers_send_the_same_payments_and_one_is_told(purse, turn):
    from triplehelix.fund.payee import BankAccount
    from triplehelix.records.parties.models import Organisation

    payee = Organisation.objects.first()
    held = actions.commit(
        purse=purse, rule="M3.1", payee=payee, subject="首拨", year=2026, amount_fen=500, actor=None, now=NOW
    )
    account = BankAccount(payee.name, "6222020200112233445", "银行")
    payment = actions.order_payment(commitment=held, amount_fen=500, account=account, actor=None, now=NOW)
    found = at_once(*[lambda: actions.send_batch(payments=[payment], actor=None, now=NOW)] * 2)
    refused = [one for one in found if isinstance(one, actions.Refused)]
    assert len(refused) == 1 and "已送银行" in str(refused[0])
    batch = next(one for one in found if one is not refused[0])
    answer = [actions.Answer(payment.key, 500, paid=True)]
    answered = at_once(*[lambda: actions.record_bank_answer(batch=batch, answers=answer, actor=None, now=NOW)] * 2)
    assert sorted((len(one.paid), one.unchanged) for one in answered) == [(0, 1), (1, 0)]
    assert Purse.objects.get().paid_fen == 500
    assert check.problems() == []


@pytest.mark.parametrize("turn", range(3))
def test_what_was_released_is_taken_up_by_one_purse_of_two(purse, turn):
    from triplehelix.records.parties.models import Organisation

    later = NOW.replace(year=2027)
    payee = Organisation.objects.first()
    given = {"rule": "M3.1", "payee": payee, "subject": "首拨", "year": 2026, "amount_fen": 500, "actor": None}
    held = actions.commit(purse=purse, now=NOW, **given)
    actions.release(commitment=held, actor=None, now=NOW, why="重新决定")
    actions.appropriate(year=2027, document="财教〔2027〕1号", amount_fen=500, actor=None, now=later)
    own = actions.open_purse(year=2027, use="research", amount_fen=500, actor=None, now=later)
    carried = actions.carry_over(purse=purse, actor=None, now=later)
    found = at_once(*[lambda one=one: actions.commit(purse=one, now=later, **given) for one in (own, carried)])
    assert sum(isinstance(each, actions.Refused) for each in found) == 1
    assert sorted(Purse.objects.filter(year=2027).values_list("committed_fen", flat=True)) == [0, 500]
    assert check.problems() == []


def test_the_last_money_of_a_purse_is_promised_once(purse):
    from triplehelix.records.parties.models import Organisation

    one, two = Organisation.objects.order_by("pk")[:2]

    def promise(payee):
        return lambda: actions.commit(
            purse=purse, rule="M3.1", payee=payee, subject="全部", year=2026, amount_fen=HELD, actor=None, now=NOW
        )

    found = at_once(promise(one), promise(two))
    assert sum(isinstance(each, actions.Refused) for each in found) == 1
    assert Purse.objects.get().free == 0


def test_a_purse_is_changed_while_money_of_it_is_being_promised(purse):
    """Who promises holds the purse and needs the key of the pool at the end; who changes holds the pool and waits."""
    from triplehelix.records.parties.models import Organisation

    payee, held = Organisation.objects.first(), threading.Event()

    def promise():
        with transaction.atomic():
            actions.commit(
                purse=purse, rule="M3.1", payee=payee, subject="首拨", year=2026, amount_fen=500, actor=None, now=NOW
            )
            held.set()
            time.sleep(1.5)  # until the other waits for the purse

    def change():
        held.wait(10)
        return actions.change_purse(purse=purse, by_fen=100, actor=None, now=NOW, why="调增")

    assert [one for one in at_once(promise, change) if isinstance(one, Exception)] == []
    assert (Purse.objects.get().amount_fen, Purse.objects.get().committed_fen) == (HELD + 100, 500)
    assert check.problems() == []


def test_one_receipt_for_two_refunds_of_two_purses_serves_one(purse):
    """Each waits for its own purse, and for nobody: the receipt is one all the same."""
    from triplehelix.fund.models import Refund
    from triplehelix.fund.payee import BankAccount
    from triplehelix.records.parties.models import Organisation

    actions.change_purse(purse=purse, by_fen=-1000, actor=None, now=NOW, why="调减")
    other = actions.open_purse(year=2026, use="talent", amount_fen=1000, actor=None, now=NOW)
    held = []
    for one, payee in zip((purse, other), Organisation.objects.order_by("pk"), strict=False):
        held.append(actions.commit(purse=one, rule="M3.1", payee=payee, subject="首拨", year=2026, amount_fen=500,
                                   actor=None, now=NOW))  # fmt: skip
        account = BankAccount(payee.name, "6222020200112233445", "银行")
        payment = actions.order_payment(commitment=held[-1], amount_fen=500, account=account, actor=None, now=NOW)
        batch = actions.send_batch(payments=[payment], actor=None, now=NOW)
        answer = [actions.Answer(payment.key, 500, paid=True)]
        actions.record_bank_answer(batch=batch, answers=answer, actor=None, now=NOW)

    def refund(one):
        return lambda: actions.refund(
            commitment=one, amount_fen=500, receipt="缴款书 1", why="结余", actor=None, now=NOW
        )

    found = at_once(*map(refund, held))
    assert sorted(type(each).__name__ for each in found) == ["Refund", "Refused"]
    assert "已经登记过" in str(next(each for each in found if not isinstance(each, Refund)))
    assert check.problems() == []


def test_a_year_closed_while_its_money_is_carried_over_opens_no_empty_purse(purse):
    """Whoever carries waits for the purse; when the year has handed it back there is nothing to carry."""
    later, closed = NOW.replace(year=2027), threading.Event()

    def close():
        with transaction.atomic():
            actions.close_year(year=2026, actor=None, now=later)
            closed.set()
            time.sleep(0.5)

    def carry():
        closed.wait(10)
        return actions.carry_over(purse=purse, actor=None, now=later)

    _closed, carried = at_once(close, carry)
    assert isinstance(carried, actions.Refused) and "没有可以结转的余额" in str(carried), carried
    assert [(one.year, one.free) for one in Purse.objects.all()] == [(2026, 0)]
    assert check.problems() == []
