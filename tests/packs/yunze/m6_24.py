"""第二十四条 高企认定: a fixed sum for the first recognition; with the growth of research at most 700,000 a year."""

from typing import Any

from tests.packs.yunze import FIRST_DAY
from tests.packs.yunze.m4_16 import yuan
from triplehelix.foundation.dated import since
from triplehelix.policy.article import Article
from triplehelix.policy.award import Award, Condition, Example
from triplehelix.policy.expression import const, least, most, named
from triplehelix.policy.facts import Money, Text, YesNo
from triplehelix.policy.measure import Measure, Stage
from triplehelix.policy.once import Earlier
from triplehelix.policy.terms import money_term

WORDS = Article("第二十四条第一款", "首次通过高新技术企业认定的，奖励20万元。", chapter=6)
#: What one firm gets under the chapter in a year, of whichever award; none names the others.
CHAPTER = Article("第二十四条第二款", "同一企业每年依本章获得的补助合计最高70万元。", chapter=6)
certificate = Text("recognised_no", "高企证书编号", evidence="高新技术企业证书", example="GR202637000001")
first = YesNo("recognised_first", "首次认定", evidence="高新技术企业证书", example=True)
given_here = Money("given_chapter", "本年依本章已给", source="register", example="0")
together = money_term(
    "research_most", "本章每年合计最高额", since((FIRST_DAY, yuan(70))), mark="policy", source="第二十四条第二款"
)
reward = money_term("recognised", "认定奖励", since((FIRST_DAY, yuan(20))), mark="policy", source="第二十四条第一款")
rest = named("本章余额", most(together - given_here, const(0)))
RULE = Earlier((), "own", tells="given_chapter", this_year=True, among="chapter")


def case(had: int = 0, **changed: Any) -> dict[str, Any]:
    """A first recognition of a firm that has had so many yuan under the chapter this year."""
    return {"recognised_no": "1", "recognised_first": True, "given_chapter_yuan": had} | changed


AWARD = Award(
    code="M6.24",
    name="高企认定奖励",
    articles=(WORDS, CHAPTER),
    facts=(certificate, first, given_here),
    conditions=(Condition("first", "首次认定", first, "不是首次认定", WORDS),),
    amount=least(reward, rest),
    examples=(
        Example("首次认定", case(), 20_000_000),
        Example("本章已给 60 万元", case(600_000), 10_000_000),
        Example("不是首次", case(recognised_first=False), None, refused=("first",)),
    ),
    lanes=("quick",),
    instrument="reward",
    use="services",
    payee="企业",
    in_force=(FIRST_DAY, None),
    once=("recognised_no",),
    once_per="one",
    earlier=(RULE,),
    materials=("申请表",),
)

MEASURE = Measure("M6.24", "高企认定", WORDS, "企业", (Stage("认定"), Stage("申请"), Stage("兑付")), awards=(AWARD,))
