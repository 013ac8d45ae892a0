"""A notice that turns out to be wrong is taken down by who published it, put right, and made public anew."""

from datetime import date

import pytest

from tests.cases.city import YUAN
from tests.cases.words import MILESTONES, decided, member_of, planned
from triplehelix.fund import check
from triplehelix.fund.models import Purse
from triplehelix.procedure.cases import actions
from triplehelix.procedure.cases import check as cases
from triplehelix.procedure.cases.flow import flow_of
from triplehelix.procedure.documents import official
from triplehelix.procedure.notices import actions as notices
from triplehelix.records.outbox.models import Message
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry
from triplehelix.records.trail.verify import verify

WHY = "批准金额抄错一位，应为 200000 元"


def committed(case):
    return Purse.objects.get(use=case.award.use).committed_fen


def test_a_clerk_who_sees_a_wrong_amount_takes_the_notice_down_and_publishes_the_right_one(city, round):
    case = decided(city, round, "300000")
    first = city.notice(case)
    assert committed(case) == 300_000 * YUAN
    correct = {"facts": {"approved_yuan": "200000"}, "why": "抄错一位", "actor": city.clerk, "now": city.now}
    with pytest.raises(Refused, match="先撤下公示"):
        actions.correct_facts(case=case, **correct)
    city.days(1)
    with pytest.raises(Refused, match="理由"):
        city.step(case, "unpublish", city.clerk)
    Message.objects.all().delete()
    case = city.step(case, "unpublish", city.clerk, WHY)
    assert (case.state, committed(case)) == ("noticing", 0)
    member = member_of(case)
    assert {one.to for one in Message.objects.all()} == {member.email} and WHY in Message.objects.get().body
    row = Entry.objects.get(subject_kind=case.kind, subject_id=str(case.pk), verb="unpublish")
    assert (row.why, row.data["notice"]) == (WHY, first.number)

    item = first.items.get()
    taken = item.withdrawn_on
    assert item.is_over and taken == date(2026, 6, 10) and item.amount_fen == 300_000 * YUAN
    assert "更正后重新公示" in repr(official.of_notice(first))
    with pytest.raises(Refused, match="不再受理异议"):
        notices.object_to(
            item=item,
            name="李四",
            phone="13800000000",
            text="公示的金额与任务书第三条写的金额不一致，请核对原件",
            now=city.now,
        )
    actions.correct_facts(case=case, **correct)
    with pytest.raises(Refused, match="重新决定"):
        city.notice(case, number="澄科公示〔2026〕2号")
    city.step(case, "decide_again", city.clerk)
    city.days(1)
    second = city.notice(case, number="澄科公示〔2026〕2号")
    assert [one.amount_fen for one in case.notice_items.order_by("pk")] == [300_000 * YUAN, 200_000 * YUAN]
    assert second.last > first.last and committed(case) == 200_000 * YUAN
    # What is refused afterwards leaves the day of the first notice as it was.
    city.step(case, "unpublish", city.clerk, "编号也写错了")
    city.step(case, "reject_decided", city.clerk, "项目已撤销")
    item.refresh_from_db()
    told = repr(official.of_notice(first))
    assert item.withdrawn_on == taken and "2026-06-10 撤回，不再支持" in told and "更正后重新公示" not in told
    assert check.problems() == [] and verify() == [] and list(cases.problems()) == []


def test_after_the_notice_it_may_still_be_taken_down_until_money_is_ordered(city, paying):
    case = city.step(paying, "unpublish", city.clerk, "标题写错，公示内容不准")
    assert (case.state, committed(case)) == ("noticing", 0)
    city.days(1)
    city.notice(case, number="澄科公示〔2026〕2号")
    city.days(9)
    assert notices.end_due(now=city.now) == 1
    city.step(case, "order", city.finance)
    with pytest.raises(Refused, match="已经安排过拨付"):
        city.step(case, "unpublish", city.clerk, "又错了")
    assert check.problems() == [] and verify() == []


def test_milestones_that_were_mistyped_are_planned_and_decided_anew(city, staged):
    planned(city, staged, [(name, fen - 1000 * n, due) for n, (name, fen, due) in enumerate(MILESTONES, start=-1)])
    case = city.step(staged, "decide", city.clerk)
    city.notice(case)
    city.days(9)
    case = city.step(case, "end_notice", city.clerk)
    case = actions.sign_agreement(
        case=case, number="落地协议 1", signed_on=date(2026, 6, 17), ends_on=date(2028, 6, 30), actor=city.clerk,
        now=city.now, seen_version=case.version,
    )  # fmt: skip
    case = city.step(case, "unpublish", city.clerk, "里程碑金额抄错")
    assert (case.agreement_number, case.signed_on, case.ends_on) == ("", None, None)
    row = Entry.objects.get(subject_kind=case.kind, subject_id=str(case.pk), verb="unpublish")
    assert row.data["agreement"] == ["落地协议 1", "2026-06-17", "2028-06-30"]
    planned(city, case, [(name, fen - 100, due) for name, fen, due in MILESTONES])
    with pytest.raises(Refused, match="里程碑改过"):
        city.notice(case, number="澄科公示〔2026〕2号")
    planned(city, case)
    city.step(case, "decide_again", city.clerk)
    city.notice(case, number="澄科公示〔2026〕2号")
    assert verify() == [] and check.problems() == []


@pytest.mark.parametrize("who", ["finance", "county", "auditor"])
def test_nobody_else_takes_a_notice_down(city, paying, who):
    with pytest.raises(Refused):
        city.step(paying, "unpublish", getattr(city, who), WHY)


def test_whence():
    assert flow_of("entitled", ())["unpublish"].frm == ("on_notice", "paying")
    assert flow_of("by_decision", ())["unpublish"].frm == ("on_notice", "agreeing")
