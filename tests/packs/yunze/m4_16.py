"""第十六条 科技创新券: by bands, half of the first 100,000 yuan and three tenths above, at most 120,000 a year."""

from fractions import Fraction
from typing import Any

from tests.packs.yunze import FIRST_DAY
from triplehelix.foundation.dated import since
from triplehelix.foundation.money import Fen
from triplehelix.policy.article import Article
from triplehelix.policy.award import Award, Condition, Example
from triplehelix.policy.expression import const, floor_yuan, in_bands, least, most, named
from triplehelix.policy.facts import Money, Text, YesNo
from triplehelix.policy.measure import Measure, Stage
from triplehelix.policy.once import Earlier
from triplehelix.policy.terms import money_term, rate_term

WORDS = Article("第十六条", "企业购买检测、中试服务的，10万元以下部分补50%，超出部分补30%，每年最高12万元。", chapter=4)
SOURCE = "第十六条"
spent = Money("service_cost", "服务费", evidence="服务合同、发票", example="300000")
own = YesNo("not_related", "与服务方没有关联关系", evidence="承诺", example=True)
contract = Text("contract_no", "服务合同编号", evidence="服务合同", example="HT-2026-01")
before = Money("given_before", "本年已给", source="register", example="0")


def yuan(wan: int) -> Fen:
    return Fen.from_unit(wan, "万元")


band = money_term("voucher_band", "第一档上限", since((FIRST_DAY, yuan(10))), mark="policy", source=SOURCE)
low = rate_term("voucher_low", "第一档比例", since((FIRST_DAY, Fraction(1, 2))), mark="policy", source=SOURCE)
high = rate_term("voucher_high", "第二档比例", since((FIRST_DAY, Fraction(3, 10))), mark="policy", source=SOURCE)
ceiling = money_term("voucher_most", "每年最高额", since((FIRST_DAY, yuan(12))), mark="policy", source=SOURCE)
share = named("按档", in_bands(spent, (band, low), rest=high))
#: 第十八条: what one firm gets under the chapter in a year, of whichever award; each of them counts the others.
CHAPTER = Article("第十八条", "同一企业每年依本章获得的补助合计最高30万元。", chapter=4)
given_here = Money("given_chapter", "本年依本章已给", source="register", example="0")
together = money_term(
    "chapter_most", "本章每年合计最高额", since((FIRST_DAY, yuan(30))), mark="policy", source="第十八条"
)
rest = named("本章余额", most(together - given_here, const(Fen(0))))
left = named("本年余额", most(ceiling - before, const(Fen(0))))


def case(cost: int, had: int = 0, **changed: Any) -> dict[str, Any]:
    """The facts of a service of so many yuan."""
    had_all = {"given_before_yuan": had, "given_chapter_yuan": had}
    return {"service_cost_yuan": cost, "not_related": True, "contract_no": "1"} | had_all | changed


AWARD = Award(
    code="M4.16",
    name="科技创新券",
    articles=(WORDS, CHAPTER),
    facts=(spent, own, contract, before, given_here),
    conditions=(Condition("related", "没有关联关系", own, "向关联方购买的服务不补", WORDS),),
    amount=floor_yuan(least(share, left, rest)),
    examples=(
        Example("恰好一档", case(100_000), 5_000_000),
        Example("一档多一元", case(100_001), 5_000_000),
        Example("30 万元", case(300_000), 11_000_000),
        Example("到每年最高额", case(900_000), 12_000_000),
        Example("本年已给 10 万元", case(300_000, 100_000), 2_000_000),
        Example("本章已给 25 万元", case(300_000, given_chapter_yuan=250_000), 5_000_000),
        Example("关联方", case(300_000, not_related=False), None, refused=("related",)),
    ),
    lanes=("quick",),
    instrument="voucher",
    use="services",
    payee="购买服务的企业",
    in_force=(FIRST_DAY, None),
    once=("contract_no",),
    once_per="matter",
    earlier=(
        Earlier((), "own", this_year=True),
        Earlier((), "own", tells="given_chapter", this_year=True, awards=("M4.17-buyer", "M4.17-broker")),
    ),
    materials=("申请表",),
)

MEASURE = Measure("M4.16", "科技创新券", WORDS, "企业", (Stage("申请"), Stage("核对"), Stage("兑付")), awards=(AWARD,))
