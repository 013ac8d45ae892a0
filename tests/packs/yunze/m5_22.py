"""第二十二条 科技奖: by rank for a provincial prize, one and a half times the money of a national one."""

from fractions import Fraction
from typing import Any

from tests.packs.yunze import FIRST_DAY
from tests.packs.yunze.m4_16 import yuan
from triplehelix.foundation.dated import since
from triplehelix.policy.article import Article
from triplehelix.policy.award import Award, Condition, Example
from triplehelix.policy.expression import chosen, floor_yuan, known, of_code
from triplehelix.policy.facts import Choice, Money, Text
from triplehelix.policy.measure import Measure, Stage
from triplehelix.policy.terms import rate_term, table_term

WORDS = Article(
    "第二十二条",
    "国家科学技术奖按奖金1:1.5配套；省科学技术奖一、二、三等奖分别奖励100万元、50万元、30万元。",
    chapter=5,
)
LEVELS = {"national": "国家", "provincial": "省"}
RANKS = {"first": "一等奖", "second": "二等奖", "third": "三等奖"}
level = Choice("level", "级别", LEVELS, evidence="获奖证书", example="provincial")
rank = Choice("rank", "等级", RANKS, evidence="获奖证书", example="first")
prize = Money("prize", "国家奖奖金", evidence="到账凭证", nullable=True, help="省奖不填")
certificate = Text("certificate_no", "证书编号", evidence="获奖证书", example="2026-J-1-01-D01")
ranked = table_term(
    "prize_by_rank", "省奖奖励",
    since((FIRST_DAY, {"first": yuan(100), "second": yuan(50), "third": yuan(30)})), RANKS, mark="policy",
    source="第二十二条",
)  # fmt: skip
match = rate_term(
    "prize_match", "国家奖配套比例", since((FIRST_DAY, Fraction(3, 2))), mark="policy", source="第二十二条",
    at_most=Fraction(2),
)  # fmt: skip
is_told = known(prize) | ~of_code(level, "national")


def case(**changed: Any) -> dict[str, Any]:
    """A first prize of the province."""
    return {"level": "provincial", "rank": "first", "prize_yuan": None, "certificate_no": "1"} | changed


AWARD = Award(
    code="M5.22",
    name="科学技术奖配套",
    articles=(WORDS,),
    facts=(level, rank, prize, certificate),
    conditions=(Condition("told", "国家奖填写奖金", is_told, "请填写国家奖奖金的到账金额", WORDS),),
    amount=floor_yuan(chosen(level, {"national": prize * match, "provincial": ranked.by(rank)})),
    examples=(
        Example("省一等奖", case(), 100_000_000),
        Example("省三等奖", case(rank="third"), 30_000_000),
        Example("国家奖 10 万元：一倍半", case(level="national", prize_yuan="100000.01"), 15_000_000),
        Example("国家奖没有填奖金", case(level="national"), None, refused=("told",)),
    ),
    lanes=("quick",),
    instrument="match",
    use="services",
    payee="获奖单位",
    in_force=(FIRST_DAY, None),
    once=("certificate_no",),
    once_per="one",
    materials=("获奖证书",),
)

MEASURE = Measure("M5.22", "科学技术奖配套", WORDS, "获奖单位", (Stage("申请"), Stage("核对")), awards=(AWARD,))
