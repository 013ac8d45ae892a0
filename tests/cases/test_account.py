"""An order is bound to the account it was made for: another account waits until the order is recalled."""

import pytest

from tests.cases.words import landed, member_of, row
from triplehelix.fund import check
from triplehelix.procedure.cases import actions, pay, waiting
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.notices import actions as notices
from triplehelix.records.steps.actions import Refused

OLD, NEW = "6222020200112233445", "6222020200112233999"


def states(city, case):
    return [(one.attempt, one.account_number, one.state) for one in city.payments(case)]


def test_the_account_waits_until_the_order_is_recalled_and_the_next_goes_to_it(city, paying):
    case, member = paying, member_of(paying)
    city.account(case, member, "6222020200112233446")
    city.account(case, member, OLD)  # nothing ordered yet: it is the firm's own affair
    city.step(case, "order", city.finance)
    assert list(waiting.to_order()) == []
    with pytest.raises(Refused, match="已按尾号 3445 的账户开出：要改账户，请先联系市财政局收回支付单"):
        city.account(case, member, NEW)
    with pytest.raises(Refused, match="请先写明理由"):
        city.step(case, "recall", city.finance)
    case = city.step(case, "recall", city.finance, "单位来函更换开户行")
    assert (case.state, pay.is_recalled(case), pay.is_returned(case)) == ("paying", True, False)
    # In bulk it would go to the old account again: it waits for another, or for somebody who has looked at it.
    assert list(waiting.to_order()) == []
    city.account(case, member, NEW)
    assert list(waiting.to_order()) == [case]
    city.step(case, "order", city.finance)
    assert states(city, case) == [(1, OLD, "returned"), (2, NEW, "ordered")]
    with pytest.raises(Refused, match="已经安排过拨付"):
        city.step(case, "order", city.finance)
    city.bank((city.payments(case)[1], ""))
    case.refresh_from_db()
    assert case.state == "closed" and check.problems() == []


def test_with_the_bank_it_waits_for_the_answer_and_the_new_order_goes_to_the_new_account(city, paying):
    case, member = paying, member_of(paying)
    city.step(case, "order", city.finance)
    (payment,) = city.payments(case)
    batch = actions.send_batch(payments=[payment], actor=city.finance, now=city.now)
    with pytest.raises(Refused, match="的账户送银行：等银行回单"):
        city.account(case, member, NEW)
    from triplehelix.fund.actions import Answer

    back = [Answer(payment.key, payment.amount_fen, False, "账户注销")]
    actions.answer_batch(batch=batch, answers=back, actor=city.finance, now=city.now)
    city.account(case, member, NEW)
    city.step(case, "new_account", member)
    assert states(city, case) == [(1, OLD, "returned"), (2, NEW, "ordered")]


def test_an_order_for_another_account_is_not_sent(city, paying):
    """However the account came to differ: an account changed before orders were bound to it."""
    case = city.step(paying, "order", city.finance)
    case.account_number = NEW
    case.save()
    with pytest.raises(Refused, match=f"先收回、再安排拨付：{case.account_name} "):
        actions.send_batch(payments=city.payments(case), actor=city.finance, now=city.now)
    case = city.step(case, "recall", city.finance, "账户已更换")
    city.step(case, "order", city.finance)
    batch = actions.send_batch(payments=city.payments(case)[1:], actor=city.finance, now=city.now)
    assert batch.payments.get().account_number == NEW
    assert Case.objects.get(pk=case.pk).state == "paying"


def test_the_page_offers_to_take_back_an_order_only_while_there_is_one(city, paying, client):
    client.force_login(city.finance)

    def offered():
        return "/steps/recall/" in client.get(f"/cases/{paying.pk}/").text

    assert not offered()
    city.step(paying, "order", city.finance)
    assert offered()
    city.bank((city.payments(paying)[0], ""))
    assert not offered()


def test_the_other_orders_go_although_one_is_for_another_account(city, paying, client):
    """The page sends what it can and names the rest; once it is recalled and ordered anew it goes too."""
    _firm, member = city.firm()
    paying.round.budget_fen *= 2
    paying.round.save()
    landed(city, paying.round, [row(2, "6000000", "5000000")])
    other = Case.objects.exclude(pk=paying.pk).get()
    city.account(other, member)
    city.step(other, "confirm", member)
    city.notice(other, number="澄科公示〔2026〕2号")
    city.days(9)
    notices.end_due(now=city.now)
    for case in (paying, other):
        city.step(case, "order", city.finance)
    Case.objects.filter(pk=paying.pk).update(account_number=NEW)
    client.force_login(city.finance)
    said = client.post("/fund/send/", follow=True).content.decode()
    (left,) = city.payments(paying)
    assert "没有送银行；请先收回、再安排拨付" in said and left.key in said
    assert [one.state for one in (*city.payments(other), left)] == ["sent", "ordered"]


@pytest.mark.parametrize("many", [1, 3])
def test_recalled_orders_are_looked_at_together(city, paying, many, django_assert_num_queries):
    cases = [paying]
    for n in range(1, many):
        firm, member = city.firm()
        case = Case.objects.create(
            number=f"{paying.number}-{n}", round=paying.round, award_code=paying.award_code, lane=paying.lane,
            year=paying.year, organisation=firm, title=paying.title, facts=paying.facts, state="paying",
            created_at=city.now, changed_at=city.now, granted_fen=100, judged_on=paying.judged_on,
        )  # fmt: skip
        city.account(case, member, OLD)
        cases.append(case)
    for case in cases:
        city.account(case, member_of(case), OLD)
        city.step(case, "order", city.finance)
        city.step(case, "recall", city.finance, "单位来函更换开户行")
    city.account(cases[0], member_of(cases[0]), NEW)
    with django_assert_num_queries(3):
        assert list(waiting.to_order()) == [cases[0]]
