"""Whole fen, exact rates, one rounding."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triplehelix.foundation.money import (
    FLOOR_WAN,
    FLOOR_YUAN,
    HALF_UP_YUAN,
    Fen,
    MoneyError,
    largest_remainder,
    parse_amount,
    rounded,
)

AMOUNTS = st.integers(0, 10**15).map(Fen)
RATES = st.fractions(0, 1, max_denominator=10_000)


def yuan(amount):
    return Fen.from_yuan(amount)


@pytest.mark.parametrize(
    "text, fen",
    [
        ("12.34", 1234),
        ("12.3", 1230),
        ("12", 1200),
        (12, 1200),
        ("-0.01", -1),
        ("1,234.50", 123450),
        (" 7 ", 700),
        ("1.500", 150),
    ],
)
def test_yuan_are_read_exactly(text, fen):
    assert yuan(text) == fen


@pytest.mark.parametrize(
    "text, code, says",
    [
        ("", "empty", "空"),
        ("12.345", "too_precise", "2 位小数"),
        ("１２．５", "full_width", "请改为半角：12.5"),
        ("面议", "not_a_number", "只写数字"),
        ("1,23", "not_a_number", "只写数字"),
        ("1e3", "not_a_number", "只写数字"),
        ("nan", "not_a_number", "只写数字"),
        ("9" * 19, "too_long", "核对单位"),
        (0.1, "float", "0.1"),
        (True, "float", "True"),
        (None, "float", "None"),
        (Decimal("NaN"), "float", "NaN"),
    ],
)
def test_what_is_no_amount_says_why(text, code, says):
    with pytest.raises(MoneyError, match=says) as caught:
        yuan(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "amount, unit, fen",
    [
        ("1", "分", 1),
        ("1.5", "元", 150),
        ("1.5", "千元", 150_000),
        ("0.0001", "万元", 100),
        (Decimal("2.5"), "万元", 2_500_000),
    ],
)
def test_every_unit_of_the_forms_is_known(amount, unit, fen):
    assert Fen.from_unit(amount, unit) == fen


def test_an_unknown_unit_is_refused():
    with pytest.raises(MoneyError, match="可用：分、元、千元、万元"):
        Fen.from_unit("1", "亿元")


@pytest.mark.parametrize(
    "text, fen", [("120", 120_000_000), ("￥1,200", 1_200_000_000), ("3万元", 3_000_000), ("500 元", 50_000)]
)
def test_a_unit_behind_the_number_wins_over_the_heading(text, fen):
    assert parse_amount(text, "万元") == fen


def test_what_is_no_amount_is_quoted_whole():
    with pytest.raises(MoneyError, match="“一百万”不是金额"):
        parse_amount("一百万", "万元")


def test_sums_and_multiples_stay_money():
    for made in (Fen(3) + Fen(4), 3 + Fen(4), Fen(9) - 2, 9 - Fen(2), sum([Fen(3), Fen(4)]), -Fen(-7), abs(Fen(-7))):
        assert type(made) is Fen
        assert made == 7
    assert type(Fen(3) * 2) is type(2 * Fen(3)) is Fen


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Fen(1) + 0.5,
        lambda: Fen(1) - Decimal(1),
        lambda: Fen(2) * 0.5,
        lambda: Fen(2) * Fen(2),
        lambda: Fen(2) / 2,
        lambda: Fen(0.5),
        lambda: Fen(2).times(0.5),
        lambda: Fen(2).times(True),
        lambda: Fen(2) + True,
    ],
)
def test_no_float_comes_near_money(wrong):
    with pytest.raises(MoneyError):
        wrong()


def test_amounts_are_shown_with_separators():
    assert str(Fen(123456789)) == "1,234,567.89 元"
    assert f"{Fen(-5)}" == "-0.05 元"
    assert f"{Fen(1234):05d}" == "01234"
    assert Fen(123456789).yuan == "1234567.89"
    assert Fen(12_500_000).in_wan() == "12.5 万元"
    assert Fen(1_000_000_000_000).in_wan() == "1,000,000 万元"
    assert Fen(100).in_wan() == "0.0001 万元"


@pytest.mark.parametrize(
    "base, rule, result",
    [
        ("1", FLOOR_YUAN, "0"),
        ("3333333", FLOOR_YUAN, "999999"),
        ("3333333", HALF_UP_YUAN, "1000000"),
        ("3333334", FLOOR_YUAN, "1000000"),
        ("5000000", FLOOR_WAN, "1500000"),
        ("5010000", FLOOR_WAN, "1500000"),
    ],
)
def test_thirty_percent_by_hand(base, rule, result):
    """Worked by hand: domain §3 R2."""
    assert yuan(base).times(Fraction(3, 10), rule) == yuan(result)
    assert yuan(base).times(Decimal("0.3"), rule) == yuan(result)


@given(AMOUNTS, RATES)
def test_floor_never_pays_more_than_the_rate_gives(amount, rate):
    paid = amount.times(rate)
    assert paid <= Fraction(amount) * rate < paid + 100
    assert paid % 100 == 0


@given(AMOUNTS, RATES)
def test_half_up_is_the_nearest_yuan(amount, rate):
    exact = Fraction(amount) * rate
    paid = rounded(exact, HALF_UP_YUAN)
    assert -50 < int(paid) - exact <= 50


@given(st.integers(-(10**12), 10**12))
def test_yuan_round_trip(fen):
    assert Fen.from_yuan(Fen(fen).yuan) == fen
    assert Fen.from_unit(str(Fen(fen).in_wan()).removesuffix(" 万元"), "万元") == fen


@pytest.mark.parametrize(
    "total, weights, shares",
    [
        ("1000000", [3_000_000, 1_000_000], ["750000", "250000"]),
        ("1000000", [2_000_000] * 3, ["333334", "333333", "333333"]),
        ("20000000", [10_000_001] * 3, ["6666667", "6666667", "6666666"]),
        ("20000000", [12, 6, 6], ["10000000", "5000000", "5000000"]),
    ],
)
def test_shares_by_hand(total, weights, shares):
    """Worked by hand: domain §3 R2 and R4."""
    ids = ["a", "b", "c"][: len(weights)]
    assert largest_remainder(yuan(total), weights, ids) == [yuan(s) for s in shares]


def test_ties_go_to_the_smaller_id_whatever_the_order():
    assert largest_remainder(Fen(100), [1, 1], ["b", "a"]) == [0, 100]


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any))
def test_shares_add_up_exactly_and_are_within_one_unit(total, weights):
    shares = largest_remainder(Fen(total), weights, range(len(weights)), unit="分")
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(int(share) - Fraction(total * weight, sum(weights))) < 1


@pytest.mark.parametrize(
    "total, weights, ids, code",
    [
        (Fen(150), [1], ["a"], "too_precise"),
        (Fen(-100), [1], ["a"], "too_precise"),
        (Fen(100), [0, 0], ["a", "b"], "weights"),
        (Fen(100), [2, -1], ["a", "b"], "weights"),
        (Fen(100), [], [], "weights"),
        (Fen(100), [1, 1], ["a", "a"], "ids"),
        (Fen(100), [1, 1], ["a"], "ids"),
    ],
)
def test_what_cannot_be_shared_is_refused(total, weights, ids, code):
    with pytest.raises(MoneyError) as caught:
        largest_remainder(total, weights, ids)
    assert caught.value.code == code
