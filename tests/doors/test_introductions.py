"""The pages of introductions: who sees what, what a form says, lists and the desk with their numbers."""

import re
from io import BytesIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from tests.introductions.words import TERMS, WAN, Table
from tests.market.conftest import NOW, account, office
from triplehelix.market.contracts import actions as contracts
from triplehelix.market.introductions import actions
from triplehelix.market.introductions.models import Introduction, Version
from triplehelix.records.evidence.models import File
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail.models import Entry

PHONES = ("0635-8400000", "0635-8500000")
NOTES = "样品先做 20 件"
HEADINGS = ["编号", "需求", "需求单位", "成果", "成果单位", "状态", "发起日期", "答复期限"]
HEADINGS += ["谢绝或终止原因", "经理人", "最近动静"]


@pytest.fixture
def table(officer, clerk, firm, db):
    return Table(officer=officer, clerk=clerk, firm=firm)


@pytest.fixture
def seen(client):
    """A page as somebody sees it, or the status when it is not there for him."""

    def see(who, address, **more):
        client.force_login(who)
        answer = client.get(address, more)
        return answer.content.decode() if answer.status_code == 200 else answer.status_code

    return see


def at(made, *more):
    return f"/introductions/{made.pk}/{''.join(f'{one}/' for one in more)}"


def post(client, who, address, made, **data):
    client.force_login(who)
    made.refresh_from_db()
    return client.post(address, {"seen_version": made.version} | data)


# --- who sees what -------------------------------------------------------------------------------------------------


def test_contacts_are_shown_when_both_have_accepted_and_not_before(table, seen, auditor):
    made = table.invited()
    own, theirs = PHONES
    assert own in seen(table.clerk, at(made))
    assert theirs not in seen(table.clerk, at(made))
    assert own not in seen(table.teacher, at(made))
    assert theirs not in seen(table.clerk, f"/achievements/{table.achievement.pk}/")
    actions.accept(**table.on(made, table.teacher))
    for who in (table.clerk, table.teacher):
        assert all(phone in seen(who, at(made)) for phone in PHONES)
    for who in (table.officer, auditor):
        assert not any(phone in seen(who, at(made)) for phone in PHONES)


def test_what_was_said_stays_inside(table, seen, auditor):
    made = table.talking(side="manager")
    table.propose(made)
    actions.say(introduction=made, text="底价再谈", actor=table.clerk, now=table.now)
    for who in (table.clerk, table.teacher, table.manager, auditor):
        assert NOTES in seen(who, at(made))
        assert "底价再谈" in seen(who, at(made, "room"))
    page = seen(table.officer, at(made))
    assert "已举行" in page
    for hidden in (NOTES, "阮砺石", "底价再谈", "100 万元", "企业会议室"):
        assert hidden not in page
    gone = table.invited(achievement=table.offer_of(table.teacher, table.university, title="另一项"), words="请回电话")
    actions.decline(reason_code="price", words="最多三十万", **table.on(gone, table.teacher))
    assert all(said in seen(table.clerk, at(gone)) for said in ("请回电话", "最多三十万", "价格不合适"))
    assert "价格不合适" in seen(table.officer, at(gone))
    assert not any(said in seen(table.officer, at(gone)) for said in ("请回电话", "最多三十万"))
    assert seen(table.officer, at(made, "room")) == 404
    other = office(account("another"), "technology_manager")
    assert seen(other, at(made)) == 404
    actions.assign(manager=other, **table.on(made, table.officer))
    assert NOTES not in seen(other, at(made))  # named, not yet agreed
    assert seen(other, at(made, "room")) == 404
    actions.agree_to_manage(**table.on(made, other))
    assert NOTES in seen(other, at(made))


def test_an_export_says_how_far_it_is_and_no_more(table, client):
    made = table.talking()
    table.intent(made, amount_fen=77 * WAN)
    for who in (table.clerk, table.officer):
        client.force_login(who)
        book = load_workbook(BytesIO(client.get("/introductions/export.xlsx?state=intended").content))
        headings, line = ([cell for cell in row if cell is not None] for row in book.active.iter_rows(values_only=True))
        assert headings == HEADINGS
        assert made.number in line and "已签意向（不是合同）" in line
        # The introduction's own number may hold a 77: the sum is looked for as it would be written.
        assert not [cell for cell in line for hidden in (*PHONES, NOTES, "77 万", "770000") if hidden in str(cell)]


# --- acts ----------------------------------------------------------------------------------------------------------


def test_a_decline_asks_for_its_reason_keeps_what_was_typed_and_tells_the_sender(table, client, seen):
    made = table.invited()
    answer = post(client, table.teacher, at(made, "acts", "decline"), made, words="我们只做铝材")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请选择八类原因之一" in page
    assert "我们只做铝材" in page
    assert post(client, table.teacher, at(made, "acts", "decline"), made, reason="no").status_code == 422
    answer = post(client, table.teacher, at(made, "acts", "decline"), made, reason="off_topic", words="我们只做铝材")
    assert answer.status_code == 302
    page = seen(table.clerk, at(made))
    assert "成果方谢绝了：" in page
    assert "技术方向不符" in page
    assert "我们只做铝材" in page
    assert "技术方向不符" in seen(table.clerk, "/introductions/?view=ended")


def test_who_saw_an_older_state_is_told_at_the_page(table, client):
    made = table.invited()
    client.force_login(table.teacher)
    answer = client.post(at(made, "acts", "accept"), {"seen_version": 0})
    assert answer.status_code == 409
    assert "别人刚刚办理过" in answer.content.decode()
    table.step(made, "take_back", table.clerk)
    answer = client.post(at(made, "acts", "accept"), {"seen_version": 2})
    assert answer["Location"] == at(made)  # the page says where it is now
    assert client.post(at(made, "acts", "nonsense")).status_code == 404
    assert client.post(at(made, "acts", "assign")).status_code == 404


def test_from_accepting_to_agreed_terms_by_the_pages(table, client, seen):
    made = table.invited()
    assert post(client, table.teacher, at(made, "acts", "accept"), made).status_code == 302
    wrong = post(client, table.clerk, at(made, "acts", "held"), made, kind="talk", held_on="2999-01-01", people="甲")
    assert wrong.status_code == 422
    assert "日期还没有到" in wrong.content.decode()
    Introduction.objects.update(accepted_at=NOW)
    talk = {"kind": "talk", "held_on": str(timezone.localdate()), "people": "甲，乙", "notes": "先做样"}
    assert post(client, table.clerk, at(made, "acts", "held"), made, **talk).status_code == 302
    held = str(made.meetings.get().pk)
    void = at(made, "acts", "void_meeting")
    assert post(client, table.teacher, void, made, meeting=held, why="").status_code == 422
    assert post(client, table.teacher, void, made, meeting="999999999", why="错").status_code == 422
    assert post(client, table.teacher, void, made, meeting=held, why="日期写错").status_code == 302
    assert "已作废：日期写错" in seen(table.clerk, at(made))
    assert post(client, table.clerk, at(made, "acts", "held"), made, **talk).status_code == 302
    paper = table.paper("意向书")
    with paper.open() as stream:
        intent = {"signed_on": str(timezone.localdate()), "about": "合作", "amount": "300", "file": stream}
        assert post(client, table.clerk, at(made, "acts", "intent"), made, **intent).status_code == 302
    assert seen(table.teacher, at(made, "intent")) != 404
    page = seen(table.teacher, at(made))
    assert "不是合同，不计入成交" in page
    wrong = post(client, table.teacher, at(made, "acts", "void_intent"), made, why="")
    assert wrong.status_code == 422
    assert post(client, table.teacher, at(made, "acts", "void_intent"), made, why="金额多写").status_code == 302
    assert "已作废：金额多写" in seen(table.clerk, at(made)) and seen(table.clerk, at(made, "intent")) == 404
    with paper.open() as stream:
        assert (
            post(client, table.clerk, at(made, "acts", "intent"), made, **intent | {"file": stream}).status_code == 302
        )
    page = seen(table.teacher, at(made))
    assert "意向金额 300 万元" in page
    terms = {
        "mode": "许可", "structure": "royalty", "price_wan": "130", "row_1": "签约", "amount_1": "50", "due_1": "",
        "royalty_percent": "2.5", "royalty_base": "不含税销售额", "rights": "归学校", "delivery": "两个月",
    }  # fmt: skip
    wrong = post(client, table.clerk, at(made, "acts", "propose"), made, **(terms | {"rights": ""}))
    assert wrong.status_code == 422
    wrong = post(client, table.clerk, at(made, "acts", "propose"), made, **(terms | {"amount_1": "150"}))
    assert wrong.status_code == 422
    assert "入门费合计 150 万元，不能超过总价 130 万元" in wrong.content.decode()
    assert 'value="不含税销售额"' in wrong.content.decode()
    assert post(client, table.clerk, at(made, "acts", "propose"), made, **terms).status_code == 302
    version = Version.objects.get()
    assert (version.price_fen, version.royalty_ppm, version.rows) == (
        130 * WAN, 25_000, [{"name": "签约", "fen": 50 * WAN, "due": ""}],
    )  # fmt: skip
    room = seen(table.teacher, at(made, "room"))
    assert "接受第 1 版" in room
    assert 'name="price_wan" value="130"' in room  # who changes something starts from what is there
    again = post(client, table.teacher, at(made, "acts", "propose"), made, **(terms | {"price_wan": "140.5"}))
    assert again.status_code == 302
    room = seen(table.clerk, at(made, "room"))
    assert re.search(r"<del>130</del><ins>140.5</ins> 万元", room)
    late = post(client, table.clerk, at(made, "acts", "accept_terms"), made, n="1")
    assert late.status_code == 409
    assert "已经有更新的一版条款" in late.content.decode()
    assert post(client, table.clerk, at(made, "acts", "accept_terms"), made, n="2").status_code == 302
    page = seen(table.clerk, at(made))
    assert f"/sales/new/?introduction={made.pk}" in page
    assert "合同登记以前不计入成交" in page
    assert "改一版" not in seen(table.clerk, at(made, "room"))
    made.refresh_from_db()
    sale = contracts.open_from(introduction=made, actor=table.clerk, now=timezone.now())
    page = seen(table.clerk, at(made))
    assert f'href="/sales/{sale.pk}/"' in page
    assert "/sales/new/" not in page


def test_files_and_messages_of_the_room(table, client, seen):
    made = table.accepted()
    assert post(client, table.clerk, at(made, "acts", "say"), made, text="<b>样品</b>到了").status_code == 302
    assert "&lt;b&gt;样品&lt;/b&gt;到了" in seen(table.teacher, at(made, "room"))
    bad = BytesIO(b"MZ\x90\x00\x03")
    bad.name = "x.exe"
    answer = post(client, table.clerk, at(made, "acts", "lay"), made, file=bad)
    assert answer.status_code == 422
    assert "不能接收这种文件" in answer.content.decode()
    good = BytesIO(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
    good.name = "检测报告.pdf"
    assert post(client, table.clerk, at(made, "acts", "lay"), made, file=good).status_code == 302
    paper = made.papers.get()
    assert paper.file.owner == table.firm
    client.force_login(table.teacher)
    answer = client.get(at(made, "files", paper.pk))
    assert answer["Content-Type"] == "application/pdf"
    client.force_login(table.officer)
    assert client.get(at(made, "files", paper.pk)).status_code == 404


@pytest.mark.parametrize(
    ("act", "said"),
    [("intent", {"signed_on": "2099-01-01", "about": "共同中试"}), ("lay", {})],
)
def test_what_is_refused_leaves_no_paper_behind(table, client, act, said, monkeypatch):
    made, kept, told = table.talking(), File.objects.count(), Entry.objects.count()
    if act == "lay":
        monkeypatch.setattr(actions, "lay", refuses)
    paper = BytesIO(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
    paper.name = "意向书.pdf"
    assert post(client, table.clerk, at(made, "acts", act), made, **said | {"file": paper}).status_code in (409, 422)
    assert (File.objects.count(), Entry.objects.count()) == (kept, told)


def refuses(**_given):
    raise Refused("别人刚刚办理过这一件")


# --- from a match to an invitation ---------------------------------------------------------------------------------


def test_inviting_from_a_pair(table, client, seen):
    pair = {"need": table.need.pk, "achievement": table.achievement.pk}
    assert "请澄湖大学谈一谈" in seen(table.clerk, "/introductions/new/", **pair)
    assert "请双方谈一谈" in seen(table.manager, "/introductions/new/", **pair)
    client.force_login(table.teacher)
    answer = client.post("/introductions/new/", pair | {"words": "长" * 1001})
    assert answer.status_code == 422
    answer = client.post("/introductions/new/", pair | {"words": "想看看贵厂的产线"})
    made = Introduction.objects.get()
    assert answer["Location"] == at(made)
    assert (made.invited_by_side, made.words) == ("achievement", "想看看贵厂的产线")
    assert client.get("/introductions/new/", pair)["Location"] == at(made)
    actions.decline(reason_code="timing", **table.on(made, table.clerk))
    answer = client.post("/introductions/new/", pair)
    assert answer.status_code == 409
    assert "90 天之内不再重复邀请" in answer.content.decode()


def test_choosing_what_of_mine_to_put_beside_it(table, seen, stranger):
    page = seen(table.clerk, "/introductions/new/", achievement=table.achievement.pk)
    assert f"need={table.need.pk}&amp;achievement={table.achievement.pk}" in page
    assert "写一条需求" in seen(stranger, "/introductions/new/", achievement=table.achievement.pk)
    assert "看匹配结果" in seen(table.manager, "/introductions/new/", achievement=table.achievement.pk)
    for more in ({}, {"need": "x"}, {"need": "9" * 30}, {"achievement": 10**6}):
        assert seen(table.clerk, "/introductions/new/", **more) == 404


def test_a_listing_offers_it_to_those_who_may(table, seen, stranger, client):
    address = f"/achievements/{table.achievement.pk}/"
    assert f"/introductions/new/?achievement={table.achievement.pk}" in seen(table.clerk, address)
    assert "/introductions/new/" not in seen(table.teacher, address)  # the own one
    assert "/introductions/new/" not in seen(table.officer, address)
    client.logout()
    assert "登录后约谈" in client.get(address).content.decode()


# --- lists and the desk --------------------------------------------------------------------------------------------


def several(table, count):
    """So many introductions of new pairs in the states a list shows: invited, talking, declined."""
    for n in range(count):
        offer = table.offer_of(table.teacher, table.university, title=f"第 {n} 项工艺")
        made = table.accepted("manager", achievement=offer)
        if n % 3:
            table.meet(made)
        later = table.offer_of(table.teacher, table.university, title=f"第 {n} 项新工艺")
        table.invited(achievement=later)
        gone = table.invited("manager", achievement=table.offer_of(table.teacher, table.university, title=f"旧 {n}"))
        actions.decline(reason_code="price", **table.on(gone, table.teacher))
        actions.plan(kind="talk", planned_at=table.now.replace(year=2027), place="电话", **table.on(made, table.clerk))


@pytest.mark.parametrize(
    ("who", "address", "queries"),
    [
        ("clerk", "/introductions/", 5),
        ("clerk", "/introductions/?view=mine", 5),
        ("manager", "/desk/", 16),
        ("officer", "/desk/", 19),
        ("clerk", "/saved/", 4),
        ("clerk", "/api/introductions", 6),
        ("officer", "/api/introductions", 6),
    ],
)
def test_one_row_and_three_rows_cost_the_same(table, client, who, address, queries, django_assert_num_queries):
    several(table, 1)
    client.force_login(getattr(table, who))
    client.get(address)
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200
    several(table, 3)
    with django_assert_num_queries(queries):
        client.get(address)


def test_every_number_of_the_desk_opens_its_rows(table, client):
    several(table, 3)
    stuck = table.accepted("manager", achievement=table.offer_of(table.teacher, table.university, title="停着的"))
    Introduction.objects.filter(pk=stuck.pk).update(moved_at=NOW.replace(month=1))
    for who in (table.manager, table.officer):
        client.force_login(who)
        page = client.get("/desk/").content.decode()
        links = re.findall(r'<a (?:aria-label="([^"]+)" )?href="(/introductions/\?[^"]*)">(\d+)</a>', page)
        assert len(links) >= 4
        for heard, address, number in links:
            if who == table.manager:
                label, _colon, told = heard.partition("：")
                assert told == number and f"<dt>{label}</dt>" in page, "heard alone, a number is a number of something"
            rows = client.get(address.replace("&amp;", "&")).content.decode().count("<tr>") - 1
            assert max(rows, 0) == int(number), (address, number)


def test_agreed_terms_without_a_sale_wait_at_the_desk(table, seen):
    made = table.agreed()
    Introduction.objects.update(manager=table.manager, manager_agreed_at=table.now)
    assert "谈定了，还没有开始交易" in seen(table.manager, "/desk/")
    contracts.open_from(introduction=made, actor=table.clerk, now=table.now)
    assert "谈定了，还没有开始交易" not in seen(table.manager, "/desk/")


def test_the_officer_sees_who_has_how_much_and_assigns(table, client, seen):
    made = table.invited()
    page = seen(table.officer, "/desk/")
    assert "还没有人办的" in page
    assert at(made) in page
    chosen = post(client, table.officer, at(made, "acts", "assign"), made, manager=str(table.manager.pk))
    assert chosen.status_code == 302
    assert "请您办理的" in seen(table.manager, "/desk/")
    assert "请您办理" in seen(table.manager, "/todo/")
    assert post(client, table.manager, at(made, "acts", "agree_to_manage"), made).status_code == 302
    assert "请您办理的" not in seen(table.manager, "/desk/")


def test_the_to_do_page_says_what_waits_for_whom(table, seen):
    made = table.invited()
    assert "请答复" in seen(table.teacher, "/todo/")
    assert "请答复" not in seen(table.clerk, "/todo/")
    actions.accept(**table.on(made, table.teacher))
    table.propose(made)
    assert f"{at(made, 'room')}" in seen(table.teacher, "/todo/")
    assert f"{at(made, 'room')}" not in seen(table.clerk, "/todo/")


@pytest.mark.parametrize(
    "query", ["view=nonsense", "manager=x", "manager=" + "9" * 5000, "state=%00", "q=%00<b>", "page=x"]
)
def test_what_no_address_says_is_ignored(table, seen, query):
    table.invited()
    address, _sep, words = f"/introductions/?{query}".partition("?")
    assert "铜排" in seen(table.clerk, address, **dict([words.split("=")])) or query.startswith("q=")


# --- the API -------------------------------------------------------------------------------------------------------


def api(client, who, method, address, body=None):
    client.force_login(who)
    more = {"content_type": "application/json"} if body is not None else {}
    return getattr(client, method)(f"/api/introductions{address}", *([body] if body is not None else []), **more)


def test_the_same_over_the_api(table, client):
    pair = {"need": table.need.pk, "achievement": table.achievement.pk}
    made = api(client, table.clerk, "post", "", pair | {"words": "先寄样"})
    assert made.status_code == 201
    number = made.json()["id"]
    assert made.json()["need"]["contact"]["phone"] == PHONES[0]
    assert made.json()["achievement"]["contact"] is None
    assert api(client, table.clerk, "post", f"/{number}/accept", {"seen_version": 1}).status_code == 409
    wrong = api(client, table.teacher, "post", f"/{number}/decline", {"seen_version": 1, "reason": "no"})
    assert wrong.json()["fields"] == {"reason": "请选择八类原因之一"}
    found = api(client, table.teacher, "post", f"/{number}/accept", {"seen_version": 1}).json()
    assert (found["state"], found["need"]["contact"]["phone"]) == ("accepted", PHONES[0])
    Introduction.objects.update(accepted_at=NOW)
    talk = {"kind": "talk", "held_on": str(timezone.localdate()), "people": "甲，乙", "seen_version": found["version"]}
    assert api(client, table.clerk, "post", f"/{number}/meetings", talk).status_code == 201
    version = api(client, table.clerk, "get", f"/{number}").json()["version"]
    rows = [{"name": "签约", "fen": 40 * WAN, "due": "2026-12-31"}, {"name": "验收", "fen": 60 * WAN}]
    terms = api(client, table.clerk, "post", f"/{number}/versions", TERMS | {"rows": rows, "seen_version": version})
    assert terms.status_code == 201
    assert terms.json()["rows"][0] == {"name": "签约", "fen": 40 * WAN, "due": "2026-12-31"}
    assert api(client, table.teacher, "post", f"/{number}/messages", {"text": "可以"}).status_code == 201
    version = api(client, table.teacher, "get", f"/{number}").json()["version"]
    done = api(client, table.teacher, "post", f"/{number}/versions/1/accept", {"seen_version": version})
    assert done.json()["state"] == "agreed"
    assert [one["text"] for one in api(client, table.clerk, "get", f"/{number}/messages").json()] == ["可以"]
    assert api(client, table.officer, "get", f"/{number}/versions").status_code == 404
    assert api(client, table.clerk, "get", "?state=agreed").json()["total"] == 1
    codes = client.get("/api/reference/decline_reasons").json()
    assert len(codes) == 8
    assert all(one["assumed"] for one in codes)


def test_taking_back_over_the_api(table, client):
    made = table.invited()
    assert api(client, table.clerk, "post", f"/{made.pk}/steps/accept", {"seen_version": 1}).status_code == 404
    found = api(client, table.clerk, "post", f"/{made.pk}/steps/take_back", {"seen_version": 1})
    assert found.json()["state"] == "taken_back"
    again = table.talking()
    over = api(
        client, table.teacher, "post", f"/{again.pk}/break-off", {"seen_version": again.version, "reason": "price"}
    )
    assert (over.json()["state"], over.json()["break_reason"]) == ("broken_off", "price")


def test_a_taken_step_is_no_way_around_the_reason(table):
    from triplehelix.records.steps.actions import Refused

    with pytest.raises(Refused, match="请选择谢绝的原因"):
        take(case=table.invited(), step="decline", actor=table.teacher, now=table.now, seen_version=1)
