"""Talks, intents, versions of terms, and that an intent is no deal."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.introductions.words import TERMS, WAN
from tests.market.conftest import account, member
from triplehelix.market.contracts import finds as contracts
from triplehelix.market.introductions import actions, check, finds
from triplehelix.market.introductions.models import Intent, Introduction, Meeting, Message, Paper, Version
from triplehelix.records.outbox.models import Message as Mail
from triplehelix.records.parties import rekey
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import retired
from triplehelix.records.trail.models import Entry

HOUR = timedelta(hours=1)


# --- talks ---------------------------------------------------------------------------------------------------------


def test_an_appointment_is_kept_and_the_first_talk_moves_the_introduction(table):
    made = table.accepted()
    with pytest.raises(Invalid) as why:
        actions.plan(kind="party", planned_at=table.now - HOUR, place="", **table.on(made, table.clerk))
    assert sorted(why.value.errors) == ["kind", "place", "planned_at"]
    far = table.now.replace(year=9999)
    with pytest.raises(Invalid) as why:
        actions.plan(kind="talk", planned_at=far, place="视频", **table.on(made, table.clerk))
    assert list(why.value.errors) == ["planned_at"]
    visit = {"kind": "visit", "planned_at": table.now + HOUR, "place": "企业镀锡线"}
    meeting = actions.plan(**visit, **table.on(made, table.teacher))
    assert list(finds.meetings_ahead(Introduction.objects.all(), table.now)) == [meeting]
    table.days(1)
    assert list(finds.meetings_to_record(Introduction.objects.all(), table.now)) == [meeting]
    kept = table.meet(made, kind="visit", meeting=meeting, place="")
    assert (kept.pk, kept.place, kept.held_on) == (meeting.pk, "企业镀锡线", table.today)
    assert made.state == "talking"
    assert list(finds.talks(table.today, table.today)) == [kept]
    assert not finds.talks(until=table.today - timedelta(days=1)).exists()
    with pytest.raises(Refused, match="已经登记过结果"):
        table.meet(made, meeting=meeting)
    later = actions.plan(kind="talk", planned_at=table.now + HOUR, place="视频", **table.on(made, table.clerk))
    actions.cancel(meeting=later, why="对方出差", **table.on(made, table.teacher))
    assert not finds.meetings_ahead(Introduction.objects.all(), table.now).exists()


def test_a_talk_says_when_and_who_and_not_before_both_accepted(table):
    made = table.invited()
    with pytest.raises(Refused, match="待答复"):
        table.meet(made)
    made = actions.accept(**table.on(made, table.teacher))
    for more, where in (
        ({"held_on": None}, "held_on"),
        ({"held_on": table.today + timedelta(days=1)}, "held_on"),
        ({"held_on": table.today - timedelta(days=1)}, "held_on"),
        ({"people": " "}, "people"),
        ({"notes": "记" * 5001}, "notes"),
    ):
        with pytest.raises(Invalid) as why:
            table.meet(made, **more)
        assert list(why.value.errors) == [where]
    assert not Meeting.objects.exists()
    with pytest.raises(Refused, match="还没有登记过洽谈"):
        table.step(made, "talk", table.clerk)


def told(what):
    """To whom letters of this kind went, in order, and what they said."""
    rows = Mail.objects.filter(kind=f"{Introduction.kind}.{what}").order_by("pk")
    return [row.to for row in rows], "".join(row.subject + row.body for row in rows)


def test_the_other_side_is_told_of_an_appointment_and_that_it_is_cancelled(table):
    made = table.accepted()
    visit = {"kind": "visit", "planned_at": table.now + HOUR, "place": "企业镀锡线"}
    meeting = actions.plan(**visit, **table.on(made, table.teacher))
    assert list(finds.to_keep(table.clerk, table.today)) == [meeting]
    assert not finds.to_keep(table.officer, table.today).exists()
    actions.cancel(meeting=meeting, why="对方出差", **table.on(made, table.clerk))
    planned, words = told("plan")
    assert planned == [table.clerk.email] and "企业镀锡线" in words
    cancelled, words = told("cancel")
    assert cancelled == [table.teacher.email] and "对方出差" in words
    assert not finds.to_keep(table.clerk, table.today).exists()


def test_a_side_that_says_several_things_in_a_row_writes_one_letter(table):
    made = table.talking()
    for text in ("底价 80 万元", "含税"):
        actions.say(introduction=made, text=text, actor=table.clerk, now=table.now)
    to, words = told("say")
    assert to == [table.teacher.email] and "80" not in words
    actions.say(introduction=made, text="可以", actor=table.teacher, now=table.now)
    assert told("say")[0] == [table.teacher.email, table.clerk.email]
    table.days(2)
    actions.say(introduction=made, text="那就这样", actor=table.teacher, now=table.now)
    assert told("say")[0] == [table.teacher.email, table.clerk.email, table.clerk.email]


def test_every_version_of_the_terms_is_told(table):
    made = table.talking()
    table.propose(made, table.clerk)
    assert told("negotiate")[0] == [table.teacher.email] and told("propose")[0] == []
    table.propose(made, table.teacher, delivery="六个月内交付工艺文件")
    to, words = told("propose")
    assert to == [table.clerk.email] and "第 2 版" in words


def test_what_was_said_stands_in_the_database_encrypted_and_not_in_the_trail(table):
    made = table.talking()
    actions.say(introduction=made, text="底价 80 万元", actor=table.clerk, now=table.now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT people || notes FROM introductions_meeting UNION SELECT text FROM introductions_message")
        stored = "".join(row[0] for row in cursor.fetchall())
    assert "样品" not in stored
    assert "底价" not in stored
    told = str(list(Entry.objects.values_list("data", "why")))
    assert "底价" not in told
    assert "样品" not in told


def test_a_message_stays_as_it_was_said_but_its_cipher_is_renewed_with_the_keys(table, settings):
    made = table.talking()
    actions.say(introduction=made, text="底价 80 万元", actor=table.clerk, now=table.now)
    with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
        Message.objects.update(text="底价 8 万元")
    own, key = settings.FIELD_KEYS, Fernet.generate_key().decode()
    settings.FIELD_KEYS = [key, *own]
    assert retired.keep() == 1 and rekey.renew().refused == 0
    settings.FIELD_KEYS = [key]
    assert Message.objects.get().text == "底价 80 万元" and list(check.problems()) == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL triplehelix.encrypting_anew = 'on'")
    with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
        Message.objects.update(said_at=table.now + timedelta(days=1))
    settings.FIELD_KEYS = [*own, key]  # the fixture compares with the keys of before
    rekey.renew()


# --- intents -------------------------------------------------------------------------------------------------------


def test_an_intent_is_no_deal(table):
    """domain §9 row 5.1: an intent counted as a deal."""
    made = table.talking()
    table.intent(made, event="院士专家澄湖行", amount_fen=300 * WAN, number="意-1")
    assert made.state == "intended"
    assert [one.amount_fen for one in finds.intents(table.today, table.today)] == [300 * WAN]
    assert not contracts.contracts().exists()
    assert not contracts.moved().exists()
    assert not contracts.landed().exists()
    assert not finds.agreed().exists()
    assert not finds.intents(since=table.today + timedelta(days=1)).exists()
    assert "不是合同" in str(made.workflow.state("intended").label)


def test_one_signing_counts_once_at_however_many_events_it_is_shown(table):
    made, paper = table.talking(), table.paper("意向书")
    table.intent(made, event="名校直通车", number="意-2026-7", file=paper)
    with pytest.raises(Refused, match="已签意向"):
        table.intent(made, event="对接会", file=table.paper())
    second = table.need_of(table.clerk, table.firm, title="又一条难题")
    other = table.talking(need=second)
    for more, where in (
        ({"file": paper}, "file"),
        ({"number": "意-2026-7"}, "number"),
        ({}, "signed_on"),  # the same two, the same achievement, the same day
    ):
        with pytest.raises(Invalid) as why:
            table.intent(other, event="对接会", **more)
        assert list(why.value.errors) == [where]
        assert "一次签约只算一次：已在“名校直通车”登记过" in why.value.errors[where]
    assert Intent.objects.count() == 1
    table.propose(made)
    with pytest.raises(Invalid, match="一次签约只算一次"):
        table.intent(made, event="对接会")


def void_meeting(table, made, meeting, who=None, why="这是另一件引荐的洽谈"):
    return actions.void_meeting(meeting=meeting, why=why, **table.on(made, who or table.teacher))


def test_a_talk_recorded_wrongly_counts_no_more_and_the_others_are_told(table):
    made = table.accepted()
    wrong, right = table.meet(made), table.meet(made, kind="visit")
    with pytest.raises(Invalid) as refused:
        void_meeting(table, made, wrong, why=" ")
    assert set(refused.value.errors) == {"why"}
    void_meeting(table, made, wrong)
    made.refresh_from_db()
    assert made.state == "talking" and list(finds.talks()) == [right]
    told = {one.to: one.body for one in Mail.objects.filter(kind__endswith=".void_meeting")}
    assert set(told) == {table.clerk.email} and "另一件引荐" in told[table.clerk.email]
    with pytest.raises(Refused, match="已经作废"):
        void_meeting(table, made, wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.filter(pk=wrong.pk).update(held_on=None, planned_at=table.now)
    void_meeting(table, made, right)
    made.refresh_from_db()
    assert made.state == "accepted" and not finds.talks().exists()
    table.meet(made)
    assert made.state == "talking" and list(check.problems()) == []


def test_the_talk_an_intent_rests_on_goes_after_the_right_one_is_recorded(table):
    made = table.accepted()
    wrong = table.meet(made)
    table.intent(made)
    with pytest.raises(Refused, match="先登记正确的一次"):
        void_meeting(table, made, wrong)
    table.meet(made, kind="visit")
    void_meeting(table, made, wrong)
    made.refresh_from_db()
    assert made.state == "intended" and finds.talks().count() == 1


def test_only_what_was_held_is_void(table):
    made = table.accepted()
    planned = actions.plan(
        kind="talk", planned_at=table.now + timedelta(days=2), place="电话", **table.on(made, table.clerk)
    )
    with pytest.raises(Refused, match="没有登记过结果"):
        void_meeting(table, made, planned)
    with pytest.raises(Refused, match="您无权"):
        void_meeting(table, made, table.meet(made), table.officer)


def test_an_intent_needs_its_paper_and_a_talk_before_it(table):
    made = table.accepted()
    with pytest.raises(Refused, match="已接受，待洽谈"):
        table.intent(made)
    table.meet(made)
    with pytest.raises(Invalid) as why:
        actions.sign_intent(
            signed_on=None, about="", file=None, amount_fen=0, number="长" * 61, **table.on(made, table.clerk)
        )
    assert sorted(why.value.errors) == ["about", "amount", "file", "number", "signed_on"]
    with pytest.raises(Refused, match="还没有登记意向书"):
        table.step(made, "sign_intent", table.clerk)


def void(table, made, who=None, why="上传的是另一件引荐的意向书"):
    return actions.void_intent(why=why, **table.on(made, who or table.teacher))


def test_an_intent_recorded_wrongly_is_void_and_its_paper_and_number_serve_anew(table):
    made, paper = table.talking(), table.paper("意向书")
    table.intent(made, number="意-2026-7", file=paper, amount_fen=300 * WAN)
    second = table.talking(need=table.need_of(table.clerk, table.firm, title="又一条难题"))
    with pytest.raises(Invalid) as wrong:
        void(table, made, why=" ")
    assert set(wrong.value.errors) == {"why"}
    gone = void(table, made)
    made.refresh_from_db()
    assert (made.state, gone.void_why, finds.intents().count()) == ("talking", "上传的是另一件引荐的意向书", 0)
    told = {one.to: one.body for one in Mail.objects.filter(kind__endswith=".void_intent")}
    assert set(told) == {table.clerk.email} and "另一件引荐" in told[table.clerk.email]
    with pytest.raises(Refused, match="已经作废"):
        void(table, made)
    for change in ({"void_why": ""}, {"void_why": "另一个原因"}, {"amount_fen": 1}):
        with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
            Intent.objects.filter(pk=gone.pk).update(**change)
    with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
        Intent.objects.filter(pk=gone.pk).delete()
    table.intent(second, number="意-2026-7", file=paper)
    assert Intent.objects.filter(digest=paper.sha256).count() == 2
    # The same two sign about the same achievement once a day, whatever is void.
    with pytest.raises(Invalid, match="一次签约只算一次"):
        table.intent(made, number="意-2026-8", file=table.paper("二"))
    assert list(check.problems()) == []


def test_an_intent_is_put_right_after_the_terms_were_agreed_too(table):
    made = table.talking()
    table.intent(made, amount_fen=300 * WAN)
    table.propose(made)
    table.accept_terms(made, 1, table.teacher)
    made.refresh_from_db()
    void(table, made)
    made.refresh_from_db()
    table.intent(made, amount_fen=30 * WAN)
    assert made.state == "agreed" and [one.amount_fen for one in finds.intents()] == [30 * WAN]
    assert list(check.problems()) == []
    with pytest.raises(Refused, match="现在是"):
        void(table, table.invited(need=table.need_of(table.clerk, table.firm, title="再一条难题")), table.clerk)


# --- terms ---------------------------------------------------------------------------------------------------------


def test_versions_until_both_accept_the_same_one(table):
    made = table.talking()
    first = table.propose(made)
    assert (first.n, first.side, first.accepted_by, made.state) == (1, "need", ("need",), "negotiating")
    assert list(finds.terms_to_answer(table.teacher, table.today)) == [made]
    assert list(finds.terms_to_answer(table.clerk, table.today)) == []
    with pytest.raises(Refused, match="本方已经接受这一版"):
        table.accept_terms(made, 1, table.clerk)
    second = table.propose(made, table.teacher, price_fen=120 * WAN, why="增加一年技术服务",
                           rows=[("签约", 60 * WAN, None), ("验收", 60 * WAN, None)])  # fmt: skip
    assert (second.n, second.side) == (2, "achievement")
    with pytest.raises(Refused, match="已经有更新的一版"):
        table.accept_terms(made, 1, table.teacher)
    with pytest.raises(Refused, match="双方还没有接受同一版"):
        table.step(made, "agree", table.clerk)
    done = table.accept_terms(made, 2, table.clerk)
    assert (done.state, done.ended_at) == ("agreed", table.now)
    assert list(finds.agreed(table.today, table.today)) == [made]
    assert not contracts.contracts().exists()  # agreed terms are no contract either
    assert table.mails("agree") == ["officer@example.com", "scholar@example.com"]
    with pytest.raises(Refused, match="条款已谈定"):
        table.propose(made)


def test_a_managers_version_waits_for_both(table):
    made = table.accepted("manager")
    draft = table.propose(made, table.manager)
    assert (draft.side, draft.accepted_by) == ("manager", ())
    with pytest.raises(Refused, match="无权"):
        table.accept_terms(made, 1, table.manager)
    made = table.accept_terms(made, 1, table.teacher)
    assert made.state == "negotiating"
    assert table.accept_terms(made, 1, table.clerk).state == "agreed"


def test_a_version_is_never_changed(table):
    made = table.agreed()
    for change in (
        {"price_fen": 1},
        {"rows": []},
        {"rights": "归企业"},
        {"need_accepted_at": None},
        {"n": 9},
    ):
        with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
            Version.objects.filter(introduction=made).update(**change)
    other = table.talking(need=table.need_of(table.clerk, table.firm, title="又一条难题"))
    table.intent(other)
    Introduction.objects.filter(pk=other.pk).update(state="talking")
    actions.say(introduction=other, text="在吗", actor=table.clerk, now=table.now)
    for model in (Version, Intent, Message):
        assert model.objects.exists()
        with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
            model.objects.all().delete()


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"mode": "赠送"}, {"mode"}),
        ({"structure": "barter"}, {"structure"}),
        ({"price_fen": 0}, {"price"}),
        ({"price_fen": 10**13 + 1}, {"price"}),
        ({"rows": []}, {"row_1"}),
        ({"rows": [("签约", 40 * WAN, None)]}, {"row_1_amount"}),
        ({"rows": [("签约", 40 * WAN, None), ("尾款", 10 * WAN, None)]}, {"row_2_amount"}),
        ({"rows": [("", 100 * WAN, None)]}, {"row_1"}),
        ({"rows": [("签约", 100 * WAN, None), ("尾款", 0, None)]}, {"row_2_amount"}),
        ({"rights": "", "delivery": " "}, {"rights", "delivery"}),
        ({"structure": "royalty", "royalty_ppm": 0}, {"royalty", "royalty_base"}),
        (
            {"structure": "royalty", "royalty_ppm": 50_000, "royalty_base": "销售额", "price_fen": 99 * WAN},
            {"row_2_amount"},
        ),
        ({"structure": "equity", "equity_bp": 10_001}, {"equity"}),
        ({"rights": "权" * 1001}, {"rights"}),
    ],
)
def test_terms_that_cannot_be_are_refused_at_their_fields(table, more, where):
    made = table.accepted()
    with pytest.raises(Invalid) as why:
        table.propose(made, **more)
    assert set(why.value.errors) == where
    assert not Version.objects.exists()
    made.refresh_from_db()
    assert made.state == "accepted"


def test_the_same_terms_again_are_no_new_version(table):
    made = table.talking()
    table.propose(made)
    with pytest.raises(Invalid, match="与第 1 版完全一样"):
        table.propose(made, table.teacher, why="换一个说法")


def test_a_royalty_may_promise_more_than_its_first_fee(table):
    made = table.accepted()
    version = table.propose(made, structure="royalty", royalty_ppm=30_000, royalty_base="产品不含税销售额",
                            rows=[("入门费", 30 * WAN, table.today)], equity_bp=5)  # fmt: skip
    assert (version.royalty_ppm, version.equity_bp) == (30_000, 0)
    assert version.rows == [{"name": "入门费", "fen": 30 * WAN, "due": "2026-11-23"}]
    assert TERMS["price_fen"] == version.price_fen


# --- messages and files --------------------------------------------------------------------------------------------


def test_the_room_is_open_while_they_talk(table, stranger):
    made = table.invited()
    with pytest.raises(Refused, match="待答复"):
        actions.say(introduction=made, text="在吗", actor=table.clerk, now=table.now)
    made = actions.accept(**table.on(made, table.teacher))
    with pytest.raises(Invalid, match="请写内容"):
        actions.say(introduction=made, text=" \x00 ", actor=table.clerk, now=table.now)
    with pytest.raises(Refused, match="无权"):
        actions.say(introduction=made, text="我也来", actor=stranger, now=table.now)
    with pytest.raises(Refused, match="无权"):
        actions.say(introduction=made, text="我看看", actor=table.officer, now=table.now)
    seen = made.version
    table.days(1)
    assert actions.say(introduction=made, text="样品到了", actor=table.teacher, now=table.now).side == "achievement"
    paper = table.paper()
    laid = actions.lay(introduction=made, file=paper, title="检测报告", actor=table.clerk, now=table.now)
    assert actions.lay(introduction=made, file=paper, title="再传", actor=table.teacher, now=table.now) == laid
    made.refresh_from_db()
    assert (made.version, made.moved_at) == (seen, table.now)
    actions.break_off(reason_code="price", **table.on(made, table.clerk))
    with pytest.raises(Refused, match="已终止"):
        actions.say(introduction=made, text="等等", actor=table.clerk, now=table.now)
    assert (Message.objects.count(), Paper.objects.count()) == (1, 1)


def test_talks_end_with_a_reason_both_are_told(table):
    made = table.talking()
    with pytest.raises(Invalid, match="请选择八类原因之一"):
        actions.break_off(reason_code="", **table.on(made, table.teacher))
    with pytest.raises(Refused, match="请选择终止的原因"):
        table.step(made, "break_off", table.teacher)
    words = "评估 150 万元，企业只出 90 万元"
    made = actions.break_off(reason_code="price", words=words, **table.on(made, table.teacher))
    assert (made.state, made.broken_by_side, made.break_reason) == ("broken_off", "achievement", "price")
    assert made.decline_reason == ""  # a deal that died is no declined introduction
    assert table.mails("break_off") == ["clerk@example.com"]
    assert table.invited() != made


# --- what the funnel counts and what is stuck ----------------------------------------------------------------------


def test_a_match_is_qualified_when_both_said_yes(table):
    made = table.invited()
    assert list(finds.introduced(table.today, table.today)) == [made]
    assert not finds.with_qualified_match().exists()
    table.days(1)
    actions.accept(**table.on(made, table.teacher))
    assert list(finds.with_qualified_match(table.today, table.today)) == [table.need]
    assert not finds.with_qualified_match(until=table.today - timedelta(days=1)).exists()


def test_what_has_not_moved_for_too_long_is_stuck(table):
    made = table.accepted()
    table.days(10)
    assert list(finds.stuck(table.today)) == []
    table.days(1)
    assert list(finds.stuck(table.today)) == [made]
    table.meet(made)
    assert list(finds.stuck(table.today)) == []
    table.days(21)
    assert list(finds.stuck(table.today)) == [made]
    colleague = member(account("colleague"), table.firm)
    actions.say(introduction=made, text="还在做样品", actor=colleague, now=table.now)
    assert list(finds.stuck(table.today)) == []
