"""Reading what an office sets for a term, and writing it down as JSON."""

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from triplehelix.foundation.money import Fen
from triplehelix.policy.facts import BadFact, Choice, Count, Day, Money, Ratio
from triplehelix.policy.terms import Spec


def read_value(spec: Spec, given: Any) -> Any:
    """The value meant, from what a form or program sends: yuan for money, `30%` for rates, a mapping for
    tables, an ISO day.

    Raises BadFact.
    """
    return READERS[spec.kind](spec, given)


def with_yuan(spec: Spec, given: Any) -> Any:
    """What `read_value` wants, from what a program sends: amounts, also those of a table, in whole fen; all else as
    it is.

    Raises BadFact.
    """
    if spec.kind == "table" and isinstance(given, Mapping):
        return {code: _yuan(amount) for code, amount in given.items()}
    return _yuan(given) if spec.kind == "money" else given


def _yuan(fen: Any) -> str:
    if isinstance(fen, bool) or not isinstance(fen, int):
        raise BadFact("金额应是以分为单位的整数")
    return Fen(fen).yuan


def to_plain(spec: Spec, value: Any) -> Any:
    """As JSON keeps it: fen as whole numbers, rates and days as text."""
    if spec.kind == "day":
        return value.isoformat()
    if spec.kind == "table":
        return {code: int(amount) for code, amount in value.items()}
    if spec.kind == "rate":
        return str(value)
    return int(value) if spec.kind in ("money", "count") else value


def from_plain(spec: Spec, plain: Any) -> Any:
    """The value again."""
    if spec.kind == "table":
        return {code: Fen(amount) for code, amount in plain.items()}
    if spec.kind == "money":
        return Fen(plain)
    if spec.kind == "day":
        return date.fromisoformat(plain)
    return Fraction(plain) if spec.kind == "rate" else plain


def _table(spec: Spec, given: Any) -> dict[str, Fen]:
    if not isinstance(given, Mapping) or set(given) != set(spec.codes):
        raise BadFact(f"应为每一档填一个金额：{'、'.join(spec.codes.values())}")
    found = {}
    for code, name in spec.codes.items():
        try:
            found[code] = Money("amount", name).read(given[code])
        except BadFact as why:
            raise BadFact(f"{name}：{why}") from None
    return found


READERS: dict[str, Callable[[Spec, Any], Any]] = {
    "money": lambda spec, given: Money("amount", spec.label).read(given),
    "rate": lambda spec, given: Ratio("rate", spec.label, at_most=spec.at_most).read(given),
    "count": lambda spec, given: Count("count", spec.label, unit="", at_most=100_000).read(given),
    "choice": lambda spec, given: Choice("choice", spec.label, spec.codes).read(given),
    "table": _table,
    "day": lambda spec, given: Day("day", spec.label).read(given),
}
