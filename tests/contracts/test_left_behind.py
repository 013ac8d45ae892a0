"""An objection is answered before the sale goes on: it is not left behind by leading the sale around it."""

import pytest

from tests.contracts.test_pricing import OBJECTION
from triplehelix.market.contracts import actions
from triplehelix.market.contracts.acts import ACTS, open_objections
from triplehelix.market.contracts.finds import waiting_for
from triplehelix.market.contracts.models import Sale
from triplehelix.records.steps.actions import Refused


def objected(market):
    sale = market.pricing(market.firm)
    made = actions.object_to(publication=market.notice(sale), now=market.now, **OBJECTION)
    sale.refresh_from_db()
    return sale, made


def answered(market, objection, *, is_upheld=False):
    actions.answer(objection=objection, is_upheld=is_upheld, text="经核查，协议约定该工艺归学校所有，异议不成立。",
                   actor=market.officer, now=market.now)  # fmt: skip


def left_behind(market, state):
    """A sale as it could be led around an objection before that was closed."""
    sale, made = objected(market)
    Sale.objects.filter(pk=sale.pk).update(state=state)
    sale.publications.update(is_over=True)
    sale.refresh_from_db()
    return sale, made


@pytest.mark.parametrize(("step", "who"), [("suspend", "officer"), ("withdraw", "officer"), ("withdraw", "teller")])
def test_nobody_suspends_or_withdraws_a_sale_over_an_open_objection(market, step, who):
    sale, made = objected(market)
    with pytest.raises(Refused, match="还有异议没有答复"):
        market.step(sale, step, getattr(market, who), "原因")
    answered(market, made)
    assert market.step(sale, step, getattr(market, who), "原因").state in ("suspended", "withdrawn")


def test_a_notice_is_not_taken_down_over_an_open_objection(market):
    sale, made = left_behind(market, "priced")
    with pytest.raises(Refused, match="还有异议没有答复"):
        market.step(sale, "renotice", market.teller, "原因")
    answered(market, made)
    assert market.step(sale, "renotice", market.teller, "原因").state == "pricing"


def test_an_objection_to_an_earlier_notice_keeps_the_contract_from_being_signed(market):
    """Suspended, checked again and made public anew: the objection to the first notice is still to be answered."""
    sale, made = left_behind(market, "suspended")
    market.step(sale, "resume", market.officer)
    market.step(sale, "pass_rights", market.officer)
    market.notice(sale)
    market.days(20)
    assert actions.end_due(now=market.now) == 1
    with pytest.raises(Refused, match="还有异议没有答复：科技大市场答复以后才能签合同"):
        market.sign(sale)
    sale.refresh_from_db()
    assert sale.state == "priced"
    # It stands in the market's list and on the page, and is answered from there.
    assert list(waiting_for(market.officer, market.today)) == [sale]
    assert open_objections(sale) == [made]
    assert ACTS["answer"].may(sale)
    answered(market, made)
    assert list(waiting_for(market.officer, market.today)) == []
    assert market.sign(sale).sale == sale


@pytest.mark.usefixtures("forged")
def test_an_objection_to_a_sale_that_was_given_up_keeps_the_next_one_from_being_signed(market):
    first, made = left_behind(market, "withdrawn")
    second = market.priced()
    assert (second.state, second.achievement) == ("priced", first.achievement)
    with pytest.raises(Refused, match=f"另一笔交易 {first.number} 还有异议没有答复"):
        market.sign(second)
    assert list(waiting_for(market.officer, market.today)) == [first]
    # Another achievement has nothing to do with it.
    assert market.sign(market.priced(achievement=market.offered("另一项工艺")))
    answered(market, made)
    assert market.sign(second)


def test_an_open_objection_to_an_earlier_notice_is_answered_before_the_newest_goes_on(market):
    sale, made = left_behind(market, "pricing")
    second = actions.object_to(publication=market.notice(sale), now=market.now, **OBJECTION)
    answered(market, second)
    for step in ("dismiss", "uphold"):
        with pytest.raises(Refused, match="还有异议没有答复"):
            market.step(sale, step, market.officer)
    answered(market, made)
    assert market.step(sale, "dismiss", market.officer).state == "noticing"
