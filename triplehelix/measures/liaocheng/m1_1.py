"""一（一）鼓励校企联合共建研发机构: support for jointly built platforms; the amounts are open."""

from typing import Any

from triplehelix.foundation.dated import since, undecided
from triplehelix.measures.liaocheng import FIRST_DAY
from triplehelix.measures.liaocheng.usual import FUND, assumed, in_city, passed_review, wan
from triplehelix.policy.article import Article
from triplehelix.policy.award import Award, Condition, Example
from triplehelix.policy.expression import const
from triplehelix.policy.facts import Choice, Count, Text, YesNo
from triplehelix.policy.measure import Measure, Register, Stage
from triplehelix.policy.terms import table_term

THE_WORDS = Article(
    "一（一）",
    "鼓励校企联合共建研发机构。引导企业与高校院所的优势学科对接，联合共建重点实验室、技术创新中心、企业技术中心、工程"
    "实验室、院士工作站和新型研发机构等各类研发平台，给予不同形式和额度的财政支持。引导企业与高校院所依托创新平台共同"
    "申报或承担国家、省、市有关科技项目和科研课题，开展高水平技术创新研究，定向在企业创新发展上应用或作为技术储备，形"
    "成丰富的科技创新成果积累。",
)
TYPES = {
    "KEY_LAB": "重点实验室",
    "TIC": "技术创新中心",
    "ETC": "企业技术中心",
    "ENG_LAB": "工程实验室",
    "ACAD_WS": "院士工作站",
    "NRDI": "新型研发机构",
}
type = Choice("platform_type", "平台类型", TYPES, evidence="认定或备案文件", example="KEY_LAB")
recognised = Text("accreditation_no", "认定或备案文号", evidence="认定或备案文件", example="聊科字〔2026〕8号")
called = Text(
    "platform_name",
    "平台名称",
    evidence="认定或备案文件",
    help="与认定或备案文件一致",
    example="聊城市精密轴承重点实验室",
)
firms = Count("firms", "共建企业", unit="家", evidence="共建协议", at_most=100, example=1)
schools = Count("schools", "共建高校院所", unit="家", evidence="共建协议", at_most=100, example=1)
shares = Count("partner_shares_percent", "各方出资比例合计", unit="%", evidence="共建协议", at_most=1000, example=100)
valid = YesNo("agreement_valid", "共建协议在有效期内", evidence="共建协议", example=True)
counted_once = YesNo(
    "counted_once",
    "同一实体没有以别的牌子领过平台支持",
    source="register",
    help="一个实验室可以有多块牌子，支持只给一次",
    example=True,
)
support = table_term(
    "platform_support",
    "各类平台的支持额度",
    undecided("各类研发平台分别以什么形式、支持多少"),
    TYPES,
    mark="assumed",
    source="政策写“不同形式和额度”，由主管部门确定",
)
SET = {"platform_support": since((FIRST_DAY, {code: wan(20) for code in TYPES}))}


def platform(**changed: Any) -> dict[str, Any]:
    """A key laboratory built by a firm and a university."""
    usual = {"platform_type": "KEY_LAB", "accreditation_no": "聊科字〔2026〕8号", "firms": 1, "schools": 1}
    return (
        usual
        | {
            "platform_name": "聊城市精密轴承重点实验室",
            "partner_shares_percent": 100,
            "agreement_valid": True,
            "counted_once": True,
            "registered_in_city": True,
            "passed_review": True,
        }
        | changed
    )


AWARD = Award(
    code="M1.1",
    name="共建研发平台支持",
    articles=(THE_WORDS,),
    facts=(type, called, recognised, firms, schools, shares, valid, counted_once, in_city, passed_review),
    conditions=(
        Condition("in_city", "平台在本市", in_city, "平台依托单位没有登记在本市", THE_WORDS, source=FUND),
        Condition(
            "joint",
            "至少一家企业和一家高校院所",
            (firms >= const(1)) & (schools >= const(1)),
            "“联合共建”至少要有一家企业和一家高校院所",
            THE_WORDS,
        ),
        *assumed(
            Condition(
                "shares",
                "出资比例合计 100%",
                shares.equals(const(100)),
                "各方出资比例合计不是 100%，请改正共建协议",
                THE_WORDS,
            ),
            Condition("valid", "协议有效", valid, "共建协议已经到期，请续签后再申请", THE_WORDS),
            Condition("once", "同一实体只支持一次", counted_once, "同一实体已经以别的牌子领过平台支持", THE_WORDS),
            Condition("reviewed", "评审与现场核查通过", passed_review, "评审或现场核查没有通过", THE_WORDS),
        ),
    ),
    amount=support.by(type),
    examples=(
        Example("额度没有确定：不计算", platform(), None, open=("platform_support",)),
        Example("确定为 20 万元以后", platform(), 20_000_000, decided=SET),
        Example("只有企业，没有高校院所", platform(schools=0), None, refused=("joint",), decided=SET),
        Example("出资比例合计 101%", platform(partner_shares_percent=101), None, refused=("shares",), decided=SET),
        Example("协议过期", platform(agreement_valid=False), None, refused=("valid",), decided=SET),
        Example("一个实验室两块牌子", platform(counted_once=False), None, refused=("once",), decided=SET),
    ),
    lanes=("ordinary",),
    instrument="grant",
    use="platform",
    payee="平台依托单位",
    in_force=(FIRST_DAY, None),
    once=("platform_type", "accreditation_no", "platform_name"),
    once_per="one",
    notes=(
        "一次认定只支持一次，不按年、也不按共建单位重复；一份文件认定几个平台的，按平台名称区分（按“同一实体只支持一次”理解，本平台建议值，待主管部门确认）。",
    ),
    materials=("共建协议", "认定或备案文件", "人员、场地、设备清单"),
    parts=(
        "call",
        "unit_review",
        "recommend",
        "accept",
        "check",
        "review",
        "site",
        "decide",
        "notice",
        "agreement",
        "pay",
        "acceptance",
        "evaluate",
    ),
)

MEASURE = Measure(
    code="M1.1",
    name="鼓励校企联合共建研发机构",
    article=THE_WORDS,
    who="与高校院所共建研发平台的本市企业",
    stages=(
        Stage("签订共建协议"),
        Stage("县市区推荐"),
        Stage("受理", "5 个工作日", "assumed"),
        Stage("专家评审、现场核查"),
        Stage("公示", "5 个工作日", "assumed"),
        Stage("认定或备案"),
        Stage("建设期", "1–3 年", "assumed"),
        Stage("验收、绩效评价"),
    ),
    awards=(AWARD,),
    registers=(
        Register(
            "研发平台登记册",
            (
                "平台名称",
                "类型",
                "级别",
                "主管部门",
                "依托单位",
                "共建方及出资比例、知识产权约定",
                "面积",
                "设备原值",
                "全职人员",
                "建设期",
                "文号",
            ),
            ("一个实体一行，多块牌子记在一起", "设备原值只由一方计", "协议到期前 60 日提醒"),
        ),
    ),
    questions=("各类平台支持的形式和额度。", "工程实验室并入工程研究中心后怎样对应。"),
    traps=("同一实验室按国家、省、市各报一次。", "有牌子没有共同项目。", "设备原值双方重复计算。"),
)
