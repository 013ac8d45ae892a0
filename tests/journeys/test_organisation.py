"""What is registered of a firm: its clerk says whom to call, its county corrects the rest; and how one ends."""

from django.utils import timezone

from tests.journeys.conftest import closed, opened
from tests.journeys.desk import account, firm
from tests.journeys.looking import look
from tests.journeys.market import sign_in
from tests.market.test_flow import published
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Organisation

PHONE = {"viewport": {"width": 390, "height": 844}}


def test_the_card_of_a_firm(page, chromium, live_server, transactional_db):
    own, _clerk = firm(9301, "谷阳县示例轴承厂", "clerk@example.com")
    account("county@example.com", "宁知远", "county_officer", "371521")
    card = f"/organisations/{own.pk}/"

    phone = opened(chromium, live_server, **PHONE)
    sign_in(phone, "clerk@example.com")
    phone.goto("/account/")
    phone.click("a:has-text('谷阳县示例轴承厂')")
    phone.click("text=修改联系人和简介")
    phone.fill("[name=contact_name]", "管彤辉")
    phone.fill("[name=contact_phone]", "0635-8400123")
    phone.click("button:has-text('保存')")
    phone.locator(".facts:has-text('0635-8400123')").wait_for()
    look(phone, card, card + "edit/")

    page.expected = [422]
    sign_in(page, "county@example.com")
    page.goto("/organisations/")
    page.click("a:has-text('谷阳县示例轴承厂')")
    page.click("text=更正资料")
    page.select_option("[name=type]", "企业")
    page.check("text=高新技术企业")
    page.click("button:has-text('保存')")
    page.locator(".errorlist:has-text('请写明依据')").wait_for()
    page.fill("[name=why]", "省高新技术企业认定公告")
    page.click("button:has-text('保存')")
    page.locator(".facts:has-text('高新技术企业')").wait_for()
    page.select_option("[name=chain]", "LC05")
    page.fill("[name=since]", "2026-01-01")
    page.click("button:has-text('列入产业链')")
    page.locator("aside li:has-text('高端轴承')").wait_for()
    look(page, card, card + "edit/", "/organisations/new/", "/organisations/")
    now = Organisation.objects.get()
    assert (now.type, now.flags, now.contact_phone) == ("企业", ["高新技术企业"], "0635-8400123")

    phone.goto(card)
    phone.locator("text=省高新技术企业认定公告").wait_for()
    closed(phone)


def test_one_firm_goes_on_with_what_another_had(page, chromium, live_server, transactional_db):
    old, old_clerk = firm(9301, "谷阳县示例轴承厂", "clerk@example.com")
    heir, _clerk = firm(9302, "谷阳县示例精工有限公司", "heir@example.com")
    need = published(old_clerk, old, title="轴承套圈淬火开裂")
    account("county@example.com", "宁知远", "county_officer", "371521")
    card = f"/organisations/{old.pk}/"

    page.expected = [422]
    sign_in(page, "county@example.com")
    page.goto(card)
    page.click("text=合并、换码、注销")
    page.select_option("[name=ending]", "merged")
    page.fill("[name=successor]", "没有这样一家公司")
    page.fill("[name=on]", timezone.localdate().isoformat())
    page.fill("[name=document]", "准予合并登记通知书〔2026〕第118号")
    page.click("main button:has-text('登记')")
    page.locator(".errorlist:has-text('没有找到这个单位')").wait_for()
    look(page, card + "end/")
    page.goto(card + "end/")
    page.select_option("[name=ending]", "merged")
    page.fill("[name=successor]", heir.uscc)
    page.fill("[name=on]", timezone.localdate().isoformat())
    page.fill("[name=document]", "准予合并登记通知书〔2026〕第118号")
    page.click("main button:has-text('登记')")
    page.locator("text=它的事项由谷阳县示例精工有限公司").wait_for()
    look(page, card, card + "end/undo/", f"/organisations/{heir.pk}/", "/organisations/")

    phone = opened(chromium, live_server, **PHONE)
    sign_in(phone, "heir@example.com")
    phone.goto("/mine/needs/")
    phone.click("a:has-text('轴承套圈淬火开裂')")
    phone.locator("text=现由谷阳县示例精工有限公司承继").wait_for()
    look(phone, f"/needs/{need.pk}/")
    closed(phone)

    page.goto(card + "end/undo/")
    page.fill("[name=why]", "登记错了单位")
    page.click("main button:has-text('撤销')")
    page.locator("a:has-text('合并、换码、注销')").wait_for()
    assert Organisation.objects.get(pk=old.pk).ending == ""


def test_a_person_works_elsewhere_by_now(page, chromium, live_server, transactional_db):
    old, clerk = firm(9301, "谷阳县示例轴承厂", "clerk@example.com")
    home, _clerk = firm(9302, "谷阳县示例精工有限公司", "home@example.com")
    account("county@example.com", "宁知远", "county_officer", "371521")
    who = parties.register_person(name="容止戈", home=old, title="高级工程师", actor=clerk, now=timezone.now())

    page.expected = [422]
    sign_in(page, "county@example.com")
    page.goto("/people/")
    page.click("a:has-text('容止戈')")
    page.click("text=到了另一个单位")
    page.fill("[name=home]", home.uscc)
    page.fill("[name=last_day]", timezone.localdate().isoformat())
    page.click("button:has-text('登记调动')")
    page.locator("#move ~ details .errorlist").first.wait_for()
    page.fill("[name=why]", "聘用合同")
    page.click("button:has-text('登记调动')")
    page.locator("text=已登记调动：容止戈").wait_for()
    look(page, f"/people/{who.pk}/")
    page.goto(f"/people/{who.pk}/")
    page.locator("#move ~ ul:has-text('谷阳县示例轴承厂')").wait_for()

    phone = opened(chromium, live_server, **PHONE)
    sign_in(phone, "home@example.com")
    phone.goto("/people/")
    phone.locator("a:has-text('容止戈')").wait_for()
    closed(phone)
