"""An expert's credit: found when scores are put together, counted once confirmed, and looked at when lots are drawn."""

from datetime import timedelta

import pytest

from tests.cases.test_panels import drawn, reviewing
from tests.cases.words import FULL, scored
from triplehelix.procedure.panels import actions as panels
from triplehelix.procedure.panels import credit, finds
from triplehelix.procedure.panels.models import CreditFinding, Seat
from triplehelix.procedure.review.draw import lot_number
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry

pytestmark = pytest.mark.usefixtures("experts")


def contradicting(city, seat):
    """Full points for what the comment finds nothing but wrong."""
    words = dict.fromkeys(FULL, "这一项的判断依据申报书第三章给出的工艺试验数据和查新报告，理由充分，可以考核。")
    words["innovation"] = "创新不足，指标落后，与国内同类技术相比没有优势，查新报告第二页也是这样写的。"
    panels.save_scores(
        seat=seat, points=FULL | {"innovation": 25}, comments=words, answers={}, submit=True,
        actor=seat.expert.account, now=city.now,
    )  # fmt: skip


@pytest.fixture
def found(city, round):
    """One contradiction in a panel that has been put together."""
    case, _member = reviewing(city, round)
    panel = drawn(city, round)
    first, *others = Seat.objects.select_related("expert__account").filter(case=case).order_by("pk")
    contradicting(city, first)
    scored(city, case, 84, 83, 82, 81, only=[seat.pk for seat in others])
    panels.settle(panel=panel, actor=city.clerk, now=city.now)
    return CreditFinding.objects.get()


def answered(city, finding, said, why="与本人核对过评语和分数", seen="", **more):
    return credit.answer(
        finding=finding, said=said, why=why, seen=seen, **{"actor": city.clerk, "now": city.now} | more
    )


def credit_of(city, person):
    return credit.records([person], city.now.date())[person.pk].credit


def told():
    return list(Message.objects.filter(kind="procedure.credit").order_by("pk"))


def test_what_is_found_is_a_lead_and_costs_nothing(city, found):
    assert (found.kind, found.item, found.answer) == ("contradiction", "innovation", "")
    assert "评语却只有批评" in found.evidence
    assert credit_of(city, found.expert) == 100
    assert told() == []
    entry = Entry.objects.get(subject_kind="procedure.credit")
    assert (entry.verb, entry.data["expert"], entry.actor) == ("find", found.expert_id, "系统")


def test_confirmed_it_costs_and_its_expert_reads_why(city, found):
    assert answered(city, found, "confirmed").answer == "confirmed"
    assert credit_of(city, found.expert) == 95
    record, rows = credit.own(found.expert.account, city.now.date())
    assert (record.credit, rows) == (95, [found])
    (letter,) = told()
    assert letter.to == found.expert.account.email and "分数与评语矛盾" in letter.subject
    assert "与本人核对过" in letter.body and "异议" in letter.body
    assert answered(city, found, "confirmed", seen="confirmed").why == "与本人核对过评语和分数"
    assert len(told()) == 1


def test_an_answer_is_corrected_and_both_stand_in_the_trail(city, found):
    answered(city, found, "confirmed")
    answered(city, found, "dismissed", why="评语写的是另一项，本人已说明", seen="confirmed")
    assert credit_of(city, found.expert) == 100
    assert [one.subject.split("：")[0] for one in told()] == ["评审信用记录", "评审信用记录已撤销"]
    verbs = list(Entry.objects.filter(subject_kind="procedure.credit").order_by("n").values_list("verb", flat=True))
    assert verbs == ["find", "confirmed", "dismissed"]


def test_what_was_never_counted_is_not_told(city, found):
    answered(city, found, "dismissed")
    assert told() == []


def test_refusals(city, found):
    with pytest.raises(Invalid, match="请写明认定的理由"):
        answered(city, found, "confirmed", why=" 是 ")
    with pytest.raises(Refused, match="只有市科技局"):
        answered(city, found, "confirmed", actor=city.county)
    answered(city, found, "dismissed")
    with pytest.raises(Refused, match="别人刚刚认定过"):
        answered(city, found, "confirmed")


def test_low_credit_is_not_drawn_and_after_three_years_is(city, round, found):
    answered(city, found, "confirmed")
    for n in range(2):
        more = CreditFinding.objects.create(
            panel=found.panel, expert=found.expert, kind="no_show", cases=[f"以前-{n}"], evidence="", found_at=city.now
        )
        answered(city, more, "confirmed")
    assert credit_of(city, found.expert) == 55
    people, today = list(finds.pool()), city.now.date()
    assert credit.not_drawn(people, today) == {str(found.expert_id): "专家信用 55 分，低于 60 分"}
    assert credit.not_drawn(people, today + timedelta(days=3 * 365)) == {}

    # Though the expert's lot is the first, a later case, and then a substitute's seat, go to others.
    case, _member = reviewing(city, round, "乙项目齿轮测试", "吴工")
    panel, ids = found.panel, [str(one.pk) for one in people]
    seed = next(s for s in map(str, range(999)) if min(ids, key=lambda one: lot_number(s, one)) == str(found.expert_id))
    panels.draw_late(panel=panel, actor=city.clerk, now=city.now, seed=seed)
    seat = Seat.objects.select_related("panel").filter(case=case).first()
    panels.void_score(seat=seat, reason="与申报单位有合作课题", actor=city.clerk, now=city.now)
    panels.replace(seat=seat, actor=city.clerk, now=city.now, seed=seed)
    panel.refresh_from_db()
    for draw in (panel.draw["late"][0], panel.draw["replacements"][0]):
        first = next(lot for lot in draw["log"] if lot["outcome"] != "kept")
        assert (first["expert"], first["outcome"]) == (str(found.expert_id), "barred")
        assert first["why"] == "专家信用 55 分，低于 60 分"


def test_low_credit_takes_nobodys_seat(city, round, found):
    """What is confirmed after the draw counts for the next lots: the seats of this one stay, and can be filled up."""
    case, _member = reviewing(city, round, "乙项目齿轮测试", "吴工")
    panels.draw_late(panel=found.panel, actor=city.clerk, now=city.now, seed="再一个种子")
    stays, gone = Seat.objects.select_related("expert").filter(case=case).order_by("pk")[:2]
    for n in range(3):
        more = CreditFinding.objects.create(
            panel=found.panel, expert=stays.expert, kind="no_show", cases=[f"以前-{n}"], evidence="", found_at=city.now
        )
        answered(city, more, "confirmed")
    assert credit_of(city, stays.expert) == 40
    panels.void_score(seat=gone, reason="与申报单位有合作课题", actor=city.clerk, now=city.now)
    new = panels.replace(seat=gone, actor=city.clerk, now=city.now)
    stays.refresh_from_db()
    assert stays.void == "" and new.expert_id not in (stays.expert_id, gone.expert_id)
    with pytest.raises(Refused, match="已经补齐"):
        panels.replace(seat=gone, actor=city.clerk, now=city.now)


def test_who_stayed_away_is_a_lead_by_the_officers_word(city, round):
    case, _member = reviewing(city, round)
    drawn(city, round)
    absent, excused, done = Seat.objects.select_related("expert__account").filter(case=case).order_by("pk")[:3]
    panels.void_score(seat=absent, reason="到期没有评审，也没有请假", absent=True, actor=city.clerk, now=city.now)
    lead = CreditFinding.objects.get()
    assert (lead.expert, lead.kind, lead.cases) == (absent.expert, "no_show", [case.number])
    panels.void_score(seat=excused, reason="已经请病假", actor=city.clerk, now=city.now)
    scored(city, case, 84, only=[done.pk])
    with pytest.raises(Refused, match="已经提交评分"):
        panels.void_score(seat=done, reason="到期没有评审", absent=True, actor=city.clerk, now=city.now)
    assert CreditFinding.objects.count() == 1


def test_what_is_found_again_is_kept_once_and_grows_until_it_is_answered(city, round):
    cases = [reviewing(city, round, f"第{n}项深层渗碳工艺", f"周工{n}")[0] for n in range(3)]
    panel = drawn(city, round)
    expert = Seat.objects.filter(case=cases[0]).order_by("pk").first().expert
    for case in cases:
        mine = Seat.objects.get(case=case, expert=expert)
        others = Seat.objects.filter(case=case).exclude(pk=mine.pk).order_by("pk").values_list("pk", flat=True)
        scored(city, case, 85, only=[mine.pk])
        base = 70 + 5 * cases.index(case)
        scored(city, case, *(base + n for n in range(4)), only=list(others))
    panels.settle(panel=panel, actor=city.clerk, now=city.now)
    (alike,) = CreditFinding.objects.filter(kind="identical")
    assert (alike.expert, alike.cases) == (expert, [case.number for case in cases])

    late, _member = reviewing(city, round, "第四项深层渗碳工艺", "周工四")
    panels.draw_late(panel=panel, actor=city.clerk, now=city.now, seed="再一个种子")
    if not Seat.objects.filter(case=late, expert=expert).exists():
        Seat.objects.filter(case=late).order_by("pk").first().delete()
        Seat.objects.create(panel=panel, case=late, expert=expert)
    mine = Seat.objects.get(case=late, expert=expert)
    others = Seat.objects.filter(case=late).exclude(pk=mine.pk).order_by("pk").values_list("pk", flat=True)
    scored(city, late, 85, only=[mine.pk])
    scored(city, late, 91, 92, 93, 94, only=list(others))
    panels.settle(panel=panel, actor=city.clerk, now=city.now)
    (alike,) = CreditFinding.objects.filter(kind="identical")
    assert alike.cases == [case.number for case in (*cases, late)]
