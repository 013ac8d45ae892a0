"""Firms merged, renumbered or closed: what is given once is given to all of them once; money goes to who goes on."""

from datetime import date

import pytest

from tests.cases.test_once import STARTUP
from tests.fund.test_race import at_once
from triplehelix.fund import actions as fund
from triplehelix.fund.models import Commitment, Purse
from triplehelix.fund.payee import BankAccount, receiver
from triplehelix.procedure.cases import access, actions, applicant, eligibility
from triplehelix.procedure.cases.models import Barred, Case
from triplehelix.procedure.panels.relations import as_case
from triplehelix.records.parties import actions as parties
from triplehelix.records.steps.actions import Refused

PAPER = "准予合并登记〔2026〕11号"


@pytest.fixture
def two(city):
    """A firm and the one it is merged into, each with its administrator."""
    return city.firm(), city.firm()


def merged(city, old, new, ending="merged"):
    day = date(2026, 6, 9)
    return parties.end_organisation(
        organisation=old, ending=ending, on=day, document=PAPER, successor=new, actor=None, now=city.now
    )  # fmt: skip


@pytest.fixture
def asked(city):
    """A case about the start-up of one person, ready to be accepted."""

    def make(firm, member, year=2026, facts=STARTUP):
        round = actions.open_round(
            award_code="M2.3-startup", lane="ordinary", title=f"{year} 年 {firm.pk}", year=year,
            opens_on=date(2026, 6, 1), closes_on=date(2026, 12, 31), actor=city.clerk, now=city.now,
        )  # fmt: skip
        made = actions.start(round=round, organisation=firm, title="申请", actor=member, now=city.now)
        made.facts, made.state = facts, "accepting"
        made.save()
        return Case.objects.get(pk=made.pk)

    return make


@pytest.mark.parametrize("ending", ["merged", "renumbered"])
def test_what_was_given_once_is_not_given_to_the_successor_again(city, two, asked, ending):
    (old, clerk), (new, other) = two
    first = asked(old, clerk)
    again = asked(new, other, year=2027)
    assert list(eligibility.given_before(again)) == []
    merged(city, old, new, ending)
    (found,) = eligibility.given_before(Case.objects.get(pk=again.pk))
    assert found.blocks and found.cases == (first.number,)


def test_who_leads_is_the_same_person_under_the_firms_new_code(city, round, two):
    """Projects that run, or have failed, are counted of the person: a new code is no new person."""
    (old, clerk), (new, other) = two

    def led(firm, member):
        case = actions.start(round=round, organisation=firm, title="热处理", actor=member, now=city.now)
        return actions.write(
            case=case, facts={}, leader="周工", actor=member, now=city.now, seen_version=case.version
        ).leader  # fmt: skip

    leader = led(old, clerk)
    merged(city, old, new, "renumbered")
    assert led(new, other) == leader
    parties.register_person(name="周工", home=new, actor=None, now=city.now)
    assert led(new, other) == leader, "nor is one registered anew there"


def test_what_keeps_a_firm_from_applying_keeps_its_successor(city, two, asked):
    (old, _clerk), (new, other) = two
    Barred.objects.create(
        organisation=old, since=date(2026, 1, 1), until=date(2028, 1, 1), reason="虚假申报", document="〔2026〕1号"
    )  # fmt: skip
    case = asked(new, other)
    assert list(applicant.barred(case, date(2026, 6, 9))) == []
    merged(city, old, new)
    (found,) = applicant.barred(Case.objects.get(pk=case.pk), date(2026, 6, 9))
    assert "虚假申报" in found.message


def test_its_cases_go_on_with_the_successors_people(city, two, asked):
    (old, clerk), (new, other) = two
    case = asked(old, clerk)
    merged(city, old, new)
    case, today = Case.objects.get(pk=case.pk), date(2026, 6, 9)
    assert access.relations_of(case, other, today) >= {"applicant", "unit_admin"}
    assert access.relations_of(case, clerk, today) == frozenset()
    assert list(access.visible(Case.objects.all(), other, today)) == [case]
    # An expert who is near to either stands aside.
    assert len(as_case(case).units) == 2


def test_a_firm_that_was_closed_is_not_supported(city, two, asked):
    (old, clerk), _new = two
    case = asked(old, clerk)
    assert "closed" not in {one.code for one in eligibility.barring(case, city.now)}
    merged(city, old, None, "closed")
    found = next(one for one in eligibility.barring(Case.objects.get(pk=case.pk), city.now) if one.code == "closed")
    assert found.blocks and "注销" in found.message


def promised(city, payee, year=2026, purse=None):
    given = {"rule": "M3.2", "subject": "轴承攻关", "amount_fen": 100_000, "case_ref": f"case:{payee.pk}"}
    purse = purse or Purse.objects.get(use="research")
    return fund.commit(purse=purse, payee=payee, year=year, actor=None, now=city.now, **given)


def test_the_fund_promises_one_thing_once_to_all_that_have_become_one(city, two):
    (old, _clerk), (new, _other) = two
    held = promised(city, old)
    merged(city, old, new)
    with pytest.raises(Refused, match="同一事项不能重复承诺"):
        promised(city, new)
    # Given back, the promise is free for whoever asks.
    fund.release(commitment=held, actor=None, now=city.now, why="撤回")
    assert promised(city, new).amount_fen == 100_000


def test_money_goes_to_the_account_of_who_goes_on(city, two):
    (old, _clerk), (new, _other) = two
    held = promised(city, old)
    merged(city, old, new)
    held = Commitment.objects.get(pk=held.pk)

    def order(name):
        account = BankAccount(name, "6222020200112233445", "中国银行聊城分行")
        return fund.order_payment(commitment=held, amount_fen=100_000, account=account, actor=None, now=city.now)

    with pytest.raises(Refused, match=f"收款单位“{new.name}”不一致"):
        order(old.name)
    made = order(new.name)
    assert (made.account_name, receiver(made)) == (new.name, new)
    # What was ordered before the merger was made out to the firm itself, whenever its file is read again.
    made.account_name = old.name
    assert receiver(made) == old


def test_nothing_is_paid_to_a_firm_that_was_closed(city, two):
    (old, _clerk), _new = two
    held = promised(city, old)
    merged(city, old, None, "closed")
    held = Commitment.objects.get(pk=held.pk)
    account = BankAccount(old.name, "6222020200112233445", "中国银行聊城分行")
    with pytest.raises(Refused, match="注销"):
        fund.order_payment(commitment=held, amount_fen=100_000, account=account, actor=None, now=city.now)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_two_at_once_from_two_purses_are_promised_once(city, two, turn):
    (old, _clerk), (new, _other) = two
    merged(city, old, new)
    purses = [Purse.objects.get(use=use) for use in ("research", "talent")]
    deeds = [
        lambda payee=payee, purse=purse: promised(city, payee, purse=purse)
        for payee, purse in zip((old, new), purses, strict=True)
    ]
    done = at_once(*deeds)
    assert {type(one) for one in done} == {Commitment, Refused}, done
    assert Commitment.objects.filter(amount_fen__gt=0).count() == 1
