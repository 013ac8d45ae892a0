"""Money in whole fen (分). A rate is an exact fraction, and an amount is rounded once, at the end.

No float comes in and none goes out: 0.1 yuan is not a binary number, and a fen lost is a fen somebody has to explain.
"""

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import Enum
from fractions import Fraction
from math import floor
from typing import NoReturn, TypeVar

from triplehelix.foundation.coded import Coded

FEN_PER_UNIT = {"分": 1, "元": 100, "千元": 100_000, "万元": 1_000_000}
NUMBER = re.compile(r"^-?[0-9]+(\.[0-9]+)?$")
GROUPED = re.compile(r"^-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$")
#: More than any budget of a country; a longer number is a slip.
MOST_DIGITS = 18

Id = TypeVar("Id", str, int)


class MoneyError(Coded, ValueError):
    """An amount that cannot be read or made. `code` is stable, `message` is Chinese.

    Codes: empty, full_width, not_a_number, too_precise, too_long, float, unit, mixed, ids, weights.
    """


class Rounding(Enum):
    """How an exact amount becomes one that is paid: to which step in fen, and which way."""

    FLOOR_FEN = (1, ROUND_FLOOR)
    HALF_UP_FEN = (1, ROUND_HALF_UP)
    FLOOR_YUAN = (100, ROUND_FLOOR)
    HALF_UP_YUAN = (100, ROUND_HALF_UP)
    FLOOR_HUNDRED = (10_000, ROUND_FLOOR)
    HALF_UP_HUNDRED = (10_000, ROUND_HALF_UP)
    FLOOR_THOUSAND = (100_000, ROUND_FLOOR)
    HALF_UP_THOUSAND = (100_000, ROUND_HALF_UP)
    FLOOR_WAN = (1_000_000, ROUND_FLOOR)
    HALF_UP_WAN = (1_000_000, ROUND_HALF_UP)

    @property
    def is_half_up(self) -> bool:
        """四舍五入, not down."""
        return str(self.value[1]) == ROUND_HALF_UP


FLOOR_YUAN, HALF_UP_YUAN, FLOOR_WAN = Rounding.FLOOR_YUAN, Rounding.HALF_UP_YUAN, Rounding.FLOOR_WAN
#: Down and half up, by the step a clause names.
ROUNDINGS = {
    "分": (Rounding.FLOOR_FEN, Rounding.HALF_UP_FEN),
    "元": (Rounding.FLOOR_YUAN, Rounding.HALF_UP_YUAN),
    "百元": (Rounding.FLOOR_HUNDRED, Rounding.HALF_UP_HUNDRED),
    "千元": (Rounding.FLOOR_THOUSAND, Rounding.HALF_UP_THOUSAND),
    "万元": (Rounding.FLOOR_WAN, Rounding.HALF_UP_WAN),
}


class Fen(int):
    """An amount in whole fen. Sums, differences and whole multiples of Fen are Fen; a float is refused."""

    def __new__(cls, value: int = 0) -> "Fen":
        if isinstance(value, bool) or not isinstance(value, int):
            raise MoneyError("float", f"金额只收整数分，收到的是 {value!r}")
        return super().__new__(cls, value)

    @classmethod
    def from_yuan(cls, yuan: int | str) -> "Fen":
        """`12`, `"12.34"`, `"1,234.5"` in yuan. Raises MoneyError: at most two decimals, no float."""
        return cls.from_unit(yuan, "元")

    @classmethod
    def from_unit(cls, amount: int | str | Decimal, unit: str) -> "Fen":
        """An amount given in 分, 元, 千元 or 万元. Raises MoneyError when it does not come to whole fen."""
        if unit not in FEN_PER_UNIT:
            raise MoneyError("unit", f"不认识金额单位“{unit}”，可用：{'、'.join(FEN_PER_UNIT)}")
        exact = _exact(amount) * FEN_PER_UNIT[unit]
        if exact.denominator != 1:
            places = len(str(FEN_PER_UNIT[unit])) - 1
            raise MoneyError("too_precise", f"金额“{amount}”{unit}不足一分，最多写 {places} 位小数")
        return cls(exact.numerator)

    @property
    def yuan(self) -> str:
        """In yuan with two decimals and no separators: `1234.50`."""
        whole, rest = divmod(abs(int(self)), 100)
        return f"{'-' if self < 0 else ''}{whole}.{rest:02d}"

    def __str__(self) -> str:
        """For people: `1,234.50 元`."""
        whole, rest = divmod(abs(int(self)), 100)
        return f"{'-' if self < 0 else ''}{whole:,}.{rest:02d} 元"

    def in_wan(self) -> str:
        """In 万元 as short as it is exact: `12.5 万元`, `0.0001 万元`."""
        shown = f"{Decimal(int(self)) / FEN_PER_UNIT['万元']:,f}"
        return f"{shown.rstrip('0').rstrip('.') if '.' in shown else shown} 万元"

    def __repr__(self) -> str:
        return f"Fen({int(self)})"

    def __format__(self, spec: str) -> str:
        return str(self) if not spec else format(int(self), spec)

    def times(self, rate: Fraction | Decimal | int, rounding: Rounding = FLOOR_YUAN) -> "Fen":
        """The amount times an exact rate, rounded once. The default never pays more than the rate gives.

        Raises MoneyError for a float rate.
        """
        if isinstance(rate, bool) or not isinstance(rate, Fraction | Decimal | int):
            raise MoneyError("float", f"比例只收分数或十进制小数，收到的是 {rate!r}")
        return rounded(Fraction(int(self)) * Fraction(rate), rounding)

    def __add__(self, other: int) -> "Fen":
        return Fen(int(self) + _whole(other))

    __radd__ = __add__

    def __sub__(self, other: int) -> "Fen":
        return Fen(int(self) - _whole(other))

    def __rsub__(self, other: int) -> "Fen":
        return Fen(_whole(other) - int(self))

    def __mul__(self, other: int) -> "Fen":
        if isinstance(other, Fen):
            raise MoneyError("mixed", "金额不能乘以金额")
        return Fen(int(self) * _whole(other))

    __rmul__ = __mul__

    def __neg__(self) -> "Fen":
        return Fen(-int(self))

    def __abs__(self) -> "Fen":
        return Fen(abs(int(self)))

    def __truediv__(self, other: object) -> NoReturn:
        """Refused: a division leaves a remainder that somebody must decide about."""
        raise MoneyError("mixed", "金额不能直接相除：按比例计算请用 times，分摊请用 largest_remainder")


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise MoneyError("mixed", f"金额只能与金额或整数一起计算，收到的是 {value!r}")
    return int(value)


def rounded(exact: Fraction, rounding: Rounding = FLOOR_YUAN) -> Fen:
    """An exact number of fen, rounded to the step of the rule, down (also below zero) or half up."""
    step, _direction = rounding.value
    steps = exact / step
    down = floor(steps)
    if rounding.is_half_up and steps - down >= Fraction(1, 2):
        down += 1
    return Fen(down * step)


def largest_remainder(
    total: Fen, weights: Sequence[int | Fraction | Decimal], ids: Sequence[Id], *, unit: str = "元"
) -> list[Fen]:
    """The total shared in proportion to the weights, in whole units, adding up to the total exactly.

    What rounding down leaves over goes one unit each to the largest remainders; ties go to the smaller id. Answers
    one amount for each weight, in their order. Raises MoneyError when the total is negative or no whole number of
    units, when a weight is negative or all are zero, or when ids are missing or given twice.
    """
    step = FEN_PER_UNIT[unit]
    shares = [Fraction(weight) for weight in weights]
    if total < 0 or total % step:
        raise MoneyError("too_precise", f"要分摊的金额应是整{unit}且不为负，现在是 {total}")
    if len(ids) != len(shares) or len(set(ids)) != len(ids):
        raise MoneyError("ids", "每一份都要有一个不重复的编号")
    if not shares or min(shares) < 0 or not sum(shares):
        raise MoneyError("weights", "分摊的权数不能为负，也不能全是零")
    units = int(total) // step
    exact = [share * units / sum(shares) for share in shares]
    down = [floor(one) for one in exact]
    order = sorted(range(len(shares)), key=lambda i: (down[i] - exact[i], ids[i]))
    for i in order[: units - sum(down)]:
        down[i] += 1
    return [Fen(one * step) for one in down]


def parse_amount(text: str, unit: str) -> Fen:
    """What somebody wrote into a cell whose heading says the unit: `1,200`, `12.5`, `￥300`, `3万元`.

    A unit behind the number wins over the heading's. Raises MoneyError.
    """
    number, behind = parted(text)
    try:
        return Fen.from_unit(number, behind or unit)
    except MoneyError as why:
        if why.code != "not_a_number":
            raise
        raise _no_amount(text.strip()) from None  # the whole of what was typed: “一百万”, not “一百”


def parted(text: str) -> tuple[str, str]:
    """What is written of an amount before its unit, and the unit behind it, "" without one: `￥3万` is 3 and 万元."""
    number = text.strip().lstrip("￥¥").strip()
    for written, meant in (("千元", "千元"), ("万元", "万元"), ("万", "万元"), ("元", "元")):
        if number.endswith(written):
            return number.removesuffix(written).strip(), meant
    return number, ""


def _exact(amount: object) -> Fraction:
    """The number meant, exactly. Raises MoneyError."""
    if isinstance(amount, Decimal) and amount.is_finite():
        return Fraction(amount)
    if isinstance(amount, int) and not isinstance(amount, bool):
        return Fraction(int(amount))
    if not isinstance(amount, str):
        raise MoneyError("float", f"金额只收整数、十进制小数或文字，收到的是 {amount!r}")
    text = amount.strip()
    if not text:
        raise MoneyError("empty", "金额是空的")
    if wide := "".join(dict.fromkeys(c for c in text if "\uff01" <= c <= "\uff5e")):
        half = unicodedata.normalize("NFKC", text)
        raise MoneyError("full_width", f"金额里有全角字符（{wide}），请改为半角：{half}")
    if not NUMBER.match(text) and not GROUPED.match(text):
        raise _no_amount(text)
    if sum(c.isdigit() for c in text) > MOST_DIGITS:
        raise MoneyError("too_long", f"金额“{text[:30]}”超过 {MOST_DIGITS} 位数字，请核对单位")
    return Fraction(text.replace(",", ""))


def _no_amount(text: str) -> MoneyError:
    return MoneyError("not_a_number", f"“{text[:30]}”不是金额：请只写数字，如 1200 或 1,200.50")
