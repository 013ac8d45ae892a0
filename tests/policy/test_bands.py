"""What clauses say most often: parts at rates of their own, steps, one rule a class. By hand, and for any amount."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.columns import batch_of
from tests.policy.test_declarations import WORDS, award, here
from triplehelix.foundation.dated import since
from triplehelix.foundation.money import Fen
from triplehelix.policy.article import DeclarationError
from triplehelix.policy.award import Example, Way, Ways
from triplehelix.policy.decision import decide
from triplehelix.policy.expression import chosen, const, floor_yuan, in_bands, known, stepped, when
from triplehelix.policy.facts import Choice, Money
from triplehelix.policy.terms import money_term, rate_term

DAY = date(2026, 1, 1)
paid = Money("paid", "交易额")


def money(code, wan):
    return money_term(code, code, since((DAY, Fen.from_unit(wan, "万元"))), mark="policy", source="三（二）")


def rate(code, percent, **more):
    return rate_term(code, code, since((DAY, Fraction(percent, 100))), mark="policy", source="三（二）", **more)


#: 100万元以下部分10%，100万至500万元部分5%，超过部分2%.
BANDS = ((money("one", 100), rate("low", 10)), (money("two", 500), rate("mid", 5)))
PARTS = in_bands(paid, *BANDS, rest=rate("high", 2))
#: 100、500、1000万元以上分别给5、10、20万元.
STEPS = stepped(paid, *((money(f"from_{n}", n), money(f"give_{m}", m)) for n, m in ((100, 5), (500, 10), (1000, 20))))
yuan = st.integers(0, 10**13).map(lambda fen: f"{fen // 100}.{fen % 100:02d}")


def of(amount):
    return award(
        facts=(paid, here), amount=floor_yuan(amount), once=("paid",),
        examples=(Example("无", {"paid_yuan": 0, "here": True}, 0),),
    )  # fmt: skip


def granted(amount, value):
    return decide(of(amount), {"paid_yuan": value, "here": True}, DAY).granted


@pytest.mark.parametrize(
    ("value", "yuan_due"),
    [
        (0, 0), ("999999.99", 99_999), (1_000_000, 100_000), ("1000019.99", 100_000), (1_000_020, 100_001),
        (3_000_000, 200_000), (5_000_000, 300_000), (6_000_000, 320_000), (100_000_000, 2_200_000),
    ],
)  # fmt: skip
def test_each_part_at_its_own_rate(value, yuan_due):
    assert granted(PARTS, value) == yuan_due * 100


@pytest.mark.parametrize(
    ("value", "wan"),
    [("999999.99", 0), (1_000_000, 5), ("4999999.99", 5), (5_000_000, 10), (10_000_000, 20), (900_000_000, 20)],
)
def test_a_step_includes_its_own_number(value, wan):
    assert granted(STEPS, value) == wan * 1_000_000


def test_a_step_may_be_a_rate_of_the_whole_and_say_what_is_below():
    whole = stepped(paid, (money("big", 100), paid * rate("more", 8)), below=paid * rate("less", 5))
    assert granted(whole, "999999.99") == 4_999_900
    assert granted(whole, 1_000_000) == 8_000_000


@given(value=yuan)
def test_parts_come_to_what_they_come_to_one_by_one_and_no_step_down(value):
    fen = Fraction(value) * 100
    limits = ((0, 10**8, 10), (10**8, 5 * 10**8, 5), (5 * 10**8, 10**15, 2))
    exact = sum(max(min(fen, high) - low, 0) * Fraction(percent, 100) for low, high, percent in limits)
    found = granted(PARTS, value)
    assert found % 100 == 0
    assert exact - 100 < found <= exact <= fen / 10


@given(value=yuan, more=st.integers(1, 10**10))
def test_more_paid_never_gives_less(value, more):
    richer = str(Fen.from_yuan(value) // 100 + more + 1)
    for amount in (PARTS, STEPS):
        assert granted(amount, richer) >= granted(amount, value)


@given(values=st.lists(yuan, min_size=2, max_size=20))
def test_a_column_is_each_case(values):
    cases = [{"paid_yuan": value, "here": True} for value in values]
    for amount in (PARTS, STEPS):
        made = of(amount)
        alone = [decide(made, case, DAY).granted for case in cases]
        assert batch_of(made, cases, made.examples[0]).granted.tolist() == alone


def test_the_parts_are_steps_of_the_decision():
    lines = [str(line) for line in decide(of(PARTS), {"paid_yuan": 3_000_000, "here": True}, DAY).lines]
    assert lines[0] == "第 1 档 = 取小（3,000,000.00 元，1,000,000.00 元） × 10% = 100,000.00 元"
    assert lines[1].startswith("第 2 档 = ") and lines[1].endswith("× 5% = 100,000.00 元")


KINDS = {"test": "检测", "pilot": "中试"}
kind = Choice("kind", "类别", KINDS)


def test_one_rule_a_class():
    made = award(
        facts=(paid, here, kind), once=("paid",),
        amount=floor_yuan(paid * chosen(kind, {"test": rate("t", 30), "pilot": rate("p", 50)})),
        examples=(Example("中试", {"paid_yuan": 3, "here": True, "kind": "pilot"}, 100),),
    )  # fmt: skip
    for code, due in (("test", 30_000), ("pilot", 50_000)):
        assert decide(made, {"paid_yuan": 1_000, "here": True, "kind": code}, DAY).granted == due
    for wrong in ({"test": const(1)}, {"test": const(1), "pilot": const(1), "more": const(1)}, {}):
        with pytest.raises(DeclarationError, match="a result for each of test, pilot"):
            chosen(kind, wrong)


def test_of_ways_that_overlap_the_first_is_the_one():
    ways = Ways(
        (Way("A", "一万元以上", paid >= const(Fen(10**6))), Way("B", "一元以上", paid >= const(Fen(100)))), "无", WORDS
    )
    made = award(
        facts=(paid, here), amount=floor_yuan(paid * rate("w", 50)), once=("paid",), ways=ways,
        examples=(Example("两个都符合", {"paid_yuan": 20_000, "here": True}, 1_000_000, way="A"),),
    )  # fmt: skip
    cases = [{"paid_yuan": value, "here": True} for value in (0, 1, 20_000)]
    assert [decide(made, case, DAY).way for case in cases] == ["", "B", "A"]
    assert batch_of(made, cases, made.examples[0]).way.tolist() == [-1, 1, 0]


def test_without_limits_or_steps():
    with pytest.raises(DeclarationError, match="needs a limit"):
        in_bands(paid, rest=rate("r", 1))
    with pytest.raises(DeclarationError, match="needs a step"):
        stepped(paid)


def test_more_than_the_whole_is_said_to_be_meant():
    with pytest.raises(DeclarationError, match=r"Fraction\(3, 10\) for 30%, or says at_most"):
        rate("match", 150)
    assert granted(paid * rate("match", 150, at_most=Fraction(2)), 100) == 15_000
    with pytest.raises(DeclarationError, match="exact part of one, "):
        rate("match", 250, at_most=Fraction(2))


def test_what_nobody_told_is_not_zero():
    """Nothing is granted on an amount that rests on it, in one case as in a column; with a way for it, it is."""
    less = Money("less", "扣除", optional=True)
    cases = [{"paid_yuan": 10, "here": True, "less_yuan": "4"}, {"paid_yuan": 10, "here": True, "less_yuan": None}]
    for amount, due in ((paid - less, None), (when(known(less), paid - less, paid), 1_000)):
        made = award(
            facts=(paid, here, less),
            amount=floor_yuan(amount),
            once=("paid",),
            examples=(Example("有", cases[0], 600),),
        )
        found = decide(made, cases[1], DAY)
        assert (found.granted, found.unknown) == (due, ("扣除",) if due is None else ())
        assert batch_of(made, cases, made.examples[0]).granted.tolist() == [600, due or 0]
