"""Locking in one order: pool, purses by number, then commitments and payments. Whoever keeps it cannot deadlock.

All of them are FOR NO KEY UPDATE. Inserting a movement makes PostgreSQL lock the pool and the purses it names FOR KEY
SHARE, which a plain FOR UPDATE would hold up: two who each hold one of the rows would wait for each other.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from triplehelix.fund.models import Commitment, Payment, Pool, Purse
from triplehelix.records.steps.actions import Refused


def pool(pk: int) -> Pool:
    """The year's money, before any of its purses."""
    return Pool.objects.select_for_update(no_key=True).get(pk=pk)


def purse(pk: int) -> Purse:
    """One purse; of two the one with the lower number first."""
    return Purse.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def purses(uses: Iterable[str]) -> None:
    """Every purse of these uses that is open: for whoever promises from several, before the first promise."""
    open_ones = Purse.objects.filter(use__in=set(uses), closed_at__isnull=True).order_by("pk")
    list(open_ones.select_for_update(of=("self",), no_key=True))


def commitment(found: Commitment) -> Commitment:
    """The commitment as it now stands, its purse locked. Raises Refused when it is promised anew at this moment:
    released altogether it may change its purse, and whoever waited for the old one holds the wrong lock."""
    held = Purse.objects.select_for_update(of=("self",), no_key=True).get(commitments=found.pk)
    now = Commitment.objects.select_related("payee").get(pk=found.pk)
    _still_there([now], {held.pk})
    now.purse = held
    return now


def row(**key: str | int) -> Commitment:
    """The commitment's own row, by its number or by what it promises (rule, payee, subject, year: it keeps them for
    good), after its purse: nobody else promises under its key meanwhile.

    Without joins: who waited while the row went to another purse would find none that fits the purse it read before.
    """
    return Commitment.objects.select_for_update(no_key=True).get(**key)


def payments(found: Iterable[Payment]) -> list[Payment]:
    """These payments as they now stand, by number, with the purses of all of them locked first."""
    keys = sorted({payment.pk for payment in found})
    purses = Purse.objects.filter(commitments__payments__in=keys).values("pk")
    held = {one.pk for one in Purse.objects.select_for_update(no_key=True).filter(pk__in=purses).order_by("pk")}
    rows = Payment.objects.select_related("commitment__payee", "commitment__purse").filter(pk__in=keys)
    locked = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))
    _still_there((one.commitment for one in locked), held)
    return locked


def _still_there(found: Iterable[Commitment], held: set[int]) -> None:
    for one in found:
        if one.purse_id not in held:
            raise Refused(_("“%(subject)s”的承诺刚刚变动，请刷新后重试") % {"subject": one.subject})
