"""The seller's proposal: from it the market publishes, and with the price it goes."""

from datetime import timedelta

import pytest

from tests.contracts.words import PRICE
from triplehelix.market.contracts import actions, finds
from triplehelix.market.contracts.models import Proposal
from triplehelix.market.listings import actions as listings
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused


def proposal(market, **more):
    given = {
        "method": "agreed", "basis": "参考评估报告，协商确定", "document": "澄大办纪〔2026〕5号",
        "objections_to": "科技处，0635-8111111", "unit_first": market.today, "unit_proof": market.paper(), "days": None,
    }  # fmt: skip
    return given | more


def test_the_seller_proposes_and_the_market_publishes_from_it(market):
    sale = market.pricing(market.firm)
    assert list(finds.waiting_for(market.teller, market.today)) == [sale]
    assert not finds.waiting_for(market.officer, market.today).exists()
    made = actions.propose(**proposal(market), **market.on(sale, market.teller))
    proof = made.unit_proof
    # Handed in again without the paper, the paper stays.
    made = actions.propose(**proposal(market, unit_proof=None, basis="评估值"), **market.on(sale, market.teller))
    assert (made.unit_proof, made.basis) == (proof, "评估值")
    assert list(finds.waiting_for(market.officer, market.today)) == [sale]
    market.notice(sale, unit_proof=made.unit_proof)
    market.step(sale, "renotice", market.teller, "价格重新商定")
    assert not Proposal.objects.exists(), "what was decided for the old price is not decided for the new one"


def test_a_changed_price_or_buyer_needs_a_new_proposal(market):
    sale = market.pricing(market.firm)
    actions.propose(**proposal(market), **market.on(sale, market.teller))
    actions.set_price(price_fen=PRICE, **market.on(sale, market.teller))
    assert Proposal.objects.exists()
    actions.set_price(price_fen=PRICE + 1, **market.on(sale, market.teller))
    assert not Proposal.objects.exists()
    actions.propose(**proposal(market), **market.on(sale, market.teller))
    actions.set_buyer(buyer=market.other(9302)[0], **market.on(sale, market.officer))
    assert not Proposal.objects.exists()


def test_a_proposal_says_what_is_missing(market):
    sale = market.pricing()
    wrong = proposal(market, basis="", document=" ", unit_proof=None, unit_first=market.today + timedelta(days=1))
    with pytest.raises(Invalid) as why:
        actions.propose(**wrong, **market.on(sale, market.teller))
    assert set(why.value.errors) == {"basis", "document", "unit_proof", "unit_first", "buyer"}
    with pytest.raises(Invalid) as why:
        actions.propose(**proposal(market, method="barter"), **market.on(sale, market.teller))
    assert set(why.value.errors) == {"method"}
    with pytest.raises(Refused, match="无权"):
        actions.propose(**proposal(market), **market.on(sale, market.officer))


@pytest.mark.parametrize("step", ["publish_price", "list", "announce"])
def test_a_state_alone_publishes_nothing(market, step):
    sale = market.pricing(market.firm)
    with pytest.raises(Refused, match="请填写要公布的内容"):
        market.step(sale, step, market.officer)


def test_a_need_of_somebody_else_is_not_sold_to(market):
    need = listings.create(
        model=Need, organisation=market.firm, values={"title": "铜排镀锡后变色", "field": "新材料"}, actor=market.clerk,
        now=market.now,
    )  # fmt: skip
    with pytest.raises(Invalid, match="不是受让方提出的"):
        market.opened(market.other(9302)[0], need=need)
    assert market.opened(market.firm, need=need).need == need
