"""二（三）实施高层次人才工程: matching for national and provincial talents (ratio open), and 水城人才工程 in stages."""

from fractions import Fraction
from typing import Any

from triplehelix.foundation.dated import since, undecided
from triplehelix.measures.liaocheng import FIRST_DAY
from triplehelix.measures.liaocheng.usual import (
    FUND,
    NOTHING,
    SHORT,
    WHOLE_WITH_SITE,
    agreed,
    approved,
    assumed,
    in_city,
    milestones,
    paid_before,
    reached,
    stages,
    wan,
)
from triplehelix.policy.article import Article
from triplehelix.policy.award import Award, Condition, Example
from triplehelix.policy.expression import floor_yuan, least, most, named
from triplehelix.policy.facts import Choice, Count, Money, Text, YesNo
from triplehelix.policy.measure import Measure, Register, Stage
from triplehelix.policy.terms import count_term, money_term, rate_term

THE_WORDS = Article(
    "二（三）",
    "实施高层次人才工程。积极引进高校院所高端人才，对取得重大成果的优秀人才优先支持申报国家、省级人才工程。探索实施市"
    "级人才工程-“水城人才工程（科技创业类项目）”，遴选优秀创业人才与项目，吸引海内外高层次人才带资金、带项目、带技"
    "术落户聊城。认真落实市级人才政策，对顶尖人才“一事一议”给予资助，对入选国家级、省级重点人才工程的领军人才按比例"
    "配套支持。",
)
person = Text("person", "人才姓名", seen_by=("applicant", "clerk", "county", "auditor"), example="李若溪")
programme = Choice(
    "programme",
    "入选工程",
    {"national": "国家级重点人才工程", "provincial": "省级重点人才工程"},
    evidence="入选文件",
    example="provincial",
)
superior = Money("superior_funds_arrived", "上级资助实际到账", evidence="到账凭证", example="500000")
stacked = YesNo("same_level_funded", "已经得过同层次的其他支持", source="register", example=False)
full_time = YesNo("works_here", "在本市全职工作或合同履约期内", evidence="劳动合同和社保记录", example=True)
UNDECIDED = "政策写“按比例”，比例由主管部门确定"
ratio = rate_term(
    "talent_ratio", "人才配套比例", undecided("领军人才配套按上级资助的百分之几"), mark="assumed", source=UNDECIDED
)
ceiling = money_term(
    "talent_most", "人才配套最高额", undecided("领军人才配套每人最高多少"), mark="assumed", source=UNDECIDED
)
SET = {"talent_ratio": since((FIRST_DAY, Fraction(1, 2))), "talent_most": since((FIRST_DAY, wan(50)))}


def talent(**changed: Any) -> dict[str, Any]:
    """Somebody in a provincial programme with 500,000 yuan arrived."""
    usual = {"person": "李若溪", "programme": "provincial", "superior_funds_arrived_yuan": 500_000}
    return usual | {"same_level_funded": False, "works_here": True, "registered_in_city": True} | changed


MATCH = Award(
    code="M2.3-match",
    name="领军人才配套支持",
    articles=(THE_WORDS,),
    facts=(person, programme, superior, stacked, full_time, in_city),
    conditions=(
        Condition("in_city", "用人单位在本市", in_city, "用人单位没有登记在本市", THE_WORDS, source=FUND),
        *assumed(
            Condition("works_here", "在本市工作", full_time, "没有在本市全职工作或履约的证明", THE_WORDS),
            Condition("once", "同层次不重复", ~stacked, "已经得过同层次的支持，不重复支持", THE_WORDS),
        ),
    ),
    amount=floor_yuan(least(superior * ratio, ceiling)),
    examples=(
        Example("比例没有确定：不计算", talent(), None, open=("talent_most", "talent_ratio")),
        Example("确定为 50% 以后", talent(), 25_000_000, decided=SET),
        Example("到最高额", talent(superior_funds_arrived_yuan=2_000_000), 50_000_000, decided=SET),
        Example("同层次重复", talent(same_level_funded=True), None, refused=("once",), decided=SET),
    ),
    lanes=("quick", "ordinary"),
    instrument="match",
    use="talent",
    payee="用人单位；依合同发给本人",
    in_force=(FIRST_DAY, None),
    once=("person", "programme"),
    once_per="matter",
    notes=("入选一次配套一次，不按年重复；上级资助分期到账的，全部到账后一次申请（本平台建议值，待主管部门确认）。",),
    materials=("入选文件", "劳动合同和社保记录", "到账凭证"),
    parts=SHORT,
)

company_days = Count(
    "company_age_days",
    "企业成立到申报的天数",
    unit="天",
    source="register",
    at_most=40_000,
    help="早已在本市创业的不属于引进",
    example=200,
)
own_cash = Money("own_cash", "人才及团队实缴的货币出资", evidence="股权结构和实缴证明", example="1000000")
has_ip = YesNo("has_ip", "核心知识产权归企业或已许可给企业", evidence="知识产权权属证明", example=True)
all_day = YesNo("full_time_committed", "承诺全职创业", evidence="全职承诺书", example=True)
newest = count_term(
    "startup_most_days", "企业成立时间上限", since((FIRST_DAY, 1095)), unit="天", mark="assumed", source="本平台建议值"
)
least_cash = money_term(
    "startup_least_cash", "货币出资下限", since((FIRST_DAY, wan(50))), mark="assumed", source="本平台建议值"
)


def startup(**changed: Any) -> dict[str, Any]:
    """A chosen founder with 1,000,000 yuan in stages 40/40/20, the first reached."""
    usual = {"person": "李若溪", "company_age_days": 200, "own_cash_yuan": 1_000_000, "has_ip": True}
    return (
        usual
        | {
            "full_time_committed": True,
            "same_level_funded": False,
            "approved_yuan": 1_000_000,
            "registered_in_city": True,
            "milestones": stages(400_000, 400_000, 200_000, reached=1),
            "paid_before_yuan": 0,
        }
        | changed
    )


STARTUP = Award(
    code="M2.3-startup",
    name="水城人才工程（科技创业类项目）",
    articles=(THE_WORDS,),
    facts=(
        person,
        in_city,
        company_days,
        own_cash,
        has_ip,
        all_day,
        stacked,
        approved,
        milestones,
        paid_before,
    ),
    conditions=(
        Condition("in_city", "企业落户本市", in_city, "创业企业没有登记在本市", THE_WORDS),
        Condition("new", "新落户企业", company_days <= newest, "企业成立已久，不属于引进创业", THE_WORDS),
        Condition("cash", "带资金：货币出资到位", own_cash >= least_cash, "货币出资没有达到下限", THE_WORDS),
        *assumed(
            Condition("ip", "带技术：知识产权在企业", has_ip, "核心知识产权不在企业，请先转让或许可", THE_WORDS),
            Condition("full_time", "全职", all_day, "没有全职承诺，一票否决", THE_WORDS),
            Condition("once", "同层次不重复", ~stacked, "已经得过同层次的支持", THE_WORDS),
            Condition(
                "whole",
                "各期之和等于决定金额",
                agreed.equals(approved),
                "各期金额之和与决定书不等，请改正协议",
                THE_WORDS,
            ),
        ),
    ),
    amount=floor_yuan(most(named("已通过考核的各期", reached) - paid_before, NOTHING)),
    examples=(
        Example("首期 40%", startup(), 40_000_000),
        Example(
            "通过中期，付第二期",
            startup(milestones=stages(400_000, 400_000, 200_000, reached=2), paid_before_yuan=400_000),
            40_000_000,
        ),
        Example("货币出资不足", startup(own_cash_yuan=499_999), None, refused=("cash",)),
        Example("恰好 50 万元", startup(own_cash_yuan=500_000), 40_000_000),
        Example("老企业换名字", startup(company_age_days=2000), None, refused=("new",)),
        Example("不全职", startup(full_time_committed=False), None, refused=("full_time",)),
    ),
    lanes=("ordinary",),
    instrument="grant",
    use="talent",
    payee="创业企业，分期",
    in_force=(FIRST_DAY, None),
    once=("person",),
    once_per="matter",
    materials=("商业计划书", "股权结构和实缴证明", "知识产权权属证明", "全职承诺书"),
    notes=(
        "40/40/20 分期和下限为本平台建议值，可由主管部门调整。",
        "同一人才在同一企业只立项一次，分期在同一办件里拨付（本平台建议值，待主管部门确认）。",
    ),
    parts=WHOLE_WITH_SITE,
)

MEASURE = Measure(
    code="M2.3",
    name="实施高层次人才工程",
    article=THE_WORDS,
    who="入选上级重点人才工程的领军人才；来聊创业的高层次人才；顶尖人才",
    stages=(
        Stage("征集"),
        Stage("县市区推荐"),
        Stage("形式审查"),
        Stage("技术和投资专家答辩评审"),
        Stage("尽职调查"),
        Stage("人才工作领导机构决定"),
        Stage("公示", "5 个工作日", "assumed"),
        Stage("签订协议"),
        Stage("分期拨付"),
        Stage("中期、期末考核"),
    ),
    awards=(MATCH, STARTUP),
    registers=(
        Register(
            "人才项目库",
            ("姓名", "层次", "工程", "企业", "分期", "考核"),
            ("同名用证件号区分，证件号加密", "同层次不重复"),
        ),
    ),
    questions=("配套比例和最高额。", "顶尖人才“一事一议”由谁决定。", "水城人才工程的资助标准。"),
    traps=("早已在本市的企业换名申报。", "代持股东。", "一人入选多个同层次工程。"),
)
