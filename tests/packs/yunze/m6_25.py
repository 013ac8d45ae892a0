"""第二十五条 研发增长: a tenth of what a young firm spends more than the year before, where that is a fifth or more.

With the reward for recognition at most 700,000 yuan a year for one firm (第二十四条第二款).
"""

from datetime import date
from fractions import Fraction
from typing import Any

from tests.packs.yunze import FIRST_DAY
from tests.packs.yunze.m4_16 import yuan
from tests.packs.yunze.m6_24 import CHAPTER, RULE, given_here, rest
from triplehelix.foundation.dated import since
from triplehelix.policy.article import Article
from triplehelix.policy.award import Award, Condition, Example
from triplehelix.policy.expression import after, growth, half_up_to, judged_day, least, named
from triplehelix.policy.facts import Count, Day, Money
from triplehelix.policy.measure import Measure, Stage
from triplehelix.policy.terms import count_term, money_term, rate_term

WORDS = Article(
    "第二十五条",
    "成立满1年、不超过10年的企业，研发投入比上年增长20%以上的，按增长额的10%补助，四舍五入到百元，最高60万元；"
    "研发人员人均研发投入不足10万元的，不予补助。",
    chapter=6,
)
SOURCE = "第二十五条"
founded = Day("founded_on", "成立日期", evidence="营业执照", example="2020-05-20")
spent = Money("rd_spent", "本年研发投入", evidence="专项审计报告", example="2400000")
before = Money("rd_before", "上年研发投入", evidence="专项审计报告", example="2000000")
heads = Count("rd_heads", "研发人员", unit="人", evidence="社保记录", example=20)
year = Count("rd_year", "研发投入年度", unit="年", at_least=2020, at_most=2100, example=2025)


def years(code: str, label: str, count: int) -> Any:
    return count_term(code, label, since((FIRST_DAY, count)), unit="年", mark="policy", source=SOURCE)


def rate(code: str, label: str, percent: int) -> Any:
    return rate_term(code, label, since((FIRST_DAY, Fraction(percent, 100))), mark="policy", source=SOURCE)


least_head = money_term("rd_each", "人均研发投入下限", since((FIRST_DAY, yuan(10))), mark="policy", source=SOURCE)
ceiling = money_term("rd_most", "最高额", since((FIRST_DAY, yuan(60))), mark="policy", source=SOURCE)
old_enough = judged_day >= after(founded, years("rd_age_least", "最少成立年数", 1), "年")
young = judged_day <= after(founded, years("rd_age_most", "最多成立年数", 10), "年")
grown = named("研发投入增长率", growth(spent, before))
per_head = named("人均研发投入", spent / heads)


def case(**changed: Any) -> dict[str, Any]:
    """A firm that has spent 2.4 million yuan after 2 million, with 24 people."""
    usual = {"founded_on": "2020-05-20", "rd_spent_yuan": 2_400_000, "rd_before_yuan": 2_000_000, "rd_heads": 24}
    return usual | {"rd_year": 2025, "given_chapter_yuan": 0} | changed


AWARD = Award(
    code="M6.25",
    name="研发增长补助",
    articles=(WORDS, CHAPTER),
    facts=(founded, spent, before, heads, year, given_here),
    conditions=(
        Condition("age", "成立满1年、不超过10年", old_enough & young, "成立不满1年，或者超过10年", WORDS),
        Condition("grown", "增长20%以上", grown >= rate("rd_grown", "增长率下限", 20), "增长没有达到20%", WORDS),
        Condition("head", "人均10万元以上", per_head >= least_head, "研发人员人均不足10万元", WORDS),
    ),
    amount=least(half_up_to(least((spent - before) * rate("rd_rate", "补助比例", 10), ceiling), "百元"), rest),
    examples=(
        Example("恰好 20%、恰好人均 10 万元", case(), 4_000_000),
        Example(
            "增长 44.5678 万元的 10%，四舍五入", case(rd_spent_yuan=2_345_678, rd_before_yuan=1_900_000, rd_heads=20),
            4_460_000,
        ),
        Example("到最高额", case(rd_spent_yuan=9_000_000), 60_000_000),
        Example("本章已给 20 万元，余 50 万", case(rd_spent_yuan=9_000_000, given_chapter_yuan=200_000), 50_000_000),
        Example("差一分", case(rd_spent_yuan="2399999.99", rd_heads=20), None, refused=("grown",)),
        Example("上年没有投入，没有增长率", case(rd_before_yuan=0), None, refused=("grown",)),
        Example("没有研发人员", case(rd_heads=0), None, refused=("head",)),
        Example("恰满 10 年", case(founded_on="2016-03-01"), 4_000_000),
        Example("闰日成立，10 年于 2 月 28 日届满", case(founded_on="2016-02-29"), None, refused=("age",)),
        Example("恰满 1 年", case(founded_on="2025-03-02"), 4_000_000, on=date(2026, 3, 2)),
        Example("差一天满 1 年", case(founded_on="2025-03-02"), None, refused=("age",)),
    ),
    lanes=("quick",),
    instrument="post_subsidy",
    use="services",
    payee="企业",
    in_force=(FIRST_DAY, None),
    once=("rd_year",),
    once_per="matter",
    earlier=(RULE,),
    materials=("申请表",),
)  # fmt: skip

MEASURE = Measure("M6.25", "研发增长", WORDS, "成立不超过10年的企业", (Stage("申请"), Stage("核对")), awards=(AWARD,))
