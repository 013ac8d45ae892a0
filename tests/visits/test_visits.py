"""A visit lands once however often it is sent; what it brings is a draft of the firm and asks that offices answer."""

import threading
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.urls import reverse

from tests.fund.test_race import at_once
from tests.market.conftest import NOW, account, member, office, organisation
from tests.market.sheets import code
from tests.market.test_needs import PARTS, SECRET
from tests.records.matrix import matrix
from triplehelix.market.finance.models import Lead
from triplehelix.market.listings.actions import edit
from triplehelix.market.needs.models import Confidential, Need
from triplehelix.market.visits import actions, finds
from triplehelix.market.visits.actions import Given, LandedOtherwise
from triplehelix.market.visits.flow import FLOW
from triplehelix.market.visits.models import Ask, Visit
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties.models import Account, Office, Organisation
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail.models import Entry

TODAY = NOW.date()
NEED = {"title": "镀锡铜排发黑", "field": "新材料", **PARTS}
TALENT = {"text": "要会表面处理的工程师", "post": "表面工程", "count": 2, "level": "硕士", "needed_by": None}
FINANCE = {"text": "中试线缺钱，厂房已抵押", "amount_fen": 300_000_000, "purpose": "中试设备", "needed_by": None}
PEOPLE = {"owner": "clerk", "unit": "county", "city": "officer", "recorder": "manager", "auditor": "auditor",
          "nobody": "other_county"}  # fmt: skip


@pytest.fixture
def manager(db):
    """A technology manager, who is also the administrator of another firm."""
    return member(office(account("manager"), "technology_manager"), organisation(9010))


@pytest.fixture
def operator(db):
    return office(account("operator"), "operator")


def given(organisation, **more):
    return Given(**{"organisation": organisation, "visited_on": TODAY, "need": NEED} | more)


def sent(who, what, uuid=None, now=NOW):
    return actions.record(uuid=uuid or uuid4(), given=what, actor=who, now=now)


def test_one_visit_brings_all_three(county, clerk, firm):
    visit = sent(county, given(firm, talent=TALENT, finance=FINANCE, met_name="阮砺石", met_phone="0635-8400000")).visit
    need = Need.objects.get()
    assert (visit.need, need.state, need.organisation, need.contact_name) == (need, "draft", firm, "阮砺石")
    assert need.target == PARTS["target"]
    assert [(one.what, one.state) for one in visit.asks.all()] == [("talent", "open"), ("finance", "open")]
    talent, finance = visit.asks.all()
    assert (talent.count, finance.amount_fen) == (2, 300_000_000)
    assert Message.objects.get(kind="market.visit.record").to == "clerk@example.com"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, "技术需求已存为贵单位的草稿，请登录核对后提交。"),
        ({"need": None, "about": "看了热处理车间"}, "这次只记了走访情况，没有技术、人才、金融诉求。"),
        ({"need": None, "talent": TALENT}, "人才诉求由主管部门转办和答复。"),
        (
            {"need": None, "talent": TALENT, "finance": FINANCE},
            "人才诉求由主管部门转办和答复。\n\n金融诉求由主管部门转办和答复。",
        ),
    ],
)
def test_the_letter_tells_of_what_landed_and_of_nothing_else(county, clerk, firm, more, says):
    visit = sent(county, given(firm, **more)).visit
    letter = Message.objects.get(kind="market.visit.record").body
    assert letter == f"county 记录了 {TODAY} 对贵单位的走访。\n\n{says}\n\n/visits/{visit.pk}/\n"


def test_sent_twice_it_lands_once(county, firm):
    uuid = uuid4()
    first, again = sent(county, given(firm, talent=TALENT), uuid), sent(county, given(firm, talent=TALENT), uuid)
    assert (first.fresh, again.fresh) == (True, False)
    assert again.visit == first.visit
    assert (Visit.objects.count(), Need.objects.count(), Ask.objects.count()) == (1, 1, 1)
    assert not Message.objects.filter(kind="market.visit.record").exists()


def test_sent_twice_to_a_firm_not_registered_before_it_lands_once(county):
    uuid, named = uuid4(), {"uscc": code(9900), "name": "新开的厂"}
    first = sent(county, given(None, **named), uuid)
    known = Organisation.objects.get(uscc=code(9900))
    again = sent(county, given(known, **named), uuid)
    assert (first.fresh, again.fresh, again.visit) == (True, False, first.visit)


def test_changed_after_it_had_landed_it_says_so(county, firm):
    uuid = uuid4()
    first = sent(county, given(firm), uuid).visit
    with pytest.raises(LandedOtherwise, match="已经送达过") as why:
        sent(county, given(firm, about="补一句"), uuid)
    assert why.value.visit == first


def test_anothers_number_is_not_taken(county, clerk, firm):
    uuid = uuid4()
    sent(county, given(firm), uuid)
    with pytest.raises(Refused, match="另一个账号"):
        sent(clerk, given(firm), uuid)


@pytest.mark.django_db(transaction=True)
def test_two_tabs_send_at_once_and_one_visit_lands(county, firm):
    uuid, gate, landed, failed = uuid4(), threading.Barrier(3), [], []

    def send():
        try:
            gate.wait(10)
            landed.append(sent(Account.objects.get(pk=county.pk), given(Organisation.objects.get(pk=firm.pk)), uuid))
        except Exception as why:  # what went wrong in a thread is told by the assertion below
            failed.append(why)
        finally:
            connection.close()

    three = [threading.Thread(target=send) for _n in range(3)]
    for one in three:
        one.start()
    for one in three:
        one.join(20)
    assert failed == []
    assert sorted(one.fresh for one in landed) == [False, False, True]
    assert (Visit.objects.count(), Need.objects.count()) == (1, 1)


class TestWhoVisitsWhom:
    def test_own_firm_own_county_any(self, clerk, county, officer, firm):
        for who in (clerk, county, officer):
            assert sent(who, given(firm)).fresh

    def test_not_a_firm_of_another_county_nor_a_strangers(self, other_county, stranger, firm):
        for who in (other_county, stranger):
            with pytest.raises(Invalid) as why:
                sent(who, given(firm))
            assert list(why.value.errors) == ["organisation"]
        assert not Visit.objects.exists()

    def test_an_officer_registers_a_firm_nobody_knew(self, county, stranger):
        what = given(None, uscc=code(9900), name="新开的厂")
        made = sent(county, what).visit.organisation
        assert (made.name, made.unit, made.confirmed_at) == ("新开的厂", "371521", None)
        assert sent(county, what).visit.organisation == made
        with pytest.raises(Invalid):
            sent(stranger, given(None, uscc=code(9901), name="也是新厂"))
        with pytest.raises(Invalid) as why:
            sent(county, given(None, uscc="91371502MA00000000", name="错码厂"))
        assert list(why.value.errors) == ["organisation"]

    def test_an_officer_of_two_units_registers_it_under_the_one_of_its_code(self, county):
        office(county, "county_officer", "371502")
        made = sent(county, given(None, uscc=code(9900), name="新开的厂")).visit.organisation
        assert (code(9900)[2:8], made.unit) == ("371502", "371502")
        Office.objects.filter(account=county, unit="371502").update(unit="371522")
        with pytest.raises(Invalid) as why:
            sent(county, given(None, uscc=code(9901), name="也是新厂"))
        assert "请企业先登记" in why.value.errors["organisation"]

    def test_who_sees_it(self, county, other_county, officer, auditor, clerk, stranger, firm):
        visit = sent(county, given(firm, talent=TALENT)).visit
        for who, sees in ((clerk, 1), (county, 1), (officer, 1), (auditor, 1), (other_county, 0), (stranger, 0)):
            assert finds.shown_to(who, TODAY).filter(pk=visit.pk).count() == sees, who
            assert finds.asks_shown_to(who, TODAY).count() == sees, who
        assert finds.waiting_for(county, TODAY).count() == 1
        assert finds.waiting_for(clerk, TODAY).count() == 0


class TestTheMarketsPeople:
    """Technology managers act for firms, too: of visits they read their own. Money is for the bureau."""

    def test_a_manager_reads_only_what_he_recorded(self, county, manager, firm):
        said = given(firm, talent=TALENT, finance=FINANCE, met_phone="0635-8400000", about="厂里的情况")
        theirs, own = sent(county, said).visit, sent(manager, said).visit
        assert list(finds.shown_to(manager, TODAY)) == [own]
        assert {ask.visit for ask in finds.asks_shown_to(manager, TODAY)} == {own}
        assert {ask.visit for ask in finds.waiting_for(manager, TODAY)} == {own}
        assert finds.waiting_for(county, TODAY).count() == 4
        with pytest.raises(Refused, match="无权"):
            actions.take_up(ask=theirs.asks.get(what="finance"), values=WISH, actor=manager, now=NOW)
        assert actions.take_up(ask=own.asks.get(what="finance"), values=WISH, actor=manager, now=NOW).origin == "visit"

    def test_his_own_are_closed_to_him_with_his_office(self, manager, firm):
        sent(manager, given(firm, talent=TALENT))
        Office.objects.filter(account=manager).update(until=date(2026, 2, 1))
        assert not finds.shown_to(manager, TODAY).exists()
        assert not finds.asks_shown_to(manager, TODAY).exists()

    def test_the_operator_has_no_part_in_wishes_for_money(self, client, county, operator, officer, firm):
        visit = sent(county, given(firm, talent=TALENT, finance=FINANCE)).visit
        for who, sees in ((operator, ["talent"]), (officer, ["talent", "finance"])):
            assert [ask.what for ask in finds.shown_to(who, TODAY).get().asks.all()] == sees
            assert [ask.what for ask in finds.asks_shown_to(who, TODAY)] == sees
            assert [ask.what for ask in finds.waiting_for(who, TODAY)] == sees
            client.force_login(who)
            assert ("厂房已抵押" in client.get(f"/visits/{visit.pk}/").text) is ("finance" in sees)
            told = client.get("/api/visits").json()["items"][0]
            assert [ask["what"] for ask in told["asks"]] == sees


WRONG = "选错了企业，应记在别家"


class TestVoided:
    """What was entered at the wrong firm is there no longer for the firm; what the firm made its own stays."""

    def test_it_is_there_no_longer_with_asks_and_draft(self, county, clerk, officer, auditor, firm):
        need = {**SECRET, "title": "导电件防变色", "field": "新材料"}
        del need["text"]
        visit = sent(county, given(firm, need=need, talent=TALENT, met_phone="0635-8400000")).visit
        made = visit.need_id
        done = actions.void(visit=visit, why=WRONG, actor=county, now=NOW)
        assert done.stays == ()
        assert (done.visit.void_why, done.visit.voided_by, done.visit.need) == (WRONG, county, None)
        assert not Need.objects.exists() and not Confidential.objects.exists()
        assert not finds.shown_to(clerk, TODAY).exists()
        for who in (county, officer, auditor):
            assert list(finds.shown_to(who, TODAY).get().asks.all()) == list(finds.asks_shown_to(who, TODAY)) == []
            assert not finds.waiting_for(who, TODAY).exists()
        ask = Ask.objects.get()  # the row is kept
        with pytest.raises(Refused, match="无权"):
            take(case=ask, step="pass_on", actor=county, now=NOW, seen_version=ask.version, note="市人社局人才科")
        told = Message.objects.get(kind="market.visit.void")
        assert told.to == "clerk@example.com"
        assert "是误记，已经作废" in told.body and "草稿已经删除" in told.body and WRONG not in told.body
        entry = Entry.objects.get(subject_kind="market.visit", verb="void")
        assert (entry.why, entry.data["need"], entry.data["discarded"]) == (WRONG, made, True)
        assert Entry.objects.get(subject_kind="market.need", verb="discard").subject_id == str(made)
        with pytest.raises(Refused, match="已经作废"):
            actions.void(visit=visit, why=WRONG, actor=county, now=NOW)

    def test_what_the_firm_has_touched_stays_and_that_is_said(self, county, clerk, firm):
        visit = sent(county, given(firm, finance=FINANCE)).visit
        edit(listing=visit.need, values={"title": "改过的题目"}, actor=clerk, now=NOW, seen_version=1)
        lead = actions.take_up(ask=visit.asks.get(), values=WISH, actor=clerk, now=NOW)
        done = actions.void(visit=visit, why=WRONG, actor=county, now=NOW)
        assert [("改过的题目" in line, str(lead) in line) for line in done.stays] == [(True, False), (False, True)]
        assert (done.visit.need.title, Lead.objects.get()) == ("改过的题目", lead)
        assert "草稿已经删除" not in Message.objects.get(kind="market.visit.void").body

    def test_by_who_wrote_it_and_the_officers_over_the_firm(self, request, manager, clerk, firm):
        visit = sent(manager, given(firm)).visit
        for who in ("county", "officer", "manager", "other_county", "operator", "auditor", "clerk"):
            with pytest.raises(Invalid if who in ("county", "officer", "manager") else Refused):
                actions.void(visit=visit, why="错", actor=request.getfixturevalue(who), now=NOW)
        own = sent(clerk, given(firm)).visit
        assert actions.void(visit=own, why=WRONG, actor=clerk, now=NOW).visit.voided_by == clerk
        Office.objects.filter(account=manager).update(until=date(2026, 2, 1))
        with pytest.raises(Refused, match="只有走访人"):
            actions.void(visit=visit, why=WRONG, actor=manager, now=NOW)

    def test_sent_again_it_does_not_come_back(self, county, firm):
        uuid = uuid4()
        visit = sent(county, given(firm), uuid).visit
        actions.void(visit=visit, why=WRONG, actor=county, now=NOW)
        again = sent(county, given(firm), uuid)
        assert (again.fresh, again.visit.pk, Need.objects.count()) == (False, visit.pk, 0)

    def test_on_its_page(self, client, county, clerk, firm):
        visit = sent(county, given(firm, talent=TALENT)).visit
        address = f"/visits/{visit.pk}/void/"
        for who, offered in ((clerk, False), (county, True)):
            client.force_login(who)
            assert (address in client.get(f"/visits/{visit.pk}/").text) is offered
        wrong = client.post(address, {"why": "错"})
        assert wrong.status_code == 422 and "请写明作废的原因" in wrong.text
        done = client.post(address, {"why": WRONG}, follow=True)
        assert done.redirect_chain[-1][0] == f"/visits/{visit.pk}/"
        assert WRONG in done.text and address not in done.text and "表面工程" not in done.text
        assert "已作废" in client.get("/visits/").text
        assert client.post(address, {"why": WRONG}).status_code == 409
        client.force_login(clerk)
        assert client.get(f"/visits/{visit.pk}/").status_code == 404

    def test_by_the_api(self, client, county, clerk, firm):
        visit = sent(county, given(firm)).visit
        visit.need = take(case=visit.need, step="publish", actor=clerk, now=NOW, seen_version=1)
        client.force_login(county)
        address, given_why = f"/api/visits/{visit.pk}/void", {"why": WRONG}
        told = client.post(address, given_why, content_type="application/json")
        assert (told.status_code, told.json()["need"], len(told.json()["stays"])) == (200, visit.need_id, 1)
        assert client.get("/api/visits").json()["items"][0]["void_why"] == WRONG
        assert client.post(address, given_why, content_type="application/json").status_code == 409


@pytest.mark.django_db(transaction=True)
def test_voided_while_it_is_taken_up_one_of_both_comes_first(county, clerk, firm):
    ask = sent(county, given(firm, need=None, finance=FINANCE)).visit.asks.get()
    visit, who = ask.visit, Account.objects.get(pk=clerk.pk)
    voided, lead = at_once(
        lambda: actions.void(visit=visit, why=WRONG, actor=county, now=NOW),
        lambda: actions.take_up(ask=ask, values=WISH, actor=who, now=NOW),
    )
    assert Visit.objects.get().void_why == WRONG
    assert isinstance(lead, Lead | Refused)
    assert len(voided.stays) == Lead.objects.count() == isinstance(lead, Lead)


class TestHandedIn:
    def test_by_the_firms_own_people_it_is_published(self, clerk, firm):
        landed = sent(clerk, given(firm, hand_in=True))
        assert (landed.refused, landed.visit.need.state) == ("", "published")

    def test_of_an_unconfirmed_firm_it_is_submitted(self, db):
        where = organisation(9320, confirmed=False)
        who = member(account("fresh"), where)
        assert sent(who, given(where, hand_in=True)).visit.need.state == "submitted"

    def test_too_thin_it_stays_a_draft_and_says_why(self, clerk, firm):
        landed = sent(clerk, given(firm, need={"title": "只有题目", "what": "铜排"}, hand_in=True))
        assert "正文太短" in landed.refused
        assert Need.objects.get().state == "draft"

    def test_an_officer_hands_in_for_nobody(self, county, firm):
        landed = sent(county, given(firm, hand_in=True))
        assert "企业自己的" in landed.refused
        assert Need.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"need": None}, "about"),
        ({"need": {**NEED, "title": ""}}, "title"),
        ({"need": {**NEED, "secrecy": "secret"}}, "secrecy"),
        ({"about": "机密★三年"}, "about"),
        ({"visited_on": date(2026, 12, 1)}, "visited_on"),
        ({"visited_on": date(2020, 1, 1)}, "visited_on"),
        ({"met_phone": "打前台"}, "met_phone"),
        ({"talent": {"text": "", "count": 3}}, "talent_text"),
        ({"talent": TALENT | {"count": 0}}, "talent_count"),
        ({"finance": FINANCE | {"amount_fen": 0}}, "finance_amount_fen"),
        ({"finance": FINANCE | {"needed_by": date(2026, 1, 1)}}, "finance_needed_by"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_lands(county, firm, more, field):
    with pytest.raises(Invalid) as why:
        sent(county, given(firm, **more))
    assert list(why.value.errors) == [field]
    assert not Visit.objects.exists()
    assert not Need.objects.exists()


def test_a_confidential_need_is_kept_apart_from_the_start(clerk, firm):
    need = {**SECRET, "title": "导电件防变色", "field": "新材料"}
    del need["text"]
    sent(clerk, given(firm, need=need, hand_in=True))
    assert Need.objects.get().text == SECRET["teaser"]
    assert Confidential.objects.count() == 1


@pytest.mark.usefixtures("misplaced")
@pytest.mark.parametrize("state", [state.code for state in FLOW.states])
def test_a_step_of_an_ask_is_taken_only_by_whom_and_whence_it_is_declared(request, manager, firm, clerk, state):
    ask = sent(manager, given(firm, talent=TALENT)).visit.asks.get()
    Ask.objects.filter(pk=ask.pk).update(state=state, answer="已推荐两人", answered_at=NOW)
    people = {relation: request.getfixturevalue(who) for relation, who in PEOPLE.items()} | {"system": None}
    for cell in matrix(FLOW, people):
        if cell.state != state:
            continue
        with transaction.atomic():
            try:
                take(case=Ask.objects.get(pk=ask.pk), step=cell.step, actor=people[cell.relation], now=NOW,
                     seen_version=ask.version, note="市人社局人才科")  # fmt: skip
            except Refused:
                assert not cell.allowed, str(cell)
            else:
                assert cell.allowed, str(cell)
            transaction.set_rollback(True)


WISH = {"kind": "loan", "amount_fen": 300_000_000, "months": 36, "purpose": "research", "collateral": "none",
        "about": "中试线缺钱，厂房已抵押；买中试设备"}  # fmt: skip


def test_an_officer_takes_a_finance_ask_up_and_the_firm_decides_who_sees_it(county, other_county, clerk, firm):
    talent, ask = sent(county, given(firm, talent=TALENT, finance=FINANCE)).visit.asks.all()
    with pytest.raises(Refused, match="只有金融诉求"):
        actions.take_up(ask=talent, values=WISH, actor=county, now=NOW)
    with pytest.raises(Refused, match="无权"):
        actions.take_up(ask=ask, values=WISH, actor=other_county, now=NOW)
    with pytest.raises(Invalid) as wrong:
        actions.take_up(ask=ask, values=WISH | {"months": 0}, actor=county, now=NOW)
    assert list(wrong.value.errors) == ["months"]
    assert not Lead.objects.exists()
    lead = actions.take_up(ask=ask, values=WISH, actor=county, now=NOW)
    ask.refresh_from_db()
    assert (lead.organisation, lead.origin, lead.amount_fen) == (firm, "visit", 300_000_000)
    assert (ask.lead, ask.state, ask.answered_by) == (lead, "answered", county)
    assert str(lead) in Message.objects.filter(to="clerk@example.com").latest("pk").body + ask.answer
    assert not lead.applications.exists(), "the firm alone picks an institution"
    with pytest.raises(Refused, match="已经转为融资需求"):
        actions.take_up(ask=ask, values=WISH, actor=clerk, now=NOW)


def test_a_firm_takes_its_own_ask_up_and_nobody_has_to_answer_it(client, county, clerk, firm):
    ask = sent(county, given(firm, finance=FINANCE)).visit.asks.get()
    client.force_login(clerk)
    page = client.get(f"/visits/{ask.visit_id}/").text
    address = f"/visits/asks/{ask.pk}/lead/"
    assert address in page
    form = client.get(address).context["form"]
    assert (form.initial["amount_fen"], form.initial["about"]) == (300_000_000, "中试线缺钱，厂房已抵押；中试设备")
    posted = WISH | {"amount_fen": "300"}
    assert client.post(address, posted | {"months": ""}).status_code == 422
    assert client.post(address, posted).status_code == 302
    ask.refresh_from_db()
    assert (ask.lead.origin, ask.state, ask.answered_by) == ("own", "answered", None)
    page = client.get(f"/visits/{ask.visit_id}/").text
    assert f"/finance/leads/{ask.lead_id}/" in page
    assert address not in page
    assert client.post(address, posted).status_code == 409
    assert not finds.waiting_for(county, NOW.date()).exists()


def test_an_ask_says_whose_business_it_is_and_what_was_answered(client, county, clerk, firm):
    ask = sent(county, given(firm, finance=FINANCE)).visit.asks.get()
    with pytest.raises(Refused, match="转给谁"):
        take(case=ask, step="pass_on", actor=county, now=NOW, seen_version=ask.version)
    with pytest.raises(Refused, match="2 至 500 个字"):
        take(case=ask, step="pass_on", actor=county, now=NOW, seen_version=ask.version, note="长" * 501)
    long = take(case=ask, step="pass_on", actor=county, now=NOW, seen_version=ask.version, note="长" * 500)
    with pytest.raises(Refused, match="4 至 500 个字"):
        take(case=long, step="answer", actor=county, now=NOW, seen_version=long.version, note="长" * 501)
    ask = take(case=long, step="pass_on", actor=county, now=NOW, seen_version=long.version, note="市金融服务中心")
    assert (ask.handler, ask.state) == ("市金融服务中心", "passed_on")
    ask = take(
        case=ask, step="answer", actor=county, now=NOW, seen_version=ask.version, note="已推荐鲁科贷，银行下周上门"
    )
    assert (ask.answer, ask.answered_by) == ("已推荐鲁科贷，银行下周上门", county)
    assert Message.objects.filter(to="clerk@example.com").count() == 4
    # Answered wrongly, it is answered anew: the firm is told, and both answers are on the page.
    client.force_login(clerk)
    address = f"/visits/{ask.visit_id}/"
    assert "更正前的答复" not in client.get(address).text
    with pytest.raises(Refused, match="4 至 500 个字"):
        take(case=ask, step="answer_again", actor=county, now=NOW, seen_version=ask.version, note="错")
    for more in ("推荐的是科技成果转化贷，下月上门", "科技成果转化贷，八月上门"):
        ask = take(case=ask, step="answer_again", actor=county, now=NOW, seen_version=ask.version, note=more)
    assert (ask.state, ask.answer) == ("answered", "科技成果转化贷，八月上门")
    told = Message.objects.filter(to="clerk@example.com").order_by("pk")
    assert told.count() == 6 and "八月上门" in told.last().body
    page = client.get(address).text
    assert page.count("更正前的答复") == 2 and "银行下周上门" in page and "下月上门" in page and "八月上门" in page
    assert "answer_again" not in page
    client.force_login(county)
    assert reverse("web:visit-ask-step", args=[ask.pk, "answer_again"]) in client.get(address).text
