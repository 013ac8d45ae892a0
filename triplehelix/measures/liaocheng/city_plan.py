"""三（二）, its last sentence: the city's key R&D plan in three modes, 无偿资助, 揭榜制 and 后补助."""

from fractions import Fraction
from typing import Any

from triplehelix.foundation.dated import since, undecided
from triplehelix.measures.liaocheng import FIRST_DAY
from triplehelix.measures.liaocheng.usual import (
    CITY_PLAN_CALL,
    FUND,
    NOTHING,
    ONE_WAY,
    PER_AGREEMENT,
    WHOLE,
    agreed,
    agreement_no,
    approved,
    assumed,
    found,
    in_city,
    milestones,
    most_running,
    owner_share,
    paid_before,
    partners,
    passed_review,
    reached,
    running,
    stages,
    wan,
)
from triplehelix.policy.article import Article
from triplehelix.policy.award import Award, Condition, Example
from triplehelix.policy.expression import floor_yuan, least, most, named
from triplehelix.policy.facts import Money, Text, YesNo
from triplehelix.policy.once import Excludes
from triplehelix.policy.terms import money_term, rate_term

THE_WORDS = Article(
    "三（二）",
    "争取省级以上重点研发项目。对承担国家科技重大专项和重点研发计划等项目的单位，给予省财政奖励同等额度配套奖励。对承担"
    "省科技重大专项计划项目的单位，给予上年度省拨经费30%、单个项目最高100万元的配套奖励。市级重点研发计划以无偿资助、"
    "揭榜制、后补助等方式对产学研合作项目进行。",
)
local = Condition(
    "in_city", "单位登记在本市", in_city, "承担单位没有登记在本市，不能申报市重点研发计划", THE_WORDS, source=FUND
)
joint = Condition(
    "joint",
    "企业与高校院所联合承担",
    partners,
    "要由企业与高校院所联合承担，并附写明分工、经费、知识产权的协议",
    THE_WORDS,
)
not_too_many = Condition(
    "running",
    "负责人在研牵头项目不超过上限",
    running < most_running,
    "负责人在研的牵头项目已到上限，请先验收一项或更换负责人",
    THE_WORDS,
)
(reviewed,) = found(CITY_PLAN_CALL, Condition("reviewed", "评审建议支持", passed_review, "评审没有建议支持", THE_WORDS))

grant_most = money_term(
    "city_grant_most",
    "无偿资助单个项目最高额",
    undecided("市重点研发计划无偿资助单个项目最高给多少"),
    mark="assumed",
    source="政策没有写明，由市科技局、市财政局确定",
)


def applied(**changed: Any) -> dict[str, Any]:
    """A sound application for a grant."""
    usual = {
        "registered_in_city": True,
        "has_firm_and_school": True,
        "agreement_no": "联合协议〔2026〕第 3 号",
        "leader_running_projects": 1,
        "passed_review": True,
    }
    return usual | {"approved_yuan": "300000"} | changed


FIFTY = {"city_grant_most": since((FIRST_DAY, wan(50)))}
GRANT = Award(
    code="M3.2-city-grant",
    name="市重点研发计划·无偿资助",
    articles=(THE_WORDS,),
    facts=(in_city, partners, agreement_no, running, passed_review, approved),
    conditions=(
        local,
        joint,
        not_too_many,
        reviewed,
    ),
    amount=floor_yuan(least(approved, grant_most)),
    examples=(
        Example("最高额没有确定：不计算", applied(), None, open=("city_grant_most",)),
        Example("确定为 50 万元以后：按决定书", applied(), 30_000_000, decided=FIFTY),
        Example("决定书超过最高额：按最高额", applied(approved_yuan=800000), 50_000_000, decided=FIFTY),
        Example("负责人已有两项在研", applied(leader_running_projects=2), None, refused=("running",), decided=FIFTY),
        Example("没有高校院所", applied(has_firm_and_school=False), None, refused=("joint",), decided=FIFTY),
    ),
    lanes=("ordinary",),
    instrument="grant",
    use="research",
    payee="牵头单位；协议约定分拨的，直拨到各实施单位",
    in_force=(FIRST_DAY, None),
    once=("agreement_no",),
    once_per="matter",
    excludes=(Excludes(("M3.1", "M3.2-city-post"), ("agreement_no",), ONE_WAY, "own"),),
    notes=(PER_AGREEMENT,),
    materials=("申报书", "活页（匿名）", "联合协议", "查新报告（12 个月内）", "同行专家推荐意见"),
    anonymous="活页（匿名）",
    parts=WHOLE,
)

list_no = Text("list_no", "榜单编号", evidence="需求榜单", example="2026-LCJB-08")
price = Money("list_price", "榜单金额", evidence="需求榜单", example="1000000")
owner_pays = Money("owner_pays", "发榜单位出资", evidence="揭榜合同", example="600000")
unrelated = YesNo("unrelated", "揭榜方与发榜单位没有控制关系", source="derived", example=True)


def listed(**changed: Any) -> dict[str, Any]:
    """A challenge on the list for 1,000,000 yuan, of which the owner pays 600,000."""
    usual = {"list_no": "2026-LCJB-08", "list_price_yuan": 1_000_000, "owner_pays_yuan": 600_000, "unrelated": True}
    return (
        usual
        | {"registered_in_city": True, "milestones": stages(200_000, 200_000, reached=1), "paid_before_yuan": 0}
        | changed
    )


CHALLENGE = Award(
    code="M3.2-city-challenge",
    name="市重点研发计划·揭榜制",
    articles=(THE_WORDS,),
    facts=(in_city, list_no, price, owner_pays, unrelated, milestones, paid_before),
    conditions=(
        local,
        Condition(
            "owner_share",
            "发榜单位出资达到下限",
            owner_pays >= price * owner_share,
            "发榜单位出资没有达到榜单金额的下限比例，请提高自筹后再揭榜",
            THE_WORDS,
        ),
        *assumed(
            Condition(
                "unrelated", "揭榜方与发榜单位无关联", unrelated, "揭榜方与发榜单位有控制关系，不能揭榜", THE_WORDS
            ),
            Condition(
                "stages",
                "里程碑金额不超过财政部分",
                agreed <= price - owner_pays,
                "各里程碑金额之和超过榜单金额减去发榜单位出资，请改正揭榜合同",
                THE_WORDS,
            ),
        ),
    ),
    amount=floor_yuan(most(named("已通过里程碑", reached) - paid_before, NOTHING)),
    examples=(
        Example("通过第一个里程碑", listed(), 20_000_000),
        Example(
            "两个都通过，先前付过一个",
            listed(milestones=stages(200_000, 200_000, reached=2), paid_before_yuan=200_000),
            20_000_000,
        ),
        Example("一个都没通过", listed(milestones=stages(200_000, 200_000, reached=0)), 0),
        Example("发榜单位只出四成", listed(owner_pays_yuan=400_000), None, refused=("owner_share",)),
        Example("恰好一半", listed(owner_pays_yuan=500_000), 20_000_000),
        Example("关联揭榜", listed(unrelated=False), None, refused=("unrelated",)),
    ),
    lanes=("ordinary",),
    instrument="challenge",
    use="research",
    payee="揭榜单位，按里程碑",
    in_force=(FIRST_DAY, None),
    once=("list_no",),
    once_per="matter",
    notes=("一个单位对一个榜单项目只支持一次，不按年重复（本平台建议值，待主管部门确认）。",),
    materials=("需求榜单", "揭榜方案", "揭榜合同"),
    parts=WHOLE,
)

audit_no = Text(
    "audit_no", "专项审计报告文号", evidence="专项审计报告", help="与报告首页一致", example="鲁天专审字〔2026〕第 21 号"
)
cost = Money("audited_cost", "审计确认的研发支出", evidence="专项审计报告", example="1000000")
in_window = YesNo("invoices_in_window", "发票都在项目执行期内，且没有用于其他项目", source="derived", example=True)
post_rate = rate_term(
    "city_post_rate",
    "后补助比例",
    undecided("市重点研发计划后补助按研发支出的百分之几"),
    mark="assumed",
    source="政策没有写明，由市科技局、市财政局确定",
)
post_most = money_term(
    "city_post_most",
    "后补助单个项目最高额",
    undecided("市重点研发计划后补助单个项目最高给多少"),
    mark="assumed",
    source="政策没有写明，由市科技局、市财政局确定",
)
FIFTH = {
    "city_post_rate": since((FIRST_DAY, Fraction(1, 5))),
    "city_post_most": since((FIRST_DAY, wan(30))),
}


def done(**changed: Any) -> dict[str, Any]:
    """A finished project with an audit."""
    usual = {"registered_in_city": True, "has_firm_and_school": True, "audited_cost_yuan": 1_000_000}
    numbers = {"agreement_no": "联合协议〔2026〕第 3 号", "audit_no": "鲁天专审字〔2026〕第 21 号"}
    return usual | numbers | {"invoices_in_window": True} | changed


POST = Award(
    code="M3.2-city-post",
    name="市重点研发计划·后补助",
    articles=(THE_WORDS,),
    facts=(in_city, partners, agreement_no, audit_no, cost, in_window),
    conditions=(
        local,
        joint,
        *assumed(
            Condition(
                "invoices",
                "发票在执行期内且只用一次",
                in_window,
                "有发票不在执行期内，或已用于其他项目，请剔除后重新审计",
                THE_WORDS,
            )
        ),
    ),
    amount=floor_yuan(least(cost * post_rate, post_most)),
    examples=(
        Example("比例和最高额没有确定", done(), None, open=("city_post_most", "city_post_rate")),
        Example("按 20%、最高 30 万元", done(), 20_000_000, decided=FIFTH),
        Example("到最高额", done(audited_cost_yuan=2_000_000), 30_000_000, decided=FIFTH),
        Example("发票重复使用", done(invoices_in_window=False), None, refused=("invoices",), decided=FIFTH),
    ),
    lanes=("quick", "ordinary"),
    instrument="post_subsidy",
    use="research",
    payee="实施单位",
    in_force=(FIRST_DAY, None),
    once=("audit_no",),
    once_per="one",
    excludes=(Excludes(("M3.1", "M3.2-city-grant", "M3.2-city-post"), ("agreement_no",), ONE_WAY, "own"),),
    notes=(PER_AGREEMENT, "一份专项审计报告只用一次，不论哪一年、哪个单位。"),
    materials=("项目完成证明", "专项审计报告", "发票清单"),
    parts=("call", "accept", "check", "decide", "notice", "pay", "evaluate"),
)

AWARDS = (GRANT, CHALLENGE, POST)
