"""Year's end: what is free is carried into the next year, twice at most, or handed back to the treasury."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.money import Fen
from triplehelix.fund import ledger, locks
from triplehelix.fund.access import require_finance
from triplehelix.fund.actions.budget import CODE, POOL_KIND, PURSE_KIND
from triplehelix.fund.models import CARRY_YEARS, Ledger, Pool, Purse
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail


def _is_over(year: int, now: datetime) -> None:
    """Neither can be undone, and a year that still runs needs its money."""
    if timezone.localdate(now).year <= year:
        raise Refused(_("%(year)d 年度还没有结束，年终以后再结转、关账") % {"year": year})


@transaction.atomic
def carry_over(*, purse: Purse, actor: Account | None, now: datetime, why: str = "") -> Purse:
    """Move what is not committed to the same use of the next year, where it keeps the year it comes from.

    Commitments stay where they were made and are paid there. Carried again with nothing free, nothing changes.
    Raises Refused before the year is over, where nothing is left to carry, and in the third year: that money goes
    back to the treasury.
    """
    require_finance(actor, now)
    source = Purse.objects.select_related("pool").get(pk=purse.pk)
    _is_over(source.year, now)
    year = source.year + 1
    if year - source.origin_year > CARRY_YEARS:
        said = {"purse": source, "years": CARRY_YEARS}
        raise Refused(_("“%(purse)s”已结转满 %(years)d 个会计年度，余额应交回国库") % said)
    kept = {"use": source.use, "origin_year": source.origin_year}
    pool, _made = Pool.objects.get_or_create(code=source.pool.code, year=year, defaults={"label": source.pool.label})
    locks.pool(pool.pk)
    target, is_new = Purse.objects.get_or_create(pool=pool, **kept, defaults={"label": source.label, "year": year})
    # In the order of their numbers, as everywhere.
    held = {pk: locks.purse(pk) for pk in sorted((source.pk, target.pk))}
    source, target = held[source.pk], held[target.pk]
    if is_new and not source.free:
        # An empty purse would open the next year before its document; what was free may have been handed back just now.
        raise Refused(_("“%(purse)s”没有可以结转的余额") % {"purse": source})
    if target.closed_at is not None:
        raise Refused(_("“%(purse)s”已经年终关账") % {"purse": target})
    if source.free:
        amount = int(source.free)
        ledger.post(
            pool_id=pool.pk, debit=Ledger.PURSE, credit=Ledger.PURSE, debit_purse=target.pk, credit_purse=source.pk,
            amount_fen=amount, verb="carry_over", actor=actor, now=now, why=why,
        )  # fmt: skip
        data = {"amount_fen": amount, "to": target.pk, "year": year}
        trail.record(kind=PURSE_KIND, id=str(source.pk), verb="carry_over", actor=actor, now=now, data=data, why=why)
    return Purse.objects.get(pk=target.pk)


@transaction.atomic
def close_year(*, year: int, actor: Account | None, now: datetime, code: str = CODE, why: str = "") -> Fen:
    """Close a year: nothing is committed any more, what nobody carried over goes back to the treasury.

    Commitments stay payable. Done again, it hands back what was released since. Answers what was handed back. Raises
    Refused before the year is over.
    """
    require_finance(actor, now)
    _is_over(year, now)
    pool = Pool.objects.select_for_update(no_key=True).filter(code=code, year=year).first()
    if pool is None:
        raise Refused(_("没有 %(year)d 年度的专项资金") % {"year": year})
    back = 0
    for purse in Purse.objects.select_for_update(no_key=True).filter(pool=pool).order_by("pk"):
        back += int(purse.free)
        if purse.free:
            ledger.post(
                pool_id=pool.pk, debit=Ledger.LAPSED, credit=Ledger.PURSE, credit_purse=purse.pk,
                amount_fen=int(purse.free), verb="lapse", actor=actor, now=now, why=why,
            )  # fmt: skip
    if pool.free:
        back += int(pool.free)
        ledger.post(
            pool_id=pool.pk, debit=Ledger.LAPSED, credit=Ledger.POOL,
            amount_fen=int(pool.free), verb="lapse", actor=actor, now=now, why=why,
        )  # fmt: skip
    if pool.closed_at is None or back:
        Purse.objects.filter(pool=pool, closed_at__isnull=True).update(closed_at=now)
        Pool.objects.filter(pk=pool.pk, closed_at__isnull=True).update(closed_at=now)
        data = {"handed_back_fen": back}
        trail.record(kind=POOL_KIND, id=str(pool.pk), verb="close_year", actor=actor, now=now, data=data, why=why)
    return Fen(back)
