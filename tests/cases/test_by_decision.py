"""一事一议: a decision, milestones, and no payment before one is reached."""

from datetime import date

import pytest
from django.utils import timezone

from tests.cases.city import YUAN, account_for
from tests.cases.words import MILESTONES, member_of, planned, reach, running
from triplehelix.procedure.cases import actions, check, waiting
from triplehelix.procedure.cases.models import Case
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused


@pytest.fixture
def case(staged):
    return staged


def test_nothing_is_paid_before_its_milestone(city, case):
    with pytest.raises(Refused, match="请先按决定书登记各里程碑"):
        city.step(case, "decide", city.clerk)
    planned(city, case, MILESTONES[:2])
    with pytest.raises(Refused, match="各里程碑金额之和与决定书金额不等"):
        city.step(case, "decide", city.clerk)
    running(city, case)
    member = member_of(case)
    case.refresh_from_db()
    assert case.granted_fen == 3_000_000 * YUAN
    with pytest.raises(Refused, match="没有已通过而未拨付的里程碑"):
        city.step(case, "pay_stage", city.clerk)
    one, two, _three = case.milestones.all()
    reach(city, case, one, member, "实验室建成验收，设备到位清单和登记证书见附件一。")
    city.step(case, "pay_stage", city.clerk)
    assert [payment.amount_fen for payment in city.payments(case)] == [1_000_000 * YUAN]
    with pytest.raises(Refused, match="没有已通过而未拨付的里程碑"):
        city.step(case, "pay_stage", city.clerk)
    case.refresh_from_db()
    with pytest.raises(Refused, match="已经用于"):
        actions.submit_proof(
            milestone=two, text="实验室建成验收，设备到位清单和登记证书见附件一。", file=None, actor=member,
            now=city.now, seen_version=case.version,
        )  # fmt: skip
    with pytest.raises(Refused, match="款项还没有全部到账"):
        city.step(case, "finish", city.clerk)
    with pytest.raises(Refused, match="变更要有新的决定"):
        planned(city, case)
    city.bank((city.payments(case)[0], ""))
    with pytest.raises(Refused, match="款项还没有全部到账"):  # a part has arrived, not the whole
        city.step(case, "finish", city.clerk)


def test_a_milestone_without_money_is_reached_and_nothing_is_ordered_for_it(city, case):
    planned(city, case, [("揭牌", 0, date(2026, 9, 30)), *MILESTONES])
    running(city, case, None)
    member = member_of(case)
    opened, built = case.milestones.order_by("seq")[:2]
    reach(city, case, opened, member, "研究院已经挂牌，登记证书、照片和到场人员名单见附件一。")
    with pytest.raises(Refused, match="没有已通过而未拨付的里程碑"):
        city.step(case, "pay_stage", city.clerk)
    reach(city, case, built, member, "实验室建成验收，设备到位清单和登记证书见附件一。")
    city.step(case, "pay_stage", city.clerk)
    assert [payment.amount_fen for payment in city.payments(case)] == [1_000_000 * YUAN]


def test_what_is_being_checked_is_not_changed_by_the_applicant(city, case):
    member = member_of(case)
    Case.objects.filter(pk=case.pk).update(state="checking")
    said = {"case": case, "now": city.now, "seen_version": case.version}
    with pytest.raises(Refused, match="现在不能修改申报内容"):
        actions.write(facts={**case.facts, "decision_no": "改过的"}, actor=member, **said)
    assert actions.write(facts=case.facts, actor=city.clerk, **said).version == case.version + 1


def told(kind):
    """Who was told since it was last asked, with what, by address."""
    rows = list(Message.objects.filter(kind=f"{Case.kind}.{kind}"))
    Message.objects.all().delete()
    return {one.to: one.body for one in rows}


def test_everybody_hears_of_a_milestone_and_finds_it_among_the_to_do(city, case):
    running(city, planned(city, case))
    member = member_of(case)
    first = case.milestones.first()

    def waits_for(who, on=None):
        return case in waiting.for_account(who, on or timezone.localdate(city.now))

    assert not waits_for(member) and not waits_for(city.clerk)
    assert not waits_for(member, date(2026, 11, 30)) and waits_for(member, date(2026, 12, 1))  # a month before its day
    Message.objects.all().delete()

    other = account_for("clerk2@kjj.example", "city_officer")
    clerks = {city.clerk.email, other.email}

    def judged(text, passed, why):
        case.refresh_from_db()
        given = {"milestone": first, "now": city.now}
        actions.submit_proof(text=text, file=None, actor=member, seen_version=case.version, **given)
        sent = told("proof")
        assert set(sent) == clerks and "请考核" in sent[city.clerk.email]
        assert waits_for(city.clerk) and not waits_for(member, date(2026, 12, 31))
        case.refresh_from_db()
        actions.pass_milestone(passed=passed, why=why, actor=city.clerk, seen_version=case.version, **given)

    judged("实验室建成验收，设备到位，登记证书稍后补交，请予考核。", False, "缺登记证书")
    assert waits_for(member) and not waits_for(city.clerk)
    back = told("proof_back")
    assert set(back) == {member.email} and "缺登记证书" in back[member.email]
    judged("实验室建成验收，设备到位，登记证书见附件一，请予考核。", True, "现场核对通过")
    passed = told("milestone")
    assert set(passed) == {member.email, city.finance.email, other.email}  # who did it knows
    assert all("1,000,000.00 元 可以安排拨付" in body for body in passed.values())
    assert not waits_for(member) and not waits_for(city.clerk)


def test_a_project_ends_early_and_what_was_not_paid_goes_back(city, case):
    from triplehelix.fund.models import Purse

    running(city, case)
    member = member_of(case)
    case.refresh_from_db()
    one = case.milestones.first()
    reach(city, case, one, member, "实验室建成验收，设备到位清单和登记证书见附件一。")
    city.step(case, "pay_stage", city.clerk)
    with pytest.raises(Refused, match="支付途中"):
        city.step(case, "terminate", city.clerk, "机构撤离")
    city.bank((city.payments(case)[0], ""))
    assert city.step(case, "terminate", city.clerk, "机构撤离").state == "terminated"
    assert Purse.objects.get(use="platform").committed_fen == 1_000_000 * YUAN


def test_only_the_citys_office_opens_one_and_only_where_the_award_allows(city):
    firm, member = city.firm()
    with pytest.raises(Refused, match="只有市科技局"):
        actions.open_by_decision(
            award_code="M1.2", year=2026, organisation=firm, title="某", actor=member, now=city.now
        )
    with pytest.raises(Invalid, match="不是一事一议"):
        actions.open_by_decision(
            award_code="M5.4", year=2026, organisation=firm, title="某", actor=city.clerk, now=city.now
        )


def test_a_milestone_passed_by_mistake_waits_to_be_judged_again_until_it_is_ordered(city, case):
    running(city, case)
    member = member_of(case)
    one, _two, _three = case.milestones.all()
    reach(city, case, one, member, "实验室建成验收，设备到位清单和登记证书见附件一。")

    def unpass(seq=1, why="误点了通过：缺登记证书", actor=city.clerk):
        case.refresh_from_db()
        return actions.unpass_milestone(
            case=case, seq=seq, why=why, actor=actor, now=city.now, seen_version=case.version
        )

    for actor in (city.finance, member):
        with pytest.raises(Refused, match="无权"):
            unpass(actor=actor)
    with pytest.raises(Invalid) as wrong:
        unpass(seq=2, why=" ")
    assert set(wrong.value.errors) == {"seq", "why"}
    Message.objects.all().delete()
    held = unpass()
    assert held.reached_at is None and held.reached_by is None and held.submitted_at is not None
    assert waiting.waiting_milestone(case) == one
    told = {message.to: message.body for message in Message.objects.all()}
    assert set(told) == {member.email, city.finance.email} and "误点了通过" in told[member.email]
    with pytest.raises(Refused, match="没有已通过而未拨付的里程碑"):
        city.step(case, "pay_stage", city.clerk)
    # Judged again, it may be sent back for another proof, which may be the same paper.
    case.refresh_from_db()
    again = {"actor": city.clerk, "now": city.now}
    actions.pass_milestone(milestone=one, passed=False, why="缺登记证书", seen_version=case.version, **again)
    reach(city, case, one, member, "实验室建成验收，设备到位清单和登记证书见附件一。")
    city.step(case, "pay_stage", city.clerk)
    city.step(case, "recall", city.finance, "账户要更正")
    with pytest.raises(Invalid, match="已经安排过拨付"):
        unpass()
    assert list(check.problems()) == []
