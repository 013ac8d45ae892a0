"""Values that change on days, and questions a policy leaves open.

A rate, a cap or a list of uses is in force from a day on. Asked for a day before the first one, or while the
question is undecided, there is no value: the answer is a refusal that says so, never a default.
"""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Generic, NoReturn, TypeVar

T = TypeVar("T")


class NotInForce(LookupError):
    """There is no value for the day: nothing was in force yet, or it has ended. `code` is stable."""

    def __init__(self, message: str, day: date) -> None:
        super().__init__(message)
        self.code = "not_in_force"
        self.message = message
        self.day = day


class Undecided(LookupError):
    """The policy leaves this open and the office has not decided it. `question` is what has to be decided."""

    def __init__(self, question: str) -> None:
        super().__init__(f"尚未确定：{question}。请先由主管部门确定后再办理")
        self.code = "undecided"
        self.message = str(self)
        self.question = question


class _Ended:
    """The mark of a day from which nothing is in force."""

    def __repr__(self) -> str:
        return "ENDED"


#: Given as a value to `since`: from this day on nothing is in force any more.
ENDED: Any = _Ended()


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """Values, each in force from its day until the next one's. Made by `since`.

    `sources` are the documents that set them, by the day of the step; nothing for one whose source is said elsewhere.
    """

    steps: tuple[tuple[date, T], ...]
    name: str = ""
    sources: tuple[tuple[date, str], ...] = ()

    def on(self, day: date) -> T:
        """The value in force on a day (the first day counts). Raises NotInForce."""
        _a_day(day)
        found = [step for step in self.steps if step[0] <= day]
        what = f"“{self.name}”" if self.name else ""
        if not found:
            raise NotInForce(f"{what}自 {self.steps[0][0]} 起施行，{day} 尚未生效", day)
        start, value = found[-1]
        if value is ENDED:
            raise NotInForce(f"{what}已于 {start} 停止施行，{day} 不再有效", day)
        return value

    def source_on(self, day: date) -> str:
        """The document that set what is in force on a day; "" where it is said elsewhere."""
        return dict(self.sources).get(max(start for start, _value in self.steps if start <= day), "")


@dataclass(frozen=True, slots=True)
class Open:
    """A term nobody has decided yet: asked for any day, it refuses and says which question is open."""

    question: str

    def on(self, day: date) -> NoReturn:
        """Raises Undecided."""
        _a_day(day)
        raise Undecided(self.question)


def since(*steps: tuple[date, T], name: str = "", sources: tuple[tuple[date, str], ...] = ()) -> Dated[T]:
    """A dated value from (day, value) pairs in order of days; ENDED as the last value closes it.

    Raises ValueError for no pairs, for days that do not ascend, and for a moment in place of a day.
    """
    if not steps:
        raise ValueError("since() needs at least one (day, value)")
    days = [_a_day(day) for day, _value in steps]
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise ValueError(f"days must ascend: {', '.join(map(str, days))}")
    return Dated(tuple(steps), name, sources)


def undecided(question: str) -> Open:
    """A term the policy leaves open; `question` is shown to whoever runs into it. Raises ValueError when empty."""
    if not question.strip():
        raise ValueError("undecided() needs the question")
    return Open(question.strip().rstrip("。？?"))


def _a_day(day: date) -> date:
    """A moment is not a day: which day it is depends on the time zone, and the caller knows that one."""
    if isinstance(day, datetime) or not isinstance(day, date):
        raise ValueError(f"a day is needed, not {day!r}")
    return day
