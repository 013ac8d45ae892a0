"""Pages for everybody: no axe violations, nothing broken, no sideways scrolling, usable by keyboard, printable."""

import pytest

from tests.journeys.looking import look
from tests.journeys.test_main_job import FILM, people, publish, sign_in  # noqa: F401 - a fixture

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


def test_public_pages(page, people, follower):  # noqa: F811
    look(page, *PUBLIC)


def test_pages_of_a_member(page, people, follower):  # noqa: F811
    sign_in(page, "school@example.com")
    publish(page, "achievements", "铜及铜合金抗氧化自组装分子膜", FILM)
    page.wait_for_url("**/achievements/*/")
    own = page.url
    look(page, own, own + "edit/", own + "matches/", *OWN)


def test_search_by_keyboard_alone(page, people, follower):  # noqa: F811
    sign_in(page, "school@example.com")
    publish(page, "achievements", "铜及铜合金抗氧化自组装分子膜", FILM)
    page.goto("/")
    page.locator("textarea[name=q]").focus()
    page.keyboard.type("铜排表面发黑怎么办")
    while page.evaluate("document.activeElement.innerText || ''").strip() != "查找":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".hit").first.wait_for()


def test_print_leaves_the_navigation_out(page, people, follower):  # noqa: F811
    page.goto("/needs/")
    page.emulate_media(media="print")
    assert not page.locator("nav").first.is_visible()


def test_print_leaves_out_what_only_a_screen_can_do(page, people, follower):  # noqa: F811
    sign_in(page, "school@example.com")
    publish(page, "achievements", "铜及铜合金抗氧化自组装分子膜", FILM)
    page.wait_for_url("**/achievements/*/")
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    empty = [one for one in page.locator("main textarea, main input, main button").all() if one.is_visible()]
    assert empty == [], "empty fields and buttons on paper"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_head_fits_in_either_language(page, people, follower, language):  # noqa: F811
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
