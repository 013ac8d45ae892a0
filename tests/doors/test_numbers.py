"""Numbers out of addresses: plain digits or nothing, never an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from triplehelix.doors.web.numbers import MOST_DIGITS, whole, wholes


@given(some.text())
def test_any_text_is_a_number_or_none(text):
    number = whole(text)
    assert number is None or (str(number) == text.lstrip("0") or number == 0)


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", "１", "²", " 1", "1_0", "9" * (MOST_DIGITS + 1), "9" * 5000])
def test_no_number(text):
    assert whole(text) is None


def test_the_others_stay():
    assert wholes(["3", "x", "007", "9" * 5000]) == [3, 7]


@pytest.mark.parametrize(
    "address", ["/search/?q=铜排&trl_min=", "/cases/?round=", "/lists/?year=", "/finance/compare/?p="]
)
def test_pages_take_very_long_numbers(client, db, address):
    assert client.get(address + "9" * 5000).status_code in (200, 302, 422)
