"""Working days are data. The vectors are those of domain §2.2, computed by hand."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triplehelix.config.paths import ROOT
from triplehelix.foundation.calendar import MissingYear, WorkingCalendar, Year, day_of, day_of_serial
from triplehelix.foundation.reference import BadReference
from triplehelix.measures import liaocheng

FOLDER = Path(liaocheng.__file__).parent / "reference"
PACK = WorkingCalendar.from_folder(FOLDER)
CALENDAR = WorkingCalendar([PACK.years[2025], PACK.years[2026]])  # whatever the office has entered since
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
EARLY = st.dates(date(2026, 1, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    "start, n, kind, end",
    [
        (date(2026, 9, 30), 5, "working", date(2026, 10, 13)),
        (date(2026, 2, 9), 15, "working", date(2026, 3, 6)),
        (date(2026, 9, 18), 15, "calendar", date(2026, 10, 8)),
        (date(2026, 3, 2), 15, "calendar", date(2026, 3, 17)),
    ],
)
def test_periods_by_hand(start, n, kind, end):
    assert CALENDAR.notice_end(start, n, kind) == end


@pytest.mark.parametrize(
    "day",
    [date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10)],
)
def test_make_up_days_are_worked_though_they_are_weekends(day):
    assert day.weekday() >= 5
    assert CALENDAR.is_working(day)
    assert CALENDAR.name_of(day) == "调休上班"


def test_why_a_day_is_free():
    assert CALENDAR.name_of(date(2026, 10, 1)) == "国庆节"
    assert CALENDAR.name_of(date(2026, 11, 22)) == "周末"
    assert CALENDAR.name_of(date(2026, 11, 23)) == ""


@pytest.mark.parametrize("year", sorted(PACK.years))
def test_every_day_agrees_with_another_source(year):
    days = [date(year, 1, 1) + timedelta(days=i) for i in range(365)]
    try:
        theirs = [chinese_calendar.is_workday(day) for day in days]
    except NotImplementedError:
        assert year > 2026, "the other source has known 2026 since 2025-11"
        return
    assert [PACK.is_working(day) for day in days] == theirs


@pytest.mark.parametrize(
    "asked",
    [
        lambda: CALENDAR.is_working(date(2027, 1, 4)),
        lambda: CALENDAR.add_working_days(date(2024, 12, 30), 1),
        lambda: CALENDAR.notice_end(date(2026, 12, 28), 15),
        lambda: CALENDAR.notice_end(date(2026, 12, 20), 15, "calendar"),
        lambda: CALENDAR.working_days_left(date(2026, 12, 1), date(2027, 1, 1)),
    ],
)
def test_a_missing_year_is_an_error_and_never_a_guess(asked):
    with pytest.raises(MissingYear, match=r"缺少 202[47] 年的放假调休安排（现有：2025、2026）"):
        asked()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: CALENDAR.add_working_days(date(2026, 5, 1), -1),
        lambda: CALENDAR.notice_end(date(2026, 5, 1), 0),
        lambda: CALENDAR.notice_end(date(2026, 5, 1), 5, "weekdays"),
        lambda: CALENDAR.is_working(datetime(2026, 5, 1, tzinfo=UTC)),
    ],
)
def test_what_is_no_period_is_refused(wrong):
    with pytest.raises(ValueError):
        wrong()


def test_days_left_on_before_and_after_the_deadline():
    assert CALENDAR.working_days_left(date(2026, 9, 30), date(2026, 10, 13)) == 5
    assert CALENDAR.working_days_left(date(2026, 10, 13), date(2026, 10, 13)) == 0
    assert CALENDAR.working_days_left(date(2026, 10, 13), date(2026, 9, 30)) == -5


@given(EARLY, st.integers(1, 60))
def test_adding_then_counting_comes_back(start, n):
    end = CALENDAR.add_working_days(start, n)
    assert CALENDAR.is_working(end)
    assert CALENDAR.working_days_between(start, end) == n


@given(EARLY, st.integers(0, 60), st.integers(0, 20))
def test_later_starts_and_longer_periods_never_end_earlier(start, n, more):
    end = CALENDAR.add_working_days(start, n)
    assert CALENDAR.add_working_days(start, n + more) >= end
    assert CALENDAR.add_working_days(start + timedelta(days=more), n) >= end


@given(EARLY, st.integers(1, 90))
def test_a_calendar_period_ends_on_a_working_day_no_earlier_than_its_days(start, n):
    end = CALENDAR.notice_end(start, n, "calendar")
    assert CALENDAR.is_working(end)
    assert end >= start + timedelta(days=n)
    assert CALENDAR.working_days_between(start + timedelta(days=n - 1), end) == 1


@given(DAYS)
def test_the_next_working_day_is_the_day_itself_or_the_first_after(day):
    if day > date(2026, 12, 25):
        return
    following = CALENDAR.next_working_day(day)
    between = [day + timedelta(days=i) for i in range((following - day).days)]
    assert CALENDAR.is_working(following)
    assert not any(map(CALENDAR.is_working, between))


SPAN = 'year = 2027\nsource = "x"\n[[holiday]]\nname = "a"\nfrom = {}\nto = {}\n[workdays]\ndays = [{}]'


@pytest.mark.parametrize(
    "text, says",
    [
        ("year = 2027", "要有 year"),
        ('year = 2027\nsource = "x"\nholiday = []\n[workdays]\ndays = [2027-01-04]', "不是周末"),
        ('year = 2027\nsource = "x"\nholiday = []\n[workdays]\ndays = [2026-01-03]', "不是这一年"),
        ('year = 2027\nsource = ""\nholiday = []\n[workdays]\ndays = []', "没有来源"),
        (SPAN.format("2027-01-03", "2027-01-01", ""), "早于首日"),
        (SPAN.format("2027-01-02", "2027-01-03", "2027-01-02"), "既放假又上班"),
        ("year = ", "不是 TOML"),
    ],
)
def test_a_table_that_cannot_be_right_is_refused(tmp_path, text, says):
    path = tmp_path / "calendar_2027.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadReference, match=says):
        WorkingCalendar.from_toml(path)


def test_a_table_copied_from_the_year_before_is_told_what_is_still_to_change(tmp_path):
    path = tmp_path / "calendar_2027.toml"
    text = (FOLDER / "calendar_2026.toml").read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadReference, match=r"calendar_2027\.toml：文件名是 2027 年，里面写的是 year = 2026：请改 year"):
        WorkingCalendar.from_folder(FOLDER, tmp_path)
    path.write_text(text.replace("year = 2026", "year = 2027"), encoding="utf-8")
    with pytest.raises(BadReference, match=r"不是这一年的日子：2026-01-01、2026-01-02、.* 等 39 天$"):
        WorkingCalendar.from_folder(FOLDER, tmp_path)


def test_one_year_is_given_once():
    path = FOLDER / "calendar_2026.toml"
    with pytest.raises(BadReference, match="两份"):
        WorkingCalendar.from_toml(path, path)


def test_the_first_folder_that_has_a_year_gives_its_table(tmp_path):
    """The demo city's invented days of 2027 step back once the pack has the real ones."""
    both = WorkingCalendar.from_folder(FOLDER, ROOT / "demo")
    assert both.years[2026] == PACK.years[2026] and "assumed" in both.years[2028].source
    official = '[[holiday]]\nname = "春节"\nfrom = 2027-02-05\nto = 2027-02-12\n[workdays]\ndays = [2027-02-13]\n'
    (tmp_path / "calendar_2027.toml").write_text(f'year = 2027\nsource = "notice"\n{official}', encoding="utf-8")
    entered = WorkingCalendar.from_folder(tmp_path, ROOT / "demo")
    assert entered.years[2027].source == "notice" and entered.is_working(date(2027, 2, 13))


def test_years_join_at_new_year():
    two = WorkingCalendar(
        [CALENDAR.years[2026], Year(2027, {date(2027, 1, 1): "元旦"}, frozenset(), "invented for this test")]
    )
    assert two.add_working_days(date(2026, 12, 31), 1) == date(2027, 1, 4)


@pytest.mark.parametrize(
    "text",
    ["2026-03-05", "2026-3-5", "2026/3/5", "2026.3.5", "2026年3月5日", "2026 年 03 月 05 日", "2026年3月5号",
     "20260305", "2026-03-05 00:00:00", "2026/3/5 9:30", "2026-03-05T09:30:00.5", " 2026-03-05 "],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(text):
    assert day_of(text) == date(2026, 3, 5)


@pytest.mark.parametrize(
    "text",
    ["", "2026-03-051", "2026-03-05至2026-04-01", "2026年3月", "3月5日", "2026-3.5", "2026-13-05", "2026-02-30",
     "46086", "05/03/2026", "２０２６-03-05", "2026-03-05 下午", "2026年"],
)  # fmt: skip
def test_what_leaves_the_day_open_is_none(text):
    assert day_of(text) is None


@given(st.dates(date(1000, 1, 1)))
def test_every_day_comes_back_from_every_way_of_writing_it(day):
    ways = [
        f"{day.year}{a}{day.month}{b}{day.day}{c}" for a, b, c in (("-", "-", ""), ("/", "/", ""), ("年", "月", "日"))
    ]
    assert {day_of(one) for one in [*ways, day.isoformat(), day.strftime("%Y%m%d")]} == {day}


def test_what_excel_leaves_of_a_day():
    assert day_of_serial("46086") == day_of_serial("46086.5") == date(2026, 3, 5)
    assert day_of_serial("1200") is day_of_serial("120000") is day_of_serial("2026-03-05") is None
