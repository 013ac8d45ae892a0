"""A need nobody can phrase, recorded on a phone in a workshop without a network, sent later, diagnosed, matched."""

import time
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.utils import timezone

from tests.journeys.conftest import closed, opened
from tests.journeys.desk import account, firm
from tests.journeys.looking import look
from tests.journeys.market import FILM, PASSWORD, organisation, person, sign_in, until
from triplehelix.doors.web.devices import handle_of
from triplehelix.doors.web.views import visits as views
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.diagnosis.models import Diagnosis
from triplehelix.market.listings import actions as listings
from triplehelix.market.needs import completeness
from triplehelix.market.needs.models import Need
from triplehelix.market.visits.models import Visit
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import take

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
NEXT_YEAR = f"{timezone.now().year + 1}-01-31"
NEED = {
    "title": "镀锡铜排放三个月就发黑",
    "what": "开关柜里用的镀锡铜排，室内，常年带电",
    "present": "放三个月表面发黑，接触电阻由 8 微欧升到 21 微欧",
    "target": "不含铬的处理，中性盐雾 240 小时不变色",
    "tried": "加厚镀层成本高，含铬钝化出口客户不收",
    "price_wan": "30",
    "talent_text": "要一名会表面处理的工程师，解决防变色",
    "finance_text": "中试线还差一笔钱，厂房已经抵押",
    "finance_wan": "200",
}


@pytest.fixture
def city(transactional_db):
    account("manager@example.com", "邵知桥", "technology_manager")
    account("county@example.com", "贺云岫", "county_officer", "371521")
    firm(9401, "谷阳县示例铜业", "clerk@example.com")
    firm(9402, "谷阳县示例轴承厂", "other@example.com")
    school = organisation(9403, "示例理工大学", "高等学校")
    teacher, now = person("school@example.com", school), timezone.now()
    values = {"title": "铜及铜合金抗氧化自组装分子膜", "text": FILM, "field": "新材料", "trl": 7}
    made = listings.create(model=Achievement, organisation=school, values=values, actor=teacher, now=now)
    take(case=made, step="publish", actor=teacher, now=now, seen_version=made.version)


def written(phone):
    """What stands on the device, as the browser keeps it."""
    return phone.evaluate("JSON.stringify(localStorage)")


def ready(phone):
    """The card is open and kept on the device."""
    phone.goto("/visits/new/")
    phone.locator("[data-offline-ready]").wait_for()


def send(phone):
    phone.click("#need-form button:has-text('发送')")


def calm(phone):
    """Without the console's lines about a network that was meant to be away."""
    phone.errors = [line for line in phone.errors if "ERR_INTERNET_DISCONNECTED" not in line]
    closed(phone)


def test_from_a_workshop_without_network_to_matches(page, second, city, follower, chromium, live_server):
    phone = opened(chromium, live_server, **PHONE)
    phone.expected = [401]
    sign_in(phone, "clerk@example.com")
    ready(phone)

    # In the workshop: the page opens, everything typed stays, and sending waits.
    phone.context.set_offline(True)
    phone.reload()
    phone.locator("[data-net]:has-text('没有网络')").wait_for()
    for name, said in NEED.items():
        phone.fill(f"[name={name}]", said)
        if name == "title":
            assert phone.inner_text("[data-missing] li >> nth=0").startswith("没有写清是什么东西")
    phone.select_option("[name=field]", "新材料")
    phone.check("[name=hand_in]")
    assert int(phone.inner_text("[data-score]")) == 91
    phone.locator(".kept:has-text('还没有发送')").wait_for()
    phone.reload()
    assert phone.input_value("[name=target]") == NEED["target"]
    assert phone.is_checked("[name=hand_in]")
    send(phone)
    phone.locator("h2:has-text('待发送 1 条')").wait_for()
    assert not Visit.objects.exists()
    assert phone.input_value("[name=target]") == ""

    # The network is back, the session is over: nothing is lost, signing in sends it.
    phone.context.clear_cookies()
    phone.context.set_offline(False)
    phone.locator("[data-state]:has-text('登录已过期')").wait_for()
    assert NEED["target"] in written(phone)
    phone.click("[data-state] a")
    phone.fill("[name=login]", "clerk@example.com")
    phone.fill("[name=password]", "shui-cheng-2026")
    phone.press("[name=password]", "Enter")
    phone.locator(".outbox h2:has-text('已送达')").wait_for()
    assert NEED["target"] not in written(phone)
    need = Need.objects.get()
    assert (need.state, need.target, Visit.objects.count()) == ("published", NEED["target"], 1)
    assert sorted(Visit.objects.get().asks.values_list("what", flat=True)) == ["finance", "talent"]

    # A manager answers within the term.
    until(phone, "/search/?q=镀锡铜排放三个月就发黑&what=needs", True, NEED["title"])
    sign_in(page, "manager@example.com")
    page.goto("/diagnosis/")
    assert "还剩 2 个工作日" in page.inner_text("tr:has-text('镀锡铜排')") or "放假安排" in page.inner_text("main")
    page.click("a:has-text('镀锡铜排放三个月就发黑')")
    page.click("button:has-text('我来会诊')")
    page.locator("text=已办理：我来会诊").wait_for()
    page.expected = [422]
    page.check("[name=outcome][value=refine]")
    page.fill("[name=reason]", "还要知道镀层厚度")
    page.click("button:has-text('作出结论')")
    page.locator(".errorlist:has-text('请写明要企业补充的问题')").wait_for()
    page.fill("[name=questions]", "镀层厚度是多少")
    page.click("button:has-text('作出结论')")
    page.locator("text=已办理：需完善").wait_for()

    diagnosis = Diagnosis.objects.get()
    phone.goto("/todo/")
    phone.click("a:has-text('镀锡铜排放三个月就发黑')")
    phone.fill("[name=question_1]", "3 微米")
    phone.click("button:has-text('答完，再看一次')")
    phone.locator("text=已办理：会诊中").wait_for()
    page.reload()
    page.check("[name=outcome][value=ready]")
    page.fill("[name=reason]", "指标清楚，有单位做过同类处理")
    page.click("button:has-text('作出结论')")
    page.locator("text=已办理：可对接").wait_for()

    phone.goto(f"/needs/{need.pk}/")
    phone.locator(".chip:has-text('可对接')").wait_for()
    phone.click("a:has-text('看合适的成果')")
    phone.locator(".hit:has-text('自组装分子膜')").wait_for()

    # What this phone keeps goes with the account.
    ready(phone)
    phone.fill("[name=what]", "还没有发送的半句话")
    phone.locator(".kept:has-text('还没有发送')").wait_for()
    phone.context.clear_cookies()
    sign_in(phone, "other@example.com")
    ready(phone)
    assert phone.input_value("[name=what]") == ""
    assert "示例铜业" not in phone.inner_text("main")
    phone.click(".folder")
    phone.click("summary:has-text('我的账号')")
    phone.once("dialog", lambda one: one.accept())  # the other's draft goes, too, and that is asked first
    phone.click("button:has-text('退出登录')")
    phone.wait_for_url(live_server.url + "/")
    assert "半句话" not in written(phone)
    assert phone.evaluate("caches.keys()") == []
    calm(phone)

    sign_in(second, "county@example.com")
    visit = Visit.objects.get()
    look(second, "/visits/", "/visits/new/", f"/visits/{visit.pk}/")
    look(second, "/diagnosis/?show=done", f"/diagnosis/{diagnosis.pk}/")


def test_a_network_that_leads_nowhere_is_none(page, city):
    """The device says that it is online; only the server's answer counts, and it is asked again by itself."""
    sign_in(page, "clerk@example.com")
    ready(page)
    assert page.inner_text("[data-net]") == ""
    page.context.route("**/visits/ready/", lambda route: route.abort())
    for name, said in NEED.items():
        page.fill(f"[name={name}]", said)
    page.select_option("[name=field]", "新材料")
    send(page)
    page.locator("h2:has-text('待发送 1 条')").wait_for()
    page.locator("[data-net]:has-text('没有网络')").wait_for()
    assert page.evaluate("navigator.onLine") and not Visit.objects.exists()
    page.context.unroute("**/visits/ready/")
    page.locator(".outbox h2:has-text('已送达')").wait_for()
    assert page.inner_text("[data-net]") == "" and Visit.objects.count() == 1
    page.errors = [line for line in page.errors if "ERR_FAILED" not in line]


SHORT = {"message": "标题还不清楚", "fields": {"title": "请写清楚是什么东西出了什么问题"}}


def test_a_visit_the_server_cannot_take_does_not_hold_up_the_next(page, city):
    """It waits with a word of its own and can be opened; what was written after it lands."""
    sign_in(page, "clerk@example.com")
    ready(page)
    page.context.set_offline(True)
    for title in ("第一份走访的需求", "第二份走访的需求"):
        for name, said in (NEED | {"title": title}).items():
            page.fill(f"[name={name}]", said)
        page.select_option("[name=field]", "新材料")
        send(page)
    page.locator("h2:has-text('待发送 2 条')").wait_for()
    failing = quote("第一份走访的需求")
    page.context.route(
        "**/visits/new/",
        lambda route: route.fulfill(status=500) if failing in (route.request.post_data or "") else route.continue_(),
    )
    page.context.set_offline(False)
    page.locator("h2:has-text('待发送 1 条')").wait_for()
    assert "服务器没有收下" in page.inner_text(".outbox li:has-text('第一份')")
    assert Visit.objects.get().need.title == "第二份走访的需求"
    assert "服务器没有收下" in page.inner_text("#heard"), "said to who does not see the list"
    assert page.evaluate("document.activeElement.matches('.outbox')"), "the keyboard is where the eye was led"
    page.context.unroute("**/visits/new/")
    page.context.route("**/visits/new/", lambda route: route.fulfill(status=422, json=SHORT))
    page.click("button:has-text('现在发送')")
    page.locator(f".outbox li:has-text('{SHORT['message']}')").wait_for()
    page.click("button[aria-label^='打开修改 · '][aria-label*='第一份']")
    wrong = page.locator("[name=title]")
    assert wrong.evaluate("one => one === document.activeElement") and wrong.get_attribute("aria-invalid") == "true"
    assert "title_said" in wrong.get_attribute("aria-describedby").split()
    assert page.inner_text("#title_said") == SHORT["fields"]["title"]
    page.context.unroute("**/visits/new/")
    send(page)
    page.locator(".outbox h2:has-text('已送达')").wait_for()
    assert Visit.objects.count() == 2
    page.errors = [line for line in page.errors if "500" not in line and "422" not in line]
    calm(page)


#: Notes in the tab what an open card shows of a phone number, however briefly.
WATCH = """setInterval(() => {
    const field = document.querySelector("[name=met_phone]");
    if (field && field.value && !document.body.hidden) sessionStorage.setItem("watched", field.value);
}, 20)"""


def kept(page, **said):
    """Typed into the card, and on the device."""
    for name, words in said.items():
        page.fill(f"[name={name}]", words)
    page.locator(".kept:has-text('还没有发送')").wait_for()


def test_the_next_to_sign_in_never_sees_what_another_wrote(page, city, monkeypatch):
    """The first page he opens is the card, and the network is so slow that the worker serves the one it kept."""
    sign_in(page, "clerk@example.com")
    ready(page)
    kept(page, met_name="阮砺石", met_phone="0635-8400000", title="镀锡铜排发黑")
    page.context.clear_cookies(name="sessionid")
    page.goto("about:blank")
    page.context.add_init_script(WATCH)
    card = views._card
    monkeypatch.setattr(views, "_card", lambda *given: time.sleep(6) or card(*given))
    page.goto("/accounts/login/?next=/visits/new/")
    page.fill("[name=login]", "other@example.com")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    other = handle_of(Account.objects.get(email="other@example.com"))
    page.locator(f"[data-visits='{other}']").wait_for(state="attached")
    page.locator("[data-offline-ready]").wait_for()
    assert [page.input_value(f"[name={name}]") for name in ("met_name", "met_phone", "title")] == ["", "", ""]
    assert page.evaluate("sessionStorage.getItem('watched')") is None
    assert "示例铜业" not in page.content()

    # It is still there for who wrote it.
    monkeypatch.setattr(views, "_card", card)
    page.context.clear_cookies(name="sessionid")
    page.goto("about:blank")
    sign_in(page, "clerk@example.com")
    ready(page)
    assert page.input_value("[name=met_phone]") == "0635-8400000"


def test_a_card_left_open_makes_room_for_who_signed_in_since(page, city):
    sign_in(page, "clerk@example.com")
    ready(page)
    kept(page, what="甲的半句话")
    page.context.clear_cookies(name="sessionid")
    beside = page.context.new_page()
    sign_in(beside, "other@example.com")
    beside.wait_for_url(lambda address: "login" not in address)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    other = handle_of(Account.objects.get(email="other@example.com"))
    page.locator(f"[data-visits='{other}']").wait_for(state="attached")
    assert page.input_value("[name=what]") == ""


def without_clearing(route):
    """The answer as a browser takes it that does not know, or on plain http does not obey, Clear-Site-Data."""
    answer = route.fetch(max_redirects=0)
    route.fulfill(response=answer, headers={k: v for k, v in answer.headers.items() if k != "clear-site-data"})


def test_signing_out_asks_about_drafts_and_leaves_nothing(page, city):
    asked, answers = [], [False, True, True]
    page.on("dialog", lambda one: (asked.append(one.message), one.accept() if answers.pop(0) else one.dismiss()))
    page.context.route("**/accounts/logout/", without_clearing)
    sign_in(page, "clerk@example.com")
    ready(page)
    kept(page, what="还没有发送的半句话")
    for still_there in (True, False):
        page.click("summary:has-text('我的账号')")
        if not still_there:
            page.fill("[name=target]", "又半句话")
        page.click("button:has-text('退出登录')")
        if still_there:
            assert "半句话" in written(page)
            page.click("h1")
    page.wait_for_url(lambda address: address.endswith("/") and "visits" not in address)
    assert len(asked) == 2 and all("还有 1 份走访没有发送" in one for one in asked)
    assert written(page) == "{}" and page.evaluate("caches.keys()") == []
    assert [one["name"] for one in page.context.cookies() if one["name"] == "device_of"] == []

    # From any other page, and from the page that asks, it is the same.
    sign_in(page, "clerk@example.com")
    ready(page)
    kept(page, what="第二次的半句话")
    page.goto("/accounts/logout/")
    page.click("main button:has-text('退出登录')")
    page.wait_for_url(lambda address: "logout" not in address)
    assert len(asked) == 3 and written(page) == "{}"


def test_what_one_tab_sent_another_does_not_bring_back(page, city):
    sign_in(page, "clerk@example.com")
    ready(page)
    for name, said in NEED.items():
        page.fill(f"[name={name}]", said)
    page.select_option("[name=field]", "新材料")
    page.locator(".kept:has-text('还没有发送')").wait_for()
    beside = page.context.new_page()
    ready(beside)
    assert beside.input_value("[name=title]") == NEED["title"]
    send(beside)
    beside.locator(".outbox h2:has-text('已送达')").wait_for()
    page.locator("[data-problem]:has-text('从另一个页面发送')").wait_for()
    assert page.input_value("[name=title]") == ""
    page.goto("/visits/")
    ready(beside)
    assert beside.input_value("[name=title]") == "" and NEED["title"] not in written(beside)
    assert Visit.objects.count() == 1


def test_a_draft_of_what_has_landed_is_dropped(page, city):
    """A tab that was closed while another sent it may have left one behind."""
    sign_in(page, "clerk@example.com")
    ready(page)
    kept(page, title="镀锡铜排发黑")
    page.evaluate(
        """() => {
            const of = `visits:${document.body.dataset.account}`;
            const draft = JSON.parse(localStorage.getItem(`${of}:draft`));
            localStorage.setItem(`${of}:done`, JSON.stringify([draft.uuid]));
        }"""
    )
    page.reload()
    page.locator("[data-offline-ready]").wait_for()
    assert page.input_value("[name=title]") == "" and "镀锡铜排" not in written(page)


def test_the_kept_card_opens_while_the_server_answers_with_an_error(page, city, monkeypatch):
    page.expected = [502]
    sign_in(page, "clerk@example.com")
    ready(page)
    monkeypatch.setattr(views, "_card", lambda *given: HttpResponse("Bad Gateway", status=502))
    page.reload()
    page.locator("[data-offline-ready]").wait_for()
    kept(page, title="镀锡铜排发黑")
    page.reload()
    assert page.input_value("[name=title]") == "镀锡铜排发黑"


SAMPLES = [
    {}, {"text": "想做得更好"}, {"title": "x", **NEED}, {"target": "一直保持光亮不变"}, {"target": "盐雾２４０小时"},
    {"text": "开关柜用铜排镀锡后三个月表面发黑，接触电阻由 8 微欧升到 21 微欧，希望 240 小时盐雾不变色。试过钝化。"},
    {"what": "  铜 排  ", "tried": "没有试过"},
    {"present": "不良率 3.5%\n一年损失 40 万元", "contact_phone": "0635-8400000"},
    {"text": "要求节拍不低于每分钟\n八十件", "price_wan": "0", "needed_by": NEXT_YEAR},
]  # fmt: skip


def test_the_page_counts_as_the_server_does(page, city):
    """One declaration of what counts, read by both."""
    sign_in(page, "clerk@example.com")
    for given in SAMPLES:
        page.goto("/needs/new/")
        for name in ("contact_name", "contact_phone", "contact_email"):
            page.fill(f"[name={name}]", "")
        for name, said in given.items():
            if page.locator(f"[name={name}]").count():
                page.fill(f"[name={name}]", said)
        told = completeness.of({"price_fen": given.get("price_wan"), "rest": given.get("text"), **given})
        assert int(page.inner_text("[data-score]")) == told.score, given
        shown = page.locator("[data-missing] li").all_inner_texts()
        assert shown == [str(one.says) for one in told.missing[:3]], given


def test_the_list_of_visits_says_what_is_still_on_the_device(page, city):
    sign_in(page, "clerk@example.com")
    page.goto("/visits/")
    assert page.locator("[data-undelivered]").is_hidden()
    page.evaluate(
        """() => {
            localStorage.setItem(`visits:${document.body.dataset.account}:out`, '[{"uuid": "a"}, {"uuid": "b"}]');
            localStorage.setItem("visits:another:out", '[{"uuid": "c"}]');
        }"""
    )
    page.reload()
    page.locator("[data-undelivered]:has-text('本机还有 2 条走访没有送达')").wait_for()
    assert page.get_attribute("[data-undelivered] a", "href") == "/visits/new/"
    page.evaluate("localStorage.clear()")
