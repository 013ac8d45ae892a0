"""The main job in a browser: a question is answered with reasons; published is found, withdrawn is gone."""

from tests.journeys.market import FILM, NEED, publish, sign_in, until


def test_published_is_found_within_two_seconds_and_withdrawn_is_gone(page, second, people, follower):
    sign_in(page, "firm@example.com")
    publish(page, "needs", "铜排三个月就发黑", NEED)
    page.wait_for_url("**/matches/")
    matches = page.url
    assert page.locator(".hits", has_text="自组装").count() == 0

    school = second
    sign_in(school, "school@example.com")
    publish(school, "achievements", "铜及铜合金抗氧化自组装分子膜", FILM)
    school.wait_for_url("**/achievements/*/")
    assert until(page, matches, True, "自组装分子膜") < 2

    achievement = school.url
    school.locator("summary", has_text="撤下").click()
    school.locator("text=撤下后不再公开").wait_for()
    school.locator("button", has_text="确认撤下").click()
    school.locator(".chip", has_text="已撤下").first.wait_for()
    assert until(page, matches, False, "自组装分子膜") < 2
    page.expected.append(404)
    answer = page.goto(achievement)
    assert answer.status == 404
    assert page.locator("main a[href='/achievements/'], main a[href='/']").count() > 0


def test_a_need_shows_its_matches_at_once(page, second, people, follower):
    sign_in(second, "school@example.com")
    publish(second, "achievements", "铜及铜合金抗氧化自组装分子膜", FILM)
    second.wait_for_url("**/achievements/*/")
    until(page, "/search/?q=铜排抗氧化自组装分子膜", True, "自组装分子膜")
    sign_in(page, "firm@example.com")
    publish(page, "needs", "铜排三个月就发黑", NEED)
    page.wait_for_url("**/matches/")
    first = page.locator(".hit").first
    assert "自组装分子膜" in first.inner_text()
    assert first.locator("mark").count() > 0


def test_a_visitor_pastes_a_need_and_sees_reasons_and_facets(page, people, follower):
    sign_in(page, "school@example.com")
    publish(page, "achievements", "铜及铜合金抗氧化自组装分子膜", FILM)
    page.context.clear_cookies()
    page.goto("/")
    page.fill("textarea[name=q]", NEED)
    page.click("button:has-text('查找')")
    first = page.locator(".hit").first
    first.wait_for()
    assert "自组装分子膜" in first.inner_text()
    assert first.locator("mark").count() > 0
    assert "都说到" in first.inner_text()
    assert "大蒜切片" in page.locator(".hits").inner_text()
    page.locator(".facets label", has_text="新材料").locator("input").check()
    page.wait_for_url("**field=**")
    page.locator(".hit", has_text="大蒜切片").wait_for(state="detached")
    assert page.locator(".hit").count() == 1
    assert "自组装分子膜" in page.locator(".hit").inner_text()
