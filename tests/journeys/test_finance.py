"""From a firm's self-check to the subsidy of its one loan, as firm, two banks and the city; the firm on a phone."""

import io
import re

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from tests.equity.words import Equity
from tests.journeys.conftest import closed, opened
from tests.journeys.desk import account, change_to, press
from tests.journeys.looking import look
from tests.journeys.market import PASSWORD, sign_in
from triplehelix.foundation.sheet import Sheet, write_xlsx
from triplehelix.market.finance import sheets
from triplehelix.market.finance.models import Application, Claim
from triplehelix.procedure.cases import actions as procedure
from triplehelix.records.parties.models import Account

PHONE = {"viewport": {"width": 390, "height": 844}}
DAY = timezone.timedelta(days=1)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def city(transactional_db):
    """Two banks with a product each, a fund, a firm; everybody can sign in."""
    made = Equity(officer=account("city@example.com", "梁叙白", "city_officer"), now=timezone.now() - 2 * DAY)
    made.product(made.bank, name="澄科贷", since=made.today)
    made.product(made.other_bank, name="科创贷", since=made.today)
    made.proven(year=made.today.year)
    made.project()
    made.deal()
    made.event()
    for one in Account.objects.all():
        one.set_password(PASSWORD)
        one.save()
    return made


def checked(page):
    """The firm answers the questions; what is known is filled in already."""
    page.goto("/finance/")
    page.click("a.button:has-text('先自测')")
    assert page.input_value("[name=entry_number]").startswith(str(timezone.localdate().year))
    page.select_option("[name=provincial_project]", "false")
    page.select_option("[name=pioneer]", "false")
    page.select_option("[name=kind]", "loan")
    page.fill("[name=amount_yuan]", "9000000")
    page.fill("[name=months]", "12")
    page.select_option("[name=purpose]", "research")
    page.select_option("[name=collateral]", "none")
    page.click("button:has-text('看看哪些符合')")
    page.locator("text=想要 900 万元，超过产品上限 500 万元").first.wait_for()
    page.fill("[name=amount_yuan]", "3000000")
    page.click("button:has-text('看看哪些符合')")
    page.locator("h2:has-text('2 个产品符合')").wait_for()
    page.click("a:has-text('用这些回答提出需求')")


def wished(page):
    """The wish, with the answers of the self-check in it; then the first bank alone is agreed to."""
    assert page.input_value("[name=amount_fen]") == "300"
    page.fill("[name=about]", "铜排无铬钝化中试线，采购槽体和检测设备，用订单回款归还。")
    page.click("button:has-text('提出，去选机构')")
    page.locator("h2:has-text('可以选的产品')").wait_for()
    page.click("li:has-text('澄湖甲银行') button:has-text('选这家')")
    page.locator("text=还看不到这一条").wait_for()
    page.fill("[name=until]", (timezone.localdate() + 200 * DAY).isoformat())
    page.check("label:has-text('联系人和联系方式') input")
    page.click("button:has-text('看授权书')")
    words = page.locator("blockquote.consent").inner_text()
    assert "澄湖甲银行" in words and "联系人" in words
    page.check("[name=agreed]")
    page.click("button:has-text('同意并授权')")
    page.locator("text=已办理：书面授权").wait_for()
    return re.search(r"/finance/cases/(\d+)/", page.url)[1]


def filed(page, contract):
    """The city writes down what the province's announcement says."""
    page.goto("/finance/filing/")
    with page.expect_download() as taken:
        page.click("text=下载备案表")
    rows = load_workbook(io.BytesIO(taken.value.path().read_bytes())).active.iter_rows(min_row=2, values_only=True)
    lines = [[*row[:13], *(("准予备案", f"LKD-{contract}") if row[5] == contract else ("", "")), ""] for row in rows]
    content = write_xlsx([Sheet("备案", sheets.HEADINGS, lines)])
    page.fill("[name=document]", "鲁科贷备案公告 2026 年第 9 号")
    page.set_input_files("[name=file]", {"name": "outcomes.xlsx", "mimeType": XLSX, "buffer": content})
    page.click("button:has-text('检查并写入')")
    page.locator("text=准予备案 1 笔").wait_for()


def granted(page, number, contract):
    """The bank opens the papers, accepts, records the contract and submits it."""
    page.goto("/finance/desk/")
    page.click("table a")
    page.locator("button:has-text('打开企业资料')").wait_for()
    assert "铜排厂" not in page.locator("main").inner_text()
    page.click("button:has-text('打开企业资料')")
    page.locator("dd:has-text('铜排厂')").first.wait_for()
    press(page, "受理")
    today = timezone.localdate()
    page.fill("[name=number]", contract)
    page.fill("[name=rate_ppm]", "3.6")
    page.fill("[name=first_on]", today.isoformat())
    page.fill("[name=last_on]", (today + 365 * DAY).isoformat())
    page.select_option("[name=use]", "securities")
    page.click("button:has-text('登记合同')")
    page.locator(".errorlist:has-text('资金不得用于证券')").wait_for()
    page.select_option("[name=use]", "research")
    page.click("button:has-text('登记合同')")
    page.locator("text=已办理：登记合同").wait_for()
    page.click("button:has-text('列入本月备案')")
    page.locator("text=已办理：提交备案").wait_for()
    page.goto("/finance/filing/")
    assert page.locator("h2:has-text('导入备案结果')").count() == 0


def interest_paid(page, number):
    """The bank records what the firm paid, as much as the loan can bear."""
    today = timezone.localdate()
    # The loan is some months old by now: its interest has been paid.
    case = Application.objects.get(pk=number)
    case.contract.__class__.objects.update(first_on=today - 90 * DAY)
    page.goto(f"/finance/cases/{number}/")
    part = page.locator("aside details:has(h2:has-text('登记还款'))")
    part.locator("summary").click()
    part.locator("[name=kind]").select_option("interest")
    part.locator("[name=amount_fen]").fill("30000")
    part.locator("[name=on]").fill(today.isoformat())
    part.locator("[name=number]").fill("FX-1")
    part.locator("button").click()
    page.locator(".errorlist:has-text('3,000,000.00 元 × 3.6% × 90 天 ÷ 360 = 27,000.00 元')").wait_for()
    page.locator("#id_pay_amount_fen").fill("27000")
    page.locator("aside details[open]:has(h2:has-text('登记还款')) button").click()
    page.locator("text=已办理：登记还款").wait_for()


def test_from_the_self_check_to_the_subsidy(page, second, city, chromium, live_server):
    page.expected, second.expected = [422, 409, 404], [404]
    phone = opened(chromium, live_server, **PHONE)
    phone.expected = [422, 404]
    sign_in(phone, city.clerk.email)
    checked(phone)
    number = wished(phone)

    # The other bank sees nothing: not in its desk, not by the address.
    sign_in(second, city.other_teller.email)
    second.goto("/finance/desk/")
    second.locator("text=还没有企业授权给本机构").wait_for()
    assert second.goto(f"/finance/cases/{number}/").status == 404

    sign_in(page, city.teller.email)
    granted(page, number, "JK-1")
    change_to(page, city.officer.email)
    filed(page, "JK-1")
    change_to(page, city.teller.email)
    interest_paid(page, number)

    # The firm saw who looked; it computes the subsidy, and the open round is linked.
    today = timezone.localdate()
    award = "利息 27,000 元的 40%"
    phone.goto(f"/finance/cases/{number}/")
    phone.locator("text=机构查阅企业资料").first.wait_for()
    phone.click("aside section:has(h2:has-text('计算贴息')) button:has-text('计算')")
    phone.locator(".claim .amount:has-text('1.08 万元')").wait_for()
    claim = Claim.objects.get()
    assert claim.amount_fen == 1_080_000, award
    round = procedure.open_round(
        award_code=claim.award, lane="quick", title="鲁科贷贴息申报", year=today.year, opens_on=today,
        closes_on=today + 30 * DAY, actor=city.officer, now=timezone.now(),
    )  # fmt: skip
    phone.reload()
    phone.click("a:has-text('去申报：鲁科贷贴息申报')")
    phone.fill("[name=title]", "铜排中试线贷款贴息")
    phone.click("button:has-text('开始填报')")
    phone.locator("[name=loan_no]").wait_for()
    assert phone.input_value("[name=loan_no]") == "JK-1"
    assert phone.input_value("[name=interest_paid_yuan]") == "27000.00"
    assert round.cases.count() == 1

    # A second loan of the same firm is refused: nobody is offered to compute it, and the room says why.
    other = city.filed(contract={"number": "JK-2"})
    phone.goto(f"/finance/cases/{other.pk}/")
    assert phone.locator("h2:has-text('计算贴息')").count() == 0
    city.now = timezone.now()
    city.pay(other, "interest", 100)
    with pytest.raises(Exception, match="对另一笔贷款贴过息"):
        city.claim(other)

    # The city revokes the filing of the first: the firm and its bank are told.
    change_to(page, city.officer.email)
    page.goto(f"/finance/cases/{number}/")
    part = page.locator("aside details:has(h2:has-text('撤销备案'))")
    part.locator("summary").click()
    part.locator("textarea").fill("抽查发现资金用于理财")
    part.locator("button").click()
    page.locator("text=已办理：撤销备案").wait_for()
    phone.goto("/todo/")
    phone.goto(f"/finance/cases/{number}/")
    phone.locator(".chip:has-text('备案已撤销')").first.wait_for()
    closed(phone)

    change_to(second, city.clerk.email)
    look(second, "/finance/check/", f"/finance/cases/{number}/")
    product, lead = case_product(number), claim.loan.application.lead_id
    look(second, "/finance/", f"/finance/compare/?p={product}", f"/finance/leads/{lead}/", "/roadshows/")
    look(page, "/finance/office/", "/finance/filing/", "/finance/qualifications/")
    change_to(page, city.partner.email)
    look(page, "/finance/desk/", "/equity/projects/", "/equity/deals/new/")


def case_product(number):
    return Application.objects.get(pk=number).product_id
