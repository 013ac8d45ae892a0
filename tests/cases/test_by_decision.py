"""一事一议: a decision, milestones, and no payment before one is reached."""

from datetime import date

import pytest

from tests.cases.city import YUAN
from tests.cases.test_competitive import reach
from triplehelix.procedure.cases import actions
from triplehelix.procedure.cases.models import Case
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused

ROWS = [
    ("注册并建成实验室", 1_000_000 * YUAN, date(2026, 12, 31)),
    ("引进团队 10 人", 1_000_000 * YUAN, date(2027, 6, 30)),
    ("服务企业 20 家", 1_000_000 * YUAN, date(2027, 12, 31)),
]
FACTS = {
    "decision_no": "市政府常务会〔2026〕15号", "decision_date": "2026-05-20", "approved_yuan": "3000000",
    "legal_person": True, "claw_back_agreed": True, "proof_is_fresh": True,
}  # fmt: skip


@pytest.fixture
def case(city):
    firm, member = city.firm("澄湖先进铜材研究院有限公司")
    case = actions.open_by_decision(
        award_code="M1.2", year=2026, organisation=firm, title="先进铜材研究院落地", actor=city.clerk, now=city.now
    )
    case = actions.write(case=case, facts=FACTS, actor=city.clerk, now=city.now, seen_version=case.version)
    city.account(case, member)
    city.step(case, "submit", city.clerk)
    case.refresh_from_db()
    actions.confirm_facts(case=case, keys=FACTS, actor=city.clerk, now=city.now, seen_version=case.version)
    derived = {"approved_yuan": "3000000", "proof_is_fresh": True}
    actions.correct_facts(case=case, facts=derived, actor=city.clerk, now=city.now, why="决定书")
    city.step(case, "check", city.clerk)
    case.refresh_from_db()
    return case


def planned(city, case, rows=ROWS):
    case.refresh_from_db()
    return actions.plan_milestones(case=case, rows=rows, actor=city.clerk, now=city.now, seen_version=case.version)


def running(city, case):
    planned(city, case)
    city.step(case, "decide", city.clerk)
    city.notice(case)
    city.days(9)
    city.step(case, "end_notice", city.clerk)
    case.refresh_from_db()
    actions.sign_agreement(
        case=case, number="落地协议 1", signed_on=date(2026, 6, 17), ends_on=date(2028, 6, 30), actor=city.clerk,
        now=city.now, seen_version=case.version,
    )  # fmt: skip
    return city.step(case, "sign", city.clerk)


def test_nothing_is_paid_before_its_milestone(city, case):
    with pytest.raises(Refused, match="请先按决定书登记各里程碑"):
        city.step(case, "decide", city.clerk)
    planned(city, case, ROWS[:2])
    with pytest.raises(Refused, match="各里程碑金额之和与决定书金额不等"):
        city.step(case, "decide", city.clerk)
    running(city, case)
    member = case.organisation.memberships.get().account
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


def test_what_is_being_checked_is_not_changed_by_the_applicant(city, case):
    member = case.organisation.memberships.get().account
    Case.objects.filter(pk=case.pk).update(state="checking")
    said = {"case": case, "now": city.now, "seen_version": case.version}
    with pytest.raises(Refused, match="现在不能修改申报内容"):
        actions.write(facts={**case.facts, "decision_no": "改过的"}, actor=member, **said)
    assert actions.write(facts=case.facts, actor=city.clerk, **said).version == case.version + 1


def test_a_project_ends_early_and_what_was_not_paid_goes_back(city, case):
    from triplehelix.fund.models import Purse

    running(city, case)
    member = case.organisation.memberships.get().account
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
