"""Numbers from the rows of a table: counted, the largest, each at its own cap; in one case as in a column."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.columns import batch_of
from tests.policy.test_bands import money, rate
from tests.policy.test_declarations import WORDS, award, here
from triplehelix.foundation.money import Fen
from triplehelix.policy.answer import steps
from triplehelix.policy.article import DeclarationError
from triplehelix.policy.award import Example
from triplehelix.policy.decision import decide
from triplehelix.policy.declared import as_data
from triplehelix.policy.expression import (
    chosen,
    const,
    counted,
    floor_yuan,
    known,
    largest,
    least,
    most,
    named,
    of_code,
    total,
    when,
)
from triplehelix.policy.facts import Choice, Count, Listed, Money, Text, YesNo
from triplehelix.policy.manual import page
from triplehelix.policy.measure import Measure, Stage
from triplehelix.policy.registry import load

DAY = date(2026, 1, 1)
cost = Money("cost", "设备投入")
shared = YesNo("shared", "已共享")
platforms = Listed("platforms", "平台", (cost, shared), at_least=0)
class_of = Choice("class_of", "企业类别", {"small": "小型", "large": "大型"})
PART, CAP, EACH = rate("row_rate", 10), money("row_cap", 20), money("per_row", 5)
own = least(cost * PART, CAP)
#: 每个平台按投入的10%、最高20万元.
SUM = total(platforms, own, "各平台奖励")
SHARED = total(platforms, own, "已共享平台的奖励", where=shared)
BEST = largest(platforms, own, "最高的一个平台", where=shared)
COUNT = counted(platforms, "已共享的平台", where=shared) * EACH
#: The rate of a row by what the case is.
BY_CLASS = total(platforms, cost * chosen(class_of, {"small": PART, "large": rate("row_large", 5)}), "按类别")


def of(amount):
    return award(
        facts=(platforms, class_of, here), amount=floor_yuan(amount), once=("here",),
        examples=(Example("没有", case(), 0),),
    )  # fmt: skip


def case(*rows, size="small"):
    made = [{"id": str(n), "cost_yuan": yuan, "shared": yes} for n, (yuan, yes) in enumerate(rows, start=1)]
    return {"platforms": made, "class_of": size, "here": True}


def granted(amount, facts):
    return decide(of(amount), facts, DAY).granted


@pytest.mark.parametrize(
    ("amount", "wan"), [(SUM, 35), (SHARED, 25), (BEST, 20), (COUNT, 10), (BY_CLASS, 75)],
)  # fmt: skip
def test_by_hand(amount, wan):
    """Of 1, 6 and 0.5 million yuan a tenth, at most 200,000 each: 10, 20 and 5; the first is not shared."""
    facts = case((1_000_000, False), (6_000_000, True), (500_000, True))
    assert granted(amount, facts) == wan * 1_000_000


def test_by_the_class_of_the_case():
    assert granted(BY_CLASS, case((1_000_000, True), (200_000, True), size="large")) == 6_000_000


@pytest.mark.parametrize("amount", [SUM, SHARED, BEST, COUNT, BY_CLASS])
def test_of_no_row_and_of_none_that_counts(amount):
    assert granted(amount, case()) == 0
    if amount not in (SUM, BY_CLASS):
        assert granted(amount, case((9_000_000, False))) == 0


yuan = st.integers(0, 10**9).map(lambda fen: f"{fen // 100}.{fen % 100:02d}")
cases = st.lists(st.lists(st.tuples(yuan, st.booleans()), max_size=5), min_size=2, max_size=12)


@given(tables=cases)
def test_a_column_is_each_case_and_each_case_its_rows(tables):
    facts = [case(*rows, size="large" if len(rows) % 2 else "small") for rows in tables]
    for amount in (SUM, SHARED, BEST, COUNT, BY_CLASS):
        made = of(amount)
        alone = [decide(made, one, DAY).granted for one in facts]
        assert batch_of(made, facts, made.examples[0]).granted.tolist() == alone
    for rows, one in zip(tables, facts, strict=True):
        each = [(min(Fraction(value) * 10, Fraction(20_000_000)), yes) for value, yes in rows]
        assert granted(SUM, one) == sum(e for e, _yes in each) // 100 * 100
        assert granted(BEST, one) == max([e for e, yes in each if yes], default=0) // 100 * 100


def test_the_largest_of_numbers_below_zero_is_one_of_them():
    amount = most(largest(platforms, cost - CAP, "最大") + CAP, const(Fen(0)))
    assert granted(amount, case((100, True), (7, True))) == 10_000


def test_each_row_is_a_step_with_its_numbers():
    facts = case((1_000_000, False), (6_000_000, True))
    said = [str(line) for line in decide(of(named("共享奖励", SHARED)), facts, DAY).lines]
    assert said == [
        "已共享平台的奖励〔1〕 = 不计：不符合“已共享”",
        "已共享平台的奖励〔2〕 = 取小（6,000,000.00 元 × 10%，200,000.00 元） = 200,000.00 元",
        "共享奖励 = 已共享平台的奖励 = 200,000.00 元",
        "金额 = 200,000.00 元，舍去不足一元 = 200,000.00 元",
    ]
    assert "标准：row_cap = 200,000.00 元" in "\n".join(steps(decide(of(SHARED), facts, DAY)))
    # Why a row does not count is said once, whatever is made of the others.
    assert sum("不计" in str(line) for line in decide(of(SHARED + COUNT), facts, DAY).lines) == 1
    counted_ = [str(line) for line in decide(of(COUNT), facts, DAY).lines]
    assert counted_[-1] == "金额 = 已共享的平台（1） × 50,000.00 元，舍去不足一元 = 50,000.00 元"


def test_a_part_of_a_row_that_has_a_name_is_said_too():
    made = of(total(platforms, named("每个平台", least(named("按比例", cost * PART), CAP)), "各平台"))
    (row, _last) = decide(made, case((1_000_000, True)), DAY).lines
    assert str(row) == "各平台〔1〕 = 取小（100,000.00 元，200,000.00 元） = 100,000.00 元"
    written = page(Measure("M3.2", "试", WORDS, "单位", (Stage("一"),), awards=(made,)), "正式稿", DAY, {})
    for line in (
        "按比例 = 设备投入 × row_rate",
        "每个平台 = 取小（按比例，row_cap）",
        "各平台：“平台”的各行按“每个平台”算，相加",
    ):
        assert f"- {line}\n" in written


def test_a_long_table_is_not_written_out_whole():
    said = decide(of(SUM), case(*[(100, True)] * 25), DAY).lines
    assert len(said) == 22 and "还有 5 行，略" in str(said[20])


def test_rows_that_fewer_may_see_are_not_shown():
    people = Listed("people", "人员", (Money("pay", "年薪"), Text("id_no", "证件号", seen_by=("clerk",))))
    pay, row = people.columns[0], {"id": "秦", "pay_yuan": 500_000, "id_no": "7"}
    made = award(
        facts=(people, here), once=("here",), amount=floor_yuan(total(people, least(pay * PART, CAP), "各人奖励")),
        examples=(Example("一人", {"people": [row], "here": True}, 5_000_000),),
    )  # fmt: skip
    (only,) = decide(made, made.examples[0].facts, DAY).lines
    assert "秦" not in str(only) and "500,000" not in str(only) and only.result == "50,000.00 元"


def test_a_share_of_each_row_that_is_not_known_makes_none_of_the_sum():
    heads = Count("heads", "人数", unit="人")
    rows = Listed("rows", "项目", (cost, heads, shared))

    def made(amount):
        table = [{"id": str(n), "cost_yuan": 10, "heads": n, "shared": n == 1} for n in range(2)]
        return award(
            facts=(rows, here), once=("here",), amount=floor_yuan(amount),
            examples=(Example("零人", {"rows": table, "here": True}, 1_000),),
        )  # fmt: skip

    per_head = total(rows, cost / heads, "人均")
    for amount, due, missing in (
        (per_head, None, ("大于零的“人数”",)),
        (when(known(per_head), per_head, EACH), 5_000_000, ()),
        # A row that does not count need not be known.
        (total(rows, cost / heads, "人均", where=shared), 1_000, ()),
    ):
        one = made(amount)
        found = decide(one, one.examples[0].facts, DAY)
        assert (found.granted, found.unknown) == (due, missing)
        assert batch_of(one, [one.examples[0].facts] * 2, one.examples[0]).granted.tolist() == [due or 0] * 2


def test_rows_of_what_has_none():
    with pytest.raises(DeclarationError, match="over the rows of a Listed fact, and cost is none"):
        counted(cost, "平台")
    other = YesNo("other", "别的")
    with pytest.raises(DeclarationError, match="uses the fact other, which it does not declare"):
        of(total(platforms, cost, "和", where=other))
    with pytest.raises(DeclarationError, match="large"):
        counted(platforms, "大型", where=of_code(class_of, "middle"))


def test_a_condition_is_part_of_the_law_and_a_sum_without_one_reads_as_it_always_did():
    plain, some = (as_data(of(total(platforms, cost, "和", *where)))["amount"]["part"] for where in ((), (shared,)))
    assert plain.keys() == {"op", "rows", "each"} and some.keys() == {"op", "rows", "each", "where"}
    digests = {one.code: one.declaration[:16] for one in load("triplehelix.measures.liaocheng").awards}
    assert digests | DIGESTS == digests
    yunze = {one.code: one.declaration[:16] for one in load("tests.packs.yunze").awards}
    assert yunze | YUNZE == yunze


#: The digests of awards as they stood before these parts came (2026-11-30): cases in hand are bound to them.
DIGESTS = {
    "M1.1": "52fac995f6168604", "M1.2": "5fc9e0a1407113d9", "M2.1": "f0d469f309de3d29",
    "M2.3-match": "84b433b2f8b5d41d",
    "M2.3-startup": "f644ffac65f21552", "M2.4": "867e1d23fabc55b8", "M3.1": "a69df80bbec1e93e",
    "M3.2-national": "c46121585c982b9d", "M3.2-provincial": "c773c6ee88f3d5fd", "M3.2-city-grant": "0b68e633a3e87123",
    "M3.2-city-challenge": "becb10bc648b46fc", "M3.2-city-post": "934a61deb33fc864", "M5.1": "e5b84c4dbbc7089d",
    "M5.2-interest": "94a6e141d14c896a", "M5.2-loss": "285c8a03ab7da47d", "M5.2-guarantee": "2645a52e01774458",
    "M5.2-insurance": "2bff93940593936d", "M5.3": "2f5bb4ada8340674", "M5.4": "116f4b00c318eece",
}  # fmt: skip
YUNZE = {
    "M3.12": "745daed27cb1c77f", "M4.16": "36831df8e1c6d8e3", "M4.17-buyer": "bf95949330656e8b",
    "M4.17-broker": "6e02ed6bea384527", "M5.21": "432d883306ab94e7", "M5.22": "4fa6bf26d0516e90",
}  # fmt: skip
