"""Locking in one order: pool, purses by number, then commitments and payments. Whoever keeps it cannot deadlock."""

from collections.abc import Iterable

from triplehelix.fund.models import Commitment, Payment, Pool, Purse


def pool(pk: int) -> Pool:
    return Pool.objects.select_for_update().get(pk=pk)


def purse(pk: int) -> Purse:
    return Purse.objects.select_for_update(of=("self",)).get(pk=pk)


def commitment(found: Commitment) -> Commitment:
    """The commitment as it now stands, its purse locked. A commitment never changes its purse."""
    held = purse(found.purse_id)
    now = Commitment.objects.select_related("payee").get(pk=found.pk)
    now.purse = held
    return now


def payments(found: Iterable[Payment]) -> list[Payment]:
    """These payments as they now stand, by number, with the purses of all of them locked first."""
    keys = sorted({payment.pk for payment in found})
    purses = Purse.objects.filter(commitments__payments__in=keys).values("pk")
    list(Purse.objects.select_for_update().filter(pk__in=purses).order_by("pk"))
    rows = Payment.objects.select_related("commitment__payee", "commitment__purse").filter(pk__in=keys)
    return list(rows.select_for_update(of=("self",)).order_by("pk"))
