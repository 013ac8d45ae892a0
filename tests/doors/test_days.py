"""How a day is shown by which somebody has to act: near, today, late, in working days where the calendar knows them."""

from datetime import date

import pytest
from django.template import Context, Template
from django.utils import timezone

from triplehelix.doors.web import days

MONDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 22)


@pytest.mark.parametrize(
    ("today", "day", "words", "amber"),
    [
        (MONDAY, date(2026, 12, 7), "还有 10 个工作日", False),
        (MONDAY, date(2026, 11, 26), "还有 3 个工作日", True),
        (MONDAY, MONDAY, "今天截止", True),
        (MONDAY, date(2026, 11, 20), "已超期 1 个工作日", True),
        (SUNDAY, date(2026, 11, 21), "已超期 1 天", True),
        (MONDAY, date(1999, 11, 23), "已超期 9862 天", True),
    ],
)
def test_a_term_says_how_long_is_left_and_how_late_it_is(monkeypatch, today, day, words, amber):
    monkeypatch.setattr(timezone, "localdate", lambda: today)
    shown = Template("{% load look %}{% owed day 3 %}").render(Context({"day": day}))
    assert words in " ".join(shown.split()) and ("near" in shown) is amber


def test_the_end_of_a_window_is_only_over(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: MONDAY)
    shown = Template("{% load look %}{% deadline day 3 %}").render(Context({"day": date(2026, 11, 20)}))
    assert "已过" in shown and "near" not in shown
    assert days.days_left(MONDAY) == days.Left(0, working=True)
