"""A form that saves itself is sent while its own saving is under way: one press, and nothing of it is refused."""

from tests.cases import city as words
from tests.journeys.market import sign_in
from tests.journeys.test_by_decision import people
from triplehelix.procedure.cases.models import Case

__all__ = ["people"]

SLOW = {"offline": False, "latency": 2000, "downloadThroughput": -1, "uploadThroughput": -1}


def opens_the_form(page):
    sign_in(page, "city@example.com")
    page.goto("/cases/new/")
    page.fill("[name=uscc]", words.uscc(1))
    page.fill("[name=title]", "先进铜材研究院落地")
    page.click("form button:has-text('立案')")
    page.select_option("[name=legal_person]", "true")
    page.select_option("[name=claw_back_agreed]", "true")
    page.fill("[name=decision_no]", "市政府常务会〔2026〕15号")


def test_what_is_sent_waits_for_what_saves_itself(page, people):
    opens_the_form(page)
    page.locator("#saved:has-text('已保存')").wait_for()
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    with page.expect_request(lambda request: "hx-request" in request.headers):
        page.fill("[name=decision_date]", "2026-05-20")
        page.locator("[name=decision_date]").blur()
    page.click("button:has-text('保存并提交')")
    assert page.locator("button:has-text('保存并提交')[aria-busy=true]").is_disabled(), "pressed twice, sent once"
    page.locator("text=已提交").first.wait_for()
    assert Case.objects.get().facts["decision_no"] == "市政府常务会〔2026〕15号"


def test_a_form_that_is_sent_saves_itself_no_more(page, people):
    opens_the_form(page)
    page.locator("#saved:has-text('已保存')").wait_for()
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    saved = []
    page.on("request", lambda request: saved.append(request) if "hx-request" in request.headers else None)
    page.fill("[name=decision_date]", "2026-05-20")
    page.click("button:has-text('保存并提交')")  # the change is a moment old: its saving has not begun
    page.locator("text=已提交").first.wait_for()
    assert not saved
