"""A year's money under several assumptions: figures by hand, and sums that must agree under any."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triplehelix.foundation.money import Fen
from triplehelix.fund.allocate import Claim, Mode
from triplehelix.fund.simulate import Assumption, Envelope, compare, grown

YUAN, MILLION = 100, 100_000_000
FIRMS = [Claim(f"firm{n:03d}", Fen(50_000 * YUAN), rank=n, arrived=n, use="separate") for n in range(500)]
PROJECTS = [
    Claim(f"project{n}", Fen(3 * MILLION), rank=n, arrived=9 - n, minimum=Fen(MILLION), use="research")
    for n in range(1, 5)
]
YEAR = Envelope(2026, {"research": Fen(10 * MILLION), "separate": Fen(20 * MILLION)}, [*FIRMS, *PROJECTS])


def test_assumptions_side_by_side():
    named, shared, reduced, more = compare(
        YEAR,
        [
            Assumption("按名次"),
            Assumption("奖补分摊", modes={"separate": Mode.PRO_RATA}),
            Assumption("系数 4/5", factor=Fraction(4, 5)),
            Assumption("多一倍预算", budgets={"separate": Fen(40 * MILLION)}, growth=Fraction(1, 10)),
        ],
    )
    research = named.line("research")
    assert (research.served, research.cut, research.granted) == (4, 1, 10 * MILLION)
    assert (named.line("separate").served, named.line("separate").refused) == (400, 5 * MILLION)
    assert (shared.line("separate").served, shared.line("separate").mode) == (500, Mode.PRO_RATA)
    assert shared.line("research") == research
    assert (reduced.total.granted, reduced.total.left, reduced.total.short) == (29_600_000 * YUAN, 400_000 * YUAN, 0)
    assert (more.line("separate").claims, more.line("separate").granted) == (550, 27_500_000 * YUAN)
    assert more.line("research").claims == 4  # 4.4
    assert (more.total.budget, more.total.claims, more.total.mode) == (50 * MILLION, 554, None)


def test_a_queue_refuses_nobody():
    (queued,) = compare(YEAR, [Assumption("顺延", mode=Mode.QUEUED)])
    assert (queued.total.refused, queued.total.queued) == (0, 7 * MILLION)


@pytest.mark.parametrize(
    ("assumption", "message"),
    [
        (Assumption("x", budgets={"roads": Fen(1)}), "2026 年没有这些用途的预算：roads"),
        (Assumption("x", modes={"roads": Mode.RANKED}), "roads"),
        (Assumption("x", factor=0.5), "“x”：比例 0.5"),
        (Assumption("x", factor=-1), "不小于 0"),
        (Assumption("x", growth=Fraction(-11, 10)), "不小于 -1"),
    ],
)
def test_what_cannot_be_assumed_is_said(assumption, message):
    with pytest.raises(ValueError, match=message):
        compare(YEAR, [assumption])


def test_growth_is_spread_and_comes_behind():
    names = [[one.id for one in grown(PROJECTS, rate)] for rate in (Fraction(-1, 2), -1, Fraction(1, 2), 1)]
    four = [f"project{n}" for n in range(1, 5)]
    assert names == [four[::2], [], [*four, "project1+1", "project2+1"], [*four, *(f"{one}+1" for one in four)]]
    assert [one.arrived for one in grown(PROJECTS, Fraction(1, 2))[4:]] == [9, 10]
    assert grown([], 3) == []


@st.composite
def years(draw):
    uses = draw(st.lists(st.sampled_from("abcd"), unique=True, max_size=4))
    fen = st.integers(0, 10**9).map(Fen)
    claims = [Claim(f"{n}", draw(fen), n, n, draw(st.none() | st.just(Fen(0))), draw(st.sampled_from(uses)))
              for n in range(draw(st.integers(0, 8)) if uses else 0)]  # fmt: skip
    return Envelope(2026, {use: draw(fen) for use in uses}, claims)


rates = st.fractions(0, 3, max_denominator=12)


@given(years(), st.sampled_from(Mode), rates, rates, st.booleans())
def test_uses_add_up_to_the_year(year, mode, factor, growth, equal):
    (found,) = compare(year, [Assumption("x", mode, factor=factor, growth=growth - 1, equal=equal)])
    assert [one.use for one in found.lines] == list(year.budgets)
    for one in (*found.lines, found.total):
        assert one.granted + one.left == one.budget and one.left >= 0
        assert one.granted + one.refused + one.queued == one.asked
        assert one.cut <= one.served <= one.claims
    for name in ("budget", "asked", "granted", "refused", "queued", "left", "claims", "served", "cut"):
        assert getattr(found.total, name) == sum(getattr(one, name) for one in found.lines)
