"""Short words for the market's journeys: organisations and people with a password, and what they do on a page."""

import time

from django.utils import timezone

from tests.market.conftest import SINCE
from tests.market.sheets import code
from triplehelix.records.parties import actions as parties

PASSWORD = "shui-cheng-2026"
NEED = (
    "开关柜用铜排镀锡后放三个月表面发黑，接触电阻由 8 微欧升到 21 微欧。试过加厚镀层和含铬钝化，前者成本高，"
    "后者出口客户不收。希望不含铬的处理，中性盐雾 240 小时不变色。"
)
FILM = (
    "在铜及铜合金表面浸渍形成致密的自组装分子膜，隔绝水氧，抗氧化防变色；不含铬，中性盐雾 300 小时不变色，接触电阻"
    "增加不超过 3%，已在两家母线厂试用。"
)
OTHERS = {
    "大蒜切片低温联合干燥": "热泵与微波联合干燥，蒜素保留率由 62% 提到 88%，能耗降低三成，已在一条年产千吨的产线运行。",
    "轴承套圈滚道视觉检测": "线阵相机配合环形光源，检出 0.05 毫米的划伤和磕碰，节拍每件 1.2 秒，误检率低于 0.5%。",
    "混凝土余浆水回用装置": "压滤与碱度调节结合，余浆水回用率达到 95%，抗压强度不降低，一座搅拌站每年少排两千吨。",
}


def organisation(number, name, type):
    now = timezone.now()
    made = parties.register_organisation(uscc=code(number), name=name, type=type, region="371502", actor=None, now=now)
    return parties.confirm_organisation(organisation=made, actor=None, now=now)


def person(email, where):
    now = timezone.now()
    who = parties.create_account(email=email, name=email.split("@")[0], password=PASSWORD, actor=None, now=now)
    parties.add_member(account=who, organisation=where, role="admin", since=SINCE, actor=None, now=now)
    return who


def sign_in(page, email):
    page.goto("/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/todo/")


def publish(page, kind, title, text):
    page.goto(f"/{kind}/new/")
    page.fill("[name=title]", title)
    page.fill("[name=text]", text)
    page.select_option("[name=field]", "新材料")
    page.click("button[name=publish]")


def until(page, address, there, text):
    """Reload until the text is there (or gone). Answers the seconds until it was asked for; fails when a page asked for
    two seconds or more after the start does not have it, however slowly the pages themselves come."""
    start, asked = time.monotonic(), 0.0
    while asked < 2:
        asked = time.monotonic() - start
        page.goto(address)
        if (page.locator(".hits", has_text=text).count() > 0) is there:
            return asked
    raise AssertionError(f"{text} {'not found' if there else 'still there'} after two seconds")
