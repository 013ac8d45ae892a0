"""Days: compared, moved by whole months and years, how long it is between them (民法典 §§200-202, 1259)."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.columns import batch_of
from tests.policy.test_declarations import WORDS, award, here
from triplehelix.foundation.dated import since, undecided
from triplehelix.foundation.money import Fen
from triplehelix.policy.answer import steps
from triplehelix.policy.article import DeclarationError
from triplehelix.policy.award import Condition, Example
from triplehelix.policy.batch import decide_columns
from triplehelix.policy.decision import decide
from triplehelix.policy.expression import (
    after,
    const,
    days_between,
    judged_day,
    known,
    months_between,
    total,
    when,
    year_of,
    years_between,
)
from triplehelix.policy.facts import BadFact, Day, Listed
from triplehelix.policy.settle import from_plain, read_value, to_plain
from triplehelix.policy.terms import count_term, day_term

FIRST = date(2026, 1, 1)
founded = Day("founded", "成立日期")
signed = Day("signed", "签订日期")
limit = count_term("most_years", "成立年限", since((FIRST, 5)), unit="年", mark="policy", source="三（二）")
ends = day_term("policy_ends", "截止日", since((FIRST, date(2026, 12, 31))), mark="policy", source="三（二）")
ONE = const(Fen(100))


def of(test=None, amount=ONE, facts=(founded, signed, here)):
    condition = Condition("day", "日期", here if test is None else test, "日期不符", WORDS)
    example = Example("例", {"founded": "2025-01-01", "signed": "2026-06-30", "here": True}, 100)
    return award(facts=facts, amount=amount, conditions=(condition,), once=("here",), examples=(example,))


def met(test, a, b="2026-06-30", on=FIRST):
    return decide(of(test), {"founded": a, "signed": b, "here": True}, on).granted == 100


def worth(value, a, b):
    """What a number of days, months or years between two days comes to, told in fen."""
    found = decide(of(amount=value * ONE), {"founded": str(a), "signed": str(b), "here": True}, FIRST).granted
    return found // 100


YOUNG = judged_day <= after(founded, limit, "年")
FULL = judged_day >= after(founded, 1, "年")


@pytest.mark.parametrize(
    ("founded_on", "on", "young", "full"),
    [
        ("2021-03-01", "2026-03-01", True, True),  # the corresponding day is the period's last
        ("2021-03-01", "2026-03-02", False, True),
        ("2025-03-01", "2026-02-28", True, False),
        ("2025-03-01", "2026-03-01", True, True),
        ("2024-02-29", "2029-02-27", True, True),  # a period from a leap day ends on the month's last
        ("2024-02-29", "2029-02-28", True, True),
        ("2024-02-29", "2029-03-01", False, True),
        ("2027-02-28", "2028-02-28", True, True),  # but one from 28 February not on 29 February
        ("2027-03-01", "2028-02-29", True, False),
    ],
)
def test_no_longer_than_five_years_and_at_least_one(founded_on, on, young, full):
    day = date.fromisoformat(on)
    assert (met(YOUNG, founded_on, on=day), met(FULL, founded_on, on=day)) == (young, full)


@pytest.mark.parametrize(
    ("a", "b", "months", "years", "days"),
    [
        ("2026-01-31", "2026-02-28", 1, 0, 28), ("2026-01-31", "2026-02-27", 0, 0, 27),
        ("2024-02-29", "2025-02-28", 12, 1, 365), ("2024-02-28", "2024-02-29", 0, 0, 1),
        ("2026-05-15", "2026-05-15", 0, 0, 0), ("2026-05-15", "2025-05-15", -12, -1, -365),
        ("2026-05-15", "2026-06-14", 0, 0, 30), ("2000-12-31", "2026-06-30", 306, 25, 9312),
    ],
)  # fmt: skip
def test_how_long_by_hand(a, b, months, years, days):
    sides = (months_between(founded, signed), years_between(founded, signed), days_between(founded, signed))
    found = tuple(worth(side, a, b) if b >= a else -worth(const(0) - side, a, b) for side in sides)
    assert found == (months, years, days)


def moved(day, months):
    """The corresponding day, worked out month by month."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = divmod(whole, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


days = st.dates(date(1950, 1, 1), date(2090, 12, 31))


@given(a=days, n=st.integers(0, 400))
def test_a_period_ends_on_the_corresponding_day(a, n):
    end = moved(a, n)
    test = signed.equals(after(founded, n, "月"))
    assert met(test, str(a), str(end)) and not met(test, str(a), str(end + timedelta(1)))


@given(a=days, b=days)
def test_whole_months_and_years_are_those_that_have_run(a, b):
    a, b = sorted((a, b))
    months, years = worth(months_between(founded, signed), a, b), worth(years_between(founded, signed), a, b)
    assert moved(a, months) <= b < moved(a, months + 1)
    assert moved(a, 12 * years) <= b < moved(a, 12 * (years + 1))
    assert worth(days_between(founded, signed), a, b) == (b - a).days
    # One way back as far as there, and full on exactly the day it is counted as.
    assert worth(const(0) - months_between(signed, founded), a, b) == months
    assert met(signed >= after(founded, years, "年"), str(a), str(b))
    assert not met(signed >= after(founded, years + 1, "年"), str(a), str(b))


@given(pairs=st.lists(st.tuples(days, days), min_size=2, max_size=12))
def test_a_column_is_each_case(pairs):
    facts = [{"founded": str(a), "signed": str(b), "here": True} for a, b in pairs]
    amount = when(signed >= founded, months_between(founded, signed) * ONE, year_of(founded) * ONE)
    made = of((signed <= ends) | (founded < after(signed, limit, "年")), amount)
    alone = [decide(made, one, FIRST).granted or 0 for one in facts]
    assert batch_of(made, facts, made.examples[0]).granted.tolist() == alone


def test_within_the_policy_and_in_the_year_before():
    assert met((signed >= founded) & (signed <= ends), "2026-03-01", "2026-12-31")
    assert not met(signed <= ends, "2026-03-01", "2027-01-01")
    last_year = year_of(signed).equals(year_of(judged_day) - const(1))
    assert met(last_year, "2020-01-01", "2025-12-31") and not met(last_year, "2020-01-01", "2026-01-01")


def test_a_day_nobody_told_fulfils_nothing_and_gives_no_amount():
    left = Day("left", "离职日期", nullable=True)
    facts = (founded, signed, here, left)
    told = {"founded": "2026-01-01", "signed": "2026-06-30", "here": True, "left": None}
    for test in (left >= founded, left <= founded, left < after(founded, 1, "月")):
        assert [c.code for c in decide(of(test, facts=facts), told, FIRST).refused] == ["day"]
    months = months_between(founded, left)
    for amount, due, missing in (
        (months * ONE, None, ("离职日期",)),
        (when(known(months), months, months_between(founded, signed)) * ONE, 500, ()),
    ):
        found = decide(of(amount=amount, facts=facts), told, FIRST)
        assert (found.granted, found.unknown) == (due, missing)
        made = of(amount=amount, facts=facts)
        columns = {"founded": ["2026-01-01"] * 2, "signed": ["2026-06-30"] * 2, "here": [True] * 2}
        batch = decide_columns(made, columns | {"left": ["NaT", "NaT"]}, FIRST)
        assert batch.granted.tolist() == [due or 0] * 2


def test_what_was_compared_is_told_to_whoever_is_refused():
    found = decide(of(YOUNG), {"founded": "2020-02-29", "signed": "2026-01-01", "here": True}, FIRST)
    assert found.refused[0].working == "受理日（2026-01-01）不晚于2020-02-29起满“5 年”（2025-02-28）"
    assert steps(found)[0].endswith("不满足：日期不符〔受理日（2026-01-01）不晚于2020-02-29起满“5 年”（2025-02-28）〕")
    hidden = Day("hidden", "出生日期", seen_by=("clerk",))
    found = decide(
        of(judged_day >= after(hidden, 18, "年"), facts=(founded, signed, here, hidden)),
        {"founded": "2020-02-29", "signed": "2026-01-01", "here": True, "hidden": "2010-01-01"}, FIRST,
    )  # fmt: skip
    assert found.refused and found.refused[0].working == ""


def test_the_row_s_own_day():
    begun, ended = Day("begun", "到岗"), Day("ended", "离岗")
    people = Listed("people", "人员", (begun, ended))
    rows = [
        {"id": "1", "begun": "2026-01-31", "ended": "2026-07-30"},
        {"id": "2", "begun": "2026-01-01", "ended": "2027-01-01"},
    ]
    served = total(people, months_between(begun, ended), "在岗月数之和", where=ended >= after(begun, 6, "月"))
    made = award(
        facts=(people, here), amount=served * ONE, once=("here",),
        examples=(Example("两人", {"people": rows, "here": True}, 1_200),),
    )  # fmt: skip
    found = decide(made, made.examples[0].facts, FIRST)
    assert found.granted == 1_200
    assert str(found.lines[0]) == (
        "在岗月数之和〔1〕 = 不计：2026-07-30不早于2026-01-31起满 6 月（2026-07-31），不成立"
    )
    assert str(found.lines[1]).startswith("在岗月数之和〔2〕 = 2026-01-01至2027-01-01的整月数（12 个月） = 12 个月")


def test_what_does_not_fit_is_told():
    months = count_term("m", "月数", since((FIRST, 6)), unit="个月", mark="policy", source="三（二）")
    after(founded, months, "月")
    for wrong, said in (
        (lambda: after(founded, limit, "月"), "most_years counts 年: give it the unit it counts"),
        (lambda: after(founded, 5, "季"), "counts 年, 月 or 日, not '季'"),
        (lambda: founded >= limit, "a day is compared with a day"),
        (lambda: months_between(founded, limit), "a day is a Day, a day_term, judged_day or after"),
        (lambda: day_term("d", "日", since((FIRST, "2026-12-31")), mark="policy", source="三（二）"),
         r"a day is date\(2026, 12, 31\)"),
    ):  # fmt: skip
        with pytest.raises(DeclarationError, match=said):
            wrong()
    with pytest.raises(TypeError):
        founded + limit  # days are not added


def test_a_day_an_office_sets():
    open_day = day_term("open_day", "截止日", undecided("哪一天截止"), mark="assumed", source="政策没有写明")
    spec = open_day.spec
    read = read_value(spec, "2026-09-30")
    assert from_plain(spec, to_plain(spec, read)) == read == date(2026, 9, 30)
    assert spec.written(read) == "2026-09-30"
    with pytest.raises(BadFact, match="应是日期"):
        read_value(spec, "30.9.2026")
    made = of(signed <= open_day)
    facts = {"founded": "2026-01-01", "signed": "2026-09-30", "here": True}
    assert [q.code for q in decide(made, facts, FIRST).open] == ["open_day"]
    assert decide(made, facts, FIRST, {"open_day": since((FIRST, read))}).granted == 100
