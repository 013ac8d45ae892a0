"""第二十三条 引进人才: so much for everybody engaged since the policy began who has stayed half a year, each once."""

from datetime import date
from typing import Any

from tests.packs.yunze import FIRST_DAY
from tests.packs.yunze.m4_16 import yuan
from triplehelix.foundation.dated import since
from triplehelix.policy.article import Article
from triplehelix.policy.award import Award, Condition, Example
from triplehelix.policy.expression import after, const, counted, judged_day, least, total
from triplehelix.policy.facts import Choice, Count, Day, Listed
from triplehelix.policy.measure import Measure, Stage
from triplehelix.policy.terms import count_term, day_term, money_term, table_term

WORDS = Article(
    "第二十三条",
    "企业在本办法施行后引进博士、硕士，到岗满6个月的，每引进1名分别奖励5万元、2万元，同一企业每年最高30万元。",
    chapter=5,
)
SOURCE = "第二十三条"
DEGREES = {"doctor": "博士", "master": "硕士"}
degree = Choice("degree", "学位", DEGREES)
begun = Day("begun_on", "到岗日期")
people = Listed(
    "people",
    "引进人才",
    (degree, begun),
    named="学位证书编号",
    help="每人一行，按学位证书编号；同一人只计一次",
    evidence="学位证书、劳动合同、社保记录",
    example=[{"id": "2019-0001", "degree": "doctor", "begun_on": "2026-03-15"}],
)
year = Count("asked_year", "申请年度", unit="年", at_least=2026, at_most=2100, example=2026)
first = day_term("people_since", "施行之日", since((FIRST_DAY, FIRST_DAY)), mark="policy", source=SOURCE)
months = count_term("people_months", "到岗月数", since((FIRST_DAY, 6)), unit="个月", mark="policy", source=SOURCE)
by_degree = table_term(
    "people_each", "每人奖励", since((FIRST_DAY, {"doctor": yuan(5), "master": yuan(2)})), DEGREES, mark="policy",
    source=SOURCE,
)  # fmt: skip
ceiling = money_term("people_most", "每年最高额", since((FIRST_DAY, yuan(30))), mark="policy", source=SOURCE)
stayed = (begun >= first) & (judged_day >= after(begun, months, "月"))
number = counted(people, "计入的人数", where=stayed)
LATER = date(2026, 10, 15)


def case(*rows: tuple[str, str]) -> dict[str, Any]:
    """People as (degree, day they began)."""
    made = [{"id": f"2019-{n:04d}", "degree": one, "begun_on": day} for n, (one, day) in enumerate(rows, start=1)]
    return {"people": made, "asked_year": 2026}


AWARD = Award(
    code="M5.23",
    name="引进人才奖励",
    articles=(WORDS,),
    facts=(people, year),
    conditions=(Condition("stayed", "有到岗满6个月的人才", number >= const(1), "还没有人到岗满6个月", WORDS),),
    amount=least(total(people, by_degree.by(degree), "各人奖励", where=stayed), ceiling),
    examples=(
        Example(
            "恰满 6 个月的计入，差一天和施行前的不计：5 + 2 万",
            case(
                ("doctor", "2026-04-15"), ("doctor", "2026-04-16"), ("master", "2026-03-01"), ("doctor", "2026-02-28"),
            ),
            7_000_000, on=LATER,
        ),
        Example("到每年最高额", case(*[("doctor", "2026-03-02")] * 7), 30_000_000, on=LATER),
        Example("8 月 31 日到岗，2 月 28 日满", case(("master", "2026-08-31")), 2_000_000, on=date(2027, 2, 28)),
        Example("都不满", case(("doctor", "2026-09-01")), None, on=LATER, refused=("stayed",)),
    ),
    lanes=("quick",),
    instrument="reward",
    use="services",
    payee="引进人才的企业",
    in_force=(FIRST_DAY, None),
    once=("asked_year",),
    once_per="matter",
    each_once=("people",),
    materials=("申请表",),
)  # fmt: skip

MEASURE = Measure("M5.23", "引进人才", WORDS, "企业", (Stage("到岗"), Stage("申请"), Stage("兑付")), awards=(AWARD,))
