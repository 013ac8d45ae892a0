"""More is asked for than there is: worked examples of domain R4 and R3, and what must hold of any claims."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triplehelix.foundation.money import Fen
from triplehelix.fund.allocate import Claim, Mode, allocate

YUAN, WAN, MILLION = 100, 1_000_000, 100_000_000
FUND = Fen(20 * MILLION)


def claims(*amounts, **more):
    return [Claim(f"{n:03d}", Fen(fen), rank=n, arrived=n, **more) for n, fen in enumerate(amounts, start=1)]


def granted(allocation):
    return [int(one.granted) for one in allocation.grants]


@pytest.mark.parametrize(
    ("asked", "shares"),
    [
        ([12 * MILLION, 6 * MILLION, 6 * MILLION], [10 * MILLION, 5 * MILLION, 5 * MILLION]),
        ([10_000_001 * YUAN] * 3, [6_666_667 * YUAN, 6_666_667 * YUAN, 6_666_666 * YUAN]),
        ([10_000_001] * 3, [10_000_001] * 3),
    ],
)
def test_pro_rata_as_the_domain_computes_it(asked, shares):
    found = allocate(Mode.PRO_RATA, FUND, claims(*asked))
    assert granted(found) == shares
    assert found.refused == sum(asked) - sum(shares)


@pytest.mark.parametrize(
    ("count", "fund", "each", "stays"),
    [(500, FUND, 40_000 * YUAN, 0), (7, Fen(100_000 * YUAN), 14_285 * YUAN, 5 * YUAN)],
)
def test_equals_get_the_same_and_a_few_yuan_stay(count, fund, each, stays):
    found = allocate(Mode.PRO_RATA, fund, claims(*[5 * WAN] * count), equal=True)
    assert set(granted(found)) == {each}
    assert found.left == stays


def test_first_come_goes_by_arrival_and_ranked_by_rank():
    late_and_best = Claim("a", Fen(15 * MILLION), rank=1, arrived=9)
    early = Claim("b", Fen(10 * MILLION), rank=2, arrived=1)
    assert granted(allocate(Mode.FIRST_COME, FUND, [late_and_best, early])) == [0, 10 * MILLION]
    assert granted(allocate(Mode.RANKED, FUND, [late_and_best, early])) == [15 * MILLION, 0]


@pytest.mark.parametrize(
    ("minimum", "shares", "cut"),
    [
        (None, [15 * MILLION, 0, 0], 0),  # whole or nothing
        (5 * MILLION, [15 * MILLION, 5 * MILLION, 0], 1),
        (5 * MILLION + 1, [15 * MILLION, 0, 0], 0),  # not below its minimum
    ],
)
def test_the_last_one_is_not_cut_below_its_minimum(minimum, shares, cut):
    first, second, third = claims(15 * MILLION, 10 * MILLION, 1 * MILLION)
    second = Claim(second.id, second.amount, rank=2, arrived=2, minimum=minimum if minimum is None else Fen(minimum))
    found = allocate(Mode.RANKED, FUND, [first, second, third])
    assert granted(found) == shares  # the third would fit, and does not overtake
    assert (found.cut, found.served) == (cut, 1 + cut)
    assert found.left == FUND - sum(shares)


def test_who_is_queued_loses_nothing():
    asked = claims(15 * MILLION, 10 * MILLION, 8 * MILLION, minimum=Fen(MILLION))
    found = allocate(Mode.QUEUED, FUND, asked)
    assert granted(found) == [15 * MILLION, 5 * MILLION, 0]
    assert [int(one.queued) for one in found.grants] == [0, 5 * MILLION, 8 * MILLION]
    assert (found.queued, found.refused) == (13 * MILLION, 0)


@pytest.mark.parametrize(
    ("budget", "asked", "message"),
    [
        (-1, [], "预算不能为负"),
        (1, [Claim("a", Fen(1)), Claim("a", Fen(2))], "不重复的编号"),
        (1, [Claim("a", Fen(-1))], "a：最低额"),
        (1, [Claim("a", Fen(1), minimum=Fen(2))], r"最低额 0\.02 元 应在零与申请额 0\.01 元 之间"),
    ],
)
def test_what_makes_no_sense_is_refused(budget, asked, message):
    for mode in Mode:
        with pytest.raises(ValueError, match=message):
            allocate(mode, Fen(budget), asked)


def test_every_mode_has_a_name():
    assert len({mode.label for mode in Mode}) == 4


amounts = st.one_of(st.integers(0, 400), st.integers(0, 10**6).map(lambda n: n * YUAN), st.integers(0, 10**13))


@st.composite
def asked(draw):
    found = []
    for n, fen in enumerate(draw(st.lists(amounts, max_size=12))):
        minimum = draw(st.none() | st.integers(0, fen).map(Fen))
        found.append(Claim(f"{n}", Fen(fen), draw(st.integers(0, 5)), draw(st.integers(0, 5)), minimum))
    return found


@given(st.sampled_from(Mode), amounts, asked(), st.booleans())
def test_never_more_than_there_is_nor_than_was_asked(mode, budget, asked, equal):
    found = allocate(mode, Fen(budget), asked, equal=equal)
    assert [one.claim for one in found.grants] == asked
    assert all(0 <= one.granted <= one.claim.amount and one.queued >= 0 <= one.refused for one in found.grants)
    assert found.granted + found.left == budget and found.left >= 0
    assert found.granted + found.refused + found.queued == found.asked
    assert found.asked > budget or found.granted == found.asked
    assert all((one.refused == 0) if mode is Mode.QUEUED else (one.queued == 0) for one in found.grants)


@given(st.sampled_from([Mode.FIRST_COME, Mode.RANKED, Mode.QUEUED]), amounts, asked())
def test_nobody_overtakes(mode, budget, asked):
    found = allocate(mode, Fen(budget), asked)
    line = sorted(found.grants, key=lambda g: (g.claim.rank if mode is Mode.RANKED else g.claim.arrived, g.claim.id))
    after_the_end = False
    for one in line:
        assert not (after_the_end and one.granted)
        after_the_end |= one.granted < one.claim.amount
        assert not one.granted or one.granted >= one.claim.least
    last = next((one for one in line if one.granted < one.claim.amount), None)
    assert last is None or last.granted or last.claim.least == 0 or last.claim.least > found.left


@given(amounts, asked())
def test_pro_rata_leaves_nothing_and_keeps_the_order_of_size(budget, asked):
    found = allocate(Mode.PRO_RATA, Fen(budget), asked)
    whole = all(one.amount % YUAN == 0 for one in asked)
    if found.asked > budget:
        assert found.left == (budget % YUAN if whole else 0)
        assert not whole or all(one.granted % YUAN == 0 for one in found.grants)
    step = YUAN if whole else 1
    by_size = sorted(found.grants, key=lambda one: one.claim.amount)
    assert all(more.granted >= less.granted - step for less, more in pairwise(by_size))
    equal = allocate(Mode.PRO_RATA, Fen(budget), asked, equal=True)
    got = {}
    for one in equal.grants:
        assert got.setdefault(one.claim.amount, one.granted) == one.granted
