"""The same declaration for a column of cases: what a year's candidates or a simulated envelope come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np

from triplehelix.foundation.dated import Undecided
from triplehelix.policy.article import DeclarationError
from triplehelix.policy.award import Award
from triplehelix.policy.columns import Array, Codes, Column, Numbers, Rows, Truths
from triplehelix.policy.decision import Decided, must_be_in_force
from triplehelix.policy.expression import Env
from triplehelix.policy.facts import Day, Fact, Listed, Number, YesNo
from triplehelix.policy.terms import value_on


@dataclass(frozen=True, slots=True)
class Batch:
    """One row a case: `granted` in fen (0 where refused or not known), `refused` by condition code, `way` as a place in
    the award's ways (-1: none)."""

    granted: Array
    refused: Mapping[str, Array]
    way: Array | None

    @property
    def is_refused(self) -> Array:
        """Whether any condition is not met."""
        found = np.zeros(len(self.granted), bool)
        for mask in self.refused.values():
            found |= mask
        return found


def decide_columns(award: Award, columns: Mapping[str, Any], on: date, decided: Decided | None = None) -> Batch:
    """Decide every case of the columns, by fact code: int64 fen, counts, booleans, codes, days (datetime64 or ISO text,
    NaT where nobody knows), `Rows` for tables.

    A masked array says where a number is not known; a Fraction is the same ratio for all; an optional fact may be left
    out. Raises Undecided for an open term, NotInForce, TooLarge, and DeclarationError for a missing column.
    """
    must_be_in_force(award, on)
    terms = {code: value_on(term.spec, on, decided or {}) for code, term in award.terms.items()}
    n = next(_length(values) for values in columns.values() if not isinstance(values, Fraction))
    env = Env({fact.code: _column(award, fact, columns, n) for fact in award.facts}, terms, n, on=on)
    refused = {c.code: ~np.broadcast_to(c.test.truths(env), n) for c in award.conditions}
    way = None
    if award.ways is not None:
        way = np.full(n, -1, np.int8)
        for place, one in reversed([*enumerate(award.ways.ways)]):  # the first that applies is the one
            way[np.broadcast_to(one.test.truths(env), n)] = place
        refused["way"] = way < 0
    amount = award.amount.numbers(env)
    whole = amount.num if isinstance(amount.den, int) and amount.den == 1 else amount.num // amount.den
    found = Batch(np.zeros(n, np.int64), refused, way)
    paid = ~found.is_refused if amount.known is None else ~found.is_refused & amount.known
    np.copyto(found.granted, whole, where=paid, casting="same_kind")
    return found


def _length(values: Any) -> int:
    return values.count if isinstance(values, Rows) else len(values)


def _column(award: Award, fact: Fact, columns: Mapping[str, Any], n: int) -> Column:
    if fact.code not in columns:
        if not fact.about.optional:
            raise DeclarationError(f"{award.code} needs a column {fact.code}")
        return _absent(fact, n)
    values = columns[fact.code]
    if isinstance(values, Rows):
        return values
    if isinstance(values, Fraction):
        return Numbers(np.full(n, values.numerator, np.int64), values.denominator)
    if isinstance(fact, Number):
        known = ~np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
        return Numbers(np.ma.getdata(values).astype(np.int64, copy=False), 1, known)
    if isinstance(fact, YesNo):
        return Truths(np.asarray(values, bool))
    if isinstance(fact, Day):
        days = np.asarray(values, "datetime64[D]")
        return Numbers(np.where(np.isnat(days), 0, days.astype(np.int64)), 1, ~np.isnat(days))
    return Codes(np.asarray(values))


def _absent(fact: Fact, n: int) -> Column:
    if isinstance(fact, Number | Day):
        return Numbers(np.zeros(n, np.int64), 1, np.zeros(n, bool))
    if isinstance(fact, YesNo):
        return Truths(np.zeros(n, bool))
    if isinstance(fact, Listed):
        none = ((column.code, _absent(column, 0)) for column in fact.columns)
        return Rows(
            {code: one for code, one in none if not isinstance(one, Rows)},
            np.zeros(0, np.int64),
            np.zeros(0, np.int64),
            n,
        )
    return Codes(np.full(n, ""))


__all__ = ["Batch", "Undecided", "decide_columns"]
