"""What people paste: pages, emoji, English, code. Nothing breaks, and the answer says what to do."""

import pytest

from tests.journeys.market import FILM, publish, sign_in


@pytest.fixture
def film(page, people, follower):
    sign_in(page, "school@example.com")
    publish(page, "achievements", "铜及铜合金抗氧化自组装分子膜", FILM)
    page.wait_for_url("**/achievements/*/")
    page.context.clear_cookies()


def ask(page, question):
    page.goto("/")
    page.fill("textarea[name=q]", question)
    page.click("button:has-text('查找')")
    page.wait_for_url("**/search/**")


def test_an_english_question_finds_a_chinese_achievement(page, film):
    ask(page, "anti-oxidation self-assembled film on copper busbar surface, chromium free")
    assert "自组装分子膜" in page.locator(".hits, .nearby, main").first.inner_text()


def test_a_page_of_twenty_thousand_characters(page, film):
    ask(page, ("铜排表面三个月就发黑，接触电阻升高，想要不含铬的抗氧化处理。" * 800)[:20_000])
    assert "自组装分子膜" in page.locator("main").inner_text()


SIGNS = ["🙂🔧🧪", "' OR 1=1; DROP TABLE parties_account; --", "<script>alert(1)</script><img src=x onerror=y>"]


@pytest.mark.parametrize("question", SIGNS)
def test_signs_and_code_are_only_text(page, film, question):
    ask(page, question)
    assert page.locator("textarea[name=q]").input_value() == question
    assert page.locator("main").inner_text()


def test_an_empty_question_says_what_to_write(page, film):
    page.goto("/search/?q=")
    assert "请写一句话" in page.locator("main").inner_text()
