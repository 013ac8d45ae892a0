"""All of the money came back and another case was given for the same thing: the first does not keep it after all."""

import pytest

from tests.cases.city import MILLION
from tests.cases.test_demands import change, lift, refund, sound, void
from tests.cases.test_repeated import POST, paid
from tests.cases.words import demanded, member_of
from triplehelix.fund import actions as fund
from triplehelix.procedure.cases import actions, eligibility, pay
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.notices import actions as notices
from triplehelix.records.steps.actions import Refused


def decided(city, case):
    actions.correct_facts(case=case, facts={"invoices_in_window": True}, actor=city.clerk, now=city.now, why="审计")
    return city.step(case, "decide", city.clerk)


@pytest.fixture
def given(city, deciding, post_terms):
    """Paid in one year and wholly returned, and given for the same thing in the next: both cases, and the refund's
    receipt found to be another one's."""
    fund.appropriate(year=2027, document="澄财教〔2027〕1号", actor=None, now=city.now)
    fund.open_purse(year=2027, use="research", amount_fen=5 * MILLION, actor=None, now=city.now)
    of = city.firm()
    first = decided(city, deciding("M3.2-city-post", POST, of))
    paid(city, first)
    granted = first.granted_fen
    first = refund(city, demanded(city, first, granted), granted, "缴款书 1")
    assert (first.state, pay.kept(first)) == ("clawed", 0)
    second = decided(city, deciding("M3.2-city-post", POST, of, year=2027))
    return first, second


def test_a_demand_that_waits_for_the_money_again_is_not_taken_back_nor_lowered(city, given):
    first, second = given
    paid(city, second)
    first = void(city, first, "缴款书 1")
    assert (first.state, pay.kept(first)) == ("clawing", first.granted_fen)
    with pytest.raises(Refused, match=f"{second.number}"):
        lift(city, first)
    with pytest.raises(Refused, match=f"{second.number}"):
        change(city, first, first.granted_fen // 2)
    first = refund(city, first, first.granted_fen, "缴款书 2")
    assert (first.state, pay.kept(first)) == ("clawed", 0)
    sound(first)


def test_it_is_when_the_other_has_ended_without_the_money(city, given):
    first, second = given
    void(city, first, "缴款书 1")
    with pytest.raises(Refused, match=f"{second.number}"):
        lift(city, first)
    city.step(second, "reject_decided", city.clerk, "第一件的资金没有缴回")
    assert lift(city, first).state == "closed"
    sound(first)


def test_what_is_given_is_not_made_public_while_the_first_has_the_money_after_all(city, given):
    first, second = given
    void(city, first, "缴款书 1")
    with pytest.raises(Refused, match="只给一次"):
        city.notice(second, number="澄科公示〔2027〕1号")


def test_what_is_public_is_not_paid_while_the_first_has_the_money_after_all(city, given):
    first, second = given
    city.notice(second, number="澄科公示〔2027〕1号")
    city.days(9)
    notices.end_due(now=city.now)
    first = void(city, first, "缴款书 1")
    with pytest.raises(Refused, match=f"{first.number}.*只给一次"):
        city.step(second, "order", city.finance)
    refund(city, first, first.granted_fen, "缴款书 2")
    city.step(second, "order", city.finance)
    city.bank((city.payments(second)[0], ""))
    sound(second)


def test_who_merely_asks_for_the_same_holds_up_no_payment(city, given, filed, deciding):
    """An older application of another firm whose facts become the same only later, when it is asked to correct them."""
    first, second = given
    excluded = filed("M3.1", {"agreement_no": "x"}, (first.organisation, member_of(first)),
                     lane="ordinary")  # fmt: skip
    city.notice(second, number="澄科公示〔2027〕1号")
    city.days(9)
    notices.end_due(now=city.now)
    Case.objects.filter(pk=excluded.pk).update(state="accepting")
    excluded.refresh_from_db()
    excluded.facts |= {"agreement_no": POST["agreement_no"]}
    excluded.pk, excluded.number = 0, "M3.1-2026-9999"
    excluded.save(force_insert=True)
    assert [one.cases for one in eligibility.given_before(second)] == [("M3.1-2026-9999",)]
    city.step(second, "order", city.finance)
    assert city.payments(second)[0].state == "ordered"
