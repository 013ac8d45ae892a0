"""One contract is paid for once, whatever its registration was entered as, corrected to, demanded back or voided."""

from datetime import date

import pytest

from tests.contracts.words import WAN
from tests.openings.test_openings import accepted, decided, landed, look, round_of
from triplehelix.market.contracts import actions as sales
from triplehelix.market.contracts.actions.registering import Certified
from triplehelix.market.contracts.models import Contract, Registration
from triplehelix.procedure.cases import actions as cases
from triplehelix.procedure.cases import guards, papers
from triplehelix.procedure.cases.eligibility import given_before
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.terms import actions as terms
from triplehelix.records.steps.actions import Refused, take

RIGHT, WRONG = "2026-371500-000777", "2026-371500-000001"


@pytest.fixture(autouse=True)
def rate(market):
    for code, value in (("landed_rate", "5%"), ("landed_most", "100000")):
        terms.settle(code=code, value=value, since=date(2026, 1, 1), document="澄科字〔2026〕1号", actor=market.officer,
                     now=market.now)  # fmt: skip


def corrected(market, sale, number):
    row = Registration.objects.get(contract__sale=sale, outcome="registered")
    said = Certified(number, row.type, row.certified_fen, row.technical_fen, row.decided_on, None)
    sales.correct_registration(said=said, reason="抄成了邻行的编号", **market.on(sale, market.officer))


def another(market, number, buyer=None):
    """Another contract, landed under this number."""
    market.achievement = market.offered("另一项工艺")
    firm = market.firm
    market.firm = buyer or firm
    sale = market.signed()
    market.register(sale, number=number)
    market.pay(sale, 40 * WAN)
    market.firm = firm
    return sale


def claim(market, firm, who, number, round):
    """An application filled in by hand, as far as its submission."""
    case = cases.start(round=round, organisation=firm, title="手工申报", actor=who, now=market.now)
    facts = {"event": "科技合作名校直通车·春季场", "contract_no": number, "contract_yuan": "1000000",
             "contract_paid_yuan": "400000", "site_in_city": True, "first_claim": True}  # fmt: skip
    case = cases.write(case=case, facts=facts, actor=who, now=market.now, seen_version=case.version)
    for name in papers.missing(case):
        cases.add_paper(case=case, name=name, said="原件交科技窗口", actor=who, now=market.now)
    case.refresh_from_db()
    return take(case=case, step="submit", actor=who, now=market.now, seen_version=case.version)


def test_a_contract_paid_for_under_a_neighbours_number_is_not_paid_for_again_under_its_own(market):
    sale, round = landed(market), round_of(market.now)
    first = decided(market, accepted(market, look(market, sale).case))
    assert first.facts["contract_no"] == WRONG
    Case.objects.filter(pk=first.pk).update(state="closed")  # paid
    market.days(1)
    corrected(market, sale, RIGHT)
    buyer, who = market.other(9501)
    neighbour = another(market, WRONG, buyer)
    with pytest.raises(Refused, match=f"{first.number}.*只给一次"):
        claim(market, market.firm, market.clerk, RIGHT, round)
    # The neighbour has claimed nothing yet: its number was another's by mistake alone.
    own = look(market, neighbour).case
    assert own.facts["first_claim"] is True
    assert list(given_before(own)) == []
    assert claim(market, buyer, who, WRONG, round).state == "accepting"


def test_a_case_that_names_a_number_that_has_become_anothers_is_not_paid(market):
    sale = landed(market)
    round_of(market.now)
    first = decided(market, accepted(market, look(market, sale).case))
    market.days(1)
    corrected(market, sale, RIGHT)
    assert f"已更正为 {RIGHT}" in str(guards.ground_stands(first, market.officer, market.now))
    another(market, WRONG, market.other(9501)[0])
    assert f"已更正为 {RIGHT}" in str(guards.ground_stands(first, market.officer, market.now))


def test_a_price_that_was_typed_too_high_is_not_what_is_paid_on(market):
    """Put right after the decision: the rule gives no more of it than of the price."""
    sale = landed(market)
    round_of(market.now)
    first = decided(market, accepted(market, look(market, sale).case))
    assert guards.ground_stands(first, market.officer, market.now) is None
    Contract.objects.filter(sale=sale).update(price_fen=30 * WAN)
    assert "合同金额是 300,000.00 元" in str(guards.ground_stands(first, market.officer, market.now))
