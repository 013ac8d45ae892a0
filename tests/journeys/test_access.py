"""Pages for everybody: no axe violations, nothing broken, no sideways scrolling, usable by keyboard, printable."""

import re

import pytest

from tests.journeys.looking import look
from tests.journeys.market import FILM, publish, sign_in, until

PUBLIC = [
    *("/", "/search/?q=铜排发黑", "/needs/", "/achievements/"),
    *("/accounts/login/", "/accounts/signup/", "/styleguide"),
    *("/measures/", "/measures/M3.2/", "/awards/M5.3/", "/awards/M3.2-provincial/"),
    "/awards/M5.4/?above_scale=true&accurate=true&rd_expense_yuan=3000000&reported_before=true",
    "/awards/M5.4/?above_scale=true&accurate=true&rd_expense_yuan=3000000&reported_before=false",
]
OWN = [
    *("/todo/", "/needs/new/", "/achievements/new/", "/mine/achievements/"),
    *("/imports/", "/imports/new/needs/", "/account/"),
]


def test_public_pages(page, people, follower):
    look(page, *PUBLIC)


def test_pages_of_a_member(page, people, follower):
    sign_in(page, "school@example.com")
    publish(page, "achievements", "铜及铜合金抗氧化自组装分子膜", FILM)
    page.wait_for_url("**/achievements/*/")
    own = page.url
    look(page, own, own + "edit/", own + "matches/", *OWN)


def test_search_by_keyboard_alone(page, people, follower):
    sign_in(page, "school@example.com")
    publish(page, "achievements", "铜及铜合金抗氧化自组装分子膜", FILM)
    page.goto("/")
    page.locator("textarea[name=q]").focus()
    page.keyboard.type("铜排表面发黑怎么办")
    while page.evaluate("document.activeElement.innerText || ''").strip() != "查找":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".hit").first.wait_for()


def test_a_condition_keeps_the_focus_and_tells_what_it_left(page, people, follower):
    """What is swapped in takes the place of what had the focus: with a keyboard one would begin at the top again, and
    who does not see the page would not know that anything has changed."""
    until(page, "/search/?q=轴承套圈滚道的划伤怎么检出", True, "轴承套圈")
    box = page.locator("#field-先进制造")
    box.focus()
    with page.expect_response(lambda answer: "/search/" in answer.url):
        page.keyboard.press("Space")
    page.locator("#heard", has_text=re.compile("项成果|没有找到")).wait_for(state="attached")
    assert page.evaluate("document.activeElement.id") == "field-先进制造"
    assert page.locator("#field-先进制造").is_checked() and "field=" in page.url
    page.goto("/achievements/")
    page.locator("#rows .table").wait_for()
    page.locator("main input[name=q]").fill("大蒜")
    page.keyboard.press("Enter")
    page.locator("#heard", has_text="共 1").wait_for(state="attached")


def tab_to(page, selector):
    """Press Tab until it is reached; a page has no more to reach than this."""
    for _n in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("one => document.activeElement.matches(one)", selector):
            return
    raise AssertionError(f"{selector} is not reached by keyboard")


def test_a_need_is_written_mended_and_published_by_keyboard_alone(page, people, follower):
    """From the first field to the matches, with a mistake on the way: the focus lands on what is wrong, and from there
    a link leads to the field."""
    sign_in(page, "firm@example.com")
    page.goto("/needs/new/")
    tab_to(page, "[name=title]")
    page.keyboard.type("铜排三个月就发黑")
    tab_to(page, "button[name=publish]")
    page.keyboard.press("Enter")
    page.locator("[role=alert]:focus").wait_for()
    page.expected.append(422)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('[role=alert]') !== null")
    page.keyboard.press("Enter")
    page.locator(":is(input, select, textarea):focus").wait_for()
    wrong = page.evaluate("document.activeElement.getAttribute('aria-describedby').split(' ').pop()")
    assert page.locator(f"#{wrong}").is_visible()
    assert page.input_value("[name=title]") == "铜排三个月就发黑"


def test_print_leaves_the_navigation_out(page, people, follower):
    page.goto("/needs/")
    page.emulate_media(media="print")
    assert not page.locator("nav").first.is_visible()


def test_print_leaves_out_what_only_a_screen_can_do(page, people, follower):
    sign_in(page, "school@example.com")
    publish(page, "achievements", "铜及铜合金抗氧化自组装分子膜", FILM)
    page.wait_for_url("**/achievements/*/")
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    empty = [one for one in page.locator("main textarea, main input, main button").all() if one.is_visible()]
    assert empty == [], "empty fields and buttons on paper"


def test_pages_in_english_fit_a_phone(page, people, follower):
    """English words are longer, and a line that may not break is as wide as all of them."""
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto("/")
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": page.url}])
    for address in [*PUBLIC, "/funnel/", "/finance/", "/market/", "/notices/", "/roadshows/", "/experts/", "/lists/"]:
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == "en"
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, f"{address}: {wide}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_head_fits_in_either_language(page, people, follower, language):
    sign_in(page, "school@example.com")
    page.goto("/todo/")
    if language == "en":
        page.click("summary:has-text('显示')")
        page.click("button:has-text('English')")
        page.locator("html[lang=en]").wait_for()
    for width in (360, 768, 1024, 1160, 1280, 1440, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{language} scrolls at {width}"
        head = page.locator("header.site").bounding_box()
        assert head is not None and head["height"] < 80, f"{language}: the head takes two lines at {width}"
