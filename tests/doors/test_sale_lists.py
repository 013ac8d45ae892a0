"""Lists of sales: their queries, and the addresses by which a number of the funnel opens its rows."""

from io import BytesIO

from openpyxl import load_workbook

from tests.contracts.words import WAN
from triplehelix.market.contracts.models import Sale
from triplehelix.procedure.openings import actions as openings


def more(market, count):
    for n in range(count):
        market.achievement = market.offered(f"第 {n} 项工艺")
        sale = market.performing()
        market.pay(sale, 40 * WAN)
        openings.look_at(sale=sale.pk, now=market.now)
        market.achievement = market.offered(f"第 {n} 项挂牌")
        market.listed(market.pricing())


#: address → queries for the officer, whatever the number of rows.
QUERIES = {"/sales/": 5, "/sales/?view=mine": 5, "/market/?over=1": 6, "/openings/": 5}


def test_one_row_and_three_rows_cost_the_same(client, market, django_assert_num_queries):
    client.force_login(market.officer)
    more(market, 1)
    for address in QUERIES:
        client.get(address)
        with django_assert_num_queries(QUERIES[address]):
            assert "第 1 " not in client.get(address).text
    more(market, 2)
    for address in QUERIES:
        with django_assert_num_queries(QUERIES[address]):
            assert "第 1 " in client.get(address).text


def test_the_address_opens_exactly_the_rows_of_a_number(client, market):
    more(market, 1)
    sale = Sale.objects.exclude(landed_on=None).get()
    day = sale.landed_on
    client.force_login(market.officer)
    for name in ("registered", "paid", "landed"):
        found = client.get(f"/sales/?{name}_from={day}&{name}_to={day}").context["lines"]
        assert [one for one, _state in found] == [sale]
        assert client.get(f"/sales/?{name}_to=2020-01-01").context["lines"] == []
        assert len(client.get(f"/sales/?{name}=1").context["lines"]) == 1
    assert len(client.get("/sales/?method=listing").context["lines"]) == 1
    assert len(client.get(f"/sales/?q={sale.contract.number}").context["lines"]) == 1
    assert client.get("/sales/?registered_from=gestern&state=x&method=y&sort=z&page=0&seller=%00").status_code == 200
    book = load_workbook(BytesIO(client.get(f"/sales/export.xlsx?landed_from={day}").content))
    rows = list(book.active.iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == [sale.number]
