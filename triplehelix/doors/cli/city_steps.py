"""The ways the demo's cases go, step by step, each in its day."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from triplehelix.doors.cli import city_papers
from triplehelix.doors.cli.city_clerks import Desk
from triplehelix.doors.cli.city_fund import account_of
from triplehelix.foundation.money import Fen
from triplehelix.fund.actions import Answer
from triplehelix.procedure.cases import actions, pay
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.notices import actions as notices
from triplehelix.procedure.notices.models import Notice
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import take

DAY = timedelta(days=1)
OBJECTIONS_TO = "澄湖市科学技术局监督科，澄湖市东湖区政务大街 1 号，0635-8200009"
#: Of the list: where the first notice is over.
PAST = ("paying", "recalled", "revoked", "pay_returned", "closed", "clawing")
Listed = Sequence[tuple[Mapping[str, Any], Case]]


def step(case: Case, code: str, actor: Account | None, at: datetime, note: str = "") -> Case:
    case.refresh_from_db()
    return take(case=case, step=code, actor=actor, now=at, seen_version=case.version, note=note)


def account(desk: Desk, case: Case, at: datetime) -> Case:
    """The firm's own account."""
    case.refresh_from_db()
    given = account_of(case.organisation)
    return actions.set_account(
        case=case, account=given, actor=desk.member(case.organisation), now=at, seen_version=case.version
    )


def publish(desk: Desk, cases: Sequence[Case], number: str, title: str, at: datetime) -> Notice:
    return notices.publish(
        cases=cases, number=number, title=title, days=5, objections_to=OBJECTIONS_TO, actor=desk.clerk, now=at
    )


def bank(desk: Desk, cases: Sequence[Case], at: datetime, returned: Mapping[int, str]) -> None:
    """Everything ordered for these cases goes to the bank and is answered; `returned`: case → why it came back."""
    payments = [one for case in cases for one in pay.payments_of(case) if one.state == "ordered"]
    by_key = {one.key: one for one in payments}
    batch = actions.send_batch(payments=payments, actor=desk.finance, now=at)
    answers = [
        Answer(key, one.amount_fen, (why := returned.get(_case(one), "")) == "", why) for key, one in by_key.items()
    ]
    actions.answer_batch(batch=batch, answers=answers, actor=desk.finance, now=at)


def _case(payment: Any) -> int:
    return int(payment.commitment.case_ref.removeprefix("case:"))


def entitled(desk: Desk, listed: Listed) -> None:
    """From the list of candidates to the account."""
    now = desk.now
    # What the list itself left where it is, the others confirm.
    go_on = [(row, case) for row, case in listed if row["state"] not in ("confirming", "held", "rejected")]
    for _row, case in go_on:
        account(desk, case, now - 50 * DAY)
        step(case, "confirm", desk.member(case.organisation), now - 50 * DAY)
    past = [(row, case) for row, case in go_on if row["state"] in PAST]
    publish(
        desk, [case for _row, case in past], "澄科公示〔示〕4号", "研发投入奖励第一批拟奖励名单公示", now - 45 * DAY
    )
    notices.end_due(now=now - 25 * DAY)
    _stopped(desk, past)
    paid = [(row, case) for row, case in past if row["state"] in ("pay_returned", "closed", "clawing")]
    for _row, case in paid:
        step(case, "order", desk.finance, now - 20 * DAY)
    bank(desk, [case for _row, case in paid], now - 15 * DAY, {case.pk: row.get("reason", "") for row, case in paid})
    for row, case in paid:
        if row["state"] == "clawing":
            _demanded(desk, case, row)
    current = [(row, case) for row, case in go_on if row["state"] in ("on_notice", "objected")]
    notice = publish(
        desk, [case for _row, case in current], "澄科公示〔示〕7号", "研发投入奖励第二批拟奖励名单公示", now - 2 * DAY
    )
    for row, case in current:
        if text := row.get("objection"):
            notices.object_to(
                item=notice.items.get(case=case), name="侯实言", phone="13900000000", text=text, now=now - DAY
            )


def _stopped(desk: Desk, cases: Listed) -> None:
    """Before the bank has the money: an order is taken back for another account, a decision because its ground went."""
    for row, case in cases:
        if row["state"] == "recalled":
            step(case, "order", desk.finance, desk.now - 4 * DAY)
            step(case, "recall", desk.finance, desk.now - 3 * DAY, row["why"])
        elif row["state"] == "revoked":
            step(case, "revoke", desk.clerk, desk.now - 22 * DAY, row["why"])


def _demanded(desk: Desk, case: Case, row: Mapping[str, Any]) -> None:
    """All of it demanded back, and then less: the demand was too high."""
    case.refresh_from_db()
    case = actions.demand_back(
        case=case, amount_fen=pay.paid(case), why=row["why"], actor=desk.clerk, now=desk.now - 10 * DAY,
        seen_version=case.version,
    )  # fmt: skip
    said = row["lowered"]
    actions.change_demand(
        case=case, amount_fen=int(Fen.from_yuan(said["amount"])), why=said["why"], document=said["document"],
        actor=desk.clerk, now=desk.now - 6 * DAY, seen_version=case.version,
    )  # fmt: skip


def to_review(desk: Desk, case: Case, at: datetime) -> Case:
    """Filed, recommended, accepted, compared with its proof."""
    firm = case.organisation
    city_papers.hand_in(case, desk.member(firm), at, desk.blind[case.title])
    step(case, "unit_pass", desk.member(firm), at)
    step(case, "recommend", desk.county(firm), at)
    step(case, "accept", desk.clerk, at)
    return checked(desk, case, at)


def checked(desk: Desk, case: Case, at: datetime) -> Case:
    case.refresh_from_db()
    keys = [fact.key for fact in case.award.facts]
    actions.confirm_facts(case=case, keys=keys, actor=desk.clerk, now=at, seen_version=case.version)
    return step(case, "check", desk.clerk, at)


def on_the_way(desk: Desk, case: Case, row: Mapping[str, Any], at: datetime) -> None:
    """An application of the open round, to the state its row names."""
    firm, state = case.organisation, row["state"]
    if state == "draft":
        city_papers.lay(case, desk.member(firm), at, blind=desk.blind[case.title], most=2)
        return
    city_papers.hand_in(case, desk.member(firm), at, desk.blind[case.title])
    if state == "unit_review":
        return
    step(case, "unit_pass", desk.member(firm), at + DAY)
    if state == "recommending":
        return
    step(case, "recommend", desk.county(firm), at + 2 * DAY)
    if state == "accepting":
        return
    if state == "correcting":
        step(case, "ask_correction", desk.clerk, at + 3 * DAY, row["why"])
        return
    step(case, "accept", desk.clerk, at + 3 * DAY)
    if state != "checking":
        checked(desk, case, at + 5 * DAY)


def decided(desk: Desk, cases: Listed, at: datetime) -> None:
    """After the panel: supported or not, made public, signed, and on to where each row ends."""
    supported = []
    for row, case in cases:
        if row["state"] == "rejected":
            step(case, "reject_review", desk.clerk, at, "平均分低于立项分数线")
            continue
        step(case, "reviewed", desk.clerk, at)
        actions.correct_facts(
            case=case,
            facts={"approved_yuan": row["approved"]},
            actor=desk.clerk,
            now=at,
            why="局党组会议纪要〔2026〕9号",
        )
        step(case, "decide", desk.clerk, at)
        supported.append((row, case))
    publish(desk, [case for _row, case in supported], "澄科公示〔示〕2号", "市重点研发计划拟立项目公示", at + DAY)
    notices.end_due(now=at + 21 * DAY)
    for n, (row, case) in enumerate(supported, start=1):
        if row["state"] != "agreeing":
            signed(desk, case, f"澄科计〔2026〕{n:02d}", at + 25 * DAY, stages(case))
            first_stage(desk, row, case, at + 30 * DAY)


def stages(case: Case) -> list[tuple[str, int]]:
    case.refresh_from_db()
    granted = int(case.granted_fen or 0)
    first = granted * 6 // 10
    return [("完成样机和工艺试验", first), ("通过第三方检测和用户试用", granted - first)]


def signed(desk: Desk, case: Case, number: str, at: datetime, rows: Sequence[tuple[str, int]]) -> None:
    """Agreement and milestones, then the signature; what pays by its own rule has its milestones already."""
    day = timezone.localdate(at)
    case.refresh_from_db()
    ends_on = max([day + 365 * DAY, *(one.due_on for one in case.milestones.all())])
    case = actions.sign_agreement(
        case=case, number=number, signed_on=day, ends_on=ends_on, actor=desk.clerk, now=at,
        seen_version=case.version,
    )  # fmt: skip
    if rows:
        planned = [(name, fen, day + n * 120 * DAY) for n, (name, fen) in enumerate(rows, start=1)]
        actions.plan_milestones(case=case, rows=planned, actor=desk.clerk, now=at, seen_version=case.version)
    step(case, "sign", desk.clerk, at)


def first_stage(desk: Desk, row: Mapping[str, Any], case: Case, at: datetime) -> None:
    """An agreed project: terminated, or its first milestone paid and, while it runs, given more time where it needs
    that, the second one's proof there."""
    if row["state"] == "terminated":
        step(case, "terminate", desk.clerk, at, row["why"])
        return
    done = f"{row['title']}：完成样机两台，工艺试验三轮，关键指标达到任务书第一阶段要求，检测报告见附件。"
    reached(desk, case, 1, done, at)
    if said := row.get("extended"):
        case.refresh_from_db()
        assert case.ends_on is not None
        actions.extend(
            case=case, ends_on=case.ends_on + said["days"] * DAY, why=said["why"], document=said["document"],
            actor=desk.clerk, now=at + 20 * DAY, seen_version=case.version,
        )  # fmt: skip
    if row["state"] == "running":
        tried = f"{row['title']}：第三方检测已送样，用户现场试用一个月的记录和初步结论见附件。"
        handed_in(desk, case, 2, tried, desk.now - DAY)


def finished(desk: Desk, cases: Listed, at: datetime) -> None:
    """Of agreed projects those that are over: the second milestone paid, the results accepted."""
    for row, case in cases:
        if row["state"] in ("rejected", "agreeing", "terminated", "running"):
            continue
        proof = f"{row['title']}：第三方检测合格，两家用户试用后转为订单，报告和合同见附件。"
        reached(desk, case, 2, proof, at)
        step(case, "finish", desk.clerk, at + 20 * DAY)
        step(case, "accept_results", desk.clerk, at + 25 * DAY, "验收专家组意见：任务书指标全部完成，同意通过验收")


def handed_in(desk: Desk, case: Case, seq: int, proof: str, at: datetime) -> Any:
    case.refresh_from_db()
    return actions.submit_proof(
        milestone=case.milestones.get(seq=seq), text=proof, file=None, actor=desk.member(case.organisation), now=at,
        seen_version=case.version,
    )  # fmt: skip


def reached(desk: Desk, case: Case, seq: int, proof: str, at: datetime) -> None:
    """A milestone proven, passed and paid."""
    milestone = handed_in(desk, case, seq, proof, at)
    case.refresh_from_db()
    actions.pass_milestone(
        milestone=milestone,
        passed=True,
        why="现场核对，材料与实物一致",
        actor=desk.clerk,
        now=at,
        seen_version=case.version,
    )
    step(case, "pay_stage", desk.clerk, at)
    bank(desk, [case], at + 3 * DAY, {})


def by_decision(desk: Desk, row: Mapping[str, Any]) -> None:
    """一事一议, from the decision to its first payment."""
    firm = desk.organisations[row["firm"]]
    at = desk.now - 90 * DAY
    case = actions.open_by_decision(
        award_code=row["award"], year=timezone.localdate(desk.now).year, organisation=firm, title=row["title"],
        actor=desk.clerk, now=at,
    )  # fmt: skip
    facts = {
        "decision_no": row["number"], "decision_date": row["day"], "legal_person": True, "claw_back_agreed": True,
    }  # fmt: skip
    keys = {fact.key for fact in case.award.facts}
    case = actions.write(
        case=case, facts={**facts, "approved_yuan": row["approved"]} if "approved_yuan" in keys else facts,
        actor=desk.clerk, now=at, seen_version=case.version,
    )  # fmt: skip
    account(desk, case, at)
    city_papers.lay(case, desk.clerk, at)
    step(case, "submit", desk.clerk, at)
    actions.correct_facts(
        case=case, facts={"approved_yuan": row["approved"], "proof_is_fresh": True}, actor=desk.clerk, now=at,
        why=row["number"],
    )  # fmt: skip
    checked(desk, case, at)
    case.refresh_from_db()
    day = timezone.localdate(at)
    planned = [
        (name, int(Fen.from_yuan(amount)), day + n * 180 * DAY)
        for n, (name, amount) in enumerate(row["milestones"], start=1)
    ]
    actions.plan_milestones(case=case, rows=planned, actor=desk.clerk, now=at, seen_version=case.version)
    step(case, "decide", desk.clerk, at)
    publish(desk, [case], "澄科公示〔示〕3号", "研发平台引进“一事一议”支持公示", at + DAY)
    notices.end_due(now=at + 21 * DAY)
    signed(desk, case, "落地协议〔2026〕1号", at + 25 * DAY, [])
    reached(desk, case, 1, row["proof"], at + 40 * DAY)
