"""What is registered of a firm: its clerk says on a phone whom to call, its county corrects the rest."""

from tests.journeys.conftest import closed, opened
from tests.journeys.desk import account, firm
from tests.journeys.looking import look
from tests.journeys.test_main_job import sign_in
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
