"""The money of the copies: documents and purses by their own actions first, so that what is copied has something to
be promised from; the counters of purses and lists for the bank afterwards, summed from what was copied."""

from django.db import connection
from django.utils import timezone

from bench.grown import OPEN, TICKS, Table
from triplehelix.fund.actions import appropriate, change_purse
from triplehelix.fund.models import Commitment, Purse
from triplehelix.records.parties.models import Account


def provide(made: dict[str, Table]) -> None:
    """Appropriate what the copies of all ticks will have been promised, and add it to their purses."""
    chosen, now = made["fund_commitment"].chosen, timezone.now()
    officer = Account.objects.get(offices__role="finance_officer", offices__until=None)
    wanted: dict[int, int] = {}
    for one in Commitment.objects.filter(pk__in=chosen[True]):
        times = OPEN + (TICKS - OPEN if one.pk in chosen[False] else 0)
        wanted[one.purse_id] = wanted.get(one.purse_id, 0) + times * one.amount_fen
    for purse in Purse.objects.filter(pk__in=wanted).select_related("pool"):
        if fen := wanted[purse.pk]:
            appropriate(
                year=purse.year, document=f"测量用〔{purse.year}〕{purse.pk}号", amount_fen=fen, actor=officer, now=now
            )
            change_purse(purse=purse, by_fen=fen, actor=officer, now=now, why="测量：多年的事项")


def count() -> None:
    """Counters of purses and lists as the copied rows say."""
    with connection.cursor() as cursor:
        cursor.execute("""UPDATE fund_purse p SET committed_fen = c.amount, ordered_fen = c.ordered, paid_fen = c.paid,
            refunded_fen = c.refunded
            FROM (SELECT purse_id, sum(amount_fen) amount, sum(ordered_fen) ordered, sum(paid_fen) paid,
            sum(refunded_fen) refunded
            FROM fund_commitment GROUP BY 1) c WHERE c.purse_id = p.id AND p.committed_fen <> c.amount""")
        cursor.execute("""UPDATE fund_batch b SET count = c.many, total_fen = c.fen
            FROM (SELECT batch_id, count(*) many, sum(amount_fen) fen FROM fund_payment
            WHERE batch_id IS NOT NULL GROUP BY 1) c WHERE c.batch_id = b.id""")
