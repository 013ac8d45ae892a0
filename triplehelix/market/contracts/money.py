"""Sums of a contract in whole fen, and when it landed. Reads only."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Case, F, Q, Sum, When

from triplehelix.foundation.money import Fen, largest_remainder
from triplehelix.market.contracts.models import Contract, Instalment, Receipt
from triplehelix.market.contracts.terms import value
from triplehelix.records.parties.reference import regions

#: A receipt that was not voided.
STANDS = Q(void_why="")
#: A receipt's amount as it changes what has arrived.
MOVED = Case(When(way="in", then=F("amount_fen")), default=-F("amount_fen"))


def arrived(contract: Contract) -> int:
    """What has come in, less what went back."""
    return Receipt.objects.filter(STANDS, contract=contract).aggregate(sum=Sum(MOVED))["sum"] or 0


def due(contract: Contract) -> int:
    """What the contract asks for by now: its price, and royalties beyond the estimate in it."""
    asked = Instalment.objects.filter(contract=contract).aggregate(sum=Sum("amount_fen"))["sum"] or 0
    return int(asked)


def ceiling(contract: Contract) -> int:
    """More than this arrives only with a reason."""
    return max(contract.price_fen, due(contract))


def coverage(contract: Contract) -> list[tuple[Instalment, int]]:
    """Each instalment with what has been paid of it: money covers them in the order of their days, those without a day
    last."""
    left, found = arrived(contract), []
    for row in contract.instalments.order_by(F("due_on").asc(nulls_last=True), "seq"):
        covered = max(0, min(left, row.amount_fen))
        left -= covered
        found.append((row, covered))
    return found


def overdue(contract: Contract, on: date) -> list[Instalment]:
    """Instalments past their day and not covered."""
    return [
        row for row, covered in coverage(contract)
        if covered < row.amount_fen and row.due_on is not None and row.due_on < on
    ]  # fmt: skip


def least_paid(price_fen: int, on: date) -> int:
    """How much must have arrived for a contract to count as landed: the rate's share, rounded up to a whole fen."""
    exact = value("landed_least_paid", on).rate * price_fen
    return -(-exact.numerator // exact.denominator)


def landed_on(contract: Contract, today: date) -> date | None:
    """The day the last of three became true: registered, paid in part, carried out in the city. None while not."""
    registered = contract.registrations.filter(outcome="registered").first()
    if registered is None or registered.decided_on is None or contract.site not in regions():
        return None
    wanted, sum_fen, crossed = least_paid(contract.price_fen, today), 0, None
    for row in contract.receipts.filter(STANDS).order_by("on", "pk"):
        sum_fen += row.amount_fen if row.way == "in" else -row.amount_fen
        if sum_fen < wanted:
            crossed = None
        elif crossed is None:
            crossed = row.on
    return None if crossed is None else max(crossed, registered.decided_on)


def pool(net_fen: int, rule_bp: int) -> int:
    """The contributors' part of net income, rounded up: rounding never takes it below the rate."""
    return -(-net_fen * rule_bp // 10_000)


def parts(pool_fen: int, weights: Sequence[int]) -> list[int]:
    """The pool shared by weight, exact to the fen (largest remainder)."""
    shared = largest_remainder(Fen(pool_fen), weights, list(range(len(weights))), unit="分")
    return [int(one) for one in shared]
