"""二（四）引进用好海外人才: the city's foreign-expert projects; the amount is open."""

from typing import Any

from triplehelix.foundation.dated import since, undecided
from triplehelix.measures.liaocheng import FIRST_DAY
from triplehelix.measures.liaocheng.usual import FUND, assumed, in_city, passed_review, wan
from triplehelix.policy.article import Article
from triplehelix.policy.award import Award, Condition, Example
from triplehelix.policy.expression import const, of_code
from triplehelix.policy.facts import Choice, Count, Text, YesNo
from triplehelix.policy.measure import Duty, Measure, Register, Stage
from triplehelix.policy.terms import table_term

THE_WORDS = Article(
    "二（四）",
    "引进用好海外人才。优化市级外国专家项目，鼓励外国高端人才到企业兼职。创新国际人才交流方式，举办“中国・聊城海外人才交流会”等"
    "招才引智活动。持续提升外国专家服务效能，引导外国专家参与科技研发，鼓励外国专家申报“政府友谊奖”、省级外专双百计划、"
    "“海外工程师”等。",
)
expert = Text("expert", "外国专家姓名", seen_by=("applicant", "clerk", "auditor"), example="Anna Schmidt")
permit = Choice(
    "permit_class", "工作许可类别", {"A": "A 类", "B": "B 类", "C": "C 类"}, evidence="外国人工作许可证", example="A"
)
valid = YesNo("permit_valid_all_days", "工作许可在每个工作日都有效", source="derived", example=True)
days = Count("days_in_city", "本年度在聊工作天数", unit="天", at_most=366, evidence="出入境记录和工作日志", example=60)
support = table_term(
    "foreign_support",
    "各类外国专家项目支持",
    undecided("市级外国专家项目按类别支持多少"),
    {"A": "A 类", "B": "B 类"},
    mark="assumed",
    source="政策没有写明金额",
)
SET = {"foreign_support": since((FIRST_DAY, {"A": wan(10), "B": wan(5)}))}


def guest(**changed: Any) -> dict[str, Any]:
    """An expert of class A, sixty days in the city."""
    usual = {"expert": "Anna Schmidt", "permit_class": "A", "permit_valid_all_days": True, "days_in_city": 60}
    return usual | {"passed_review": True, "registered_in_city": True} | changed


AWARD = Award(
    code="M2.4",
    name="市级外国专家项目支持",
    articles=(THE_WORDS,),
    facts=(expert, permit, valid, days, passed_review, in_city),
    conditions=(
        Condition("in_city", "聘请单位在本市", in_city, "聘请单位没有登记在本市", THE_WORDS, source=FUND),
        *assumed(
            Condition("permit", "A 类或 B 类", of_code(permit, "A", "B"), "C 类不在外国专家项目范围", THE_WORDS),
            Condition("valid", "许可有效", valid, "有工作日不在许可有效期内，请剔除或补办", THE_WORDS),
            Condition("days", "实际来聊工作", days >= const(1), "没有在聊工作的天数；仅远程的不支持", THE_WORDS),
            Condition("reviewed", "评审建议支持", passed_review, "评审没有建议支持", THE_WORDS),
        ),
    ),
    amount=support.by(permit),
    examples=(
        Example("金额没有确定", guest(), None, open=("foreign_support",)),
        Example("确定以后：A 类", guest(), 10_000_000, decided=SET),
        Example("C 类", guest(permit_class="C"), None, refused=("permit",), decided=SET),
        Example("许可过期", guest(permit_valid_all_days=False), None, refused=("valid",), decided=SET),
        Example("仅远程", guest(days_in_city=0), None, refused=("days",), decided=SET),
    ),
    lanes=("ordinary",),
    instrument="grant",
    use="talent",
    payee="聘请单位",
    in_force=(FIRST_DAY, None),
    once=("expert",),
    notes=("按本年度在聊工作天数，每位专家每年一次（政策没有写明，本平台建议值，待主管部门确认）。",),
    materials=("聘请合同", "外国人工作许可证", "出入境记录和工作日志"),
    parts=("call", "recommend", "accept", "check", "review", "decide", "notice", "agreement", "pay", "acceptance"),
)

MEASURE = Measure(
    code="M2.4",
    name="引进用好海外人才",
    article=THE_WORDS,
    who="聘请外国专家的本市单位",
    stages=(
        Stage("单位需求"),
        Stage("人选和 A/B/C 类核对"),
        Stage("工作许可"),
        Stage("项目申报、评审"),
        Stage("公示", "5 个工作日", "assumed"),
        Stage("在聊工作日志"),
        Stage("成果"),
        Stage("推荐政府友谊奖等"),
    ),
    awards=(AWARD,),
    registers=(
        Register(
            "外国专家名册",
            ("姓名", "国籍", "护照号（加密）", "许可证号、类别、有效期", "在聊天数", "任务"),
            ("港澳台另列", "一年不超过 366 天", "换发护照不是新的人", "满 183 天提示纳税身份"),
        ),
        Register("海外人才交流会", ("日期", "地点", "到会专家", "意向", "落地"), ("意向不等于合同",)),
    ),
    duties=(Duty("市科技局", "举办中国・聊城海外人才交流会", "每年", "policy；频次按往年"),),
    questions=("各类别支持多少。", "敏感技术的审查由谁做。"),
    traps=("许可过期仍计天数。", "只有远程服务。", "换护照后重复登记。"),
)
