"""第九条 创新平台: a tenth of the equipment of each new platform, each at its own cap, all of them under one a year."""

from fractions import Fraction
from typing import Any

from tests.packs.yunze import FIRST_DAY
from tests.packs.yunze.m4_16 import yuan
from triplehelix.foundation.dated import since
from triplehelix.policy.article import Article
from triplehelix.policy.award import Award, Condition, Example
from triplehelix.policy.expression import const, counted, down_to, least, of_code, total, when
from triplehelix.policy.facts import Choice, Count, Listed, Money
from triplehelix.policy.measure import Measure, Stage
from triplehelix.policy.terms import Amount, count_term, money_term, rate_term

WORDS = Article(
    "第九条",
    "对企业上年度新认定的省级以上创新平台，按设备投入的10%补助，每个平台最高50万元，不足百元的舍去；"
    "达到3个的另补20万元。同一企业每年合计最高120万元。",
    chapter=2,
)
LEVELS = {"national": "国家级", "provincial": "省级", "city": "市级"}
level = Choice("platform_level", "级别", LEVELS)
equipment = Money("equipment", "设备投入")
platforms = Listed(
    "platforms",
    "上年度新认定的平台",
    (level, equipment),
    named="认定文号",
    evidence="认定文件、设备发票",
    example=[{"id": "云科平台〔2025〕7号", "platform_level": "provincial", "equipment_yuan": "800000"}],
)
year = Count("platform_year", "认定年度", unit="年", at_least=2020, at_most=2100, example=2025)


def money(code: str, label: str, wan: int) -> Amount:
    return money_term(code, label, since((FIRST_DAY, yuan(wan))), mark="policy", source="第九条")


rate = rate_term("platform_rate", "补助比例", since((FIRST_DAY, Fraction(1, 10))), mark="policy", source="第九条")
enough = count_term("platform_enough", "另补的平台数", since((FIRST_DAY, 3)), unit="个", mark="policy", source="第九条")
each_most, year_most = money("platform_most", "每个平台最高额", 50), money("platforms_most", "每年合计最高额", 120)
high = of_code(level, "national", "provincial")
number = counted(platforms, "省级以上平台数", where=high)
own = down_to(least(equipment * rate, each_most), "百元")
shares = total(platforms, own, "各平台补助", where=high)
more = when(number >= enough, money("platforms_more", "达到平台数的另补", 20), const(0))


def case(*rows: tuple[str, str]) -> dict[str, Any]:
    """Platforms as (level, yuan of equipment)."""
    made = [
        {"id": f"云科平台〔2025〕{n}号", "platform_level": rank, "equipment_yuan": paid}
        for n, (rank, paid) in enumerate(rows, start=1)
    ]
    return {"platforms": made, "platform_year": 2025}


THREE = (("provincial", "1234567"), ("national", "8000000"), ("provincial", "450050"))

AWARD = Award(
    code="M2.9",
    name="创新平台补助",
    articles=(WORDS,),
    facts=(platforms, year),
    conditions=(Condition("high", "有省级以上平台", number >= const(1), "没有省级以上的平台", WORDS),),
    amount=least(shares + more, year_most),
    examples=(
        Example("12.34 万 + 封顶 50 万，市级不计", case(*THREE[:2], ("city", "3000000")), 62_340_000),
        Example("三个：12.34 + 50 + 4.5 万，另补 20 万", case(*THREE), 86_840_000),
        Example("到每年最高额", case(*[("national", "8000000")] * 3), 120_000_000),
        Example("只有市级", case(("city", "3000000")), None, refused=("high",)),
    ),
    lanes=("quick",),
    instrument="post_subsidy",
    use="services",
    payee="建设平台的企业",
    in_force=(FIRST_DAY, None),
    once=("platform_year",),
    once_per="matter",
    each_once=("platforms",),
    materials=("申请表",),
)

MEASURE = Measure("M2.9", "创新平台", WORDS, "企业", (Stage("认定"), Stage("申请"), Stage("兑付")), awards=(AWARD,))
