"""Querysets and sums of the ledger: a year's movements, filtered, and how far its money has come, month by month."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import DateField, Exists, F, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.money import Fen
from triplehelix.fund.ledger import HELD
from triplehelix.fund.models import CARRY_YEARS, Batch, Commitment, Ledger, Movement, Payment, Pool, Purse
from triplehelix.records.parties.models import Organisation

#: What a movement is about, for people and for filters.
VERBS = {
    "appropriate": _("预算下达"),
    "open_purse": _("设立用途"),
    "change_purse": _("调整用途"),
    "commit": _("承诺"),
    "release": _("收回承诺"),
    "order": _("开单支付"),
    "pay": _("到账"),
    "return": _("退回"),
    "refund": _("缴回国库"),
    "carry_over": _("结转"),
    "lapse": _("年终交回"),
    "correct": _("冲正"),
}
#: What became of a purse of a past year.
ENDS = {
    "carry": _("可结转"),
    "held": _("已结转满两年，关账时交回"),
    "again": _("关账后又有余额"),
    "carried": _("余额已结转"),
    "lapsed": _("余额已交回国库"),
    "used": _("没有余额"),
}
RELATED = ("pool", "debit_purse", "credit_purse", "commitment__payee", "actor")


def movements(
    pool: Pool, *, purse: Purse | None = None, verb: str = "", payee: Organisation | None = None
) -> QuerySet[Movement]:
    """The year's movements, oldest first, with everything a line shows.

    Of a purse also those that brought money in from, or took it to, a purse of another year.
    """
    found = Movement.objects.filter(pool=pool) if purse is None else _of(purse)
    if verb:
        found = found.filter(verb=verb)
    if payee is not None:
        found = found.filter(commitment__payee=payee)
    return found.select_related(*RELATED).order_by("pk")


def _of(purse: Purse) -> QuerySet[Movement]:
    return Movement.objects.filter(Q(debit_purse=purse) | Q(credit_purse=purse))


def to_carry(year: int) -> QuerySet[Purse]:
    """Purses of years before this one with money that is free and may still be carried into the next."""
    over = Purse.objects.filter(year__lt=year, amount_fen__gt=F("committed_fen"))
    return over.filter(origin_year__gt=F("year") - CARRY_YEARS).select_related("pool").order_by("year", "use", "pk")


def to_close(year: int) -> QuerySet[Pool]:
    """Years before this one that are not closed, or have money again that was released since."""
    free = Q(purses__amount_fen__gt=F("purses__committed_fen"))
    return Pool.objects.filter(free | Q(closed_at__isnull=True), year__lt=year).distinct().order_by("year", "code")


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a purse of a past year; `state` is a key of `ENDS`."""

    purse: Purse
    carried: Fen
    lapsed: Fen

    @property
    def unpaid(self) -> Fen:
        """Promised and not paid yet: it stays payable when the year is closed."""
        return Fen(self.purse.committed_fen - self.purse.paid_fen)

    @property
    def state(self) -> str:
        held = self.purse
        if held.free:
            if held.year - held.origin_year >= CARRY_YEARS:
                return "held"
            return "carry" if held.closed_at is None else "again"
        return "lapsed" if self.lapsed else "carried" if self.carried else "used"

    @property
    def label(self) -> str:
        return str(ENDS[self.state])


def ended(year: int) -> list[tuple[Pool, list[Ended]]]:
    """Every year before this one, latest first, with what became of each of its purses. Three queries."""
    over = Pool.objects.filter(year__lt=year)
    left: dict[tuple[int, str], int] = defaultdict(int)
    moved = Movement.objects.filter(verb__in=("carry_over", "lapse"), credit_purse__pool__in=over)
    for purse, verb, fen in moved.order_by().values_list("credit_purse", "verb").annotate(Sum("amount_fen")):
        left[purse, verb] = fen
    found = over.prefetch_related(Prefetch("purses", Purse.objects.order_by("use", "-origin_year")))
    return [
        (pool, [Ended(one, Fen(left[one.pk, "carry_over"]), Fen(left[one.pk, "lapse"])) for one in pool.purses.all()])
        for pool in found
    ]


def batches(pool: Pool) -> QuerySet[Batch]:
    """Latest first, none left out: the bank may answer to any of them once more."""
    return Batch.objects.filter(Exists(Payment.objects.filter(batch=OuterRef("pk"), commitment__purse__pool=pool)))


def not_arrived(pool: Pool) -> QuerySet[Payment]:
    """Orders of a year whose money is still to arrive: what is under way, and what came back or was recalled, has not
    been ordered anew and is still promised."""
    later = Payment.objects.filter(
        commitment=OuterRef("commitment"), part=OuterRef("part"), attempt__gt=OuterRef("attempt")
    )
    back = Q(state="returned", pk__gt=F("commitment__orders_before")) & ~Exists(later)
    owed = Q(commitment__amount_fen__gt=F("commitment__ordered_fen") + F("commitment__paid_fen"))
    # The first says no more than the second: by it the database leaves out what has arrived without reading it.
    found = Payment.objects.exclude(state="paid").filter(Q(state__in=("ordered", "sent")) | back & owed)
    found = found.filter(commitment__purse__pool=pool)
    return found.select_related("commitment__purse").order_by("state", "pk")


def promised_before(year: int) -> QuerySet[Commitment]:
    """Promises of the years before this one that are not wholly paid, oldest first."""
    over = Commitment.objects.filter(purse__year__lt=year, amount_fen__gt=F("paid_fen"))
    return over.select_related("purse", "payee").order_by("purse__year", "pk")


@dataclass(frozen=True, slots=True)
class Executed:
    """One use in one month, returned and released money taken off; `…_so_far` add up the months."""

    month: date
    use: str
    label: str
    committed: Fen
    paid: Fen
    committed_so_far: Fen
    paid_so_far: Fen


def execution(pool: Pool) -> list[Executed]:
    """Every use in every month from the first movement of its money to the last: months by uses, without gaps."""
    moved: dict[tuple[date, str], list[int]] = defaultdict(lambda: [0, 0])
    labels: dict[str, str] = {}
    for month, use, label, debit, credit, fen in _by_month(pool):
        labels[use] = label
        sums = moved[month, use]
        sums[0] += fen * ((debit in HELD) - (credit in HELD))
        sums[1] += fen * ((debit == Ledger.PAID) - (credit == Ledger.PAID))
    so_far = {use: [0, 0] for use in labels}
    found = []
    for month in _months([month for month, _use in moved]):
        for use in sorted(labels):
            committed, paid = moved.get((month, use), (0, 0))
            so_far[use][0] += committed
            so_far[use][1] += paid
            found.append(Executed(month, use, labels[use], *map(Fen, (committed, paid, *so_far[use]))))
    return found


def _by_month(pool: Pool) -> QuerySet[Movement, tuple[date, str, str, str, str, int]]:
    """Month, use, its label, both accounts and their sum, in one query; months are of the city's time zone."""
    held = Movement.objects.filter(Q(debit__in=HELD) | Q(credit__in=HELD), pool=pool)
    named = held.annotate(
        month=TruncMonth("at", output_field=DateField()),
        use=Coalesce("debit_purse__use", "credit_purse__use"),
        use_label=Coalesce("debit_purse__label", "credit_purse__label"),
    )
    grouped = named.order_by().values_list("month", "use", "use_label", "debit", "credit")
    return grouped.annotate(Sum("amount_fen"))


def _months(found: list[date]) -> Iterator[date]:
    if found:
        month = min(found)
        while month <= max(found):
            yield month
            month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
