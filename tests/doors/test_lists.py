"""Lists ask the same few questions of the database whether they show one row or three; htmx gets the same rows."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.doors.conftest import draft, published
from triplehelix.doors.web.views import listings
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.needs.models import Need

#: address → (who looks, queries). Sessions, audiences and counts included; whatever the number of rows.
QUERIES = {
    "/needs/": ("visitor", 2),
    "/achievements/": ("visitor", 2),
    "/mine/needs/": ("clerk", 5),
    "/mine/achievements/": ("clerk", 5),
    "/todo/": ("clerk", 22),
    "/": ("visitor", 4),
}


def more(clerk, firm, count):
    for n in range(count):
        published(clerk, firm, title=f"第 {n} 条需求，铜排发黑")
        published(clerk, firm, Achievement, title=f"第 {n} 项成果，防变色膜")
        draft(clerk, firm, title=f"第 {n} 份草稿")


@pytest.mark.parametrize(("address", "expected"), QUERIES.items())
def test_one_row_and_three_rows_cost_the_same(
    client, clerk, firm, address, expected, django_assert_num_queries, django_capture_on_commit_callbacks
):
    who, queries = expected
    if who != "visitor":
        client.force_login(clerk)
    more(clerk, firm, 1)
    client.get(address)
    with django_assert_num_queries(queries):
        one = client.get(address)
    more(clerk, firm, 2)
    with django_assert_num_queries(queries):
        three = client.get(address)
    assert "第 1 " not in one.content.decode()
    assert "第 1 " in three.content.decode()


def test_what_htmx_swaps_in_is_what_a_reload_shows(client, clerk, firm):
    more(clerk, firm, 3)
    for address in ("/needs/?sort=title", "/needs/?q=第 1 条", "/achievements/?field=新材料", "/needs/?q=没有的"):
        whole = client.get(address).content.decode()
        part = client.get(address, headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in part
        assert squeezed(part) in squeezed(whole)


def test_a_search_by_htmx_is_the_reloaded_one(client, clerk, firm):
    more(clerk, firm, 1)
    address = "/search/?q=铜排发黑怎么办&what=needs"
    whole, part = (client.get(address, headers=h).content.decode() for h in ({}, {"HX-Request": "true"}))
    assert "<html" not in part
    assert squeezed(part) in squeezed(whole)


def squeezed(html):
    """Without white space, and without what is drawn anew for every answer."""
    return re.sub(r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"|\s+', "", html)


@pytest.mark.parametrize("sort", ["title", "-published", "chain", "-changed", "nonsense"])
def test_every_order_and_an_unknown_one(client, clerk, firm, sort):
    more(clerk, firm, 2)
    assert client.get(f"/needs/?sort={sort}").status_code == 200


@pytest.mark.parametrize("page", ["0", "999", "-1", "x", "1"])
def test_a_page_that_is_none_shows_one_that_is(client, clerk, firm, page):
    more(clerk, firm, 1)
    assert client.get(f"/needs/?page={page}").status_code == 200


def test_an_empty_list_teaches(client, db):
    assert Need.objects.count() == 0
    for address in ("/needs/", "/achievements/"):
        assert 'class="empty"' in client.get(address).content.decode()


ODD = ["<script>alert(1)</script>", "' OR 1=1 --", "🙂🔧", "%(x)s {{ 7*7 }}", "\x00", "铜" * 3000]


@pytest.mark.parametrize("words", ODD)
def test_odd_words_in_a_filter_are_only_words(client, clerk, firm, words):
    more(clerk, firm, 1)
    answer = client.get("/needs/", {"q": words, "chain": words, "field": words, "sort": words})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_an_export_that_does_not_hold_everything_says_so(client, clerk, firm, monkeypatch):
    more(clerk, firm, 3)
    monkeypatch.setattr(listings, "MOST_EXPORTED", 2)
    rows = list(load_workbook(BytesIO(client.get("/needs/export.xlsx").content)).active.values)
    assert len(rows) == 1 + 2 + 1 and "只导出了前 2 条" in rows[-1][1]
    assert "表格只含前 2 条" in client.get("/needs/").text
    monkeypatch.setattr(listings, "MOST_EXPORTED", 3)
    rows = list(load_workbook(BytesIO(client.get("/needs/export.xlsx").content)).active.values)
    assert len(rows) == 1 + 3 and "只导出了" not in str(rows)
    assert "表格只含前" not in client.get("/needs/").text
