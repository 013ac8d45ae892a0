"""A value belongs to its days; without one there is a refusal, never a default."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triplehelix.foundation.dated import ENDED, NotInForce, Undecided, since, undecided

RATE = since((date(2025, 7, 1), 5), (date(2026, 1, 1), 8), (date(2027, 1, 1), ENDED), name="补助比例")


@pytest.mark.parametrize(
    "day, value", [(date(2025, 7, 1), 5), (date(2025, 12, 31), 5), (date(2026, 1, 1), 8), (date(2026, 12, 31), 8)]
)
def test_the_first_day_counts(day, value):
    assert RATE.on(day) == value


def test_before_and_after_there_is_no_value():
    with pytest.raises(NotInForce, match="“补助比例”自 2025-07-01 起施行，2025-06-30 尚未生效"):
        RATE.on(date(2025, 6, 30))
    with pytest.raises(NotInForce, match="已于 2027-01-01 停止施行"):
        RATE.on(date(2027, 1, 1))


def test_an_open_question_refuses_and_says_which():
    with pytest.raises(Undecided, match="尚未确定：国家级人才按什么比例配套") as caught:
        undecided("国家级人才按什么比例配套？").on(date(2026, 1, 1))
    assert caught.value.question == "国家级人才按什么比例配套"


@pytest.mark.parametrize(
    "wrong", [lambda: since(), lambda: undecided(" "), lambda: since((date(2026, 1, 2), 1), (date(2026, 1, 2), 2))]
)
def test_a_declaration_that_means_nothing_is_refused(wrong):
    with pytest.raises(ValueError):
        wrong()


@pytest.mark.parametrize("term", [RATE, undecided("什么")])
def test_a_moment_is_not_a_day(term):
    with pytest.raises(ValueError, match="a day is needed"):
        term.on(datetime(2026, 1, 1, tzinfo=UTC))


@given(st.lists(st.dates(date(2000, 1, 1), date(2050, 1, 1)), min_size=1, max_size=8, unique=True), st.dates())
def test_the_value_is_that_of_the_last_day_not_later(days, day):
    days = sorted(days)
    term = since(*((d, i) for i, d in enumerate(days)))
    if day < days[0]:
        with pytest.raises(NotInForce):
            term.on(day)
    else:
        found = term.on(day)
        assert days[found] <= day
        assert found + 1 == len(days) or day <= days[found + 1] - timedelta(days=1)
