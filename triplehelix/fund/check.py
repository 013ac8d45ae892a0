"""Recomputing the fund from its movements: every counter, every payment's state, every document and refund."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.foundation.money import Fen
from triplehelix.fund.ledger import COMMITMENT, PURSE
from triplehelix.fund.models import Appropriation, Commitment, Payment, Pool, Purse, Refund
from triplehelix.records.trail.verify import snapshot

#: Balance of each account of each owner: debits less credits.
BALANCES = """
    SELECT owner, account, sum(fen)::bigint FROM (
        SELECT {debit} AS owner, debit AS account, amount_fen AS fen FROM fund_movement
        UNION ALL SELECT {credit}, credit, -amount_fen FROM fund_movement
    ) AS sides WHERE owner IS NOT NULL GROUP BY 1, 2
"""
#: Of a pool: what came from the treasury, and what else left it.
POOLS = """
    SELECT pool_id,
        sum(CASE WHEN debit = 'pool' AND credit = 'treasury' THEN amount_fen
                 WHEN debit = 'treasury' AND credit = 'pool' THEN -amount_fen ELSE 0 END)::bigint,
        sum(CASE WHEN credit = 'pool' AND debit <> 'treasury' THEN amount_fen
                 WHEN debit = 'pool' AND credit <> 'treasury' THEN -amount_fen ELSE 0 END)::bigint
    FROM fund_movement GROUP BY 1
"""
NAMES = {
    "amount_fen": gettext_lazy("额度"),
    "committed_fen": gettext_lazy("已承诺"),
    "ordered_fen": gettext_lazy("支付中"),
    "paid_fen": gettext_lazy("已支付"),
    "refunded_fen": gettext_lazy("已缴回国库"),
    "appropriated_fen": gettext_lazy("预算"),
    "allocated_fen": gettext_lazy("已分配"),
}
Sums = Mapping[int, Mapping[str, int]]


@dataclass(frozen=True)
class Problem:
    """One counter that does not follow from the rows. `kind` is pool, purse or commitment, `field` the counter."""

    kind: str
    pk: int
    field: str
    stored: int
    computed: int
    message: str


def problems() -> list[Problem]:
    """Every counter that differs from what the movements, payments, documents and refunds add up to; pools first,
    then purses, then commitments, by number. Empty when the books are right. Reads one consistent state."""
    with snapshot():
        return [*_pools(), *_purses(), *_commitments()]


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _counters(table: Mapping[str, tuple[frozenset[str], int]], debit: str, credit: str) -> Sums:
    found: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(table, 0))
    for owner, account, fen in _rows(BALANCES.format(debit=debit, credit=credit)):
        for name, (accounts, sign) in table.items():
            if account in accounts:
                found[owner][name] += sign * fen
    return found


def _differ(kind: str, rows: Iterable[Model], wanted: Sums, source: str) -> Iterator[Problem]:
    """The rows' counters against what they should be; a row nothing is known of should have zeros."""
    fields = next(iter(wanted.values()), {}).keys()
    for row in rows:
        for name in fields:
            stored, computed = getattr(row, name), wanted.get(row.pk, {}).get(name, 0)
            if stored != computed:
                said = {"row": row, "pk": row.pk, "field": NAMES[name], "source": source}
                said |= {"stored": Fen(stored), "computed": Fen(computed)}
                message = _("%(row)s（#%(pk)s）的%(field)s记为 %(stored)s，按%(source)s应为 %(computed)s") % said
                yield Problem(kind, row.pk, name, stored, computed, message)


def _pools() -> Iterator[Problem]:
    pools = list(Pool.objects.order_by("pk"))
    moved = {pk: {"appropriated_fen": into, "allocated_fen": out} for pk, into, out in _rows(POOLS)}
    yield from _differ("pool", pools, _full(pools, moved, ("appropriated_fen", "allocated_fen")), _("流水"))
    documents = _sums(
        Appropriation.objects.order_by().values_list("pool").annotate(Sum("amount_fen")), "appropriated_fen"
    )
    yield from _differ("pool", pools, _full(pools, documents, ("appropriated_fen",)), _("预算文件"))


def _purses() -> Iterator[Problem]:
    purses = list(Purse.objects.order_by("pk"))
    moved = _counters(PURSE, "debit_purse_id", "credit_purse_id")
    yield from _differ("purse", purses, _full(purses, moved, tuple(PURSE)), _("流水"))
    names = {"committed_fen": "amount_fen", "ordered_fen": "ordered_fen", "paid_fen": "paid_fen"}
    held: dict[int, dict[str, int]] = {}
    for pk, *fen in Commitment.objects.order_by().values_list("purse").annotate(*map(Sum, names.values())):
        held[pk] = dict(zip(names, fen, strict=True))
    yield from _differ("purse", purses, _full(purses, held, tuple(names)), _("各项承诺"))


def _commitments() -> Iterator[Problem]:
    rows = list(Commitment.objects.select_related("payee").order_by("pk"))
    moved = _counters(COMMITMENT, "commitment_id", "commitment_id")
    yield from _differ("commitment", rows, _full(rows, moved, tuple(COMMITMENT)), _("流水"))
    payments = Payment.objects.order_by().values_list("commitment")
    for states, name in ((("ordered", "sent"), "ordered_fen"), (("paid",), "paid_fen")):
        sums = _sums(payments.filter(state__in=states).annotate(Sum("amount_fen")), name)
        yield from _differ("commitment", rows, _full(rows, sums, (name,)), _("各笔支付"))
    refunds = _sums(
        Refund.objects.filter(void_why="").order_by().values_list("commitment").annotate(Sum("amount_fen")),
        "refunded_fen",
    )
    yield from _differ("commitment", rows, _full(rows, refunds, ("refunded_fen",)), _("缴款书"))


def _sums(pairs: Iterable[tuple[int, int]], name: str) -> Sums:
    return {pk: {name: fen} for pk, fen in pairs}


def _full(rows: Iterable[Model], sums: Sums, names: tuple[str, ...]) -> Sums:
    """The sums with zeros for every row nothing was added up for."""
    return {row.pk: {name: sums.get(row.pk, {}).get(name, 0) for name in names} for row in rows}
