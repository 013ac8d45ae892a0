"""第十二条 揭榜挂帅: three tenths of what the firm pays the winner, at most 1.5 million yuan, paid in three stages."""

from fractions import Fraction
from typing import Any

from tests.packs.yunze import FIRST_DAY
from triplehelix.foundation.dated import since
from triplehelix.foundation.money import Fen
from triplehelix.policy.article import Article
from triplehelix.policy.award import Award, Condition, Example
from triplehelix.policy.expression import floor_yuan, least
from triplehelix.policy.facts import Money, Text, YesNo
from triplehelix.policy.measure import Measure, Stage
from triplehelix.policy.phases import Phase
from triplehelix.policy.terms import Amount, money_term, rate_term

WORDS = Article("第十二条第二款", "对发榜企业，按照实付揭榜金额的30%给予补助，最高150万元。", chapter=3)
PUBLIC = Article("第十三条", "榜单应当公开征集揭榜方，不得指定。", chapter=3)
STAGES = Article("第十二条第三款", "补助签约后拨付40%，中期评估通过后拨付30%，验收通过后拨付30%。", chapter=3)
paid = Money("paid_to_winner", "实付揭榜金额", evidence="发票、银行回单", example="2000000")
listed = YesNo("publicly_listed", "榜单公开征集", evidence="榜单", example=True)
list_no = Text("list_no", "榜单编号", evidence="榜单", example="云揭榜〔2026〕1 号")
passed = YesNo("passed_review", "评审结论为建议支持", source="derived", example=True)
rate = rate_term("list_rate", "补助比例", since((FIRST_DAY, Fraction(3, 10))), mark="policy", source="第十二条第二款")
most = money_term(
    "list_most", "最高额", since((FIRST_DAY, Fen.from_unit(150, "万元"))), mark="policy", source="第十二条第二款"
)


def part(code: str, label: str, percent: int) -> Amount:
    value = since((FIRST_DAY, Fraction(percent, 100)))
    return rate_term(code, label, value, mark="policy", source="第十二条第三款")


PHASES = (
    Phase("签约", part("list_signed", "签约后的比例", 40)),
    Phase("中期评估", part("list_midterm", "中期评估后的比例", 30)),
    Phase("验收", part("list_accepted", "验收后的比例", 30)),
)


def case(**changed: Any) -> dict[str, Any]:
    """The facts of a list that paid two million yuan."""
    usual = {"paid_to_winner_yuan": 2_000_000, "publicly_listed": True, "list_no": "1", "passed_review": True}
    return usual | changed


AWARD = Award(
    code="M3.12",
    name="揭榜挂帅补助",
    articles=(WORDS, PUBLIC, STAGES),
    facts=(paid, listed, list_no, passed),
    conditions=(
        Condition("public", "公开征集", listed, "榜单没有公开征集揭榜方", PUBLIC),
        Condition("reviewed", "评审建议支持", passed, "评审没有建议支持", WORDS),
    ),
    amount=floor_yuan(least(paid * rate, most)),
    examples=(
        Example("付 200 万元", case(), 60_000_000),
        Example("到最高额", case(paid_to_winner_yuan=9_000_000), 150_000_000),
        Example("指定揭榜方", case(publicly_listed=False), None, refused=("public",)),
    ),
    lanes=("ordinary",),
    instrument="challenge",
    use="tackling",
    payee="发榜企业",
    in_force=(FIRST_DAY, None),
    once=("list_no",),
    once_per="matter",
    materials=("申报书", "榜单"),
    parts=("unit_review", "accept", "review", "decide", "notice", "agreement", "evaluate"),
    phases=PHASES,
)

MEASURE = Measure(
    "M3.12", "揭榜挂帅", WORDS, "发榜企业", (Stage("发榜"), Stage("揭榜"), Stage("验收")), awards=(AWARD,)
)
