"""三（一）实施一批产学研协同创新项目: enterprise-led joint projects; the support's ceiling is open."""

from fractions import Fraction
from typing import Any

from triplehelix.foundation.dated import since, undecided
from triplehelix.measures.liaocheng import FIRST_DAY
from triplehelix.measures.liaocheng.usual import (
    CITY_PLAN_CALL,
    FUND,
    ONE_WAY,
    PER_AGREEMENT,
    WHOLE,
    agreement_no,
    approved,
    assumed,
    found,
    in_city,
    most_running,
    partners,
    passed_review,
    running,
    wan,
)
from triplehelix.policy.article import Article
from triplehelix.policy.award import Award, Condition, Example
from triplehelix.policy.expression import const, floor_yuan, least
from triplehelix.policy.facts import Count, Money, YesNo
from triplehelix.policy.measure import Measure, Register, Stage
from triplehelix.policy.once import Excludes
from triplehelix.policy.terms import count_term, money_term, rate_term

THE_WORDS = Article(
    "三（一）",
    "实施一批产学研协同创新项目。支持企业根据自身发展战略和市场需求，主动提出研发需求，联合高校、科研机构共同开展技术攻关，主导"
    "产学研合作项目的选题、立项、实施以及成果转化。对企业牵头承担的产学研合作重大项目，在科技计划项目申报、资金补贴等方面"
    "给予支持。",
)
leads = YesNo("firm_leads", "由企业牵头", source="derived", example=True)
shares = Count("partner_shares_percent", "各方经费比例合计", unit="%", evidence="联合协议", at_most=1000, example=100)
own_funds = Money("own_funds", "企业自筹", evidence="自筹承诺", example="600000")
novelty = Count("novelty_report_months", "查新报告距今", unit="个月", evidence="查新报告", at_most=600, example=3)
similar = YesNo(
    "similar_funded", "题目与已支持的相同或高度相似", source="derived", help="由系统比对、经办人确认", example=False
)
ceiling = money_term(
    "joint_most",
    "协同创新项目最高支持额",
    undecided("产学研协同创新项目单个最高支持多少"),
    mark="assumed",
    source="政策没有写明",
)
own_ratio = rate_term(
    "joint_own_ratio",
    "企业自筹与财政支持之比下限",
    since((FIRST_DAY, Fraction(1))),
    mark="assumed",
    source="本平台建议值",
)
oldest = count_term(
    "novelty_most_months", "查新报告有效期", since((FIRST_DAY, 12)), unit="个月", mark="assumed", source="本平台建议值"
)
SET = {"joint_most": since((FIRST_DAY, wan(50)))}


def joint(**changed: Any) -> dict[str, Any]:
    """A firm-led project asking for 300,000 yuan with 600,000 of its own."""
    usual = {"firm_leads": True, "has_firm_and_school": True, "partner_shares_percent": 100, "own_funds_yuan": 600_000}
    return (
        usual
        | {
            "agreement_no": "联合协议〔2026〕第 3 号",
            "novelty_report_months": 3,
            "similar_funded": False,
            "leader_running_projects": 1,
            "passed_review": True,
            "approved_yuan": 300_000,
            "registered_in_city": True,
        }
        | changed
    )


AWARD = Award(
    code="M3.1",
    name="产学研协同创新项目",
    articles=(THE_WORDS,),
    facts=(
        in_city,
        leads,
        partners,
        agreement_no,
        shares,
        own_funds,
        novelty,
        similar,
        running,
        passed_review,
        approved,
    ),
    conditions=(
        Condition("in_city", "牵头企业在本市", in_city, "牵头企业没有登记在本市", THE_WORDS, source=FUND),
        Condition("leads", "企业牵头", leads, "应由企业牵头申报", THE_WORDS),
        Condition("joint", "联合高校院所", partners, "要有高校院所参加，并附写明分工、经费、知识产权的协议", THE_WORDS),
        *assumed(
            Condition(
                "shares",
                "经费比例合计 100%",
                shares.equals(const(100)),
                "各方经费比例合计不是 100%，请改正协议",
                THE_WORDS,
            )
        ),
        Condition(
            "own",
            "自筹达到比例",
            own_funds >= approved * own_ratio,
            "企业自筹没有达到财政支持的比例，请提高自筹",
            THE_WORDS,
        ),
        Condition("novelty", "查新报告在有效期内", novelty <= oldest, "查新报告过期，请重新查新", THE_WORDS),
        *found(
            CITY_PLAN_CALL,
            Condition("new_topic", "题目不重复", ~similar, "题目与已支持的项目重复或高度相似", THE_WORDS),
        ),
        Condition(
            "running",
            "负责人在研项目不超过上限",
            running < most_running,
            "负责人在研的牵头项目已到上限，请先验收一项或更换负责人",
            THE_WORDS,
        ),
        *found(CITY_PLAN_CALL, Condition("reviewed", "评审建议支持", passed_review, "评审没有建议支持", THE_WORDS)),
    ),
    amount=floor_yuan(least(approved, ceiling)),
    examples=(
        Example("最高额没有确定：不计算", joint(), None, open=("joint_most",)),
        Example("确定以后：按决定书", joint(), 30_000_000, decided=SET),
        Example("超过最高额", joint(approved_yuan=600_000), 50_000_000, decided=SET),
        Example("各方比例 120%", joint(partner_shares_percent=120), None, refused=("shares",), decided=SET),
        Example("自筹不足", joint(own_funds_yuan=299_999), None, refused=("own",), decided=SET),
        Example("查新报告 13 个月", joint(novelty_report_months=13), None, refused=("novelty",), decided=SET),
        Example("两项在研", joint(leader_running_projects=2), None, refused=("running",), decided=SET),
        Example("抄来的题目", joint(similar_funded=True), None, refused=("new_topic",), decided=SET),
    ),
    lanes=("ordinary",),
    instrument="grant",
    use="research",
    payee="牵头企业；协议约定分拨的，直拨到各实施单位",
    in_force=(FIRST_DAY, None),
    once=("agreement_no",),
    once_per="matter",
    excludes=(Excludes(("M3.2-city-grant", "M3.2-city-post"), ("agreement_no",), ONE_WAY, "own"),),
    notes=(PER_AGREEMENT,),
    materials=("申报书", "活页（匿名）", "联合协议", "查新报告", "自筹承诺"),
    anonymous="活页（匿名）",
    parts=WHOLE,
)

MEASURE = Measure(
    code="M3.1",
    name="实施一批产学研协同创新项目",
    article=THE_WORDS,
    who="联合高校院所攻关的本市企业",
    stages=(
        Stage("企业提出需求、选题"),
        Stage("联合申报"),
        Stage("单位审核、县市区推荐"),
        Stage("受理", "5 个工作日", "assumed"),
        Stage("匿名评审"),
        Stage("公示", "5 个工作日", "assumed"),
        Stage("任务书", "下达后 30 日内", "assumed"),
        Stage("拨款"),
        Stage("中期"),
        Stage("验收"),
    ),
    awards=(AWARD,),
    registers=(
        Register(
            "协同创新项目库",
            ("题目", "牵头企业", "合作单位", "负责人", "经费", "知识产权约定", "里程碑"),
            ("负责人在研不超过 2 项", "题目与历年项目比对"),
        ),
    ),
    questions=("最高支持额。", "“重大项目”的标准。"),
    traps=("空壳企业牵头。", "合作方没有签章。", "活页里露出单位名称。"),
)
