"""Facts and terms that several measures ask for, declared once so that a firm answers them once."""

from dataclasses import replace
from fractions import Fraction

from triplehelix.foundation.dated import since
from triplehelix.foundation.money import Fen
from triplehelix.measures.liaocheng import FIRST_DAY
from triplehelix.policy.award import Condition
from triplehelix.policy.expression import const, total, when
from triplehelix.policy.facts import Count, Day, Listed, Money, Text, YesNo
from triplehelix.policy.terms import count_term, rate_term

NOTHING = const(Fen(0))
#: What a condition stands on where its clause does not say it: nobody official, the clause of the fund, the city's call.
OURS = "本平台建议值"
#: The last of an award's notes, where they say how we read a clause that leaves it open.
OUR_READING = "以上是本平台对条款的理解，待主管部门确认。"
FUND = "六（二）"
CITY_PLAN_CALL = "市重点研发计划（政策引导类）2025 年通知"


def assumed(*conditions: Condition) -> tuple[Condition, ...]:
    """Conditions that are our own proposal: no clause says them."""
    return tuple(replace(one, mark="assumed", source=OURS) for one in conditions)


def found(source: str, *conditions: Condition) -> tuple[Condition, ...]:
    """Conditions that another published rule says."""
    return tuple(replace(one, mark="found", source=source) for one in conditions)


def wan(amount: int) -> Fen:
    """万元 in fen."""
    return Fen.from_unit(amount, "万元")


in_city = YesNo("registered_in_city", "单位登记在本市", source="register", example=True)
partners = YesNo(
    "has_firm_and_school", "由企业与高校院所联合承担，分工、经费、知识产权写进协议", evidence="联合协议", example=True
)
agreement_no = Text(
    "agreement_no",
    "联合协议编号",
    evidence="联合协议",
    help="与协议首页一致；协议没有编号的，写签订日期和各方简称",
    example="联合协议〔2026〕第 3 号",
)
#: 同一事项不在几个办法里重复支持 (domain §2.4): a joint project is told by its agreement, among the payee's own.
ONE_WAY = "同一份联合协议的项目只按市级计划的一种方式支持一次，就高不重复；要改按本项支持，请先撤回或撤销那一件"
PER_AGREEMENT = (
    "一份联合协议的项目只支持一次，不按年重复，也不在无偿资助、后补助、产学研协同创新项目之间重复"
    "（本平台建议值，待主管部门确认）。"
)
passed_review = YesNo("passed_review", "评审结论为建议支持", source="derived", help="由评审得出", example=True)
approved = Money("approved", "决定书载明的支持金额", source="derived", evidence="决定书", example="300000")
decision_no = Text("decision_no", "决定文件文号", evidence="决定文件", example="聊科字〔2026〕12号")
decision_day = Day("decision_date", "决定日期", evidence="决定文件", example="2026-05-20")
paid_before = Money("paid_before", "以前已经支付", source="register", help="没有的填 0", example="0")
given_before = Money(
    "given_before",
    "本平台上以前已给的",
    source="register",
    help="办件里由平台从已作的决定算出；试算时没有的填 0",
    example="0",
)
running = Count(
    "leader_running_projects", "负责人在研的牵头项目（不含本项）", unit="项", at_most=100, source="register", example=1
)
most_running = count_term(
    "most_running_projects",
    "负责人在研牵头项目上限",
    since((FIRST_DAY, 2)),
    unit="项",
    mark="found",
    source=CITY_PLAN_CALL,
)

stage_amount = Money("amount", "本阶段金额")
stage_reached = YesNo("reached", "已通过考核")
milestones = Listed(
    "milestones",
    "里程碑",
    (stage_amount, stage_reached),
    evidence="里程碑考核结论",
    example=[{"id": "1", "amount_yuan": "400000", "reached": True}],
)
#: What the stages come to, and what of it has been reached.
agreed = total(milestones, stage_amount, "各里程碑金额之和")
reached = total(milestones, when(stage_reached, stage_amount, NOTHING), "已通过里程碑金额之和")


def stages(*amounts: int, reached: int) -> list[dict[str, object]]:
    """Milestones in yuan, the first `reached` of them passed."""
    return [{"id": str(n), "amount_yuan": a, "reached": n <= reached} for n, a in enumerate(amounts, start=1)]


HALF = Fraction(1, 2)
owner_share = rate_term(
    "challenge_owner_share",
    "揭榜制发榜单位出资比例下限",
    since((FIRST_DAY, HALF)),
    mark="assumed",
    source=OURS,
)

#: The whole of the standard procedure, as competitive projects pass through it; and with a look at the place itself.
WHOLE = (
    *("call", "unit_review", "recommend", "accept", "check", "review", "decide", "notice", "agreement", "pay"),
    *("midterm", "acceptance", "evaluate"),
)
WHOLE_WITH_SITE = (*WHOLE[: WHOLE.index("decide")], "site", *WHOLE[WHOLE.index("decide") :])
#: The short form: filed, checked, decided, made public, paid.
SHORT = ("call", "recommend", "accept", "check", "decide", "notice", "pay", "evaluate")
