"""From a match to agreed terms as each of those who take part, and a decline that says why."""

import pytest
from django.utils import timezone

from tests.journeys.conftest import closed, opened
from tests.journeys.desk import account, open_part
from tests.journeys.looking import look
from tests.journeys.market import FILM, NEED, OTHERS, organisation, person, sign_in
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.contracts import finds as contracts
from triplehelix.market.introductions.models import Introduction
from triplehelix.market.listings import actions
from triplehelix.market.needs.models import Need
from triplehelix.records.outbox.models import Message
from triplehelix.records.steps.actions import take

PHONE = {"viewport": {"width": 390, "height": 844}}
CONTACT = {"contact_name": "阮砺石", "contact_phone": "0635-8400000"}
THEIRS = {"contact_name": "方砚", "contact_phone": "0635-8500000"}


def published(model, clerk, where, title, text, **more):
    now = timezone.now()
    values = {"title": title, "text": text, "field": "新材料", "region": "371502"} | more
    made = actions.create(model=model, organisation=where, values=values, actor=clerk, now=now)
    return take(case=made, step="publish", actor=clerk, now=now, seen_version=made.version)


@pytest.fixture
def market(transactional_db):
    """A firm with a need, a university with what answers it and what only looks alike, a manager, an officer."""
    firm, school = organisation(8001, "示例铜业", "企业"), organisation(8002, "示例理工大学", "高等学校")
    clerk, teacher = person("firm@example.com", firm), person("school@example.com", school)
    account("manager@example.com", "邵知桥", "technology_manager")
    account("city@example.com", "梁叙白", "city_officer")
    for title, text in OTHERS.items():
        published(Achievement, teacher, school, title, text)
    film = published(
        Achievement, teacher, school, "铜及铜合金抗氧化自组装分子膜", FILM, price_fen=150_000_000, **THEIRS
    )
    paper = "气相缓蚀包装纸，铜件库存和运输时防变色，拆包以后不再起作用，用于仓储和海运。"
    published(Achievement, teacher, school, "铜件防变色包装纸", paper)
    need = published(Need, clerk, firm, "铜排镀锡后三个月发黑", NEED, **CONTACT)
    return {"need": need, "film": film}


def act(page, label):
    page.click(f"aside button:has-text('{label}')")
    page.locator(f"text=已办理：{label}").wait_for()


def invite_from_matches(page, market, title, words):
    """The firm opens its matches and asks for a talk about one of them."""
    address = f"/needs/{market['need'].pk}/matches/"
    hit = page.locator(f".hit:has(h3:has-text('{title}'))")
    for _try in range(180):  # the follower writes the index, the worker its vectors
        page.goto(address)
        if hit.count():
            break
        page.wait_for_timeout(500)
    hit.locator("a:has-text('引荐 · 约谈')").click()
    page.fill("textarea[name=words]", words)
    page.click("button:has-text('发出邀请')")
    page.locator("text=已发出邀请").wait_for()


def test_from_a_match_to_agreed_terms(page, second, market, follower, chromium, live_server):
    need, film = market["need"], market["film"]
    sign_in(page, "firm@example.com")
    page.goto(f"/achievements/{film.pk}/")
    assert THEIRS["contact_phone"] not in page.content()
    invite_from_matches(page, market, film.title, "可以先寄二十件样")
    one = page.url
    made = Introduction.objects.get()
    assert (made.need, made.achievement, made.invited_by_side) == (need, film, "need")
    assert THEIRS["contact_phone"] not in page.content()

    # The officer names a manager, who agrees.
    sign_in(second, "city@example.com")
    second.goto("/desk/")
    second.click("a:has-text('去指派')")
    part = open_part(second, "指派经理人")
    part.locator("select").select_option(label="邵知桥")
    part.locator("button").click()
    second.locator("text=已办理：指派经理人").wait_for()
    manager = opened(chromium, live_server)
    sign_in(manager, "manager@example.com")
    manager.click("a:has-text('经理人工作台')")
    manager.click("a:has-text('去答复')")
    act(manager, "同意办理")

    # The university accepts on a phone; both see the contact now.
    phone = opened(chromium, live_server, **PHONE)
    sign_in(phone, "school@example.com")
    phone.locator("text=请答复").wait_for()
    phone.click("li:has-text('请答复') a:has-text('去办理')")
    phone.locator("button:has-text('接受引荐')").first.wait_for()
    assert CONTACT["contact_phone"] not in phone.content()
    act(phone, "接受引荐")
    assert CONTACT["contact_phone"] in phone.content()
    page.goto(one)
    assert THEIRS["contact_phone"] in page.content()

    # They talk; the manager writes it down.
    manager.reload()
    part = open_part(manager, "登记洽谈、考察")
    part.locator("[name=held_on]").fill(str(timezone.localdate()))
    part.locator("[name=people]").fill("企业：品质部；学校：课题组；经理人")
    part.locator("[name=notes]").fill("先做二十件样，盐雾合格再谈价钱")
    part.locator("button").click()
    manager.locator("text=已办理：登记洽谈、考察").wait_for()

    # An intent is signed at an event; it is no contract.
    page.reload()
    page.locator("text=先做二十件样").wait_for()
    part = open_part(page, "登记意向书")
    part.locator("[name=signed_on]").fill(str(timezone.localdate()))
    part.locator("[name=event]").fill("院士专家行")
    part.locator("[name=amount]").fill("150")
    part.locator("[name=about]").fill("样件合格后许可两条线")
    content = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
    part.locator("[name=file]").set_input_files({"name": "意向.pdf", "mimeType": "application/pdf", "buffer": content})
    part.locator("button").click()
    page.locator("text=已办理：登记意向书").wait_for()
    page.locator(".alert:has-text('不是合同，不计入成交')").wait_for()
    assert not contracts.contracts().exists()

    # Terms: the firm proposes, the university changes, the firm accepts.
    page.click("a:has-text('进谈判室')")
    page.select_option("[name=mode]", "许可")
    page.fill("[name=price_wan]", "120")
    page.select_option("[name=structure]", "instalments")
    page.locator("[name=row_1]").wait_for()
    assert not page.locator("[name=royalty_percent]").is_visible()
    for name, value in {"row_1": "签约", "amount_1": "60", "row_2": "验收", "amount_2": "60"}.items():
        page.fill(f"[name={name}]", value)
    assert page.locator(".entry:visible").count() == 3, "one more than are begun"
    page.fill("[name=rights]", "学校所有，企业在本省独占实施三年")
    page.fill("[name=delivery]", "两个月内交工艺文件，按 240 小时盐雾验收")
    page.click("button:has-text('提出条款')")
    page.locator("h2:has-text('第 1 版条款')").wait_for()
    phone.goto(one + "room/")
    phone.click("summary:has-text('改一版')")
    phone.fill("[name=price_wan]", "140")
    phone.fill("[name=amount_2]", "80")
    phone.fill("[name=rights]", "学校所有，企业在本省独占实施五年")
    phone.click("button:has-text('提出新的一版')")
    phone.locator("h2:has-text('第 2 版条款')").wait_for()
    page.reload()
    assert page.locator(".terms .price ins").inner_text() == "140"
    assert page.locator(".terms del").all_inner_texts() == ["120", "60", "三"]
    page.fill("aside [name=text]", "独占五年可以，价钱就这样")
    page.click("aside button:has-text('留言')")
    page.locator(".said:has-text('独占五年可以')").wait_for()
    page.click("button:has-text('接受第 2 版')")
    page.locator("text=条款已谈定，不再改动").wait_for()
    page.goto(one)
    assert page.locator(f"a[href='/sales/new/?introduction={made.pk}']").count() == 1
    assert Message.objects.filter(kind="market.introduction.agree", to="city@example.com").exists()

    # The city sees that, not what was said.
    second.goto(one)
    second.locator("text=条款已谈定").first.wait_for()
    assert "先做二十件样" not in second.content()
    closed(manager)
    closed(phone)
    look(page, one, one + "room/", "/introductions/", "/saved/")
    look(second, "/desk/")


def test_a_declined_introduction_gives_its_reason_to_the_sender(page, second, market, follower):
    second.expected = [422]
    sign_in(page, "firm@example.com")
    invite_from_matches(page, market, "铜件防变色包装纸", "想看看能不能装在柜子里")
    one = page.url
    sign_in(second, "school@example.com")
    second.goto(one)
    part = open_part(second, "谢绝")
    part.locator("button").click()
    second.locator(".alert.bad:has-text('请选择八类原因之一')").wait_for()
    part.locator("label:has-text('性能指标达不到')").click()
    part.locator("[name=words]").fill("拆包以后就不起作用了")
    look(page, one)
    part.locator("button").click()
    second.locator("text=已办理：谢绝").wait_for()

    page.goto(one)
    page.locator(".alert:has-text('成果方谢绝了：性能指标达不到')").wait_for()
    assert "拆包以后就不起作用了" in page.content()
    mail = Message.objects.get(kind="market.introduction.decline")
    assert mail.to == "firm@example.com"
    assert "性能指标达不到" in mail.body
    assert "拆包以后就不起作用了" in mail.body
    page.goto(f"/needs/{market['need'].pk}/matches/")
    page.locator("a:has-text('谢绝过：性能指标达不到')").wait_for()
