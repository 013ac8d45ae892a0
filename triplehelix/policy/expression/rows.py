"""Numbers from the rows of a table inside a case: their sum, how many, the largest."""

from collections.abc import Iterator, Mapping
from math import lcm

import numpy as np

from triplehelix.policy.article import DeclarationError
from triplehelix.policy.columns import Array, Codes, Column, Numbers, Rows, Truths, sums, times
from triplehelix.policy.expression.flags import Flag
from triplehelix.policy.expression.nodes import Env, Expr, Show
from triplehelix.policy.expression.values import Value, const


class OverRows(Value):
    """A number from those rows of a table that fulfil `where`. What is computed for `each` row may use its columns, and
    the facts and terms of the case."""

    #: Not kept where it is not given: awards have digests from before there was one.
    where: Flag | None = None

    def __init__(self, rows: Expr, each: Value, label: str, where: Flag | None = None) -> None:
        columns = getattr(rows, "columns", None)
        if not isinstance(columns, tuple):
            name = getattr(rows, "code", "") or type(rows).__name__
            raise DeclarationError(f"“{label}” is counted over the rows of a Listed fact, and {name} is none")
        self.rows, self.each, self.label = rows, each, label
        if where is not None:
            self.where = where
        own = {id(column) for column in columns}
        leaves = (leaf for part in self.parts for leaf in part.walk() if not leaf.inputs and id(leaf) not in own)
        self.inputs = (rows, *dict.fromkeys(leaves))

    @property
    def parts(self) -> tuple[Expr, ...]:
        """What is computed for every row."""
        return (self.each,) if self.where is None else (self.each, self.where)

    def compute(self, env: Env) -> Numbers:
        table = self.rows.run(env)
        assert isinstance(table, Rows)
        inner, n = within(env, table), len(table.case)
        found = self.each.numbers(inner)
        num, den = _over_one(found, n)
        counts = None if self.where is None else np.broadcast_to(self.where.truths(inner), n)
        known = None if found.known is None else _all_known(np.broadcast_to(found.known, n), counts, table)
        answer = Numbers(self.of(num, counts, table), den, known)
        if env.steps is not None:
            env.steps.append(("", self, answer))
        return answer

    def of(self, values: Array, counts: Array | None, table: Rows) -> Array:
        """Per case, the number from the rows' values; `counts` says which of them fulfil `where`, None: all do."""
        raise NotImplementedError

    def shown(self, show: Show) -> str:
        return f"{self.label}{show.computed(self)}"


class Total(OverRows):
    """The sum of an amount over the rows."""

    def of(self, values: Array, counts: Array | None, table: Rows) -> Array:
        return summed(values if counts is None else np.where(counts, values, 0), table)


class Counted(Total):
    """How many rows there are: the sum of one for each."""


class Largest(OverRows):
    """The largest number of any row; of no row nothing."""

    def of(self, values: Array, counts: Array | None, table: Rows) -> Array:
        found = np.zeros(table.count, values.dtype)
        rows = np.arange(len(values)) if counts is None else np.flatnonzero(counts)
        # By size, so that the last written to a case is its largest.
        order = rows[np.argsort(values[rows], kind="stable")]
        found[table.case[order]] = values[order]
        return found


def total(rows: Expr, each: Value, label: str, where: Flag | None = None) -> Value:
    """The sum of `each` over the rows, or over those that fulfil `where`; `label` says in words what is summed. A cap
    of each row stands in `each`: `total(people, least(pay * rate, most_each), "各人奖励之和")`."""
    return Total(rows, each, label, where)


def counted(rows: Expr, label: str, where: Flag | None = None) -> Value:
    """How many rows there are, or fulfil `where`."""
    return Counted(rows, const(1), label, where)


def largest(rows: Expr, each: Value, label: str, where: Flag | None = None) -> Value:
    """The largest `each` of any row, or of those that fulfil `where`; of none of them nothing."""
    return Largest(rows, each, label, where)


class _Facts(Mapping[str, Column]):
    """What a row knows: its own columns, and for every row what its case knows."""

    def __init__(self, env: Env, table: Rows) -> None:
        self.env, self.table = env, table

    def __getitem__(self, code: str) -> Column:
        if code in self.table.columns:
            return self.table.columns[code]
        found, case = self.env.facts[code], self.table.case
        if isinstance(found, Numbers):
            den = found.den if isinstance(found.den, int) else _of(found.den, case, self.env.n)
            known = None if found.known is None else _of(found.known, case, self.env.n)
            return Numbers(_of(found.num, case, self.env.n), den, known)
        if isinstance(found, Truths):
            return Truths(_of(found.is_true, case, self.env.n))
        assert isinstance(found, Codes), f"{code}: a table has no tables in its rows"
        return Codes(_of(found.code, case, self.env.n))

    def __iter__(self) -> Iterator[str]:
        return iter({**self.env.facts, **self.table.columns})

    def __len__(self) -> int:
        return len({**self.env.facts, **self.table.columns})


def within(env: Env, table: Rows) -> Env:
    """The surroundings in which an expression sees the rows of a table as its cases."""
    return Env(_Facts(env, table), env.terms, len(table.case), env.wide, on=env.on)


def summed(amounts: Array, table: Rows) -> Array:
    """Per case, the sum over its rows."""
    return amounts if table.one_each else sums(amounts, table.bounds)


def _all_known(known: Array, counts: Array | None, table: Rows) -> Array:
    """Per case, whether the number of every row that counts is known."""
    missing = ~known if counts is None else ~known & counts
    return np.asarray(sums(missing.astype(np.int64), table.bounds) == 0)


def _of(values: Array, case: Array, n: int) -> Array:
    return np.asarray(np.broadcast_to(values, n)[case])


def _over_one(found: Numbers, n: int) -> tuple[Array, int]:
    """The numbers of all rows over one denominator. Raises TooLarge."""
    if isinstance(found.den, int):
        return np.broadcast_to(found.num, n), found.den
    den = lcm(*(int(one) for one in np.unique(np.atleast_1d(found.den))))
    return np.broadcast_to(np.asarray(times(found.num, den // found.den, "求和")), n), den
