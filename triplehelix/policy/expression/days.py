"""Days: compared with each other, moved by whole days, months and years, and how long it is from one to another.

Periods follow 民法典 §§201-202: the first day is not counted; a month or year ends on the corresponding day, or where a
month has none on its last (a year from 29 February on 28 February). 届满, 以上 and 以内 include their own day (§1259):
on the corresponding day itself a year is full, and not yet exceeded.
"""

from datetime import date
from typing import Literal, get_args

import numpy as np

from triplehelix.policy.article import DeclarationError
from triplehelix.policy.columns import Array, Numbers, Truths, both_known
from triplehelix.policy.expression.flags import Compared, Flag
from triplehelix.policy.expression.nodes import Env, Expr, Show
from triplehelix.policy.expression.values import Const, Value, const

Unit = Literal["年", "月", "日"]
#: How else the unit of a count is written.
ALIKE = {"个月": "月", "天": "日"}
MONTHS = {"年": 12, "月": 1}
FIRST, LAST = (np.datetime64(day, "D").astype(np.int64) for day in (date.min, date.max))
WORDS = {"≥": "不早于", ">": "晚于", "≤": "不晚于", "<": "早于", "=": "即"}


def number_of(day: date) -> int:
    """A day as columns hold it: days since 1970-01-01."""
    return day.toordinal() - date(1970, 1, 1).toordinal()


def day_of_number(number: int) -> date:
    """The day again."""
    return date.fromordinal(number + date(1970, 1, 1).toordinal())


class Moment(Expr):
    """A node that computes a day. Days are compared, not added: what is later by a period says `after`."""

    def days(self, env: Env) -> Numbers:
        found = self.run(env)
        assert isinstance(found, Numbers), self
        return found

    def __ge__(self, other: "Moment") -> Flag:
        return DaysCompared(self, other, "≥")

    def __gt__(self, other: "Moment") -> Flag:
        return DaysCompared(self, other, ">")

    def __le__(self, other: "Moment") -> Flag:
        return DaysCompared(self, other, "≤")

    def __lt__(self, other: "Moment") -> Flag:
        return DaysCompared(self, other, "<")

    def equals(self, other: "Moment") -> Flag:
        """The same day."""
        return DaysCompared(self, other, "=")


class DaysCompared(Compared):
    """A comparison of days; one with a day nobody has told is no, whichever way it points."""

    def __init__(self, a: Moment, b: Moment, sign: str) -> None:
        if not (isinstance(a, Moment) and isinstance(b, Moment)):
            raise DeclarationError("a day is compared with a day: a Day, a day_term, judged_day or after(…)")
        self.a, self.b, self.sign, self.inputs = a, b, sign, (a, b)  # type: ignore[assignment]  # days, not numbers

    def compute(self, env: Env) -> Truths:
        a, b = (part.run(env) for part in self.inputs)
        assert isinstance(a, Numbers) and isinstance(b, Numbers)
        truth = np.asarray(self.HOW[self.sign](a.num, b.num), bool)
        both = both_known(a, b)
        return Truths(truth if both is None else truth & both)

    def shown(self, show: Show) -> str:
        return f"{self.inner(self.inputs[0], show)}{WORDS[self.sign]}{self.inner(self.inputs[1], show)}"


class Judged(Moment):
    """The day whose law counts."""

    label = "受理日"

    def compute(self, env: Env) -> Numbers:
        assert env.on is not None, "a decision is made on a day"
        return Numbers(env.array(number_of(env.on)))

    def shown(self, show: Show) -> str:
        return f"{self.label}{show.computed(self)}"


#: The day a case was accepted on, whose law counts; before that, and in the calculator, the day of asking.
judged_day = Judged()


class After(Moment):
    """The day that is so many days, months or years after another."""

    def __init__(self, start: Moment, count: Value, unit: Unit) -> None:
        self.start, self.count, self.unit, self.inputs = start, count, unit, (start, count)

    def compute(self, env: Env) -> Numbers:
        start, count = self.start.days(env), self.count.numbers(env)
        whole = np.asarray(count.num // count.den).astype(np.int64)
        days = start.num.astype(np.int64)
        moved = days + whole if self.unit == "日" else later(days, whole * MONTHS[self.unit])
        return Numbers(_as_wanted(env, np.clip(moved, FIRST, LAST)), 1, both_known(start, count))

    def shown(self, show: Show) -> str:
        count = self.count.shown(show)
        long = f" {count} {self.unit}" if isinstance(self.count, Const) else f"“{count}”"
        return f"{self.start.shown(show)}起满{long}{show.computed(self)}"


def after(start: Moment, count: Value | int, unit: Unit) -> Moment:
    """The day on which a period of so many 年, 月 or 日 from `start` ends: `judged_day <= after(founded, limit, "年")`
    is 成立不超过…年, `judged_day >= after(founded, 1, "年")` 成立满一年. Raises DeclarationError for a count of another
    unit.
    """
    if unit not in get_args(Unit):
        raise DeclarationError(f"after(…) counts 年, 月 or 日, not {unit!r}")
    counted = count if isinstance(count, Value) else const(count)
    own = getattr(counted, "unit", "") or getattr(getattr(counted, "spec", None), "unit", "")
    if own and ALIKE.get(own, own) != unit:
        name = getattr(counted, "code", "") or getattr(getattr(counted, "spec", None), "code", "")
        raise DeclarationError(f"after(…, {unit!r}): {name} counts {own}: give it the unit it counts")
    return After(_a_moment(start), counted, unit)


class Between(Value):
    """How long it is from one day to another: whole days, months or years that have run; below zero backwards."""

    def __init__(self, start: Moment, end: Moment, unit: Unit) -> None:
        self.start, self.end, self.size, self.inputs = start, end, unit, (start, end)

    @property
    def unit(self) -> str:
        """How it is shown behind the number."""
        return {"年": "年", "月": "个月", "日": "天"}[self.size]

    def compute(self, env: Env) -> Numbers:
        start, end = self.start.days(env), self.end.days(env)
        a, b = start.num.astype(np.int64), end.num.astype(np.int64)
        found = b - a if self.size == "日" else _signed(a, b, MONTHS[self.size])
        return Numbers(_as_wanted(env, found), 1, both_known(start, end))

    def shown(self, show: Show) -> str:
        unit = {"年": "整年数", "月": "整月数", "日": "天数"}[self.size]
        return f"{self.start.shown(show)}至{self.end.shown(show)}的{unit}{show.computed(self)}"


def days_between(start: Moment, end: Moment) -> Value:
    """Days from one to the other; the first is not counted."""
    return Between(_a_moment(start), _a_moment(end), "日")


def months_between(start: Moment, end: Moment) -> Value:
    """Whole months that have run from one to the other."""
    return Between(_a_moment(start), _a_moment(end), "月")


def years_between(start: Moment, end: Moment) -> Value:
    """Whole years that have run from one to the other."""
    return Between(_a_moment(start), _a_moment(end), "年")


class YearOf(Value):
    """The calendar year of a day, as a number."""

    def __init__(self, day: Moment) -> None:
        self.day, self.inputs = day, (day,)

    def compute(self, env: Env) -> Numbers:
        found = self.day.days(env)
        years = found.num.astype(np.int64).astype("M8[D]").astype("M8[Y]").astype(np.int64) + 1970
        return Numbers(_as_wanted(env, years), 1, found.known)

    def shown(self, show: Show) -> str:
        return f"{self.day.shown(show)}所在年度{show.computed(self)}"


def year_of(day: Moment) -> Value:
    """The calendar year of a day: 上一年度签订的 is `year_of(signed).equals(year_of(judged_day) - const(1))`."""
    return YearOf(_a_moment(day))


def later(days: Array, months: Array) -> Array:
    """Days moved by whole months: to the corresponding day, or the month's last where there is none."""
    day = days.astype("M8[D]")
    month = day.astype("M8[M]")
    place = (day - month.astype("M8[D]")).astype(np.int64)
    target = month + months
    first = target.astype("M8[D]")
    last = ((target + 1).astype("M8[D]") - first).astype(np.int64) - 1
    return np.asarray((first + np.minimum(place, last)).astype(np.int64))


def _signed(a: Array, b: Array, size: int) -> Array:
    """Whole periods of `size` months from a to b, as many below zero when b is the earlier."""
    start, end = np.minimum(a, b), np.maximum(a, b)
    whole = _months(end) - _months(start)
    whole = whole - (later(start, whole) > end)
    return np.asarray(np.where(b < a, -1, 1) * (whole // size))


def _months(days: Array) -> Array:
    return days.astype("M8[D]").astype("M8[M]").astype(np.int64)


def _as_wanted(env: Env, values: Array) -> Array:
    return np.asarray(values).astype(object) if env.wide else np.asarray(values)


def _a_moment(given: Moment) -> Moment:
    if not isinstance(given, Moment):
        raise DeclarationError(f"a day is a Day, a day_term, judged_day or after(…), not {type(given).__name__}")
    return given
