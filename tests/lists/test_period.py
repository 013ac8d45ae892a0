"""Periods: what is written is what is read, days without a gap, nothing else is accepted."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triplehelix.market.lists.period import Period, offered

YEARS = st.integers(2000, 2099)
ENDS = st.one_of(
    st.just(""), st.sampled_from(["H1", "H2", "Q1", "Q2", "Q3", "Q4"]), st.integers(1, 12).map(lambda n: f"-{n:02d}")
)


@pytest.mark.parametrize(
    ("code", "first", "last", "label"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2026年"),
        ("2026H2", date(2026, 7, 1), date(2026, 12, 31), "2026年下半年"),
        ("2026Q1", date(2026, 1, 1), date(2026, 3, 31), "2026年第一季度"),
        ("2026Q4", date(2026, 10, 1), date(2026, 12, 31), "2026年第四季度"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "2024年2月"),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31), "2026年12月"),
    ],
)
def test_worked_by_hand(code, first, last, label):
    found = Period.parse(code)
    assert (found.first, found.last, found.label) == (first, last, label)


@given(YEARS, ENDS)
def test_a_period_is_whole_months(year, end):
    found = Period.parse(f"{year}{end}")
    assert found.first.day == 1
    assert (found.last + timedelta(days=1)).day == 1
    assert found.first < found.last
    assert found.first.year == found.last.year == year


@given(YEARS)
def test_parts_make_the_year(year):
    for parts in (["H1", "H2"], ["Q1", "Q2", "Q3", "Q4"], [f"-{n:02d}" for n in range(1, 13)]):
        found = [Period.parse(f"{year}{part}") for part in parts]
        assert found[0].first == date(year, 1, 1)
        assert found[-1].last == date(year, 12, 31)
        assert all(b.first - a.last == timedelta(days=1) for a, b in itertools.pairwise(found))


@given(st.text(max_size=12))
def test_what_is_no_period_is_refused_in_words(code):
    try:
        found = Period.parse(code)
    except ValueError as why:
        assert "2026Q4" in str(why)
    else:
        assert found.code == code.strip()
        assert Period.parse(found.code) == found


@given(st.dates(date(2001, 1, 1), date(2099, 12, 31)))
def test_what_is_offered_has_begun_and_holds_no_period_twice(on):
    found = offered(on)
    assert len({one.code for one in found}) == len(found)
    assert all(one.first <= on for one in found)
    assert found[0].first <= on <= found[0].last
