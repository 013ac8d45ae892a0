"""Division, averages, growth and rounding: exact, and not known where there is nothing to divide by."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.columns import batch_of
from tests.policy.test_bands import money, rate
from tests.policy.test_declarations import WORDS, award, here
from triplehelix.doors.cli.pack import faults_of
from triplehelix.policy.answer import conclusion
from triplehelix.policy.article import DeclarationError
from triplehelix.policy.award import Condition, Example
from triplehelix.policy.decision import decide
from triplehelix.policy.expression import (
    compounded,
    const,
    down_to,
    floor_yuan,
    growth,
    half_up_to,
    known,
    least,
    named,
    total,
    when,
)
from triplehelix.policy.facts import Count, Listed, Money

DAY = date(2026, 1, 1)
now, before = Money("now", "本年研发投入"), Money("before", "上年研发投入")
heads = Count("heads", "研发人员", unit="人")
FIFTH = rate("grown", 20)
GROWN = named("研发投入增长率", growth(now, before))


def of(amount, test=here, facts=(now, before, heads, here)):
    return award(
        facts=facts, amount=amount, once=("here",),
        conditions=(Condition("grown", "增长20%以上", test, "增长不足", WORDS),),
        examples=(Example("例", case(150, 100, 3), None),),
    )  # fmt: skip


def case(a, b, n=1):
    return {"now_yuan": a, "before_yuan": b, "heads": n, "here": True}


def answer(amount, facts, test=here):
    return decide(of(amount, test), facts, DAY)


yuan = st.integers(0, 10**9).map(lambda fen: f"{fen // 100}.{fen % 100:02d}")


@pytest.mark.parametrize(
    ("a", "b", "met"),
    [(120, 100, True), ("119.99", 100, False), (100, 100, False), (50, 100, False), (120, 0, False), (0, 0, False)],
)
def test_growth_reaches_its_mark_exactly_and_from_nothing_never(a, b, met):
    assert (answer(floor_yuan(now), case(a, b), GROWN >= FIFTH).granted is not None) is met


@given(a=yuan, b=yuan)
def test_growth_is_what_multiplying_the_other_side_says(a, b):
    divided = answer(floor_yuan(now), case(a, b), growth(now, before) >= FIFTH).granted
    other = answer(floor_yuan(now), case(a, b), (now >= before + before * FIFTH) & (before > const(0))).granted
    assert divided == other


@given(cases=st.lists(st.tuples(yuan, yuan, st.integers(0, 500)), min_size=2, max_size=12))
def test_a_column_is_each_case(cases):
    facts = [case(*one) for one in cases]
    for amount in (
        down_to(now / heads, "分"), half_up_to(now * growth(now, before), "元"),
        half_up_to((now + before) / const(2), "百元"), down_to(when(GROWN >= FIFTH, now / heads, before), "万元"),
    ):  # fmt: skip
        made = of(amount)
        alone = [decide(made, one, DAY).granted or 0 for one in facts]
        assert batch_of(made, facts, made.examples[0]).granted.tolist() == alone
        assert all(decide(made, one, DAY).granted is not None or decide(made, one, DAY).unknown for one in facts)


@given(a=yuan, n=st.integers(1, 10**6))
def test_per_head_is_exact_before_it_is_rounded(a, n):
    exact = Fraction(a) * 100 / n
    assert answer(down_to(now / heads, "分"), case(a, 1, n)).granted == exact.numerator // exact.denominator
    # So many times the part is the whole again: nothing was lost on the way.
    assert answer(down_to(now / heads * heads, "分"), case(a, 1, n)).granted == Fraction(a) * 100


@given(a=yuan)
def test_rounded_down_never_more_and_half_up_never_further_than_half_a_step(a):
    exact = Fraction(a) * 100 / 7
    for unit, step in (("分", 1), ("元", 100), ("百元", 10_000), ("千元", 100_000), ("万元", 1_000_000)):
        down = answer(down_to(now / const(7), unit), case(a, 1)).granted
        near = answer(half_up_to(now / const(7), unit), case(a, 1)).granted
        assert down % step == near % step == 0
        assert exact - step < down <= exact
        assert exact - Fraction(step, 2) < near <= exact + Fraction(step, 2)


@pytest.mark.parametrize(
    ("unit", "value", "down", "near"),
    [
        ("分", "0.10", 3, 3), ("元", "4.50", 100, 200), ("元", "4.49", 100, 100), ("百元", "1050", 30_000, 40_000),
        ("千元", "4499.99", 100_000, 100_000), ("万元", "75000", 2_000_000, 3_000_000),
    ],
)  # fmt: skip
def test_a_third_by_hand(unit, value, down, near):
    """Of 0.10, 4.50, 4.49, 1,050, 4,499.99 and 75,000 yuan a third."""
    assert answer(down_to(now / const(3), unit), case(value, 1)).granted == down
    assert answer(half_up_to(now / const(3), unit), case(value, 1)).granted == near


def test_the_rule_of_rounding_is_said():
    words = [str(answer(one, case(9, 1)).lines[-1]) for one in (down_to(now, "百元"), half_up_to(now, "万元"))]
    assert "舍去不足一百元" in words[0] and "四舍五入到万元" in words[1]


def test_what_cannot_be_divided_is_no_amount_and_says_why():
    found = answer(floor_yuan(now / heads), case(100, 1, 0))
    assert found.granted is None and found.unknown == ("大于零的“研发人员”",)
    assert conclusion(found) == "结论：缺少大于零的“研发人员”，不能计算"
    said = when(known(now / heads), now / heads, before)
    assert answer(floor_yuan(said), case(100, 7, 0)).granted == 700


def test_who_writes_a_pack_is_told_of_a_divisor_that_may_be_zero():
    def told(made):
        return [one for one in faults_of(made) if "作除数" in one]

    plain = of(floor_yuan(now / heads))
    (said,) = told(plain)
    assert said.startswith("M3.2-try 事实 heads 可以是零，可是作除数，算例“例”就算不出金额")
    assert "when(heads > const(0), …, …)" in said and "at_least=1" in said
    rows = Listed("rows", "项目", (now, heads))
    table = {"rows": [{"id": "1", "now_yuan": 9, "heads": 3}], "here": True}
    of_rows = award(
        facts=(rows, here), once=("here",), amount=floor_yuan(total(rows, now / heads, "人均")),
        examples=(Example("例", table, 300),),
    )  # fmt: skip
    assert len(told(of_rows)) == 1
    once = Count("heads", "研发人员", unit="人", at_least=1)
    for amount, test, facts in (
        (when(heads > const(0), now / heads, before), here, (now, before, heads, here)),
        (now / heads, heads > const(0), (now, before, heads, here)),
        (now / once, here, (now, before, once, here)),
    ):
        assert told(of(floor_yuan(amount), test, facts)) == []


def test_growth_of_several_years_without_a_root():
    """100 grown by 20% in each of three years is 172.8."""
    test = now >= compounded(before, FIFTH, 3)
    assert answer(floor_yuan(now), case("172.80", 100), test).granted == 17_200
    assert answer(floor_yuan(now), case("172.79", 100), test).refused
    for wrong in (0, 11, 1.5, True):
        with pytest.raises(DeclarationError, match="1 to 10 whole years"):
            compounded(before, FIFTH, wrong)


def test_a_part_is_shown_as_one_and_a_count_with_its_unit():
    rated = answer(floor_yuan(now * GROWN), case(130, 90))
    assert str(rated.lines[0]) == "研发投入增长率 = （130.00 元 − 90.00 元） ÷ 90.00 元 = 4/9（约 44.44%）"
    whole = answer(floor_yuan(now * GROWN), case(120, 100))
    assert str(whole.lines[0]).endswith("= 20%")
    per_head = answer(floor_yuan(named("人均", now / heads)), case(100, 1, 8))
    assert str(per_head.lines[0]) == "人均 = 100.00 元 ÷ 8 人 = 12.50 元"
    counted = answer(floor_yuan(now * named("计入人数", least(heads, const(3)))), case(100, 1, 8))
    assert str(counted.lines[0]) == "计入人数 = 取小（8 人，3） = 3 人"


def test_what_was_compared_is_told():
    found = answer(floor_yuan(now), case(110, 100), GROWN >= FIFTH)
    assert found.refused[0].working == (
        "研发投入增长率 = （110.00 元 − 100.00 元） ÷ 100.00 元 = 10%；研发投入增长率（10%） ≥ 20%"
    )


@pytest.mark.parametrize("amount", [growth(now, before), now / before, heads / now])
def test_a_part_of_money_is_no_amount(amount):
    with pytest.raises(DeclarationError, match="divides money by money"):
        of(floor_yuan(amount))


def test_a_part_of_an_amount_is_one():
    assert answer(floor_yuan(growth(now, before) * money("wan", 1)), case(150, 100)).granted == 500_000


def test_another_unit_of_rounding():
    with pytest.raises(DeclarationError, match="is rounded to 分, 元, 百元, 千元, 万元, not '角'"):
        half_up_to(now, "角")
