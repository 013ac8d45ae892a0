"""What happens after the fact, in the browser: a year that is over, a panel that changes after the draw, a refund after
a support was applied for."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cases.city import City, uscc
from tests.cases.test_panels import drawn
from tests.cases.words import applied, to_review
from tests.contracts.words import WAN, Market
from tests.journeys import desk
from tests.journeys.looking import look
from tests.journeys.market import sign_in
from tests.openings.test_openings import accepted, landed, round_of
from triplehelix.fund import actions as fund
from triplehelix.fund import check
from triplehelix.fund.models import Pool, Purse
from triplehelix.procedure.cases import actions as cases
from triplehelix.procedure.openings import actions as openings
from triplehelix.procedure.panels.models import Seat
from triplehelix.procedure.terms import actions as terms
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Person
from triplehelix.records.trail import followers


def test_a_year_is_carried_over_closed_and_closed_again(page, transactional_db):
    now, this = timezone.now(), timezone.localdate().year
    payee, _member = desk.firm(1, "澄湖精密轴承有限公司", "firm@example.com")
    desk.account("finance@example.com", "财政局资金科", "finance_officer")
    fund.appropriate(year=this - 1, document="澄财教指〔去年〕1号", amount_fen=900 * WAN, actor=None, now=now)
    last = now - timedelta(days=366)
    talent, research = (
        fund.open_purse(year=this - 1, use=use, amount_fen=400 * WAN, actor=None, now=last)
        for use in ("talent", "research")
    )
    promised = fund.commit(
        purse=research, rule="M3.1", payee=payee, subject="项目尾款", year=this - 1, amount_fen=400 * WAN, actor=None,
        now=last,
    )  # fmt: skip
    desk.money()
    page.expected = [422]
    sign_in(page, "finance@example.com")
    page.goto("/fund/")
    page.click("a:has-text('年终结转和关账')")
    assert "澄湖精密轴承有限公司" in page.locator("section:has(#promised)").inner_text()
    assert "可结转" in page.locator(f"tr:has-text('{talent}')").inner_text()
    page.select_option("[name=carry-purse]", str(talent.pk))
    page.click("button:has-text('结转到下一年')")
    page.locator(f"text=400 万元 已结转到“{this} 人才引进（{this - 1} 结转）”").wait_for()
    assert "余额已结转" in page.locator(f"tr:has-text('{talent}')").inner_text()
    pool = Pool.objects.get(year=this - 1)
    page.select_option("[name=close-pool]", str(pool.pk))
    page.click("button:has-text('关账，余额交回国库')")
    page.locator("#id_close-sure_error, .errorlist").first.wait_for()
    page.check("[name=close-sure]")
    page.click("button:has-text('关账，余额交回国库')")
    page.locator(f"text={this - 1} 年度已关账，交回国库 100 万元").wait_for()
    page.locator("text=没有要结转或关账的年度").wait_for()
    fund.release(commitment=promised, actor=None, now=now, why="项目终止")
    look(page, "/fund/year-end/")
    assert "关账后又有余额" in page.locator(f"tr:has-text('{research}')").inner_text()
    page.select_option("[name=close-pool]", str(pool.pk))
    page.check("[name=close-sure]")
    page.click("button:has-text('关账，余额交回国库')")
    page.locator("text=交回国库 400 万元").wait_for()
    assert "余额已交回国库" in page.locator(f"tr:has-text('{research}')").inner_text()
    assert Purse.objects.get(origin_year=this - 1, year=this).free == 400 * WAN
    assert check.problems() == []


@pytest.fixture
def review(transactional_db):
    """A round with one case and its panel drawn; eighteen experts of six institutes."""
    now, today = timezone.now(), timezone.localdate()
    city = City(
        clerk=desk.account("city@example.com", "梁经办", "city_officer"), finance=None,
        county=desk.account("county@example.com", "县里", "county_officer", "371521"), auditor=None, parties=parties,
        since=desk.SINCE, now=now,
    )  # fmt: skip
    for n in range(6):
        home = parties.register_organisation(uscc=uscc(500 + n), name=f"第{n}研究所", region="", actor=None, now=now)
        parties.confirm_organisation(organisation=home, actor=None, now=now)
        for k in range(3):
            person = parties.register_person(
                name=f"专家{n}{k}", home=home, title="教授", discipline="机械工程", actor=None, now=now
            )
            account = desk.account(f"e{n}{k}@example.com", person.name)
            parties.claim_person(person=person, account=account, actor=None, now=now)
    terms.settle(
        code="city_grant_most", value="500000", since=today.replace(month=1, day=1), document="聊科字〔2026〕3号",
        actor=city.clerk, now=now,
    )  # fmt: skip
    round = cases.open_round(
        award_code="M3.2-city-grant", lane="ordinary", title="市重点研发计划", year=today.year, opens_on=today,
        closes_on=today + timedelta(days=30), actor=city.clerk, now=now,
    )  # fmt: skip
    first, member = applied(city, round)
    to_review(city, first, member)
    return city, round, first, drawn(city, round)


def test_a_panel_changes_after_the_draw(page, second, review):
    city, round, first, panel = review
    gone, tied = panel.seats.select_related("expert__account", "expert__home").order_by("pk")[:2]
    second.expected = page.expected = [422]
    # An expert withdraws, and is asked why.
    sign_in(second, gone.expert.account.email)
    second.goto("/reviews/")
    second.click("a:has-text('去评分')")
    second.fill("[name=reason]", "回避")
    second.click("button:has-text('回避这一项')")
    second.locator("text=请写明回避的原因").first.wait_for()
    second.fill("[name=reason]", "去年与申报单位一起投过同一个项目的标")
    second.click("button:has-text('回避这一项')")
    second.locator("text=已登记回避，这一项不用您评了").wait_for()
    assert "已回避或作废" in second.locator("main").inner_text()
    # A second case is checked only now; another expert has a namesake, and a tie.
    other, member = applied(city, round, title="齿轮低噪声修形", leader="吴工")
    to_review(city, other, member)
    away = Person.objects.exclude(home=tied.expert.home).exclude(pk=gone.expert_id).order_by("-pk").first()
    Person.objects.filter(pk=away.pk).update(name=tied.expert.name)
    sign_in(page, "city@example.com")
    page.goto("/ties/")
    page.select_option("[name=kind]", "interest.shareholding")
    page.fill("[name=one]", tied.expert.name)
    page.fill("[name=other]", first.organisation.name)
    page.fill("[name=since]", (timezone.localdate() - timedelta(days=90)).isoformat())
    page.fill("[name=source]", "工商登记")
    page.click("aside button:has-text('登记')")
    page.locator(f"text=有几位“{tied.expert.name}”，请写成“姓名/单位全称”").first.wait_for()
    page.fill("[name=one]", f"{tied.expert.name}/{tied.expert.home.name}")
    page.click("aside button:has-text('登记')")
    page.locator("text=已登记").first.wait_for()
    look(page, f"/rounds/{round.pk}/panel/")
    said = page.locator("main").inner_text()
    assert f"{tied.expert.name}（{tied.expert.home.name}）对 {first.number} 的评分不再计入" in said
    assert "专家主动回避：去年与申报单位一起投过同一个项目的标" in said
    assert f"抽取之后进入评审、还没有专家的办件：{other.number}" in said
    page.click("button:has-text('按同样的规则补抽专家')")
    page.locator(f"text=补抽的种子：{other.number}").wait_for()
    for n, why in enumerate(("主动回避", "应当回避")):
        page.click(f"tr:has-text('{why}') button:text-is('补抽')")
        page.locator(f"dt:text-is('更换一位专家的种子：{first.number}') >> nth={n}").wait_for()
    assert "不再计入" not in page.locator("main").inner_text()
    assert page.locator("button:text-is('补抽')").count() == 0, "everybody has their experts"
    seats = Seat.objects.filter(panel=panel)
    assert seats.filter(case=first, void="").count() == seats.filter(case=other, void="").count() == 5
    # Who was drawn in somebody's place finds the case on their desk.
    substitute = seats.filter(case=first).order_by("-pk").select_related("expert__account").first()
    desk.change_to(second, substitute.expert.account.email)
    second.goto("/reviews/")
    second.locator("a:has-text('去评分')").first.wait_for()


def test_a_refund_after_the_application_is_seen_by_the_firm_and_the_clerk(page, second, transactional_db):
    buyer, clerk = desk.firm(9302, "谷阳县示例轴承厂", "firm@example.com")
    buyer.refresh_from_db()  # confirmed
    market = Market(officer=desk.account("city@example.com", "梁叙白", "city_officer"), clerk=clerk, firm=buyer)
    sale = landed(market)
    round_of(market.now)
    openings.look_at(sale=sale.pk, now=market.now)
    opening = sale.openings.get()
    accepted(market, opening.case)
    market.pay(sale, 20 * WAN, way="out", reason="中试没有达到指标，退回一部分")
    followers.drain("openings")
    sign_in(second, "firm@example.com")
    second.goto("/openings/?state=doubtful")
    second.click("main table a")
    look(second, f"/openings/{opening.pk}/")
    changed = second.locator("section:has(#changed)").inner_text()
    assert "400,000" in changed.replace("40 万元", "400,000") and "200,000" in changed.replace("20 万元", "200,000")
    second.locator("text=退款凭证").wait_for()
    sign_in(page, "city@example.com")
    page.click("section:has(h2:has-text('成功落地')) a:has-text('铜排防变色钝化工艺')")
    page.click("main a.button:has-text('办件')")
    page.locator("text=依据有变").first.wait_for()
    desk.press(page, "核对不通过", "退款后到账不到三成，不再符合落地条件")
    followers.drain("openings")
    second.reload()
    second.locator(".chip:has-text('已撤回')").first.wait_for()
