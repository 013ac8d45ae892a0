"""Values of many cases at once: exact numbers, truths and codes, each with where it is known.

One case is a column of length one, so a single decision and a million run through the same code. A column of one
holds Python's own integers (any size); long ones hold 64-bit integers, and an operation that could leave them raises.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
#: Below this, products and sums of two columns stay inside 64 bits.
MOST = 2**62


class TooLarge(OverflowError):
    """An amount that leaves the range of exact column arithmetic; the message says which operation."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Exact rational numbers: `num / den`, fen for money. `known` is None when every one of them is known."""

    num: Array
    den: Array | int = 1
    known: Array | None = None


@dataclass(frozen=True, slots=True)
class Truths:
    """Yes or no for each case; what rests on an unknown number is no."""

    is_true: Array


@dataclass(frozen=True, slots=True)
class Codes:
    """One code of a list for each case."""

    code: Array


@dataclass(frozen=True, slots=True)
class Rows:
    """Tables inside cases: the columns of all rows one after another, and for each row the case it belongs to.

    The rows of a case stand together, in the order of the cases. `ids` is a row's place in the order of ids within its
    case; `count` how many cases there are; `names` the ids themselves, kept for one case only. Raises ValueError.
    """

    columns: dict[str, Numbers | Truths | Codes]
    case: Array
    ids: Array
    count: int
    names: tuple[str, ...] = ()
    #: Whether every case has exactly one row.
    one_each: bool = field(init=False)

    def __post_init__(self) -> None:
        if (np.diff(self.case) < 0).any():
            raise ValueError("the rows of a case stand together, in the order of the cases")
        one_each = len(self.case) == self.count and bool((self.case == np.arange(self.count)).all())
        object.__setattr__(self, "one_each", one_each)

    @property
    def bounds(self) -> Array:
        """Where each case's rows begin, and where the last one's end."""
        return np.searchsorted(self.case, np.arange(self.count + 1))

    def of_cases(self, cases: Array) -> "Some":
        """The rows of these cases (ascending)."""
        bounds = self.bounds
        lengths = bounds[cases + 1] - bounds[cases]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        case = np.repeat(np.arange(len(cases)), lengths)
        places = np.arange(starts[-1]) - starts[case] + bounds[cases][case]
        return Some(places, case, self.ids[places], starts)


@dataclass(frozen=True, slots=True)
class Some:
    """The rows of some cases: their places among all rows, and the cases counted from 0."""

    places: Array
    case: Array
    ids: Array
    starts: Array

    def summed(self, values: Array) -> Array:
        """Per case, the sum over its rows."""
        return sums(values, self.starts)


def sums(values: Array, bounds: Array) -> Array:
    """The sums of the stretches between bounds. 64-bit sums may wrap on the way; their differences do not."""
    running = np.concatenate([np.zeros(1, values.dtype), np.cumsum(values)])
    return np.asarray(running[bounds[1:]] - running[bounds[:-1]])


Column = Numbers | Truths | Codes | Rows


def checked(values: Array, what: str) -> Array:
    """The values, unless a 64-bit column has come too near its end. Raises TooLarge."""
    if values.dtype != object and values.size and max(abs(int(values.max())), abs(int(values.min()))) >= MOST:
        raise TooLarge(f"{what}：金额或比例太大，超出批量计算的精确范围")
    return values


def times(a: Array | int, b: Array | int, what: str) -> Array | int:
    """A product that cannot wrap around silently. Raises TooLarge."""
    if isinstance(a, int) and isinstance(b, int):
        return a * b
    if _is_wide(a) or _is_wide(b) or _largest(a) * _largest(b) < MOST:
        return a * b
    raise TooLarge(f"{what}：金额或比例太大，超出批量计算的精确范围")


def _is_wide(values: Array | int) -> bool:
    return not isinstance(values, int) and values.dtype == object


def _largest(values: Array | int) -> int:
    if isinstance(values, int):
        return abs(values)
    return max(abs(int(values.max())), abs(int(values.min()))) if values.size else 0


def both_known(a: Numbers, b: Numbers) -> Array | None:
    """Where both are known."""
    if a.known is None or b.known is None:
        return a.known if b.known is None else b.known
    return a.known & b.known


def aligned(a: Numbers, b: Numbers, what: str) -> tuple[Array, Array, Array | int]:
    """Both numerators over one common denominator."""
    if isinstance(a.den, int) and isinstance(b.den, int) and a.den == b.den:
        return a.num, b.num, a.den
    left, right = times(a.num, b.den, what), times(b.num, a.den, what)
    return np.asarray(left), np.asarray(right), times(a.den, b.den, what)
