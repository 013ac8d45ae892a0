"""Inviting, answering with a reason, reminding, counting as unanswered, naming a manager: worked by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.market.conftest import account, member, office
from triplehelix.foundation.calendar import WorkingCalendar
from triplehelix.market.introductions import actions, finds, reasons, terms
from triplehelix.market.introductions.models import Introduction
from triplehelix.records.outbox.models import Message as Mail
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Office, Organisation
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry

BOTH = ["clerk@example.com", "scholar@example.com"]


def said(made):
    return list(Entry.objects.filter(subject_id=str(made.pk), subject_kind=made.kind).values_list("verb", flat=True))


# --- inviting ------------------------------------------------------------------------------------------------------


def test_one_side_invites_and_the_other_has_five_working_days(table):
    made = table.invited(words="我们有两条镀锡线，想先试 20 件。", percent=83)
    assert (made.state, made.invited_by_side, made.answer_by) == ("invited", "need", date(2026, 11, 30))
    assert made.unanswered_sides == ("achievement",)
    assert made.number == f"YJ2026-{made.pk:05d}"
    assert table.mails("invite") == ["scholar@example.com"]
    body = Mail.objects.get(to="scholar@example.com").body
    assert "2026-11-30 以前接受或谢绝" in body
    assert "两条镀锡线" in body
    assert "8400000" not in body
    assert "阮砺石" not in body


def test_a_pair_has_one_introduction_whoever_asks_again(table, stranger):
    made = table.invited()
    assert table.invited() == made
    assert table.invited("achievement") == made
    with pytest.raises(Refused, match="正在引荐中"):
        table.invited("manager")
    with pytest.raises(Refused, match="正在引荐中"):
        table.invited(actor=stranger)
    assert Introduction.objects.count() == 1
    assert table.mails("invite") == ["scholar@example.com"]


def test_only_for_ones_own_and_only_what_is_published(table, stranger):
    with pytest.raises(Refused, match="只能以本单位的需求或成果"):
        table.invited(actor=stranger)
    with pytest.raises(Refused, match="只有技术经理人和市科技局"):
        table.invited("manager", actor=table.clerk)
    own = table.offer_of(table.clerk, table.firm, title="企业自己的工艺")
    with pytest.raises(Refused, match="同一单位"):
        table.invited(achievement=own)
    new = table.organisation(9345, "未核实厂", confirmed=False)
    somebody = member(account("somebody"), new)
    fresh = table.need_of(table.clerk, table.firm, title="另一条难题")
    fresh.organisation = new
    fresh.save()
    with pytest.raises(Refused, match="还没有经过核实"):
        table.invited(need=fresh, actor=somebody)
    table.step(table.achievement, "withdraw", table.teacher)
    with pytest.raises(Refused, match="成果没有发布"):
        table.invited()
    with pytest.raises(Invalid, match="最多 1000 个字"):
        table.invited(words="长" * 1001)
    assert not Introduction.objects.exists()


def test_a_manager_invites_both_and_looks_after_it(table):
    made = table.invited("manager")
    assert made.unanswered_sides == ("need", "achievement")
    assert (made.manager, made.manager_agreed_at) == (table.manager, table.now)
    assert table.mails("invite") == BOTH
    made = actions.accept(**table.on(made, table.clerk))
    assert (made.state, made.accepted_at, made.unanswered_sides) == ("invited", None, ("achievement",))
    with pytest.raises(Refused, match="无权"):
        actions.accept(**table.on(made, table.clerk))
    made = actions.accept(**table.on(made, table.teacher))
    assert (made.state, made.accepted_at) == ("accepted", table.now)
    assert said(made) == ["invite", "accept_one", "accept"]
    assert table.mails("accept") == ["broker@example.com", "clerk@example.com"]


def test_an_officer_invites_without_looking_after_it_unless_so_named(table):
    made = table.invited("manager", actor=table.officer)
    assert made.manager == table.officer  # the officer who brings two together looks after them until he names another
    other = office(account("another"), "technology_manager")
    actions.assign(manager=other, **table.on(made, table.officer))
    made.refresh_from_db()
    assert (made.manager, made.manager_agreed_at) == (other, None)


def test_nobody_unknown_sees_a_contact(table):
    """Inviting asks for it, and so does accepting: somebody may have come in by an approved need."""
    made = table.invited("achievement")
    Organisation.objects.filter(pk=table.firm.pk).update(confirmed_at=None)
    with pytest.raises(Refused, match="还没有经过主管部门核实"):
        actions.accept(**table.on(made, table.clerk))
    Organisation.objects.filter(pk=table.firm.pk).update(confirmed_at=table.now)
    assert actions.accept(**table.on(made, table.clerk)).state == "accepted"


# --- answering -----------------------------------------------------------------------------------------------------


def test_a_decline_gives_its_reason_to_the_sender(table):
    made = table.invited()
    for code in ("", "nonsense"):
        with pytest.raises(Invalid) as why:
            actions.decline(reason_code=code, **table.on(made, table.teacher))
        assert why.value.errors == {"reason": "请选择八类原因之一"}
    with pytest.raises(Refused, match="无权"):
        actions.decline(reason_code="price", **table.on(made, table.clerk))
    with pytest.raises(Refused, match="请选择谢绝的原因"):
        table.step(made, "decline", table.teacher)
    made = actions.decline(reason_code="performance", words="盐雾只做到 96 小时", **table.on(made, table.teacher))
    assert (made.state, made.decline_reason, made.declined_by_side) == ("declined", "performance", "achievement")
    mail = Mail.objects.get(kind="market.introduction.decline")
    assert mail.to == "clerk@example.com"
    assert "性能指标达不到。盐雾只做到 96 小时" in mail.body
    assert Entry.objects.filter(verb="decline").get().why == "性能指标达不到。盐雾只做到 96 小时"
    assert list(finds.declined(table.today, table.today)) == [made]


def test_the_eight_reasons_and_what_they_say_of_the_pair(table):
    assert reasons.levels() == {
        "off_topic": 1, "performance": 2, "too_early": 2, "have_solution": None, "price": 3, "terms": 3, "timing": 3,
        "capacity": None,
    }  # fmt: skip
    assert [one.code for one in reasons.offered(table.today)] == list(reasons.levels())
    assert reasons.reason("off_topic").label == "技术方向不符"
    with pytest.raises(KeyError):
        reasons.reason("nonsense")


def test_who_was_declined_waits_before_asking_again_and_a_manager_need_not(table):
    actions.decline(reason_code="timing", **table.on(table.invited(), table.teacher))
    table.days(89)
    with pytest.raises(Refused, match="90 天之内不再重复邀请"):
        table.invited()
    table.step(table.invited("achievement"), "take_back", table.teacher)  # who declined may change his mind
    table.step(table.invited("manager"), "take_back", table.manager)
    table.days(2)
    assert table.invited().state == "invited"


def test_who_takes_it_back_does_not_ask_for_ever(table):
    """Each invitation is a letter to everybody of the other side."""
    for _n in range(2):
        table.step(table.invited(), "take_back", table.clerk)
    with pytest.raises(Refused, match="90 天之内已经邀请过 2 次"):
        table.invited()
    table.step(table.invited("achievement"), "take_back", table.teacher)  # the other side has not asked yet
    table.days(91)
    assert table.invited().state == "invited"


def test_what_was_taken_down_is_not_accepted_any_more(table):
    made = table.invited()
    table.step(table.need, "withdraw", table.clerk)
    with pytest.raises(Refused, match="需求已经撤下"):
        actions.accept(**table.on(made, table.teacher))
    made.refresh_from_db()
    assert (made.state, made.achievement_accepted_at) == ("invited", None)
    assert actions.decline(reason_code="timing", **table.on(made, table.teacher)).state == "declined"


def test_who_looked_at_an_older_state_is_told(table):
    made = table.invited("manager")
    old = table.on(made, table.teacher)
    actions.accept(**table.on(Introduction.objects.get(), table.clerk))
    with pytest.raises(Refused, match="别人刚刚办理过"):
        actions.accept(**{**old, "seen_version": 1})


def test_an_invitation_is_taken_back_by_who_sent_it(table):
    made = table.invited()
    with pytest.raises(Refused, match="无权"):
        table.step(made, "take_back", table.teacher)
    assert table.step(made, "take_back", table.clerk).state == "taken_back"
    assert table.invited() != made


# --- the term ------------------------------------------------------------------------------------------------------


def test_one_reminder_then_no_answer_then_asked_once_more(table):
    made = table.invited()
    assert actions.remind_due(now=table.now) == 0
    table.days(3)  # Thursday 26 November: two working days left
    assert actions.remind_due(now=table.now) == 1
    assert actions.remind_due(now=table.now) == 0
    assert table.mails("remind") == ["scholar@example.com"]
    table.days(4)  # Monday 30, the last day
    assert actions.expire_due(now=table.now) == 0
    table.days(1)
    assert actions.expire_due(now=table.now) == 1
    made.refresh_from_db()
    assert made.state == "unanswered"
    assert list(finds.unanswered()) == [made]
    assert table.mails("expire") == ["clerk@example.com"]
    again = table.step(made, "ask_again", table.clerk)
    assert (again.state, again.times_asked, again.answer_by) == ("invited", 2, date(2026, 12, 8))
    assert table.mails("ask_again") == ["scholar@example.com"]
    table.days(10)
    actions.expire_due(now=table.now)
    with pytest.raises(Refused, match="已经邀请过 2 次"):
        table.step(made, "ask_again", table.clerk)
    assert actions.accept(**table.on(made, table.teacher)).state == "accepted"  # late is better than never


def test_a_manager_hears_that_nobody_answered(table):
    made = table.invited("manager")
    table.days(8)
    actions.expire_due(now=table.now)
    assert table.mails("expire") == ["broker@example.com"]
    made.refresh_from_db()
    assert made.state == "unanswered"


def test_without_next_years_working_days_there_is_no_term_yet(table, until_2026, monkeypatch):
    table.now = datetime(2026, 12, 28, 2, 0, tzinfo=UTC)
    made = table.invited()
    assert made.answer_by is None
    assert (actions.expire_due(now=table.now), actions.remind_due(now=table.now)) == (0, 0)
    # The office loads the calendar: the term is set from the day of the invitation.
    known = terms.reference.calendar()
    next_year = type(known.years[2026])(2027, {date(2027, 1, 1): "元旦"}, frozenset(), "test")
    monkeypatch.setattr(terms.reference, "calendar", lambda: WorkingCalendar([*known.years.values(), next_year]))
    actions.remind_due(now=table.now)
    made.refresh_from_db()
    assert made.answer_by == date(2027, 1, 5)


def test_who_is_asked_is_reminded_while_next_years_working_days_are_missing(table, until_2026):
    table.now = datetime(2026, 12, 23, 2, 0, tzinfo=UTC)
    table.invited()
    table.days(7)  # Wednesday 30 December: its term ends today, and two working days from now are in no calendar
    assert (actions.remind_due(now=table.now), table.mails("remind")) == (1, ["scholar@example.com"])


# --- the manager ---------------------------------------------------------------------------------------------------


def test_a_manager_is_named_and_agrees(table, stranger):
    made = table.invited()
    with pytest.raises(Refused, match="无权"):
        actions.assign(manager=table.manager, **table.on(made, table.clerk))
    with pytest.raises(Invalid, match="现任的技术经理人"):
        actions.assign(manager=stranger, **table.on(made, table.officer))
    made = actions.assign(manager=table.manager, **table.on(made, table.officer))
    assert table.mails("assign") == ["broker@example.com"]
    assert made.relations_of(table.manager, table.now) == {"called"}
    with pytest.raises(Refused, match="无权"):
        table.step(made, "take_back", table.manager)
    moved = made.moved_at
    table.days(1)
    made = actions.agree_to_manage(**table.on(made, table.manager))
    assert made.relations_of(table.manager, table.now) == {"manager"}
    assert made.moved_at == moved  # no movement between the two sides
    assert said(made) == ["invite", "assign", "agree_to_manage"]


def test_a_manager_who_has_left_hears_nothing_more(table):
    """Nor sees it among what waits for him; the two sides and the officers go on."""
    made = table.invited("manager")
    asked = actions.assign(manager=table.manager, **table.on(table.invited(need=table.need_of(
        table.clerk, table.firm, title="另一条难题")), table.officer))  # fmt: skip
    assert list(finds.to_agree(table.manager, table.today)) == [asked]
    parties.end_office(office=table.manager.offices.get(), until=None, why="调离", actor=table.officer, now=table.now)
    assert not finds.to_agree(table.manager, table.today)
    actions.accept(**table.on(made, table.clerk))
    actions.decline(reason_code="price", words="报价高于预算", **table.on(made, table.teacher))
    assert table.mails("decline") == ["clerk@example.com"]


def test_who_cannot_says_why_and_the_officers_name_another(table):
    made = actions.assign(manager=table.manager, **table.on(table.invited(), table.officer))
    with pytest.raises(Invalid, match="请写明为什么不能办"):
        actions.refuse_to_manage(why=" ", **table.on(made, table.manager))
    made = actions.refuse_to_manage(why="不是我的方向", **table.on(made, table.manager))
    assert made.manager is None
    assert table.mails("refuse_to_manage") == ["officer@example.com"]
    assert list(finds.shown_to(table.manager, table.today)) == []


def test_what_a_manager_leaves_behind_is_handed_over(table, officer):
    """Whoever holds the office no more looks after nothing: the desk shows the case, and the officers are told once."""
    made = table.accepted("manager")
    assert made not in finds.unassigned(table.today)
    assert actions.tell_left(now=table.now) == 0
    held = Office.objects.get(account=table.manager)
    parties.end_office(office=held, until=None, why="离职", actor=officer, now=table.now)
    assert list(finds.unassigned(table.today)) == [made]
    Mail.objects.all().delete()
    assert (actions.tell_left(now=table.now), actions.tell_left(now=table.now)) == (1, 0)
    letter = Mail.objects.get()
    assert letter.to == officer.email and made.number in letter.body and "broker" in letter.body
    actions.assign(manager=officer, **table.on(made, officer))
    assert not finds.unassigned(table.today).exists()
    assert actions.tell_left(now=table.now + timedelta(days=40)) == 0
