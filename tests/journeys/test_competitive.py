"""A competitive round in the browser: call, panel, a notice restarted, agreement, milestones, acceptance."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cases import city as words
from tests.cases.words import scored
from tests.journeys import desk
from tests.journeys.looking import look
from tests.journeys.market import sign_in
from triplehelix.fund import check
from triplehelix.fund.actions import Answer
from triplehelix.procedure.cases import actions
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.notices import actions as notices
from triplehelix.procedure.panels.models import Seat
from triplehelix.procedure.terms import actions as terms
from triplehelix.records.parties import actions as parties

TEXT = "面向风电主轴轴承滚道的深层渗碳工艺，目标是把有效硬化层深度做到四毫米以上，变形不超过零点一毫米，寿命提高一倍。"
WHY = "这一项的判断依据申报书第三章给出的工艺试验数据和查新报告，理由充分，可以考核。"
BLAME = "创新不足，所列指标落后于同行已经公开的产品，查新报告也没有给出对比，第四页的说法难以采信。"
POINTS = {"innovation": 23, "need": 17, "route": 16, "team": 12, "budget": 8, "benefit": 8}


@pytest.fixture
def people(transactional_db):
    desk.money(use="research")
    clerk = desk.account("city@example.com", "梁经办", "city_officer")
    desk.account("finance@example.com", "财政", "finance_officer")
    desk.account("county@example.com", "县里", "county_officer", "371521")
    desk.firm(1, "澄湖精密轴承有限公司", "firm@example.com")
    now = timezone.now()
    for n in range(6):
        home = parties.register_organisation(
            uscc=words.uscc(500 + n), name=f"第{n}研究所", region="", actor=None, now=now
        )
        parties.confirm_organisation(organisation=home, actor=None, now=now)
        for k in range(3):
            person = parties.register_person(
                name=f"专家{n}{k}", home=home, title="教授", discipline="机械工程", actor=None, now=now
            )
            account = desk.account(f"e{n}{k}@example.com", person.name)
            parties.claim_person(person=person, account=account, actor=None, now=now)
    today = timezone.localdate(now)
    terms.settle(
        code="city_grant_most", value="500000", since=today.replace(month=1, day=1), document="聊科字〔2026〕3号",
        actor=clerk, now=now,
    )  # fmt: skip
    return actions.open_round(
        award_code="M3.2-city-grant", lane="ordinary", title="市重点研发计划", year=today.year, opens_on=today,
        closes_on=today + timedelta(days=30), actor=clerk, now=now,
    )  # fmt: skip


def applies(page, round):
    """The firm's clerk: what is typed is kept although nobody presses save."""
    sign_in(page, "firm@example.com")
    page.goto(f"/rounds/{round.pk}/")
    page.fill("[name=title]", "风电主轴轴承深层渗碳")
    page.click("button:has-text('开始填报')")
    page.fill("[name=summary]", TEXT)
    page.fill("[name=leader]", "周工")
    page.locator("#saved:has-text('已保存')").wait_for()
    page.reload()
    assert page.input_value("[name=leader]") == "周工"
    page.select_option("[name=has_firm_and_school]", "true")
    page.fill("[name=agreement_no]", "联合协议〔2026〕第 3 号")
    page.fill("[name=leader_running_projects]", "0")
    page.click("button:has-text('保存并提交')")
    page.locator("main :text('还缺材料：申报书')").first.wait_for()
    page.fill("[name=agreement_no]", "联合协议〔2026〕第 4 号")
    desk.hands_in_papers(page)
    assert page.input_value("[name=agreement_no]") == "联合协议〔2026〕第 4 号", "handing in leaves the form alone"
    page.click("button:has-text('保存并提交')")
    page.locator("text=已提交").first.wait_for()
    assert page.locator(".case-papers a:has-text('申报书.pdf')").count() == 1
    page.click("a:has-text('看专家看到的')")
    page.locator("text=一、研究内容和技术路线").wait_for()
    page.go_back()
    desk.press(page, "单位审核通过")


def to_the_panel(page, case, round):
    """County, office, draw."""
    desk.change_to(page, "county@example.com")
    page.goto("/todo/")
    page.click("a:has-text('风电主轴轴承深层渗碳')")
    desk.press(page, "推荐")
    desk.change_to(page, "city@example.com")
    page.goto(f"/cases/{case.pk}/")
    desk.press(page, "受理")
    for box in page.locator("aside input[type=checkbox]").all():
        box.check()
    page.click("aside button:has-text('核对一致')")
    page.locator("text=已办理：核对事实").wait_for()
    desk.press(page, "核对无误")
    page.goto(f"/rounds/{round.pk}/panel/")
    page.fill("[name=size]", "5")
    page.click("button:has-text('抽取并分配')")
    page.locator("text=已抽取并分配").wait_for(timeout=60_000)


#: A live region says only what changes after the page has come: what the page brought is marked, a copy of it is not.
MARK = """addEventListener("DOMContentLoaded", () => {
  const one = document.querySelector("[data-done] > *");
  if (one) { one.marked = true; window.marked = true; }
})"""


def reviewed(page, second, case, round):
    """One expert on the screen, blind; the others as well, unseen."""
    seat = Seat.objects.select_related("expert__account").order_by("pk").first()
    sign_in(second, seat.expert.account.email)
    second.goto("/reviews/")
    second.click("a:has-text('去评分')")
    second.wait_for_url("**/reviews/*/")  # what is not on a page that has not come says nothing
    assert "澄湖精密轴承" not in second.content()
    assert "周工" not in second.content()
    assert "一、研究内容和技术路线" in second.content(), "the words of the 活页, handed in as a file"
    for code, points in POINTS.items():
        second.fill(f"[name=points_{code}]", str(points))
    second.locator("#saved:has-text('已保存')").wait_for()
    second.click("button:has-text('提交评分')")
    second.locator("text=还不能提交").wait_for()  # more than nine tenths of 创新性 wants a reason
    second.click(".alert[role=alert] a[href='#p-innovation']")
    assert second.evaluate("document.activeElement.id") == "p-innovation", "the summary leads to what is wrong"
    for code in POINTS:
        second.fill(f"[name=comment_{code}]", BLAME if code == "innovation" else WHY)
    second.add_init_script(MARK)
    second.click("button:has-text('提交评分')")
    second.locator("text=评分已提交").wait_for()
    second.evaluate("new Promise(done => setTimeout(done, 500))")
    assert second.evaluate("window.marked && !document.querySelector('[data-done] > *').marked"), "read out"
    city = words.City(None, None, None, None, None, None, now=timezone.now())
    rest = Seat.objects.filter(case=case, submitted_at__isnull=True)
    assert rest.count() == 4
    scored(city, case, 84, 83, 82, 81, only=list(rest.values_list("pk", flat=True)))
    page.goto(f"/rounds/{round.pk}/panel/")
    desk.does_at_once(page, "汇总评分")
    page.locator("text=已汇总").first.wait_for()
    credited(page, second, seat)


def credited(page, second, seat):
    """Nearly full points under nothing but blame: a lead, which the office confirms and the expert reads."""
    lead = page.locator("section:has(#credit) li", has_text=seat.expert.name)
    lead.locator("summary").click()
    lead.locator("button:has-text('不成立')").wait_for()
    lead.locator("button:text-is('成立')").click()
    page.locator("text=请写明认定的理由").wait_for()
    lead.locator("summary").click()
    lead.locator("[name=why]").fill("与本人核对，分数误打")
    lead.locator("button:text-is('成立')").click()
    page.locator("text=本人会收到通知").first.wait_for()
    look(page, page.url)
    second.goto("/reviews/")
    assert "95 / 100" in second.locator("section:has(#credit)").inner_text()
    assert "评语却只有批评" in second.content()
    look(second, "/reviews/")


def decided(page, case, amount, label, why):
    """The office enters what was approved, and takes the step."""
    page.goto(f"/cases/{case.pk}/")
    part = desk.open_part(page, "填写评审、决定结果")
    part.locator("[name=approved_yuan]").fill(amount)
    part.locator("[name=why]").fill(why)
    part.locator("button").click()
    page.locator("text=已办理：填写评审").wait_for()
    desk.press(page, label)


def publishes(page, number):
    page.goto("/notices/new/")
    page.fill("[name=number]", number)
    page.fill("[name=title]", "市重点研发计划拟立项目公示")
    page.fill("[name=objections_to]", "市科技局监督科 0635-8200009")
    page.click("form button:has-text('发布公示')")
    page.locator("text=已公示，到").wait_for()


def objected_and_restarted(page, third, case):
    """Somebody without an account objects; the office answers, corrects, and publishes anew."""
    publishes(page, "澄科公示〔2026〕1号")
    third.goto("/notices/")
    third.click("a:has-text('拟立项目公示')")
    third.click("a:has-text('提出异议')")
    third.fill("[name=name]", "匿")
    third.fill("[name=phone]", "13800000000")
    third.fill("[name=text]", "申报书所列合作单位没有签署联合攻关协议，自筹经费来源也不清楚，请核实。")
    third.click("button:has-text('提交异议')")
    third.locator("text=匿名异议不受理").first.wait_for()
    third.fill("[name=name]", "王实名")
    third.click("button:has-text('提交异议')")
    third.locator("h1:has-text('异议已收到')").wait_for()
    page.goto(f"/cases/{case.pk}/")
    page.click("aside button:has-text('异议不成立，继续公示')")
    page.locator("text=还有异议没有答复").first.wait_for()
    page.check("aside [name=upheld][value=yes]")
    page.fill("aside [name=text]", "经核实，合作单位的工作量应核减，支持金额相应调整，已更正。")
    page.click("aside details:has(h2:has-text('答复异议')) button")
    page.locator("text=已办理：答复异议").wait_for()
    decided(page, case, "250000", "内容已更正，重新公示", "异议核实报告")
    publishes(page, "澄科公示〔2026〕2号")
    desk.days_pass()
    assert notices.end_due(now=timezone.now()) == 1


def signed(page, case):
    page.goto(f"/cases/{case.pk}/")
    part = desk.open_part(page, "里程碑")
    today = timezone.localdate()
    for n, (name, amount) in enumerate((("完成工艺试验", "150000"), ("台架寿命试验", "100000")), start=1):
        part.locator(f"[name=name_{n}]").fill(name)
        part.locator(f"[name=amount_{n}]").fill(amount)
        part.locator(f"[name=due_{n}]").fill((today + timedelta(days=100 * n)).isoformat())
    part.locator("button").click()
    page.locator("text=已办理：里程碑").wait_for()
    part = desk.open_part(page, "任务书")
    part.locator("[name=number]").fill("澄科计〔2026〕01")
    part.locator("[name=signed_on]").fill(today.isoformat())
    part.locator("[name=ends_on]").fill((today + timedelta(days=365)).isoformat())
    part.locator("button").click()
    page.locator("text=已办理：任务书").wait_for()
    desk.press(page, "任务书已签")


def stage(page, second, case, n):
    """The firm proves a milestone, the office passes it and orders its money, the bank pays."""
    second.goto(f"/cases/{case.pk}/")
    part = desk.open_part(second, "提交里程碑考核材料")
    part.locator("[name=text]").fill(
        f"第 {n} 个里程碑完成：硬化层深度实测 4.{n} 毫米，变形 0.08 毫米，附第三方检测报告。"
    )
    part.locator("button").click()
    second.locator("text=已办理：提交里程碑考核材料").wait_for()
    page.goto(f"/cases/{case.pk}/")
    page.check("aside [name=passed][value=yes]")
    page.fill("aside details:has(h2:has-text('里程碑考核')) [name=why]", "现场核对，与材料一致")
    page.click("aside details:has(h2:has-text('里程碑考核')) button")
    page.locator("text=已办理：里程碑考核").wait_for()
    desk.press(page, "按里程碑拨付")
    now = timezone.now()
    payment = words.City.payments(None, case)[-1]
    batch = actions.send_batch(payments=[payment], actor=None, now=now)
    actions.answer_batch(batch=batch, answers=[Answer(payment.key, payment.amount_fen, True)], actor=None, now=now)


def test_from_the_call_to_acceptance(page, second, chromium, live_server, people):
    from tests.journeys.conftest import closed, opened

    round = people
    third = opened(chromium, live_server)
    page.expected, second.expected, third.expected = [409], [422], [422]
    for one in (page, second, third):
        one.set_default_timeout(60_000)
    applies(second, round)
    case = Case.objects.get()
    to_the_panel(page, case, round)
    desk.leave(second)
    reviewed(page, second, case, round)
    page.goto(f"/cases/{case.pk}/")
    desk.press(page, "评审通过")
    decided(page, case, "300000", "决定支持", "局党组会议纪要〔2026〕9号")
    objected_and_restarted(page, third, case)
    signed(page, case)
    desk.change_to(second, "firm@example.com")
    second.goto(f"/cases/{case.pk}/")
    second.fill("aside [name=number]", "6222020200112233445")
    second.fill("aside [name=bank]", "澄湖农商银行营业部")
    second.click("button:has-text('保存账户')")
    second.locator("text=已办理：收款账户").wait_for()
    page.goto(f"/cases/{case.pk}/")
    page.click("aside button:has-text('按里程碑拨付')")
    page.locator("text=没有已通过而未拨付的里程碑").first.wait_for()
    stage(page, second, case, 1)
    stage(page, second, case, 2)
    page.goto(f"/cases/{case.pk}/")
    desk.press(page, "里程碑全部完成")
    desk.press(page, "验收通过", "专家组验收意见：指标全部达到")
    second.goto(f"/cases/{case.pk}/")
    for name, points in (("output", "45"), ("benefit", "25"), ("satisfaction", "9")):
        second.fill(f"aside [name={name}]", points)
    second.fill(
        "aside details:has(h2:has-text('绩效自评')) [name=text]", "建成一条热处理示范线，订单两千万元，用户反馈良好。"
    )
    second.click("aside details:has(h2:has-text('绩效自评')) button")
    second.locator("text=已办理：绩效自评").wait_for()
    desk.press(second, "提交绩效自评")
    case.refresh_from_db()
    assert (case.state, case.evaluation["total"]) == ("closed", 89)
    assert second.locator("section:has(#self) .amount").inner_text() == "89 良"
    with second.expect_download() as download:
        second.goto(f"/cases/{case.pk}/decision/")
        second.click("a:has-text('下载公文')")
    assert download.value.suggested_filename.endswith(".docx")
    assert check.problems() == []
    closed(third)
