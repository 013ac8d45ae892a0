"""一事一议 in the browser: nothing is paid before its milestone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cases import city as words
from tests.journeys import desk
from tests.journeys.market import sign_in
from tests.journeys.test_competitive import publishes
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.notices import actions as notices


@pytest.fixture
def people(transactional_db):
    desk.money(use="platform")
    desk.account("city@example.com", "梁经办", "city_officer")
    return desk.firm(1, "澄湖先进铜材研究院有限公司", "firm@example.com")


def opened_and_decided(page):
    """The office opens the case, fills in the decision, plans the milestones, and publishes."""
    page.goto("/cases/new/")
    page.fill("[name=uscc]", words.uscc(1))
    page.fill("[name=title]", "先进铜材研究院落地")
    page.click("form button:has-text('立案')")
    page.fill("[name=decision_no]", "市政府常务会〔2026〕15号")
    page.fill("[name=decision_date]", "2026-05-20")
    page.select_option("[name=legal_person]", "true")
    page.select_option("[name=claw_back_agreed]", "true")
    page.click("button:has-text('保存并提交')")
    page.locator("text=已提交").first.wait_for()
    part = desk.open_part(page, "填写评审、决定结果")
    part.locator("[name=approved_yuan]").fill("3000000")
    part.locator("[name=proof_is_fresh]").select_option("true")
    part.locator("[name=why]").fill("决定书")
    part.locator("button").click()
    page.locator("text=已办理：填写评审").wait_for()
    for box in page.locator("aside input[type=checkbox]").all():
        box.check()
    page.click("aside button:has-text('核对一致')")
    page.locator("text=已办理：核对事实").wait_for()
    desk.press(page, "核对无误")
    page.click("aside button:has-text('决定支持')")
    page.locator("text=请先按决定书登记各里程碑").first.wait_for()
    part = desk.open_part(page, "里程碑")
    for n, name in enumerate(("建成实验室", "引进团队", "服务企业"), start=1):
        part.locator(f"[name=name_{n}]").fill(name)
        part.locator(f"[name=amount_{n}]").fill("1000000")
        part.locator(f"[name=due_{n}]").fill((timezone.localdate() + timedelta(days=100 * n)).isoformat())
    part.locator("button").click()
    page.locator("text=已办理：里程碑").wait_for()
    desk.press(page, "决定支持")
    publishes(page, "澄科公示〔2026〕3号")
    desk.days_pass()
    assert notices.end_due(now=timezone.now()) == 1


def test_no_payment_beyond_a_reached_milestone(page, second, people):
    page.expected, second.expected = [409, 422], [422]
    for one in (page, second):
        one.set_default_timeout(60_000)
    sign_in(page, "city@example.com")
    opened_and_decided(page)
    case = Case.objects.get()
    page.goto(f"/cases/{case.pk}/")
    part = desk.open_part(page, "任务书")
    part.locator("[name=number]").fill("落地协议 1")
    part.locator("[name=signed_on]").fill(timezone.localdate().isoformat())
    part.locator("[name=ends_on]").fill((timezone.localdate() + timedelta(days=700)).isoformat())
    part.locator("button").click()
    page.locator("text=已办理：任务书").wait_for()
    desk.press(page, "任务书已签")

    sign_in(second, "firm@example.com")
    second.goto(f"/cases/{case.pk}/")
    second.fill("aside [name=name]", "某个人")
    second.fill("aside [name=number]", "6222020200112233445")
    second.fill("aside [name=bank]", "澄湖农商银行")
    second.click("button:has-text('保存账户')")
    second.locator("text=户名必须是该单位全称").first.wait_for()
    second.fill("aside [name=name]", "澄湖先进铜材研究院有限公司")
    second.click("button:has-text('保存账户')")
    second.locator("text=已办理：收款账户").wait_for()

    page.goto(f"/cases/{case.pk}/")
    page.click("aside button:has-text('按里程碑拨付')")
    page.locator("text=没有已通过而未拨付的里程碑：先通过考核，再拨付").first.wait_for()
    assert words.City.payments(None, case) == []

    second.goto(f"/cases/{case.pk}/")
    second.fill("aside [name=text]", "实验室建成验收，设备到位清单和登记证书见附件一，用房两千平方米。")
    second.set_input_files(
        "aside input[type=file]",
        {"name": "验收单.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"},
    )
    second.click("aside details:has(h2:has-text('提交里程碑考核材料')) button")
    second.locator("text=已办理：提交里程碑考核材料").wait_for()
    page.goto(f"/cases/{case.pk}/")
    page.check("aside [name=passed][value=yes]")
    page.fill("aside details:has(h2:has-text('里程碑考核')) [name=why]", "现场核对通过")
    page.click("aside details:has(h2:has-text('里程碑考核')) button")
    page.locator("text=已办理：里程碑考核").wait_for()
    desk.press(page, "按里程碑拨付")
    assert [one.amount_fen for one in words.City.payments(None, case)] == [100_000_000]
    page.click("aside button:has-text('按里程碑拨付')")
    page.locator("text=没有已通过而未拨付的里程碑").first.wait_for()
    assert len(words.City.payments(None, case)) == 1
