"""免申即享 in the browser: five hundred firms from a workbook to the bank and one back again."""

import io

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from tests.cases import city as words
from tests.journeys import desk
from tests.journeys.market import sign_in
from tests.journeys.test_import import book
from triplehelix.foundation.sheet import Sheet, write_xlsx
from triplehelix.fund import check
from triplehelix.fund.payee import BankAccount
from triplehelix.procedure.cases import actions
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.notices import actions as notices
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Membership
from triplehelix.records.steps.actions import take

pytestmark = pytest.mark.slow
FIRMS = 500
HEAD = ["统一社会信用代码", "单位名称", "当年在规上企业名录", "研发费用填报准确", "本年度研发费用", "上年度研发费用",
        "以前年度填报过研发费用", "金额单位"]  # fmt: skip


@pytest.fixture
def people(transactional_db):
    desk.money()
    clerk = desk.account("city@example.com", "梁经办", "city_officer")
    desk.account("finance@example.com", "财政", "finance_officer")
    return clerk, *desk.firm(1, "第1号轴承有限公司", "firm@example.com")


def workbook():
    """Firm 2 wrote thousands of yuan and left the unit out; the others grew by 1.2 million."""
    rows = [
        [words.uscc(n), f"第{n}号轴承有限公司", "是", "是", "6200000" if n != 2 else "6200", "5000000", "是", "元"]
        for n in range(1, FIRMS + 1)
    ]
    return write_xlsx([Sheet("名单", HEAD, rows)])


def others_confirm(member):
    """What the 499 other firms do, each on its own screen, at once, after an officer has checked who they are."""
    now = timezone.now()
    cases = list(Case.objects.filter(state="confirming").select_related("organisation").order_by("pk"))
    Membership.objects.bulk_create(
        Membership(account=member, organisation=case.organisation, role="admin", since=desk.SINCE, accepted_at=now)
        for case in cases
    )
    for case in cases:
        parties.confirm_organisation(organisation=case.organisation, actor=None, now=now)
        account = BankAccount(case.organisation.name, f"6228{case.pk:015d}", "澄湖农商银行")
        held = actions.set_account(case=case, account=account, actor=member, now=now, seen_version=case.version)
        take(case=held, step="confirm", actor=member, now=now, seen_version=held.version)


def test_from_the_workbook_to_the_bank_and_back(page, second, people, worker):
    _clerk, own, member = people
    # Five hundred firms at once are work for a busy machine; nothing here is about time.
    page.set_default_timeout(120_000)
    second.set_default_timeout(120_000)
    page.expected = [409]
    sign_in(page, "city@example.com")
    page.goto("/rounds/new/")
    page.select_option("[name=award]", "M5.4")
    page.select_option("[name=lane]", "entitled")
    page.fill("[name=title]", "上年度研发投入奖励")
    page.fill("[name=closes_on]", timezone.localdate().replace(month=12, day=31).isoformat())
    page.fill("[name=budget]", "30000000")
    page.click("button:has-text('发布批次')")
    page.locator("text=批次已发布").wait_for()
    page.set_input_files("input[type=file]", {"name": "名单.xlsx", "mimeType": desk.XLSX, "buffer": workbook()})
    page.click("button:has-text('上传并检查')")
    page.click("button:has-text('确认导入 500 行')")
    page.locator("text=导入回执").wait_for(timeout=300_000)
    assert Case.objects.filter(state="confirming").count() == FIRMS - 1

    # The one written in 千元 is held, looked at, put right.
    held = Case.objects.get(state="held")
    page.goto(f"/cases/{held.pk}/")
    page.locator("text=像是“元”和“千元”弄混").first.wait_for()
    page.click("aside button:has-text('核对无误，列入名单')")
    page.locator("text=不符合条件").first.wait_for()
    part = desk.open_part(page, "更正事实")
    part.locator("[name=rd_expense_yuan]").fill("6200000")
    part.locator("[name=why]").fill("107-2 表以千元填报，原件已核对")
    part.locator("button").click()
    page.locator("text=已办理：填写评审").wait_for()
    desk.press(page, "核对无误，列入名单")

    # One firm does it on a screen; what it is owed is on its own page.
    sign_in(second, "firm@example.com")
    second.goto("/entitlements/")
    second.locator("text=5 万元").first.wait_for()
    second.click("a:has-text('上年度研发投入奖励')")
    second.fill("[name=number]", "6222 0202 0011 2233 445")
    second.fill("[name=bank]", "澄湖农商银行营业部")
    second.click("button:has-text('保存账户')")
    second.locator("text=已办理：收款账户").wait_for()
    desk.press(second, "确认账户和承诺")
    others_confirm(member)

    page.goto("/notices/new/")
    page.fill("[name=number]", "澄科公示〔2026〕8号")
    page.fill("[name=title]", "研发投入奖励拟奖励名单公示")
    page.fill("[name=objections_to]", "市科技局监督科 0635-8200009")
    page.click("form button:has-text('发布公示')")
    page.locator("text=已公示，到").wait_for(timeout=300_000)
    assert Case.objects.filter(state="on_notice").count() == FIRMS
    desk.days_pass()
    assert notices.end_due(now=timezone.now()) == FIRMS

    desk.change_to(page, "finance@example.com")
    page.goto("/fund/")
    desk.does_at_once(page, "全部安排拨付")
    page.locator(f"text=已安排 {FIRMS} 笔").wait_for(timeout=300_000)
    desk.does_at_once(page, "生成支付清单")
    page.locator("text=请下载后交银行").wait_for(timeout=300_000)
    with page.expect_download() as download:
        page.click("a:has-text('下载支付清单')")
    rows = list(book(download).active.iter_rows(values_only=True))
    assert len(rows) == FIRMS + 1
    answered(page, rows, returned=own.name)
    page.locator(f"text=到账 {FIRMS - 1} 笔，退回 1 笔").wait_for(timeout=300_000)

    # The firm whose account was wrong puts it right, and is paid.
    second.goto("/todo/")
    second.click("a:has-text('上年度研发投入奖励')")
    second.locator("text=银行退回").first.wait_for()
    part = desk.open_part(second, "收款账户")
    part.locator("[name=number]").fill("6222020200112299887")
    part.locator("button").click()
    second.locator("text=已办理：收款账户").wait_for()
    desk.press(second, "账户已更正，重新支付")
    page.goto("/fund/")
    desk.does_at_once(page, "生成支付清单")
    with page.expect_download() as download:
        page.click("a:has-text('下载支付清单')")
    answered(page, list(book(download).active.iter_rows(values_only=True)), returned="")
    page.locator("text=到账 1 笔，退回 0 笔").wait_for()
    assert set(Case.objects.values_list("state", flat=True)) == {"closed"}
    assert check.problems() == []


def answered(page, rows, returned):
    """The bank's answer to a payment file: everything arrived but for this payee's."""
    head = rows[0]
    key, payee, amount = (head.index(name) for name in ("支付编号", "收款单位", "金额（元）"))
    lines = [
        [
            row[key],
            str(row[amount]),
            "退回" if row[payee] == returned else "成功",
            "账号不存在" if row[payee] == returned else "",
        ]
        for row in rows[1:]
    ]
    content = write_xlsx([Sheet("回单", ["支付编号", "金额（元）", "结果", "退回原因"], lines)])
    assert load_workbook(io.BytesIO(content)).active.max_row == len(rows)
    page.set_input_files("input[type=file]", {"name": "回单.xlsx", "mimeType": desk.XLSX, "buffer": content})
    page.click("button:has-text('登记回单')")
