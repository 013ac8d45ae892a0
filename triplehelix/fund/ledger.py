"""The double entry: one function writes a movement and moves the counters it touches, by one table.

Counters are sums over accounts, so that they can always be computed again from the movements (`check.problems`).
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from triplehelix.fund.models import Ledger, Movement, Payment
from triplehelix.records.amounts import exact
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import Refused

#: The most one movement may be of: a trillion yuan. A longer number is a slip.
MOST = 10**14
HELD = frozenset({Ledger.COMMITTED, Ledger.ORDERED, Ledger.PAID})
#: Counter of a purse → the accounts whose balances (debits less credits) it sums, and the sign.
PURSE: dict[str, tuple[frozenset[str], int]] = {
    "amount_fen": (frozenset({Ledger.PURSE, *HELD}), 1),
    "committed_fen": (HELD, 1),
    "ordered_fen": (frozenset({Ledger.ORDERED}), 1),
    "paid_fen": (frozenset({Ledger.PAID}), 1),
    "refunded_fen": (frozenset({Ledger.REFUNDED}), -1),
}
#: The same of a commitment, which has no free money of its own.
COMMITMENT = {name: PURSE[name] for name in ("ordered_fen", "paid_fen", "refunded_fen")} | {"amount_fen": (HELD, 1)}


def amount(fen: int) -> int:
    """A positive amount in whole fen. Raises Refused."""
    if isinstance(fen, bool) or not isinstance(fen, int):
        raise Refused(_("金额只收整数分"))
    if not 0 < fen <= MOST:
        raise Refused(_("金额必须大于零，且不超过 %(most)s") % {"most": exact(MOST)})
    return int(fen)


def post(
    *,
    pool_id: int,
    debit: Ledger,
    credit: Ledger,
    amount_fen: int,
    verb: str,
    actor: Account | None,
    now: datetime,
    debit_purse: int | None = None,
    credit_purse: int | None = None,
    commitment: int | None = None,
    payment: Payment | None = None,
    why: str = "",
    corrects: Movement | None = None,
) -> Movement:
    """One movement and its counters; the caller holds the locks. Raises IntegrityError where a constraint forbids it.

    Purses and the commitment are given by their numbers.
    """
    made = Movement(
        pool_id=pool_id,
        debit=debit,
        credit=credit,
        debit_purse_id=debit_purse,
        credit_purse_id=credit_purse,
        commitment_id=commitment,
        payment=payment,
        amount_fen=amount_fen,
        verb=verb,
        why=why[:200],
        actor=actor,
        at=now,
        corrects=corrects,
    )
    _write(made, [*_of_pool(made), *_of_purses(made), *_of_commitment(made)])
    return made


#: (table, row, counter → fen to add)
Change = tuple[str, int, dict[str, int]]
COLUMNS = (
    "pool_id", "debit", "credit", "debit_purse_id", "credit_purse_id", "commitment_id", "payment_id", "amount_fen",
    "verb", "why", "actor_id", "at", "corrects_id",
)  # fmt: skip


def _write(made: Movement, changes: list[Change]) -> None:
    """The movement and every counter it touches, in one statement: so none can be forgotten, and nobody waits for
    four answers of the database while holding a purse. Only names of our own tables and columns are put together."""
    marks = ", ".join(["%s"] * len(COLUMNS))
    parts = [f"made AS (INSERT INTO fund_movement ({', '.join(COLUMNS)}) VALUES ({marks}) RETURNING id)"]  # noqa: S608
    values: list[Any] = [getattr(made, name) for name in COLUMNS]
    for n, (table, row, added) in enumerate(changes):
        sums = ", ".join(f"{name} = {name} + %s" for name in added)
        parts.append(f"change_{n} AS (UPDATE {table} SET {sums} WHERE id = %s)")  # noqa: S608
        values += [*added.values(), row]
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(parts)} SELECT id FROM made", values)  # noqa: S608
        (made.pk,) = cursor.fetchone() or (None,)
    made._state.adding, made._state.db = False, connection.alias


def _deltas(table: dict[str, tuple[frozenset[str], int]], sides: list[tuple[str, int]]) -> dict[str, int]:
    found = {name: sign * sum(fen for account, fen in sides if account in accounts)
             for name, (accounts, sign) in table.items()}  # fmt: skip
    return {name: fen for name, fen in found.items() if fen}


def _of_purses(made: Movement) -> Iterator[Change]:
    sides: dict[int, list[tuple[str, int]]] = defaultdict(list)
    if made.debit_purse_id is not None:
        sides[made.debit_purse_id].append((made.debit, made.amount_fen))
    if made.credit_purse_id is not None:
        sides[made.credit_purse_id].append((made.credit, -made.amount_fen))
    for purse, touched in sorted(sides.items()):
        if added := _deltas(PURSE, touched):
            yield "fund_purse", purse, added


def _of_commitment(made: Movement) -> Iterator[Change]:
    sides = [(made.debit, made.amount_fen), (made.credit, -made.amount_fen)]
    if made.commitment_id is not None and (added := _deltas(COMMITMENT, sides)):
        yield "fund_commitment", made.commitment_id, added


def _of_pool(made: Movement) -> Iterator[Change]:
    """What comes from the treasury is appropriated; whatever else leaves the pool is allocated."""
    for account, other, fen in (
        (made.debit, made.credit, made.amount_fen),
        (made.credit, made.debit, -made.amount_fen),
    ):
        if account == Ledger.POOL:
            name, sign = ("appropriated_fen", 1) if other == Ledger.TREASURY else ("allocated_fen", -1)
            yield "fund_pool", made.pool_id, {name: sign * fen}
