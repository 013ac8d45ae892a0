"""The whole way: a need nobody can phrase, written on a phone without a network, ends as a landed contract and a case.

Each part has a journey of its own with its refusals (test_visit, test_introduction, test_sales); here they are one, and
what one hands to the next is what is looked at.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.journeys.conftest import opened
from tests.journeys.desk import account, change_to, firm, leave, open_part, press
from tests.journeys.market import FILM, sign_in
from tests.journeys.test_introduction import act, invite_from_matches
from tests.journeys.test_sales import days_pass, done, fill, pdf, propose, published, signed, waits_for
from tests.journeys.test_sales import send as send_act
from tests.journeys.test_visit import NEED, PHONE, calm, ready, send
from triplehelix.board.funnel.stages import Span, figures
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings import actions as listings
from triplehelix.market.needs.models import Need
from triplehelix.procedure.cases import actions as cases
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.openings.models import Opening
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.parties.models import Organisation
from triplehelix.records.steps.actions import take


@pytest.fixture
def city(transactional_db):
    """A firm, a university with what answers its need, and everybody who handles it on the way."""
    account("manager@example.com", "邵知桥", "technology_manager")
    account("operator@example.com", "沈渡", "operator")
    account("city@example.com", "梁叙白", "city_officer")
    own, _clerk = firm(9401, "谷阳县示例铜业", "clerk@example.com")
    school, teacher = firm(9403, "示例理工大学", "school@example.com")
    Organisation.objects.filter(pk=own.pk).update(type="企业")
    Organisation.objects.filter(pk=school.pk).update(type="高等学校")
    now, award = timezone.now(), next(one for one in pack().awards if one.opened_by is not None)
    values = {"title": "铜及铜合金抗氧化自组装分子膜", "text": FILM, "field": "新材料", "trl": 7}
    film = listings.create(model=Achievement, organisation=school, values=values, actor=teacher, now=now)
    film = take(case=film, step="publish", actor=teacher, now=now, seen_version=film.version)
    today = timezone.localdate(now)
    cases.open_round(award_code=award.code, lane="quick", title="落地支持", year=today.year, opens_on=today,
                     closes_on=today + timedelta(days=30), actor=None, now=now)  # fmt: skip
    return {"firm": own, "school": school, "film": film}


def recorded(phone):
    """The card is filled in without a network and sent when it is back."""
    sign_in(phone, "clerk@example.com")
    ready(phone)
    phone.context.set_offline(True)
    phone.reload()
    for name, said in NEED.items():
        phone.fill(f"[name={name}]", said)
    phone.select_option("[name=field]", "新材料")
    phone.check("[name=hand_in]")
    send(phone)
    phone.locator("h2:has-text('待发送 1 条')").wait_for()
    assert not Need.objects.exists()
    phone.context.set_offline(False)
    phone.locator(".outbox h2:has-text('已送达')").wait_for()
    return Need.objects.get()


def triaged(manager, need):
    sign_in(manager, "manager@example.com")
    waits_for(manager, "/diagnosis/", need.title)
    manager.click(f"a:has-text('{need.title}')")
    manager.click("button:has-text('我来会诊')")
    done(manager, "我来会诊")
    manager.check("[name=outcome][value=ready]")
    manager.fill("[name=reason]", "指标清楚，有单位做过同类处理")
    manager.click("button:has-text('作出结论')")
    done(manager, "可对接")


def agreed(phone, school, need, film):
    """Invited from the matches, accepted, talked about, and one version of the terms accepted by both."""
    phone.goto(f"/needs/{need.pk}/")
    phone.locator(".chip:has-text('可对接')").wait_for()
    invite_from_matches(phone, {"need": need}, film.title, "可以先寄二十件样")
    one = phone.url
    sign_in(school, "school@example.com")
    school.goto(one)
    act(school, "接受引荐")
    part = open_part(school, "登记洽谈、考察")
    part.locator("[name=held_on]").fill(str(timezone.localdate()))
    part.locator("[name=people]").fill("企业：品质部；学校：课题组")
    part.locator("[name=notes]").fill("样件盐雾合格")
    part.locator("button").click()
    done(school, "登记洽谈、考察")
    school.goto(one + "room/")
    school.select_option("[name=mode]", "许可")
    school.fill("[name=price_wan]", "90")
    school.select_option("[name=structure]", "fixed")
    school.fill("[name=rights]", "学校所有，企业在本省独占实施五年")
    school.fill("[name=delivery]", "两个月内交工艺文件，按 240 小时盐雾验收")
    school.click("button:has-text('提出条款')")
    school.locator("h2:has-text('第 1 版条款')").wait_for()
    phone.goto(one + "room/")
    phone.click("button:has-text('接受第 1 版')")
    phone.locator("text=条款已谈定，不再改动").wait_for()
    phone.click("a:has-text('开始交易')")
    phone.click("button:has-text('按谈定的条款开始交易')")
    phone.locator("text=现在没有要您办的").wait_for()
    return need.sales.get()


def registered(school, office, sale, city):
    """Rights, the notice of the agreed price, its days, the contract, its registration."""
    day = f"{timezone.localdate():%Y-%m-%d}"
    school.goto(f"/sales/{sale.pk}/")
    fill(school, "rights", name_1=city["school"].name, uscc_1=city["school"].uscc, secrecy="open",
         secrecy_document="密审〔2026〕3号", export="home")  # fmt: skip
    send_act(school, "rights", "保存权属核查")
    done(school, "权属核查")
    sign_in(office, "operator@example.com")
    office.goto(f"/sales/{sale.pk}/")
    press(office, "权属核查通过")
    school.reload()
    propose(school, day)
    published(office, sale)
    days_pass()
    school.goto(f"/sales/{sale.pk}/")
    signed(school, "900000")
    done(school, "登记技术合同")
    send_act(school, "submit", "提交登记")
    done(school, "提交合同认定登记")
    change_to(office, "city@example.com")
    office.goto(f"/sales/{sale.pk}/")
    number = f"{timezone.localdate().year}-371500-000123"
    fill(office, "register", number=number, decided_on=day, file=pdf("登记证明"))
    send_act(office, "register", "登记认定结果")
    done(office, "登记认定")


def test_from_a_phone_without_network_to_the_support_of_a_landed_contract(page, second, city, follower, chromium,
                                                                           live_server):  # fmt: skip
    phone = opened(chromium, live_server, **PHONE)
    need = recorded(phone)
    triaged(second, need)
    sale = agreed(phone, page, need, city["film"])
    assert (sale.buyer, sale.seller, sale.need, sale.price_fen) == (city["firm"], city["school"], need, 90_000_000)
    leave(second)
    registered(page, second, sale, city)

    # 30 % arrives: settled as far as the setting asks, landed, and the case of the support is there by itself.
    page.goto(f"/sales/{sale.pk}/")
    fill(page, "money", amount="270000", number="回单 1", file=pdf("银行回单"))
    send_act(page, "money", "登记")
    done(page, "登记到账、退款")
    sale.refresh_from_db()
    assert sale.landed_on == timezone.localdate()
    waits_for(phone, "/cases/", "M5.1")
    phone.goto(f"/openings/{Opening.objects.get().pk}/")
    phone.click("text=办件 M")
    phone.wait_for_url("**/cases/*/**")
    assert "900,000.00 元" in phone.locator(".facts").inner_text()
    case = Case.objects.get()
    assert (case.organisation, case.state) == (city["firm"], "draft")

    # The funnel counts one of everything, and each number opens what is behind it.
    today = timezone.localdate()
    assert [one.reached for one in figures(Span(today, today))] == [1] * 7
    second.goto("/funnel/")
    second.click("tr:has-text('成功落地') td:last-child a")
    second.click(f"main a:has-text('{city['film'].title}')")
    second.wait_for_url(f"**/sales/{sale.pk}/")
    calm(phone)
