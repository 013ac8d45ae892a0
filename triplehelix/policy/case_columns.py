"""The facts of one case as columns of one, so that it is computed as a million are."""

from collections.abc import Mapping
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from triplehelix.policy.columns import Codes, Column, Numbers, Rows, Truths
from triplehelix.policy.expression.days import number_of
from triplehelix.policy.facts import Choice, Choices, Day, Fact, Listed, Number, YesNo


def column_of_one(fact: Fact, value: Any) -> Column:
    """One value as a column of one, in Python's own integers."""
    if isinstance(fact, Number):
        exact = Fraction(value or 0)
        return Numbers(np.array([exact.numerator], object), exact.denominator, np.array([value is not None]))
    if isinstance(fact, Day):
        return Numbers(np.array([number_of(value) if value else 0], object), 1, np.array([value is not None]))
    if isinstance(fact, YesNo):
        return Truths(np.array([bool(value)]))
    if isinstance(fact, Listed):
        return _rows(fact, value or ())
    if isinstance(fact, Choices):
        return Codes(np.array([" ".join(("", *(value or ()), ""))], object))
    if isinstance(fact, Choice):
        return Codes(np.array([value or ""], object))
    return Codes(np.array([fact.written(value)], object))


def _rows(fact: Listed, rows: tuple[Mapping[str, Any], ...]) -> Rows:
    names = tuple(row["id"] for row in rows)
    order = {name: place for place, name in enumerate(sorted(names))}
    columns = {c.code: _joined(c, [column_of_one(c, row[c.code]) for row in rows]) for c in fact.columns}
    return Rows(columns, np.zeros(len(rows), np.int64), np.array([order[n] for n in names], np.int64), 1, names)


def _joined(fact: Fact, parts: list[Column]) -> Numbers | Truths | Codes:
    """The cells of one column, over one denominator."""
    if isinstance(fact, Number | Day):
        numbers = [part for part in parts if isinstance(part, Numbers)]
        dens = [int(part.den) for part in numbers if isinstance(part.den, int)]
        den = lcm(*dens)
        nums = [int(part.num[0]) * (den // one) for part, one in zip(numbers, dens, strict=True)]
        return Numbers(
            np.array(nums, object), den, np.array([bool(n.known is None or n.known[0]) for n in numbers], bool)
        )
    if isinstance(fact, YesNo):
        return Truths(np.array([part.is_true[0] for part in parts if isinstance(part, Truths)], bool))
    return Codes(np.array([part.code[0] for part in parts if isinstance(part, Codes)], object))
