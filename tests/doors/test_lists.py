"""Lists ask the same few questions of the database whether they show one row or three; htmx gets the same rows."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.doors.conftest import draft, published
from triplehelix.doors.web import exports
from triplehelix.doors.web.views import fund
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


def test_an_export_holds_every_row_or_is_refused_with_what_to_do(client, clerk, firm, monkeypatch):
    more(clerk, firm, 3)
    monkeypatch.setattr(exports, "MOST_ROWS", 2)
    answer = client.get("/needs/export.xlsx?sort=title")
    assert answer.status_code == 422 and answer.headers["Content-Type"].startswith("text/html")
    assert "有 3 行，一次最多导出 2 行" in answer.text and 'href="/needs/?sort=title"' in answer.text
    assert "一次最多导出 2 条" in client.get("/needs/").text
    monkeypatch.setattr(exports, "MOST_ROWS", 3)
    rows = list(load_workbook(BytesIO(client.get("/needs/export.xlsx").content)).active.values)
    assert len(rows) == 1 + 3
    assert "一次最多导出" not in client.get("/needs/").text


#: address of an export → where its list is narrowed.
EXPORTS = {
    "/achievements/export.xlsx": "/achievements/",
    "/cases/export.xlsx?state=accepted": "/cases/?state=accepted",
    "/sales/export.xlsx?q=": "/sales/?q=",
    "/introductions/export.xlsx": "/introductions/",
    "/funnel/needs/rows.xlsx?of=happened": "/funnel/needs/?of=happened",
    "/fund/ledger.xlsx?year=2026": "/fund/?year=2026",
}


@pytest.mark.parametrize(("address", "back"), EXPORTS.items())
def test_no_export_hands_out_a_part_of_its_rows(client, things, officer, monkeypatch, address, back):
    monkeypatch.setattr(exports, "MOST_ROWS", -1)
    monkeypatch.setattr(fund, "MOST_EXPORTED", -1)
    client.force_login(officer)
    answer = client.get(address)
    assert answer.status_code == 422, "a part of the rows was handed out"
    assert "请先缩小范围" in answer.text and f'href="{back}"' in answer.text
