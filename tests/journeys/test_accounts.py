"""People come in: sign up, join an organisation, a county vouches, they publish; lock-out, second factor, languages."""

import re

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.sessions.models import Session
from django.core import mail
from django.utils import timezone

from tests.journeys.market import NEED, PASSWORD, SINCE, organisation, person, sign_in
from triplehelix.market.needs.models import Need
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import actions as parties

NEW = "new@example.com"


def appointed(email, role, unit=""):
    now = timezone.now()
    who = parties.create_account(email=email, name=email.split("@")[0], password=PASSWORD, actor=None, now=now)
    parties.appoint(account=who, role=role, unit=unit, since=SINCE, actor=None, now=now)
    return who


def letter_to(address):
    """The last message to an address, whether it still waits or was sent."""
    found = Message.objects.filter(to=address).order_by("-pk").first()
    return found.body if found else next(m.body for m in reversed(mail.outbox) if address in m.to)


def sign_up(page):
    page.goto("/accounts/signup/")
    page.fill("[name=email]", NEW)
    for name in ("password1", "password2"):
        page.fill(f"[name={name}]", PASSWORD)
    if page.locator("[name=name]").count():
        page.fill("[name=name]", "新来的")
    page.press("[name=password2]", "Enter")
    page.wait_for_url("**/confirm-email/")
    link = re.search(r"https?://[^\s]+/accounts/confirm-email/[^\s]+", letter_to(NEW)).group()
    page.goto(re.sub(r"^https?://[^/]+", "", link))
    page.locator("main button").first.click()
    page.wait_for_load_state()


def test_from_sign_up_to_a_published_need(page, second, transactional_db):
    firm = organisation(8100, "示例铜业", "企业")
    firm.unit = "371502"
    firm.save()
    appointed("county@example.com", "county_officer", "371502")
    sign_up(page)
    if "/accounts/login/" in page.url or page.locator("text=退出登录").count() == 0:
        sign_in(page, NEW)
    page.goto("/account/")
    page.fill("[name=uscc]", firm.uscc)
    page.fill("#id_name", firm.name)
    page.click("button:has-text('提交核实')")
    page.locator("text=等待主管部门同意").wait_for()
    page.expected.append(403)
    page.goto("/needs/new/")
    assert page.locator("[name=title]").count() == 0

    sign_in(second, "county@example.com")
    second.locator("li", has_text=NEW).locator("button:has-text('同意')").first.click()
    second.locator("text=已办理").wait_for()

    page.goto("/needs/new/")
    page.fill("[name=title]", "铜排三个月就发黑")
    page.fill("[name=text]", NEED)
    page.select_option("[name=field]", "新材料")
    page.click("button[name=publish]")
    page.wait_for_url("**/matches/")
    assert Need.objects.get().state == "published"


def test_wrong_passwords_lock_the_account_for_a_while(page, transactional_db):
    person("firm@example.com", organisation(8101, "示例厂", "企业"))
    page.expected += [429]
    for _n in range(6):
        page.goto("/accounts/login/")
        page.fill("[name=login]", "firm@example.com")
        page.fill("[name=password]", "wrong-password-1")
        page.press("[name=password]", "Enter")
        page.wait_for_load_state()
    said = page.locator("main").inner_text()
    assert re.search("太多|稍后|分钟", said), said
    page.goto("/accounts/login/")
    page.fill("[name=login]", "firm@example.com")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_load_state()
    assert "/todo/" not in page.url


def test_a_second_factor(page, second, transactional_db):
    def code(secret):
        return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))

    person("firm@example.com", organisation(8102, "示例厂", "企业"))
    sign_in(page, "firm@example.com")
    page.goto("/accounts/2fa/totp/activate/")
    if page.locator("[name=password]").count():
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_load_state()
    secret = page.locator("main").inner_text()
    secret = re.search(r"\b[A-Z2-7]{32}\b", secret + page.content()).group()
    page.fill("[name=code]", code(secret))
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/2fa/**")

    second.goto("/accounts/login/")
    second.fill("[name=login]", "firm@example.com")
    second.fill("[name=password]", PASSWORD)
    second.press("[name=password]", "Enter")
    second.wait_for_url("**/2fa/authenticate/")
    second.fill("[name=code]", "000000")
    second.press("[name=code]", "Enter")
    second.wait_for_load_state()
    assert "/2fa/authenticate/" in second.url


def test_the_language_can_be_changed_and_back(page, transactional_db):
    page.goto("/")
    page.locator("summary", has_text="显示").click()
    page.locator("button[name=language][value=en]").click()
    page.locator("nav >> text=Sign in").wait_for()
    assert page.locator("html").get_attribute("lang") == "en"
    for address in ("/", "/needs/", "/measures/", "/accounts/login/"):
        page.goto(address)
        words = page.locator("nav.menu").inner_text().replace("简体中文", "")
        assert not re.search("[\u4e00-\u9fff]", words), words
    page.locator("summary", has_text="Display").click()
    page.locator("button[name=language][value=zh-hans]").click()
    page.locator("nav >> text=登录").wait_for()


def test_a_session_that_ends_in_the_middle_of_a_form(page, transactional_db):
    person("firm@example.com", organisation(8103, "示例厂", "企业"))
    sign_in(page, "firm@example.com")
    page.goto("/needs/new/")
    page.fill("[name=title]", "写了半小时的标题")
    page.fill("[name=text]", NEED)
    page.select_option("[name=field]", "新材料")
    Session.objects.all().delete()
    page.click("button[name=publish]")
    page.wait_for_url("**/accounts/login/**")
    page.fill("[name=login]", "firm@example.com")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/needs/new/")
    assert page.locator("[name=title]").input_value() == "写了半小时的标题"
    assert page.locator("[name=text]").input_value() == NEED
