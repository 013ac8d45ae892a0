"""One award shared by several units: each its own rate of its own base, together no more than what is left of a cap.

While the cap does not bind, each unit has its own entitlement, rounded down by itself, so that no unit is paid more
than its rate gives. When it binds, what is left is shared in proportion to the bases by largest remainder in whole
yuan, ties by id (`foundation.money.largest_remainder` does the same for one list).
"""

from dataclasses import dataclass

import numpy as np

from triplehelix.foundation.money import FEN_PER_UNIT
from triplehelix.policy.columns import Array, Numbers, Rows, Some, times
from triplehelix.policy.expression import Env, Expr, Show, Value, summed, within

YUAN = FEN_PER_UNIT["元"]


@dataclass(frozen=True, slots=True)
class Split:
    """What each row of a table gets, in fen, with the rows themselves."""

    amounts: Array
    rows: Rows


class Shared(Value):
    """The sum of what the units of `table` get; `split` says what each gets.

    `each` is a unit's base in fen, `rate` what it is entitled to of it, `room` what is left of the cap, per case.
    """

    def __init__(self, table: Expr, each: Value, rate: Value, room: Value, label: str) -> None:
        self.table, self.each, self.rate, self.room, self.label = table, each, rate, room, label
        self.inputs = (table, rate, room)

    def compute(self, env: Env) -> Numbers:
        split = self.split(env)
        return Numbers(summed(split.amounts, split.rows), 1)

    def shown(self, show: Show) -> str:
        return self.label

    def split(self, env: Env) -> Split:
        """What each unit gets."""
        rows = self.table.run(env)
        assert isinstance(rows, Rows)
        inner = within(env, rows)
        base = np.maximum(self.each.numbers(inner).num, 0)
        whole = self._entitled(inner, base)
        room = self.room.numbers(env)
        left = np.broadcast_to(np.maximum(room.num, 0) // (room.den * YUAN), rows.count)
        if rows.one_each:
            return Split(np.minimum(whole, left) * YUAN, rows)
        binding = np.flatnonzero(summed(whole, rows) > left)
        if len(binding):
            some = rows.of_cases(binding)
            whole[some.places] = _by_remainder(left[binding], base[some.places], some)
        return Split(whole * YUAN, rows)

    def _entitled(self, inner: Env, base: Array) -> Array:
        """Each unit's own entitlement in whole yuan, rounded down."""
        rate = self.rate.numbers(inner)
        exact = times(base, rate.num, "比例")
        return np.asarray(exact // times(rate.den, YUAN, "比例"))


def _by_remainder(left: Array, base: Array, some: Some) -> Array:
    """`left` whole yuan of each case shared among its rows in proportion to their bases, in whole yuan."""
    weight = some.summed(base)[some.case]
    weight = np.where(weight > 0, weight, 1)
    product = np.asarray(times(left[some.case], base, "分摊"))
    down = product // weight
    over = product - down * weight
    more = left - some.summed(down)
    # Within a case the largest remainder first, then the smaller id; both fit 64 bits, whatever the amounts.
    order = np.lexsort((some.ids, -over.astype(np.int64), some.case))
    place = np.arange(len(order)) - some.starts[some.case[order]]
    extra = np.zeros(len(order), np.int64)
    extra[order] = place < more[some.case[order]].astype(np.int64)
    return np.asarray(down + extra)
