"""第十七条 技术转移: one contract, its price in three parts for the buyer, a share for the broker.

With the vouchers at most 300,000 yuan a year for one firm (第十八条).
"""

from fractions import Fraction
from typing import Any

from tests.packs.yunze import FIRST_DAY
from tests.packs.yunze.m4_16 import CHAPTER, given_here, rest, yuan
from triplehelix.foundation.dated import since
from triplehelix.policy.article import Article
from triplehelix.policy.award import Award, Condition, Example
from triplehelix.policy.expression import floor_yuan, in_bands, least, named
from triplehelix.policy.facts import Money, Text, YesNo
from triplehelix.policy.measure import Measure, Stage
from triplehelix.policy.once import Earlier
from triplehelix.policy.terms import Amount, money_term, rate_term

BUYER = Article(
    "第十七条第一款", "对技术受让方，交易额100万元以下部分补10%，100万元至500万元部分补5%，超过部分补2%。", chapter=4
)
BROKER = Article("第十七条第二款", "对促成交易的中介机构，按交易额的1%补助。", chapter=4)
SOURCE = "第十七条"
paid = Money("contract_paid", "实付技术交易额", evidence="发票、银行回单", example="6000000")
registered = YesNo("is_registered", "合同已认定登记", evidence="认定登记证明", example=True)
number = Text("sale_no", "认定登记编号", evidence="认定登记证明", example="2026-990121-000001")


def money(code: str, label: str, wan: int) -> Amount:
    return money_term(code, label, since((FIRST_DAY, yuan(wan))), mark="policy", source=SOURCE)


def rate(code: str, label: str, percent: int) -> Amount:
    return rate_term(code, label, since((FIRST_DAY, Fraction(percent, 100))), mark="policy", source=SOURCE)


one, two = money("sale_one", "第一档上限", 100), money("sale_two", "第二档上限", 500)
bands = ((one, rate("sale_low", "第一档比例", 10)), (two, rate("sale_mid", "第二档比例", 5)))
in_parts = named("按档", in_bands(paid, *bands, rest=rate("sale_high", "第三档比例", 2)))
EACH = ("M4.16", "M4.17-buyer", "M4.17-broker")


def case(wan: int, had: int = 0, **changed: Any) -> dict[str, Any]:
    """A registered contract of so many 万元; the firm has had so many yuan under the chapter this year."""
    sound = {"is_registered": True, "sale_no": "2026-990121-000001"}
    return sound | {"contract_paid_yuan": wan * 10_000, "given_chapter_yuan": had} | changed


def award(part: str, clause: Article, amount: Any, examples: tuple[Example, ...], name: str, payee: str) -> Award:
    """Both are of one make: what differs is who is paid and how much."""
    code = f"M4.17-{part}"
    return Award(
        code=code,
        name=name,
        articles=(clause, CHAPTER),
        facts=(paid, registered, number, given_here),
        conditions=(Condition("registered", "合同已登记", registered, "请先办理技术合同认定登记", clause),),
        amount=floor_yuan(least(amount, rest)),
        examples=examples,
        lanes=("quick",),
        instrument="post_subsidy",
        use="services",
        payee=payee,
        in_force=(FIRST_DAY, None),
        once=("sale_no",),
        once_per="one",
        earlier=(
            Earlier((), "own", tells="given_chapter", this_year=True, awards=tuple(c for c in EACH if c != code)),
        ),
        materials=("申请表",),
    )


BUYS = award(
    "buyer", BUYER, in_parts,
    (
        Example("恰好一档", case(100), 10_000_000),
        Example("两档：10 万 + 200 万的 5%", case(300), 20_000_000),
        Example("三档：10 + 20 + 100 万的 2%", case(600), 30_000_000),
        Example("本章已给 25 万元，只余 5 万", case(600, 250_000), 5_000_000),
        Example("没有登记", case(100, is_registered=False), None, refused=("registered",)),
    ),
    "技术受让方补助", "技术受让方",
)  # fmt: skip
BROKES = award(
    "broker", BROKER, paid * rate("broker_rate", "中介比例", 1),
    (Example("600 万元的 1%", case(600), 6_000_000), Example("本章已给满", case(600, 300_000), 0)),
    "中介机构补助", "促成交易的中介机构",
)  # fmt: skip

MEASURE = Measure(
    "M4.17", "技术转移", BUYER, "技术合同各方", (Stage("登记"), Stage("申请"), Stage("兑付")), awards=(BUYS, BROKES)
)
