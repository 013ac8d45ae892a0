"""Facts that are numbers: money in yuan, counts, exact ratios."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from triplehelix.foundation.money import Fen, MoneyError
from triplehelix.policy.expression import Value
from triplehelix.policy.facts.one import BadFact, Fact, kind_of

#: A trillion yuan: more than the city's product; a larger number is a slip of the unit.
MOST_FEN = 10**14
MOST_COUNT = 10**9
MOST_PARTS = 10**9
MOST_PLACES = 24
#: A ratio as people write it. No exponents: Fraction("1e999999999") would build the whole number before any limit.
RATIO = re.compile(r"-?[0-9]{1,12}(\.[0-9]{0,12})?\s*%?|-?\.[0-9]{1,12}\s*%?|-?[0-9]{1,12}\s*/\s*[0-9]{1,12}")


class Number(Fact, Value):
    """A fact that is a number."""


class Money(Number):
    """An amount, sent in yuan under a key that ends in `_yuan`, kept in whole fen; never below zero."""

    unit = "元"

    @property
    def key(self) -> str:
        return f"{self.about.code}_yuan"

    def read(self, given: Any) -> Fen:
        if isinstance(given, Decimal):
            # A number with a point in JSON: exact, as written.
            given = format(given, "f") if _writable(given) else "NaN"
        if isinstance(given, bool) or not isinstance(given, int | str):
            raise BadFact(f"应是以元为单位的整数，或最多两位小数的文字，收到的是{kind_of(given)}")
        try:
            fen = Fen.from_yuan(given)
        except MoneyError as why:
            raise BadFact(why.message) from None
        if fen < 0:
            raise BadFact(f"不能为负，收到的是 {fen}")
        if fen > MOST_FEN:
            raise BadFact(f"{Fen(MOST_FEN).in_wan()}以上不可信，请核对单位（这里是元）")
        return fen

    def plain(self, value: Any) -> Any:
        return None if value is None else Fen(value).yuan

    def written(self, value: Any) -> str:
        return "未提供" if value is None else str(Fen(value))

    def wants(self) -> str:
        return "金额（元，整数或最多两位小数的文字）"


class Count(Number):
    """A whole number, from `at_least` to `at_most`, in `unit`."""

    def __init__(self, code: str, label: str, *, unit: str, at_least: int = 0, at_most: int = MOST_COUNT, **about: Any):
        super().__init__(code, label, **about)
        self.unit, self.at_least, self.at_most = unit, at_least, at_most

    def read(self, given: Any) -> int:
        if isinstance(given, str) and re.fullmatch(r"-?[0-9]{1,12}", given.strip()):
            given = int(given)
        if isinstance(given, bool) or not isinstance(given, int):
            raise BadFact(f"应是整数（{self.unit}），收到的是{kind_of(given)}")
        if not self.at_least <= given <= self.at_most:
            raise BadFact(f"应在 {self.at_least} 到 {self.at_most} {self.unit}之间，收到的是 {given}")
        return given

    def written(self, value: Any) -> str:
        return "未提供" if value is None else f"{value} {self.unit}"

    def wants(self) -> str:
        return f"整数（{self.unit}）"


class Ratio(Number):
    """An exact ratio from 0 to `at_most`: "2/7", "0.8", 1, or "30%"."""

    def __init__(self, code: str, label: str, *, at_most: Fraction = Fraction(1), **about: Any) -> None:
        super().__init__(code, label, **about)
        self.at_most = at_most

    def read(self, given: Any) -> Fraction:
        if isinstance(given, bool) or not isinstance(given, int | str | Decimal):
            raise BadFact(f"应是 0 到 {self.at_most} 之间的比例，如 0.8 或 2/7，收到的是{kind_of(given)}")
        try:
            text = str(given).strip()
        except ValueError:  # an int of thousands of digits is not even written out
            raise BadFact(f"应在 0 到 {self.at_most} 之间") from None
        found = _ratio(text)
        if found is None:
            raise BadFact(f"“{text[:20]}”不是比例：请写成 0.8、80% 或 2/7")
        if not 0 <= found <= self.at_most:
            raise BadFact(f"应在 0 到 {self.at_most} 之间，收到的是 {text[:20]}")
        if found.denominator > MOST_PARTS:
            raise BadFact("小数太长，请写成分数，如 2/7")
        return found

    def plain(self, value: Any) -> Any:
        return None if value is None else str(value)

    def wants(self) -> str:
        return "比例（如 0.8、80% 或 2/7）"


def _writable(number: Decimal) -> bool:
    """Whether a number is short when it is written out: 1e999999999 is not."""
    return number.is_finite() and abs(int(number.as_tuple().exponent)) <= MOST_PLACES


def _ratio(text: str) -> Fraction | None:
    """The exact ratio of a text, None when it is none."""
    if not RATIO.fullmatch(text):
        return None
    parts = "".join(text.removesuffix("%").split())
    try:
        return Fraction(parts) / 100 if text.endswith("%") else Fraction(parts)
    except ZeroDivisionError:
        return None
