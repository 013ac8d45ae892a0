"""回避: whoever acts for a side of a sale, or wants to buy, is not its witness, whatever the office."""

import pytest

from tests.market.conftest import account, member, office
from triplehelix.market.contracts import access
from triplehelix.market.contracts.models import Sale
from triplehelix.records.parties import actions as parties
from triplehelix.records.steps.actions import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["city_officer", "operator"])
def witness(request):
    """A witness, who may be found to act for a firm as well."""
    return office(account("witness"), request.param)


def held(sale, who, market):
    return access.relations_of(sale, who, market.today)


def test_a_witness_is_one_to_the_sales_of_others(market, witness):
    assert held(market.opened(market.firm), witness, market) == {"city"}
    member(witness, market.other(9802)[0])
    assert held(market.opened(None), witness, market) == {"city"}


@pytest.mark.parametrize("side", ["seller", "buyer"])
def test_who_acts_for_a_side_does_not_check_publish_or_register_its_sale(market, witness, side):
    sale = market.opened(market.firm)
    market.rights(sale)
    member(witness, getattr(sale, side))
    assert held(sale, witness, market) == {side}
    with pytest.raises(Refused, match="无权"):
        market.step(sale, "pass_rights", witness)
    assert [one.pk for one in access.visible(Sale.objects.all(), witness, market.today)] == [sale.pk]


@pytest.mark.parametrize("side", ["seller", "buyer", "bidder"])
def test_leaving_a_side_makes_nobody_its_witness(market, witness, side):
    """Of the sales of meanwhile: what is begun afterwards is not concerned."""
    if side == "bidder":
        sale = market.pricing()
        firm, clerk = market.other(9801)
        market.bid(market.listed(sale), firm, clerk)
    else:
        sale = market.opened(market.firm)
        firm = getattr(sale, side)
    seat = member(witness, firm).memberships.get()
    parties.end_membership(membership=seat, until=None, actor=None, now=market.now)
    market.days(1)
    assert held(sale, witness, market) == frozenset()
    later = market.opened(market.firm, achievement=market.offered("另一项工艺"))
    assert held(later, witness, market) == {"city"}


def test_who_wants_to_buy_does_not_read_who_else_does(market, witness):
    sale = market.pricing()
    market.listed(sale)
    other, clerk = market.other(9801)
    public = sale.publications.get()
    market.bid(public, other, clerk)
    member(witness, other)
    assert held(sale, witness, market) == frozenset()
    assert held(sale, market.officer, market) == {"city"}


def test_the_buyers_own_officer_is_not_shown_that_a_unit_shares_its_income(market, witness):
    sale = market.opened(market.firm)
    Sale.objects.filter(pk=sale.pk).update(state="rewarding")
    sale.refresh_from_db()
    member(witness, market.firm)
    assert [one.state for one in access.as_shown([sale], witness, market.today)] == ["registered"]
    Sale.objects.filter(pk=sale.pk).update(state="checking")
