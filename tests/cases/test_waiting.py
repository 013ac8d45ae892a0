"""Nobody waits for another in a ring: purses, firms and what is given once are held in one order by whoever needs
several of them."""

import threading
from time import sleep

import pytest
from django.db import OperationalError, transaction

from tests.cases.test_demands import refund
from tests.cases.test_earlier import NATIONAL
from tests.cases.test_repeated import POST, PREMIUM
from tests.cases.words import demanded
from tests.fund.test_race import at_once
from triplehelix.fund import check
from triplehelix.fund.models import Batch, Purse
from triplehelix.procedure.cases import actions, earlier
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.notices import actions as notices
from triplehelix.procedure.notices.models import Notice
from triplehelix.records.steps.actions import Refused, take

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 4


@pytest.fixture
def decided(city, deciding, post_terms):
    """Of these firms a decided case each, by the money of one purse or the other: (purse, firms) → cases."""

    def made(use, firms):
        found = []
        for firm in firms:
            if use == "separate":
                case = deciding("M3.2-national", NATIONAL | {"provincial_award_arrived_yuan": "600000"}, firm)
            else:
                post = POST | {"audit_no": f"鲁天专审字〔2026〕第 {firm[0].pk} 号", "agreement_no": str(firm[0].pk)}
                case = deciding("M3.2-city-post", post, firm)
                case = actions.correct_facts(
                    case=case, facts={"invoices_in_window": True}, actor=city.clerk, now=city.now, why="审计"
                )
            found.append(city.step(case, "decide", city.clerk))
        return found

    return made


def public(city, cases, number):
    return lambda: city.notice(*cases, number=f"澄科公示〔2026〕{number}号")


def held_by_another(purse):
    """Wait until somebody has locked this purse."""
    for _turn in range(2000):
        try:
            with transaction.atomic():
                Purse.objects.select_for_update(nowait=True).get(pk=purse.pk)
        except OperationalError:
            return
        sleep(0.005)
    raise AssertionError("nobody has locked the purse")


def firms(city, many=MANY):
    return [city.firm() for _n in range(many)]


def test_two_notices_of_the_same_firms_from_two_purses(city, decided):
    here, there = firms(city), firms(city)
    one = decided("separate", [*here, *there])
    two = decided("research", [*there, *here])
    found = at_once(public(city, one, 1), public(city, two, 2))
    assert [type(each) for each in found] == [Notice, Notice], found


def test_a_notice_while_the_bank_gets_its_file(city, decided):
    paid = [*decided("research", firms(city, 1)), *decided("separate", firms(city, 1))]
    city.notice(*paid)
    later = city.now
    city.days(9)
    notices.end_due(now=city.now)
    for case in paid:
        city.step(case, "order", city.finance)
    payments = [payment for case in paid for payment in city.payments(case)]
    city.now = later
    new = [*decided("separate", firms(city)), *decided("research", firms(city, 1))]

    def send():
        held_by_another(Purse.objects.get(use="separate"))
        return actions.send_batch(payments=payments, actor=city.finance, now=city.now)

    found = at_once(public(city, new, 2), send)
    assert [type(each) for each in found] == [Notice, Batch], found
    assert check.problems() == []


def test_a_case_decided_anew_while_a_refund_of_another_is_voided(city, deciding):
    """Both look at what the firm was given, and both move its money."""
    of = city.firm()
    back = deciding("M5.2-insurance", PREMIUM | {"policy_no": "BX-1"}, of)
    city.step(back, "decide", city.clerk)
    back.refresh_from_db()
    city.paid(back)
    back = refund(city, demanded(city, back, back.granted_fen), back.granted_fen // 2, "缴款书 1")
    anew = deciding("M5.2-insurance", PREMIUM | {"policy_no": "BX-2", "premium_paid_yuan": "10000"}, of)
    city.step(anew, "decide", city.clerk)
    notice = city.notice(anew, number="澄科公示〔2026〕2号")
    objection = notices.object_to(
        item=notice.items.get(), name="李真名", phone="13800000000", now=city.now,
        text="申报的保费与保单所列不一致，请核实以后再公示。",
    )  # fmt: skip
    notices.answer(
        objection=objection, is_upheld=True, text="经核实，保费应按保单更正，已更正。", actor=city.clerk, now=city.now
    )
    anew.refresh_from_db()
    go, ready = threading.Event(), threading.Event()

    def keep():
        with transaction.atomic():
            Purse.objects.select_for_update(no_key=True).get(use="separate")
            ready.set()
            go.wait(10)

    def restart():
        ready.wait(10)
        return take(case=anew, step="restart", actor=city.clerk, now=city.now, seen_version=anew.version)

    def void():
        ready.wait(10)
        sleep(0.3)  # the other waits for the purse by now
        given = {"actor": city.finance, "now": city.now, "seen_version": back.version}
        return actions.void_refund(case=back, receipt="缴款书 1", reason="登记到了另一件", **given)

    def let_go():
        sleep(0.8)
        go.set()

    found = at_once(keep, restart, void, let_go)
    # What was decided anew has taken off what had come back of the other.
    assert {type(one) for one in found if isinstance(one, Exception)} <= {Refused}, found
    assert check.problems() == []


def test_a_list_of_twenty_thousand_is_held_at_once(city):
    """The database has room for some thousands of locks, for everybody together."""
    firm, _member = city.firm()
    cases = [
        Case(award_code="M3.2-provincial", lane="entitled", organisation=firm, facts={"project_no": f"2025CXGC{n:06d}"})
        for n in range(20_000)
    ]
    with transaction.atomic():
        earlier.hold(*cases)
