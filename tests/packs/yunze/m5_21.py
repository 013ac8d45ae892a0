"""第二十一条 博士后: 5,000 yuan for every month, asked for quarter by quarter, for 24 months at most of one person."""

from typing import Any

from tests.packs.yunze import FIRST_DAY
from triplehelix.foundation.dated import since
from triplehelix.foundation.money import Fen
from triplehelix.policy.article import Article
from triplehelix.policy.award import Award, Condition, Example
from triplehelix.policy.expression import const, least, most, named
from triplehelix.policy.facts import Count, Text, YesNo
from triplehelix.policy.measure import Measure, Stage
from triplehelix.policy.once import Earlier
from triplehelix.policy.plan import Planned
from triplehelix.policy.terms import count_term, money_term

WORDS = Article("第二十一条", "企业博士后在站期间每月补贴5000元，最长24个月，按季度申领。", chapter=5)
FEWER = ("applicant", "clerk", "county", "auditor")
person = Text("person", "博士后姓名", seen_by=FEWER, example="秦未央")
tail = Text("id_tail", "证件号后四位", seen_by=FEWER, exactly=4, example="0018")
quarter = Text("quarter", "季度", help="写成 2026年第1季度", example="2026年第1季度")
months = Count("months", "本季度在站月数", unit="月", at_most=3, evidence="社保记录", example=3)
before = Count("months_before", "以前已补的月数", unit="月", source="register", example=0)
in_city = YesNo("registered_in_city", "单位登记在本市", source="register", example=True)
monthly = money_term(
    "postdoc_month", "每月补贴", since((FIRST_DAY, Fen.from_unit(5000, "元"))), mark="policy", source="第二十一条"
)
longest = count_term("postdoc_most", "最长月数", since((FIRST_DAY, 24)), unit="月", mark="policy", source="第二十一条")


def case(count: int, had: int = 0, **changed: Any) -> dict[str, Any]:
    """So many months of a quarter, after so many before."""
    who = {"person": "秦未央", "id_tail": "0018", "quarter": "2026年第1季度", "registered_in_city": True}
    return who | {"months": count, "months_before": had} | changed


AWARD = Award(
    code="M5.21",
    name="企业博士后生活补贴",
    articles=(WORDS,),
    facts=(person, tail, quarter, months, before, in_city),
    conditions=(Condition("in_city", "设站企业在本市", in_city, "设站企业没有登记在本市", WORDS),),
    amount=monthly * least(months, named("余下的月数", most(longest - before, const(0)))),
    examples=(
        Example("一个季度", case(3), 1_500_000),
        Example("第 23 个月起只余两个月", case(3, 22), 1_000_000),
        Example("满 24 个月", case(3, 24), 0),
        Example("不在本市", case(3, registered_in_city=False), None, refused=("in_city",)),
    ),
    lanes=("quick",),
    instrument="reward",
    use="services",
    payee="设站企业，发给本人",
    in_force=(FIRST_DAY, None),
    once=("person", "id_tail", "quarter"),
    once_per="one",
    earlier=(Earlier(("person", "id_tail"), "all", tells="months_before", what="months"),),
    materials=("社保记录",),
    rounds=tuple(
        Planned(name, (month, 1), (month, last), WORDS, (2026, None))
        for name, month, last in (
            ("第一季度", 4, 30),
            ("第二季度", 7, 31),
            ("第三季度", 10, 31),
            ("上年第四季度", 1, 31),
        )
    ),
)

MEASURE = Measure("M5.21", "企业博士后", WORDS, "设站企业", (Stage("进站"), Stage("按季申领")), awards=(AWARD,))
