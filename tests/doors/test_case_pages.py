"""Pages of the procedure, as their people see them: each opens, refuses who may not, and counts its queries."""

from datetime import timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from tests.cases import city as words
from tests.cases.words import SUMMARY, scored
from tests.doors.procedure import round_of, to_confirm
from triplehelix.doors.web import panel_seats
from triplehelix.procedure.cases import actions, commitment
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.documents import official as letters
from triplehelix.procedure.notices import actions as notices
from triplehelix.procedure.panels import actions as panels
from triplehelix.procedure.panels import ties
from triplehelix.procedure.panels.models import Seat
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Person
from triplehelix.records.parties.rules import Invalid


def test_an_officer_is_not_told_to_register_a_firm(client, city):
    """Applying is for firms; who only holds an office acts for none, who is new may register one."""
    path = reverse("web:round", args=[round_of(city).pk])
    new = parties.create_account(email="new@x.example", name="新来的", password=None, actor=None, now=city.now)
    for who, told in ((new, True), (city.clerk, False), (city.auditor, False)):
        client.force_login(who)
        assert ("登记我的单位" in client.get(path).text) is told


def test_what_is_left_out_is_asked_for_at_its_field(client, city):
    round = round_of(city)
    _firm, member = city.firm()
    client.force_login(member)
    client.post(reverse("web:round", args=[round.pk]), {"title": "轴承热处理"})
    case = Case.objects.get()
    sent = {"title": "轴承热处理", "seen_version": case.version, "submit": "1"}
    answer = client.post(reverse("web:case-edit", args=[case.pk]), sent)
    assert answer.status_code == 422 and case.state == "draft"
    said = answer.context["facts"].errors
    assert said["has_firm_and_school"] == ["请选择是或否"] and said["leader_running_projects"] == ["请填写数量（项）"]
    assert "缺少" not in answer.text and "true 或 false" not in answer.text
    case.refresh_from_db()
    assert f'id="seen_version" value="{case.version}"' in answer.text  # saved, and saved again without a conflict


def test_a_firm_applies_and_every_field_saves_itself(client, city):
    round = round_of(city)
    _firm, member = city.firm()
    client.force_login(member)
    page = client.get(reverse("web:round", args=[round.pk]))
    assert "开始填报" in page.text
    answer = client.post(reverse("web:round", args=[round.pk]), {"title": "轴承热处理"}, follow=True)
    case = Case.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("web:case-edit", args=[case.pk])
    assert case.facts == {"registered_in_city": True}  # known already
    url = reverse("web:case-edit", args=[case.pk])
    saved = client.post(
        url,
        {"title": "轴承热处理", "leader_running_projects": "1", "seen_version": case.version},
        headers={"hx-request": "true"},
    )
    assert "已保存" in saved.text and 'hx-swap-oob="true"' in saved.text
    case.refresh_from_db()
    assert case.facts["leader_running_projects"] == "1"
    stale = client.post(url, {"title": "别的", "seen_version": 1}, headers={"hx-request": "true"})
    assert "别人刚刚办理过" in stale.text
    whole = {
        "title": "轴承热处理", "leader": "周工", "summary": SUMMARY, "registered_in_city": "true",
        "has_firm_and_school": "true", "agreement_no": "2026-3", "leader_running_projects": "1",
        "seen_version": case.version, "submit": "1",
    }  # fmt: skip
    missing = client.post(url, whole | {"summary": "短"})
    assert missing.status_code == 422 and "至少 30 个字" in missing.text and "还缺材料：申报书" in missing.text
    city.papers(case, member)
    case.refresh_from_db()
    done = client.post(url, whole | {"seen_version": case.version}, follow=True)
    assert "已提交" in done.text
    case.refresh_from_db()
    assert case.state == "unit_review"
    assert client.get(url).status_code == 404  # handed in: nothing is written any more
    client.force_login(city.firm()[1])
    assert client.get(reverse("web:case", args=[case.pk])).status_code == 404


def test_the_step_on_the_page_of_a_draft_says_in_words_what_is_not_filled_in(client, city):
    firm, member = city.firm()
    case = actions.start(round=round_of(city), organisation=firm, title="轴承热处理", actor=member, now=city.now)
    client.force_login(member)
    step = reverse("web:case-step", args=[case.pk, "submit"])
    answer = client.post(step, {"seen_version": case.version})
    assert answer.status_code == 409
    assert "还没有填：由企业与高校院所联合承担" in answer.text and "true 或 false" not in answer.text
    wrong = {"leader_running_projects": "一"}
    case = actions.write(case=case, facts=wrong, actor=member, now=city.now, seen_version=case.version)
    answer = client.post(step, {"seen_version": case.version})
    assert "还没有填：" in answer.text and "还有没填对的：负责人在研的牵头项目" in answer.text


def test_a_paper_is_handed_in_beside_the_form_looked_at_and_taken_back(client, city):
    firm, member = city.firm()
    case = actions.start(round=round_of(city), organisation=firm, title="轴承热处理", actor=member, now=city.now)
    client.force_login(member)
    add = reverse("web:case-paper-add", args=[case.pk])
    pdf = SimpleUploadedFile("联合协议.pdf", b"%PDF-1.4\nx", content_type="application/pdf")
    answer = client.post(add, {"name": "联合协议", "file": pdf}, headers={"hx-request": "true"})
    assert answer.status_code == 200 and "联合协议.pdf" in answer.text and "<html" not in answer.text
    assert "data-heard>联合协议：材料已交</p>" in answer.text, "who does not see the list hears what became of it"
    assert answer.text.count(" autofocus") == 1, (
        "what had the focus is gone with the old list: it goes on at this paper"
    )
    paper = case.papers.get()
    at = reverse("web:case-paper", args=[case.pk, paper.pk])
    given = client.get(at)
    assert given.content == b"%PDF-1.4\nx" and given["Content-Disposition"].startswith("attachment")
    for file, said in ((b"PK\x03\x04x", "文件已损坏"), (None, "请选择文件，或写明原件交到哪里")):
        for htmx in ({"headers": {"hx-request": "true"}}, {"follow": True}):
            data = {"name": "申报书"} | ({"file": SimpleUploadedFile("a.zip", file)} if file else {})
            page = client.post(add, data, **htmx).text
            assert said in page
            if "headers" in htmx:
                assert 'autofocus aria-invalid="true" aria-describedby="paper-fault"' in page
                assert 'id="paper-fault"' in page and "data-heard" not in page
    for name in ("户口本", "\x00"):
        other = client.post(add, {"name": name, "said": "在家"}, headers={"hx-request": "true"})
        assert "这个事项不要这种材料" in other.text
    before = case.version
    case.refresh_from_db()
    assert case.version == before, "a form open beside it saves itself without a conflict"
    for who in (city.clerk, city.county, city.auditor):
        client.force_login(who)
        assert client.post(add, {"name": "申报书", "said": "x"}).status_code == 404
    client.force_login(member)
    back = client.post(reverse("web:case-paper-take-back", args=[case.pk, paper.pk]), follow=True)
    assert "材料已撤下" in back.text and "联合协议.pdf" not in back.text
    assert client.get(at).status_code == 404
    client.force_login(city.auditor)
    assert client.get(at).status_code == 200  # audit sees what was there once


def test_a_paper_of_another_case_is_offered_and_used(client, city):
    firm, member = city.firm()
    round = round_of(city)
    old = actions.start(round=round, organisation=firm, title="上一项", actor=member, now=city.now)
    case = actions.start(round=round, organisation=firm, title="这一项", actor=member, now=city.now)
    client.force_login(member)
    pdf = SimpleUploadedFile("联合协议.pdf", b"%PDF-1.4\nx")
    client.post(reverse("web:case-paper-add", args=[old.pk]), {"name": "联合协议", "file": pdf})
    page = client.get(reverse("web:case-edit", args=[case.pk])).text
    assert page.count('name="again"') == 1 and f"联合协议.pdf（{old.number}，" in page
    add, paper = reverse("web:case-paper-add", args=[case.pk]), old.papers.get()
    for again in ("999999", "\x00", "1" * 30):
        wrong = client.post(add, {"name": "联合协议", "again": again}, headers={"hx-request": "true"}).text
        assert "这份材料不能再用" in wrong or "请选择文件" in wrong
    both = {"name": "联合协议", "again": paper.pk, "file": SimpleUploadedFile("新.pdf", b"%PDF-1.4\ny")}
    assert "请只选一种" in client.post(add, both, headers={"hx-request": "true"}).text
    used = client.post(add, {"name": "联合协议", "again": paper.pk}, headers={"hx-request": "true"}).text
    assert "联合协议.pdf" in used and 'name="again"' not in used
    assert case.papers.get().file == paper.file


def test_the_unit_and_the_office_see_what_experts_will_see(client, city):
    firm, member = city.firm("澄湖精密轴承有限公司")
    case = actions.start(round=round_of(city), organisation=firm, title="轴承热处理", actor=member, now=city.now)
    at = reverse("web:case-anonymous", args=[case.pk])
    client.force_login(member)
    assert "还没有内容" in client.get(at).text
    add = reverse("web:case-paper-add", args=[case.pk])
    pdf = SimpleUploadedFile("活页.pdf", b"%PDF-1.4\nx")
    refused = client.post(add, {"name": "活页（匿名）", "file": pdf}, headers={"hx-request": "true"}).text
    assert "请交 Word" in refused and "看专家看到的" not in refused
    said = "一、现状\n套圈<b>淬硬层</b>不匀，澄湖精密轴承一年退货三批"
    taken = SimpleUploadedFile("活页.txt", said.encode())
    answer = client.post(add, {"name": "活页（匿名）", "file": taken}, headers={"hx-request": "true"}).text
    assert at in answer
    page = client.get(at).text
    assert (
        "&lt;b&gt;淬硬层&lt;/b&gt;不匀，■■■一年退货三批" in page and "第 2 行第 16 字：单位名称“澄湖精密轴承”" in page
    )
    for who, code in ((city.clerk, 404), (city.firm()[1], 404)):
        client.force_login(who)
        assert client.get(at).status_code == code
    Case.objects.filter(pk=case.pk).update(state="accepting")
    for who, code in ((city.clerk, 200), (city.county, 200), (city.auditor, 200), (city.firm()[1], 404)):
        client.force_login(who)
        assert client.get(at).status_code == code
    Case.objects.filter(pk=case.pk).update(lane="quick")
    client.force_login(city.clerk)
    assert client.get(at).status_code == 404, "nobody reviews it"


def test_what_a_correction_asks_for_stands_on_the_form(client, city):
    firm, member = city.firm()
    case = actions.start(round=round_of(city), organisation=firm, title="轴承热处理", actor=member, now=city.now)
    for why in ("联合协议缺页", "联合协议没有写明知识产权归属"):
        Case.objects.filter(pk=case.pk).update(state="accepting", corrected=False)
        case = city.step(case, "ask_correction", city.clerk, why)
    client.force_login(member)
    page = client.get(reverse("web:case-edit", args=[case.pk])).text
    assert "联合协议缺页" not in page, "the latest"
    assert "联合协议没有写明知识产权归属" in page and f"最后一天是 {case.due_on}" in page


def test_everything_that_is_missing_is_said_at_once_and_was_announced(client, city):
    firm, member = city.firm()
    case = actions.start(round=round_of(city), organisation=firm, title="轴承热处理", actor=member, now=city.now)
    client.force_login(member)
    url = reverse("web:case-edit", args=[case.pk])
    page = client.get(url).text
    assert page.count("提交时必填") == 2
    for title in ("轴承热处理", ""):  # also where the form itself is wrong
        case.refresh_from_db()
        answer = client.post(url, {"title": title, "seen_version": case.version, "submit": "1"})
        assert answer.status_code == 422
        for said in ("请填写项目负责人", "请用至少 30 个字写明项目内容", "还缺材料：申报书"):
            assert said in answer.text, (title, said)
    case.refresh_from_db()
    answer = client.post(url, {"title": "轴承热处理", "seen_version": case.version, "submit": "1"})
    assert {"leader", "summary", "__all__"} == {*answer.context["about"].errors}
    assert {"has_firm_and_school", "leader_running_projects"} <= {*answer.context["facts"].errors}


def test_a_note_says_which_steps_want_it(client, city):
    firm, member = city.firm()
    case = actions.start(round=round_of(city), organisation=firm, title="轴承热处理", actor=member, now=city.now)
    Case.objects.filter(pk=case.pk).update(state="recommending")
    client.force_login(city.county)
    assert "退回修改时必填" in client.get(reverse("web:case", args=[case.pk])).text
    client.force_login(member)
    page = client.get(reverse("web:case", args=[case.pk])).text
    assert "必填" not in page and "选填" in page


def test_a_unit_reads_what_it_promises_and_the_words_are_kept(client, city):
    case, member = to_confirm(city, confirmed=False)
    client.force_login(member)
    here, step = reverse("web:case", args=[case.pk]), reverse("web:case-step", args=[case.pk, "confirm"])
    text = commitment.current(timezone.localdate())
    page = client.get(here).text
    assert "一、本单位提供的信息" in page and "不是官方文本" in page
    assert page.index("一、本单位提供的信息") < page.index("确认账户和承诺</button>")
    case.refresh_from_db()
    unread = client.post(step, {"seen_version": case.version})
    assert unread.status_code == 409 and "请先阅读承诺书" in unread.text
    assert "已办理" in client.post(step, {"seen_version": case.version, "promise": text.version}, follow=True).text
    kept = commitment.made(Case.objects.get())
    assert kept.data["commitment_text"] == text.text and kept.data["commitment"] == text.version
    assert kept.data["commitment_digest"] == sha256(text.text.encode()).hexdigest()
    assert kept.data["commitment_digest"][:16] in client.get(here).text


def test_what_cannot_be_taken_back_says_its_consequence_first(client, city):
    case, member = to_confirm(city, confirmed=False)
    client.force_login(member)
    here = reverse("web:case", args=[case.pk])
    page = client.get(here).text
    folded = page[page.index('<details class="sure">') :]
    said = folded[: folded.index("</details>")]
    assert "就此结束，不能恢复" in said and "5 万元" in said
    # No button outside the fold takes such a step.
    assert page.count(reverse("web:case-step", args=[case.pk, "decline"])) == 1
    assert "确认放弃享受" in page and "放弃后不再向本单位拨付 5 万元" in page
    case.refresh_from_db()
    done = client.post(reverse("web:case-step", args=[case.pk, "decline"]), {"seen_version": case.version}, follow=True)
    assert "看本单位还能享受什么" in done.text and "原拟支持的 5 万元不再支持" in done.text


def test_what_cannot_be_read_is_said_at_its_field(client, city):
    round = round_of(city)
    firm, member = city.firm()
    case = actions.start(round=round, organisation=firm, title="某", actor=member, now=city.now)
    client.force_login(member)
    url = reverse("web:case-edit", args=[case.pk])
    answer = client.post(
        url, {"title": "", "leader_running_projects": "两项", "seen_version": case.version, "save": "1"}
    )
    assert answer.status_code == 422
    assert "应是整数（项）" in answer.text and "两项" in answer.text


def test_the_office_confirms_corrects_and_decides_on_the_page(client, city):
    round = round_of(city, award="M3.2-city-post", lane="quick")
    firm, member = city.firm()
    case = actions.start(round=round, organisation=firm, title="某项目后补助", actor=member, now=city.now)
    facts = {"registered_in_city": True, "has_firm_and_school": True, "audited_cost_yuan": "1000000"}
    facts |= {"agreement_no": "2026-3", "audit_no": "鲁天专审字〔2026〕第 21 号"}
    actions.write(case=case, facts=facts, actor=member, now=city.now, seen_version=case.version)
    city.step(case, "submit", member)
    client.force_login(city.clerk)
    url = reverse("web:case", args=[case.pk])
    assert "受理" in client.get(url).text

    def post(name, data, *args):
        case.refresh_from_db()
        return client.post(reverse(name, args=[case.pk, *args]), {"seen_version": case.version, **data}, follow=True)

    assert "已办理：受理" in post("web:case-step", {}, "accept").text
    refused = post("web:case-step", {}, "check")
    assert refused.status_code == 409 and "还没有逐项核对" in refused.text
    assert "已办理：核对事实" in post("web:case-act", {"facts": list(facts)}, "confirm").text
    post("web:case-step", {}, "check")
    wrong = post("web:case-act", {"invoices_in_window": "true", "why": ""}, "correct")
    assert wrong.status_code == 422
    post("web:case-act", {"invoices_in_window": "true", "why": "审计报告"}, "correct")
    undecided = post("web:case-step", {}, "decide")
    assert "标准待定，不能决定" in undecided.text
    client.force_login(city.finance)
    assert client.post(reverse("web:case-act", args=[case.pk, "correct"])).status_code == 404
    assert client.get(reverse("web:case", args=[case.pk])).status_code == 200


def test_a_round_is_extended_and_everybody_reads_why(client, city):
    round = round_of(city)
    later = (timezone.localdate() + timedelta(days=60)).isoformat()
    client.force_login(city.clerk)
    address = reverse("web:round-change", args=[round.pk])
    start = client.get(address).context["form"].initial
    form = {name: value for name, value in start.items() if value is not None}
    refused = client.post(address, form | {"closes_on": later, "budget": "12.345"})
    assert refused.status_code == 422 and "更正的事由" in refused.text
    done = client.post(address, form | {"closes_on": later, "why": "应企业要求延期"}, follow=True)
    assert "已更正" in done.text
    late = client.post(address, form | {"contact": "0635-2", "why": "换电话"})
    assert late.status_code == 409 and "别人刚刚修改过" in late.text
    client.logout()
    page = client.get(reverse("web:round", args=[round.pk])).text
    assert f"改为 {later}" in page and "应企业要求延期" in page and "更正、延期" not in page


def test_a_budget_is_not_less_than_what_was_decided_of_it(city):
    round = round_of(city, budget_fen=100_000_000)
    Case.objects.create(
        number="M3.2-1", round=round, award_code=round.award_code, lane=round.lane, year=round.year, title="一项",
        organisation=city.firm()[0], state="noticing", granted_fen=30_000_000, created_at=city.now, changed_at=city.now,
    )  # fmt: skip
    with pytest.raises(Invalid, match="已经决定支持"):
        actions.change_round(round=round, told={"budget_fen": 29_999_999}, why="压减", actor=city.clerk, now=city.now)
    assert actions.change_round(
        round=round, told={"budget_fen": 30_000_000}, why="压减", actor=city.clerk, now=city.now
    ).budget_fen == 30_000_000  # fmt: skip


def test_a_visitor_reads_a_notice_and_objects(client, city):
    case, member = to_confirm(city)
    firm = case.organisation
    client.force_login(city.clerk)
    empty = client.post(reverse("web:notice-new"), {"days": "5"})
    assert empty.status_code == 422 and "请选择要公示的办件" in empty.text
    form = {
        "number": "澄科公示〔2026〕1号",
        "title": "拟奖励名单",
        "days": "5",
        "objections_to": "监督科 0635-1",
        "cases": [case.pk],
    }
    assert "已公示" in client.post(reverse("web:notice-new"), form, follow=True).text
    client.logout()
    board = client.get(reverse("web:notices"))
    assert "拟奖励名单" in board.text
    notice = case.notice_items.get().notice
    page = client.get(reverse("web:notice", args=[notice.pk]))
    assert firm.name in page.text and "5 万元" in page.text
    item = case.notice_items.get()
    url = reverse("web:objection", args=[item.pk])
    assert client.post(url, {"name": "某", "phone": "x", "text": "短"}).status_code == 422
    said = {"name": "王实名", "phone": "13800000000", "text": "该企业申报的研发费用中包含生产设备采购款，请核实。"}
    assert "异议已收到" in client.post(url, said).text
    assert "王实名" not in client.get(reverse("web:notice", args=[notice.pk])).text
    client.force_login(city.clerk)
    page = client.get(reverse("web:case", args=[case.pk]))
    assert "王实名" in page.text and "答复异议" in page.text
    client.force_login(member)
    assert "王实名" not in client.get(reverse("web:case", args=[case.pk])).text
    word = client.get(reverse("web:notice-document", args=[notice.pk]))
    assert word.content[:2] == b"PK"


def test_letters_of_a_case_are_read_and_kept(client, city):
    case, _member = to_confirm(city)
    city.notice(case)
    city.days(12)
    assert notices.end_due(now=city.now) == 1
    client.force_login(city.auditor)
    page = client.get(reverse("web:case-letter", args=[case.pk, "decision"]))
    assert "伍万元整" in page.text and "五（四）" in page.text and "公示（澄科公示〔2026〕1号）期满" in page.text
    assert "非官方" not in page.text and "未提供" not in page.text
    assert "若干措施（征求意见稿）》的下列条款" in page.text, "a clause is one of a document, and this one is a draft"
    public = letters.of_notice(case.notice_items.get().notice)
    assert "若干措施（征求意见稿）》五（四），现对下列1个事项予以公示" in public.blocks[0].text
    case.refresh_from_db()
    assert letters.of_case(case, "decision", frozenset({"auditor"})).day == timezone.localdate(city.now)
    assert client.get(reverse("web:case-document", args=[case.pk, "decision"])).content[:2] == b"PK"
    assert client.get(reverse("web:case-letter", args=[case.pk, "payment"])).status_code == 404


def test_nothing_is_granted_before_its_notice_has_run(client, city):
    case, member = to_confirm(city)
    client.force_login(member)
    here, letter = (
        reverse(f"web:case{name}", args=[case.pk, *more]) for name, *more in ([""], ["-letter", "decision"])
    )
    assert case.state == "noticing" and case.decision["decided_on"]
    for state in ("confirming", "noticing", "on_notice", "objected"):
        Case.objects.filter(pk=case.pk).update(state=state)
        page = client.get(here).text
        assert "拟支持金额：公示期满" in page and letter not in page, state
        assert client.get(letter).status_code == 404
        assert client.get(reverse("web:case-document", args=[case.pk, "decision"])).status_code == 404


def test_what_is_given_up_is_granted_nowhere(client, city):
    case, member = to_confirm(city)
    city.step(case, "withdraw", member)
    client.force_login(member)
    page = client.get(reverse("web:case", args=[case.pk])).text
    assert "原拟支持的 5 万元不再支持" in page and 'class="amount' not in page
    assert client.get(reverse("web:case-letter", args=[case.pk, "decision"])).status_code == 404
    for name in ("web:cases", "web:entitlements"):
        assert case.title in client.get(reverse(name)).text and "5 万元" not in client.get(reverse(name)).text, name


def test_letters_bear_numbers_people_can_say(client, city):
    case, _member = to_confirm(city)
    city.notice(case)
    city.days(12)
    notices.end_due(now=city.now)
    case = city.step(case, "order", city.finance)
    (payment,) = city.payments(case)
    client.force_login(city.finance)
    letter = letters.of_case(case, "payment", frozenset({"finance"}))
    assert letter.number == "编号：M5.4-2026-0001-1" and payment.key not in letter.number
    page = client.get(reverse("web:case-letter", args=[case.pk, "payment"])).text
    assert "编号：M5.4-2026-0001-1" in page and f"<td>{payment.key}</td>" in page
    assert letters.of_case(case, "decision", frozenset({"clerk"})).number == "编号：M5.4-2026-0001"
    assert "M5.4-2026-0001-1" in client.get(reverse("web:case", args=[case.pk])).text


def test_a_letter_says_what_came_after_it(client, city):
    case, _member = to_confirm(city)
    Case.objects.filter(pk=case.pk).update(state="clawing")
    client.force_login(city.auditor)
    assert "办件已是“追回中”" in client.get(reverse("web:case-letter", args=[case.pk, "decision"])).text


def test_an_expert_scores_on_one_blind_page(client, city, reviewed):
    _round, case = reviewed
    seat, other = Seat.objects.order_by("pk")[:2]
    client.force_login(seat.expert.account)
    assert "去评分" in client.get(reverse("web:reviews")).text
    url = reverse("web:review", args=[seat.pk])
    page = client.get(url)
    assert "澄湖精密轴承" not in page.text and "周工" not in page.text and "■■■" in page.text
    assert "一、研究内容" in page.text, "the words of the 活页"
    assert "项目评审表" in page.text and "示范评分表，不是官方文本" in page.text, "the sheet is our proposal"
    saved = client.post(url, {"points_innovation": "20"}, headers={"hx-request": "true"})
    assert "已保存" in saved.text
    half = {"points_innovation": "26", "points_team": "12", "comment_innovation": "思路新颖", "points_none": "1"}
    part = client.post(url, half, headers={"hx-request": "true"}).text
    assert "没有保存：" in part and "满分 25 分" in part and "没有项目“none”" in part and 'class="bad"' in part
    seat.refresh_from_db()
    assert seat.points == {"innovation": 20, "team": 12}, "what is right is kept, what is wrong as it was before"
    assert seat.comments == {"innovation": "思路新颖"}
    wrong = client.post(url, {"points_innovation": "26", "submit": "1"})
    assert wrong.status_code == 422 and "满分 25 分" in wrong.text and 'value="26"' in wrong.text
    words_ = "这一项的判断依据申报书第三章给出的工艺试验数据和查新报告，理由充分，可以考核。"
    full = {"innovation": 22, "need": 17, "route": 16, "team": 12, "budget": 8, "benefit": 8}
    data = {f"points_{k}": v for k, v in full.items()} | {f"comment_{k}": words_ for k in full} | {"submit": "1"}
    assert "评分已提交" in client.post(url, data, follow=True).text
    assert client.get(reverse("web:review", args=[other.pk])).status_code == 404
    assert client.get(reverse("web:case", args=[case.pk])).status_code == 404


def test_an_expert_whose_seat_is_void_is_not_told_whom_the_blind_copy_is_of(client, city, reviewed):
    round, case = reviewed
    seat, own = Seat.objects.select_related("expert__account", "case__organisation").order_by("pk")[:2]
    ties.record_tie(
        kind="interest.shareholding", one=seat.expert.name, other=case.organisation.name, until=None, about="",
        since=timezone.localdate(), source="工商登记", actor=city.clerk, now=city.now,
    )  # fmt: skip
    panels.replace(seat=seat, actor=city.clerk, now=city.now)
    seat.refresh_from_db()
    assert case.organisation.name in seat.void
    client.force_login(seat.expert.account)
    page = client.get(reverse("web:review", args=[seat.pk])).text
    assert "一、研究内容" not in page, "the 活页 is for who judges it"
    assert "这份评分已作废" in page and case.organisation.name not in page and "持有股份" not in page
    client.force_login(own.expert.account)
    client.post(reverse("web:review-declare", args=[own.pk]), {"reason": "曾是同门师兄弟"})
    assert "您已回避这一项：曾是同门师兄弟" in client.get(reverse("web:review", args=[own.pk])).text
    client.force_login(city.clerk)  # the office reads why
    page = client.get(reverse("web:panel", args=[round.pk])).text
    assert seat.void in page and "曾是同门师兄弟" in page and "示范评分表，不是官方文本" in page


def test_the_auditor_reads_a_panel_and_finds_nothing_to_press(client, city, reviewed):
    round, _case = reviewed
    seat = Seat.objects.order_by("pk").first()
    client.force_login(city.auditor)
    url = reverse("web:panel", args=[round.pk])
    assert url in client.get(reverse("web:round", args=[round.pk])).text
    page = client.get(url).text
    assert "随机种子" in page and seat.expert.name in page and "会暴露身份" in page
    main = page[page.index("<main") : page.index("</main>")]
    assert "<form" not in main and "<button" not in main
    assert client.post(url, {"sheet": "project"}).status_code == 404
    Seat.objects.all().delete()
    round.panel.delete()
    early = client.get(url).text
    assert "还没有抽取专家" in early and "抽取并分配" not in early


def test_a_round_counts_what_its_office_may_open(client, city, reviewed):
    round, _case = reviewed
    firm, member = city.firm("泺口制泵有限公司")
    actions.start(round=round, organisation=firm, title="还在填写的一项", actor=member, now=city.now)
    client.force_login(city.clerk)
    page = client.get(reverse("web:round", args=[round.pk])).text
    assert "state=reviewing" in page and "state=draft" not in page


def test_the_office_follows_the_panel_and_puts_it_together(client, city, reviewed):
    round, case = reviewed
    client.force_login(city.clerk)
    url = reverse("web:panel", args=[round.pk])
    page = client.get(url)
    assert "待评" in page.text and "会暴露身份" in page.text and "随机种子" in page.text
    early = client.post(reverse("web:panel-settle", args=[round.pk]), follow=True)
    assert "还有没提交的评分" in early.text
    seat = Seat.objects.order_by("pk").first()
    client.post(reverse("web:seat", args=[seat.pk, "void"]), {"reason": "评分后发现有合作课题"})
    assert "已交 0 份，待评 4 份，交齐也不足 5 份，需补充 1 名专家" in client.get(url).text
    drawn = client.post(reverse("web:seat", args=[seat.pk, "replace"]), follow=True).text
    new = Seat.objects.select_related("expert__home").latest("pk").expert
    assert f"{case.number} 已补抽专家：{new.name}（{new.home.name}）" in drawn
    assert "已交 0 份，待评 5 份" in drawn and "评审无效" not in drawn
    assert Seat.objects.count() == 6
    barred = Seat.objects.filter(void="").select_related("expert", "case__organisation").first()
    ties.record_tie(
        kind="interest.shareholding", one=barred.expert.name, other=barred.case.organisation.name, until=None, about="",
        since=timezone.localdate(), source="工商登记", actor=city.clerk, now=city.now,
    )  # fmt: skip
    assert f"{barred.expert}（{barred.expert.home}）对 {case.number} 的评分不再计入，应当回避" in client.get(url).text
    assert barred.pk in [row.seat.pk for row in client.get(f"{url}?seat=void").context["seats"].page]
    assert 'href="?seat=void#seats"' in client.get(url).text
    client.post(reverse("web:seat", args=[barred.pk, "replace"]))
    assert "不再计入" not in client.get(url).text
    scored(city, case, 85, 84, 83, 82, 81)
    assert "已汇总" in client.post(reverse("web:panel-settle", args=[round.pk]), follow=True).text
    assert "83.00" in client.get(reverse("web:case", args=[case.pk])).text
    Person.objects.update(account=None)
    assert "还没有账号" not in client.get(url).text, "nobody has to score any more"
    late = Case.objects.get(pk=case.pk)
    late.pk, late.number, late.review = None, "M3.2-city-grant-2026-9999", {}
    late.save(force_insert=True)
    assert f"还没有专家的办件：{late.number}" in client.get(url).text
    drawn = client.post(reverse("web:panel-late", args=[round.pk]), follow=True).text
    assert "已抽取并分配" in drawn and f"补抽的种子：{late.number}" in drawn and "还没有专家" not in drawn
    client.force_login(city.finance)
    assert client.get(url).status_code == 404


def test_seats_are_read_by_where_they_stand_and_page_by_page(client, city, reviewed, monkeypatch):
    round, _case = reviewed
    monkeypatch.setattr(panel_seats, "PER_PAGE", 2)
    client.force_login(city.clerk)
    url = reverse("web:panel", args=[round.pk])
    found = client.get(f"{url}?seats=2&seat=nonsense").context["seats"]
    assert [row.view for row in found.page] == ["open", "open"] and (found.page.number, found.total) == (2, 5)
    assert [(code, count) for code, _label, count in found.tabs] == [("open", 5)]
    seat = Seat.objects.order_by("pk").first()
    void = reverse("web:seat", args=[seat.pk, "void"])
    assert f'action="{void}?seat=open&amp;seats=1"' in client.get(f"{url}?seat=open&seats=1").text
    answer = client.post(f"{void}?seat=open&seats=1", {"reason": "评分后发现有合作课题"})
    assert answer["Location"] == f"{url}?seat=open&seats=1#seats"
    (row,) = client.get(f"{url}?seat=void").context["seats"].page
    assert (row.seat.pk, row.why, row.short) == (seat.pk, "评分后发现有合作课题", True)
    none = client.get(f"{url}?seat=done")
    assert list(none.context["seats"].page) == [] and "没有这样的席位" in none.text


def test_my_entitlements_name_the_missing_fact(client, city):
    _firm, member = city.firm()
    client.force_login(member)
    page = client.get(reverse("web:entitlements"))
    assert "研发投入奖励" in page.text and "还差：" in page.text and "本年度研发费用" in page.text
    round_of(city, award="M5.3", lane="quick", title="技术经理人证书奖励申报")
    assert "申报：技术经理人证书奖励申报" in client.get(reverse("web:entitlements")).text
    client.force_login(city.clerk)
    assert "还没有登记到单位" in client.get(reverse("web:entitlements")).text


def test_a_round_is_opened_by_the_office_only(client, city):
    client.force_login(city.clerk)
    today = timezone.localdate()
    form = {
        "award": "M5.4", "lane": "quick", "title": "一批", "year": today.year, "opens_on": today, "closes_on": today,
        "notice_days": 5, "budget": "1.001",
    }  # fmt: skip
    wrong = client.post(reverse("web:round-new"), form)
    assert wrong.status_code == 422 and "不足一分" in wrong.text
    wrong = client.post(reverse("web:round-new"), form | {"budget": "200000"})
    assert wrong.status_code == 422 and "办理方式是：免申即享" in wrong.text
    done = client.post(reverse("web:round-new"), form | {"budget": "200000", "lane": "entitled"}, follow=True)
    assert "批次已发布" in done.text
    round = Round.objects.get()
    template = client.get(reverse("web:round-template", args=[round.pk]))
    assert template.content[:2] == b"PK"
    assert "这一批没有预算" not in client.post(reverse("web:round-share", args=[round.pk]), follow=True).text
    client.force_login(city.finance)
    assert client.get(reverse("web:round-new")).status_code == 404
    assert client.post(reverse("web:round-candidates", args=[round.pk])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_ask_the_same_number_of_questions_for_one_row_and_for_three(
    client, city, rows, django_assert_num_queries
):
    round = round_of(city, award="M3.2-city-post", lane="quick")
    firm, member = city.firm()
    for n in range(rows):
        actions.start(round=round, organisation=firm, title=f"第{n}项", actor=member, now=city.now)
    client.force_login(member)
    client.get(reverse("web:cases"))
    with django_assert_num_queries(7):
        client.get(reverse("web:cases"))
    with django_assert_num_queries(7):
        assert len(client.get("/cases/?view=mine").context["page"].object_list) == rows
    client.logout()
    with django_assert_num_queries(1):
        client.get(reverse("web:rounds"))


def test_the_list_narrows_to_ones_turn_and_to_what_is_late_and_says_when_nothing_is_left(client, city):
    round = round_of(city, award="M3.2-city-post", lane="quick")
    firm, member = city.firm()
    case = actions.start(round=round, organisation=firm, title="刚起草", actor=member, now=city.now)
    client.force_login(city.clerk)
    assert list(client.get("/cases/?view=mine").context["page"]) == []
    assert "没有符合条件的" in client.get("/cases/?view=late").text
    client.force_login(member)
    assert [one.pk for one in client.get("/cases/?view=mine").context["page"]] == [case.pk]
    Case.objects.filter(pk=case.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    page = client.get("/cases/?view=late")
    assert [one.pk for one in page.context["page"]] == [case.pk] and 'name="view" value="late"' in page.text
    book = load_workbook(BytesIO(client.get("/cases/export.xlsx?view=late").content)).active
    assert [row[0].value for row in book.iter_rows(min_row=2)][-1] == case.number and book.max_row == 2
    assert [one.pk for one in client.get("/cases/?view=nonsense").context["page"]] == [case.pk]


def test_money_is_tried_before_it_is_promised(client, city):
    round = round_of(city, award="M5.4", lane="entitled", title="研发投入奖励", budget_fen=120_000 * words.YUAN)
    facts = {"above_scale": True, "accurate": True, "rd_expense_yuan": "1000000", "rd_expense_last_year_yuan": None,
             "reported_before": False}  # fmt: skip
    for n in range(3):
        Case.objects.create(
            number=f"M5.4-2026-000{n}", round=round, award_code="M5.4", lane="entitled", year=round.year,
            organisation=city.firm()[0], title=round.title, state="confirming", created_at=city.now,
            changed_at=city.now, facts=facts,
        )  # fmt: skip
    client.force_login(city.finance)
    url = reverse("web:round-trial", args=[round.pk])
    page = client.get(url)
    assert "15 万元" in page.text and "按比例分摊" in page.text
    assert [one.total.served for one in page.context["scenarios"]] == [2, 2, 3, 2]
    more = client.get(url, {"growth": "67", "budget": "250000"})
    assert [one.total.claims for one in more.context["scenarios"]] == [5] * 4
    assert [int(one.total.left) for one in more.context["scenarios"]] == [0] * 4
    wrong = client.get(url, {"budget": "很多"})
    assert wrong.status_code == 422 and "很多" in wrong.text
    assert client.get(reverse("web:round-trial-chart", args=[round.pk])).content[:4] == b"<svg"


def test_a_round_with_nothing_to_divide_says_why(client, city):
    round = round_of(city, award="M5.4", lane="entitled", title="研发投入奖励", budget_fen=120_000 * words.YUAN)
    client.force_login(city.finance)
    url = reverse("web:round-trial", args=[round.pk])
    assert "还没有提交的办件" in client.get(url).text and "<table" not in client.get(url).text
    Case.objects.create(
        number="M5.4-2026-0001", round=round, award_code="M5.4", lane="entitled", year=round.year,
        organisation=city.firm()[0], title=round.title, state="confirming", created_at=city.now, changed_at=city.now,
        facts={},
    )  # fmt: skip
    assert "这一批有 1 件办件，但都还算不出" in client.get(url).text
    assert client.get(reverse("web:round-trial-chart", args=[round.pk])).status_code == 200


def test_a_fact_is_shown_to_those_it_says(client, city):
    """A person's certificate number: the unit, the clerk and the auditor see it, county and finance do not."""
    firm, member = city.firm()
    decided = {"decided_on": "2026-06-09", "facts": {"证书编号": "JS-2026-0099", "证书级别": "中级"}}
    case = Case.objects.create(
        number="M5.3-2026-0099", award_code="M5.3", lane="entitled", year=2026, organisation=firm, title="证书奖励",
        state="rejected", created_at=city.now, changed_at=city.now, decision=decided,
        facts={"certificate_no": "JS-2026-0099", "level": "中级"},
    )  # fmt: skip
    for who, sees in ((member, True), (city.clerk, True), (city.auditor, True), (city.county, False),
                      (city.finance, False)):  # fmt: skip
        client.force_login(who)
        page, api = client.get(f"/cases/{case.pk}/").text, client.get(f"/api/cases/{case.pk}")
        assert ("JS-2026-0099" in page, "JS-2026-0099" in api.text) == (sees, sees), who
        assert "中级" in page and api.json()["facts"]["level"] == "中级"
        assert ("decision" in letters.offered(case, case.relations_of(who, city.now))) is sees


def test_a_case_shows_the_decisions_that_hold_no_more_and_how_to_take_it_up_under_another_law(
    client, city, monkeypatch
):
    held = round_of(city, "M5.2-interest", "quick")
    firm, member = city.firm()
    case = actions.start(round=held, organisation=firm, title="一笔贷款", actor=member, now=city.now)
    facts = {"loan_no": "JK-1", "filed": True, "used_for_research": True, "only_loan_subsidised": True}
    case = actions.write(
        case=case, facts=facts | {"interest_paid_yuan": "100000"}, actor=member, now=city.now, seen_version=case.version
    )
    city.step(case, "submit", member)
    case = city.step(case, "accept", city.clerk)
    keys = [fact.key for fact in case.award.facts]
    actions.confirm_facts(case=case, keys=keys, actor=city.clerk, now=city.now, seen_version=case.version)
    city.step(case, "check", city.clerk)
    client.force_login(city.clerk)
    url = reverse("web:case", args=[case.pk])
    monkeypatch.setitem(vars(case.award), "declaration", "f" * 64)
    assert "装回政策包" in client.get(url).text
    case.refresh_from_db()
    answer = client.post(
        reverse("web:case-act", args=[case.pk, "rejudge"]), {"why": "聊政发〔2026〕9号", "seen_version": case.version}
    )
    assert answer.status_code == 302
    page = client.get(url).text
    assert "装回政策包" not in page and "改按现行标准办理" in page  # as a line of what happened
    assert client.post(reverse("web:case-act", args=[case.pk, "rejudge"]), {"why": "再来"}).status_code == 302
    city.step(case, "decide", city.clerk)
    assert "以前的决定" not in client.get(url).text
    city.step(case, "reject_decided", city.clerk, "单位放弃")
    for account in (city.clerk, member, city.auditor):
        client.force_login(account)
        page = client.get(url).text
        assert "以前的决定" in page and "40,000.00 元" in page
