"""What a case goes through, in short: asked for or listed, reviewed, decided, run by milestones, demanded back."""

from datetime import date

from tests.cases.city import YUAN, uscc
from triplehelix.foundation.sheet import write_csv
from triplehelix.fund.actions import Answer
from triplehelix.market.imports import actions as imports
from triplehelix.procedure.candidates.landing import about
from triplehelix.procedure.cases import actions
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.panels import actions as panels
from triplehelix.procedure.panels.models import Seat
from triplehelix.records.parties import actions as parties
from triplehelix.records.steps.actions import take

#: The columns of 研发投入奖励.
HEAD = ["统一社会信用代码", "单位名称", "当年在规上企业名录", "研发费用填报准确", "本年度研发费用", "上年度研发费用",
        "以前年度填报过研发费用", "金额单位"]  # fmt: skip
#: Of a project in review: what it says, the most a sheet gives for each item, a good score, facts that bar nothing.
SUMMARY = (
    "面向风电主轴轴承滚道的深层渗碳工艺，目标是把有效硬化层深度做到四毫米以上，变形不超过零点一毫米，寿命提高一倍。"
)
MOST = {"innovation": 25, "need": 20, "route": 20, "team": 15, "budget": 10, "benefit": 10}
FULL = {"innovation": 22, "need": 17, "route": 16, "team": 12, "budget": 8, "benefit": 8}
SOUND = {
    "registered_in_city": True,
    "has_firm_and_school": True,
    "leader_running_projects": 0,
    "agreement_no": "2026-3",
}
#: Of 一事一议, with the facts of its decision.
MILESTONES = [
    ("注册并建成实验室", 1_000_000 * YUAN, date(2026, 12, 31)),
    ("引进团队 10 人", 1_000_000 * YUAN, date(2027, 6, 30)),
    ("服务企业 20 家", 1_000_000 * YUAN, date(2027, 12, 31)),
]
DECISION = {
    "decision_no": "市政府常务会〔2026〕15号", "decision_date": "2026-05-20", "approved_yuan": "3000000",
    "legal_person": True, "claw_back_agreed": True, "proof_is_fresh": True,
}  # fmt: skip


def checked(city, round, rows, head=HEAD):
    content = write_csv(head, rows)
    case = imports.upload(
        content=content, name="研发费用.csv", what="procedure.candidates", publish=False, account=city.clerk,
        organisation=None, now=city.now, about=about(round),
    )  # fmt: skip
    return imports.check(pk=case.pk, now=city.now)


def landed(city, round, rows, head=HEAD):
    case = checked(city, round, rows, head)
    if case.state == "wrong":
        return case
    take(case=case, step="land", actor=city.clerk, now=city.now, seen_version=case.version)
    return imports.land(pk=case.pk, now=city.now)


def row(n, now, before, *, reported="是", unit="", scale="是", accurate="是"):
    return [uscc(n), f"第{n}号轴承有限公司", scale, accurate, now, before, reported, unit]


def listed(city, n=1, **more):
    """Cases of so many firms whose names the office has listed, in a round of 研发投入奖励."""
    held = actions.open_round(
        award_code="M5.4", lane="entitled", title="研发投入奖励", year=2026, opens_on=date(2026, 6, 1),
        closes_on=date(2026, 12, 31), actor=city.clerk, now=city.now, **more,
    )  # fmt: skip
    for _n in range(n):
        city.firm()
    landed(city, held, [row(k + 1, "6000000", "5000000") for k in range(n)])
    return list(Case.objects.filter(round=held).order_by("pk"))


def confirmed(city, n=1, **more):
    """The same, with their accounts, confirmed by the firms."""
    cases = listed(city, n, **more)
    for case in cases:
        member = member_of(case)
        city.account(case, member)
        city.step(case, "confirm", member)
        case.refresh_from_db()
    return cases


def member_of(case):
    return case.organisation.memberships.get().account


def applied(city, round, title="风电主轴轴承深层渗碳", leader="周工"):
    firm, member = city.firm()
    case = actions.start(round=round, organisation=firm, title=title, actor=member, now=city.now)
    case = actions.write(
        case=case,
        facts=SOUND,
        summary=SUMMARY, leader=leader, actor=member, now=city.now, seen_version=case.version,
    )  # fmt: skip
    return city.account(case, member), member


def to_review(city, case, member):
    city.step(case, "submit", member)
    city.step(case, "unit_pass", member)
    city.step(case, "recommend", city.county)
    city.step(case, "accept", city.clerk)
    case.refresh_from_db()
    keys = [fact.key for fact in case.award.facts]
    actions.confirm_facts(case=case, keys=keys, actor=city.clerk, now=city.now, seen_version=case.version)
    return city.step(case, "check", city.clerk)


def scored(city, case, *totals, only=None):
    """Each open seat of a case (or those of these numbers), scored so that the totals are these."""
    seats = Seat.objects.filter(case=case, void="").order_by("pk")
    for seat, total in zip(seats if only is None else seats.filter(pk__in=only), totals, strict=True):
        points = dict(FULL)
        rest = total - sum(FULL.values())
        for key, most in MOST.items():
            given = max(-points[key], min(most - points[key], rest))
            points[key], rest = points[key] + given, rest - given
        words = dict.fromkeys(points, "这一项的判断依据申报书第三章给出的工艺试验数据和查新报告，理由充分，可以考核。")
        panels.save_scores(
            seat=seat, points=points, comments=words, answers={}, submit=True, actor=seat.expert.account, now=city.now
        )


def decided(city, round, yuan="1"):
    """A case with a good review, decided with so much."""
    case, _member = applied(city, round)
    facts = case.facts | {"passed_review": True, "approved_yuan": yuan}
    Case.objects.filter(pk=case.pk).update(state="deciding", facts=facts)
    return city.step(case, "decide", city.clerk)


def reach(city, case, milestone, member, text):
    case.refresh_from_db()
    actions.submit_proof(
        milestone=milestone, text=text, file=None, actor=member, now=city.now, seen_version=case.version
    )
    case.refresh_from_db()
    actions.pass_milestone(
        milestone=milestone, passed=True, why="现场核对通过", actor=city.clerk, now=city.now, seen_version=case.version
    )


def planned(city, case, rows=MILESTONES):
    case.refresh_from_db()
    return actions.plan_milestones(case=case, rows=rows, actor=city.clerk, now=city.now, seen_version=case.version)


def running(city, case, rows=MILESTONES):
    """Under an agreement; `rows` None: the milestones are planned already."""
    if rows is not None:
        planned(city, case, rows)
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


def demanded(city, case, fen):
    case.refresh_from_db()
    return actions.demand_back(
        case=case, amount_fen=fen, why="审计查实弄虚作假", actor=city.clerk, now=city.now, seen_version=case.version
    )


def came_back(city, payment):
    """The bank returns what it had called paid."""
    payment.refresh_from_db()
    late = Answer(payment.key, payment.amount_fen, False, "账户注销")
    actions.answer_batch(batch=payment.batch, answers=[late], actor=city.finance, now=city.now)


def was_of(city, firm):
    """The clerk has acted for a firm, and has left it."""
    given = {"actor": None, "now": city.now}
    seat = parties.add_member(account=city.clerk, organisation=firm, role="clerk", since=date(2026, 5, 1), **given)
    parties.end_membership(membership=seat, until=None, **given)
