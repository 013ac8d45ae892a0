"""A list from the officer's desk to a citizen's phone: prepared, looked at, published, corrected, read, taken away."""

import io

import docx
import pytest
from django.utils import timezone
from openpyxl import load_workbook

from tests.journeys.conftest import closed, opened
from tests.journeys.desk import account, firm
from tests.journeys.looking import look
from tests.journeys.market import sign_in
from tests.lists.conftest import DAY, TEXTS, VALUES
from triplehelix.market.listings import actions as listings
from triplehelix.market.lists import period
from triplehelix.market.lists.models import PublishedList
from triplehelix.market.needs.models import Need
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties.models import Organisation
from triplehelix.records.steps.actions import take

PHONE = {"viewport": {"width": 390, "height": 844}}


def put(clerk, organisation, text, days_ago=0, **more):
    at = timezone.now() - days_ago * DAY
    values = VALUES | {"title": f"第 {text} 项难题", "text": TEXTS[text]} | more
    made = listings.create(model=Need, organisation=organisation, values=values, actor=clerk, now=at)
    return take(case=made, step="publish", actor=clerk, now=at, seen_version=made.version)


@pytest.fixture
def market(transactional_db):
    """A firm with needs: fresh ones, one handed in twice, one nobody has confirmed for long."""
    account("city@example.com", "梁叙白", "city_officer")
    own, clerk = firm(9301, "谷阳县示例轴承厂", "clerk@example.com")
    Organisation.objects.update(type="企业")
    needs = [put(clerk, own, n, price_fen=80_000_000) for n in (0, 1)]
    put(clerk, own, 0, title="镀锡铜排又发黑了")
    put(clerk, own, 2, days_ago=100, title="很久没有确认的难题")
    return {"clerk": clerk, "needs": needs}


def preview(page, code):
    page.goto("/lists/")
    page.click(".head a:has-text('发布')")
    page.select_option("select[name=period]", code)
    page.click("button:has-text('预览')")
    page.wait_for_load_state("domcontentloaded")
    page.locator("h2#inside").wait_for()


def test_from_the_desk_to_a_phone(page, second, market, chromium, live_server):
    now_code, before_code, *_more = (one.code for one in period.offered(timezone.localdate()))
    page.expected = [422]
    sign_in(page, "city@example.com")
    preview(page, before_code)
    page.locator("text=可能与第 1 条重复").wait_for()
    page.locator("h3:has-text('太久没有确认')").wait_for()
    page.click("button:has-text('发信请单位确认')")
    page.locator("text=已发信征询 1 条的单位").wait_for()
    assert Message.objects.filter(kind="market.need.list").count() == 1

    page.click("button:has-text('发布清单')")
    page.locator(".alert.bad:has-text('可能重复')").wait_for()
    page.check("tr:has-text('镀锡铜排又发黑了') input[name=leave_out]")
    page.fill("input[name=left_why]", "与第一条重复")
    page.click("button:has-text('发布清单')")
    page.locator("text=已发布：需求清单").wait_for()
    first = PublishedList.objects.get()
    assert first.size == 2

    # Meanwhile the firm changes its budget; the next list says so.
    listings.edit(
        listing=market["needs"][1], values={"price_fen": 120_000_000}, actor=market["clerk"], now=timezone.now(),
        seen_version=market["needs"][1].version,
    )  # fmt: skip
    preview(page, now_code)
    page.check("tr:has-text('镀锡铜排又发黑了') input[name=leave_out]")
    page.fill("input[name=left_why]", "与第一条重复")
    page.click("button:has-text('发布清单')")
    page.locator("text=已发布：需求清单").wait_for()
    made = PublishedList.objects.get(n=2)
    page.click("text=更正这份清单")
    page.check("tr:has-text('镀锡铜排又发黑了') input[name=leave_out]")
    page.fill("input[name=left_why]", "与第一条重复")
    page.fill("input[name=why]", "第一条的题目有误，重新列入")
    page.click("button:has-text('发布更正后的清单')")
    page.locator("text=已发布：需求清单").wait_for()

    phone = opened(chromium, live_server, **PHONE)
    phone.goto("/lists/")
    phone.select_option("select[name=kind]", "needs")
    phone.locator("text=共 3 份").wait_for()
    phone.goto(f"/lists/{made.pk}/")
    assert "更正并替代" in phone.locator(".alert.due").inner_text()
    assert phone.locator("[data-key=change]").all_inner_texts() == ["变动：价格 80 万元 → 120 万元"]
    assert phone.locator("thead").bounding_box()["width"] <= 1
    phone.click("text=只看新增和变动")
    phone.wait_for_url("**/lists/*/?*")
    assert phone.locator("[data-key=seq]").count() == 1
    with phone.expect_download() as taken:
        phone.click("text=下载表格（Excel）")
    book = load_workbook(io.BytesIO(taken.value.path().read_bytes()))
    assert [row[1] for row in book.active.iter_rows(min_row=2, values_only=True)] == ["第 0 项难题", "第 1 项难题"]
    with phone.expect_download() as taken:
        phone.click("text=下载公文（Word）")
    assert len(docx.Document(io.BytesIO(taken.value.path().read_bytes())).tables[0].rows) == 3
    assert taken.value.suggested_filename.startswith(made.number)
    closed(phone)

    look(second, "/lists/", f"/lists/{made.pk}/")
    look(page, "/lists/new/", "/lists/new/?kind=needs&scope=city&period=" + str(timezone.localdate().year))


def test_the_firm_confirms_what_is_asked_about_on_a_phone(chromium, market, live_server):
    phone = opened(chromium, live_server, **PHONE)
    sign_in(phone, "clerk@example.com")
    phone.goto("/todo/")
    phone.click("a:has-text('一起确认')")
    phone.locator("a:has-text('很久没有确认的难题')").wait_for()
    phone.check("text=勾选这一页")
    phone.click("button:has-text('再次确认勾选的')")
    phone.locator("text=已再次确认 1 条").wait_for()
    look(phone, "/mine/needs/confirm/")
    Need.objects.update(published_at=timezone.now() - 100 * DAY)
    look(phone, "/mine/needs/confirm/", "/mine/needs/")
    closed(phone)
