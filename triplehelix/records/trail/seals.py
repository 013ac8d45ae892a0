"""The daily Merkle seal: over every entry not sealed before, chained to the seal before it."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import connection, transaction

from triplehelix.records.alone import alone
from triplehelix.records.trail import digest
from triplehelix.records.trail.models import Entry, Seal

CHUNK = 2000
#: Runs of neighbouring numbers among the rows no seal holds.
UNSEALED = """
    SELECT min(seq), max(seq) FROM
        (SELECT seq, seq - row_number() OVER (ORDER BY seq) AS run FROM trail_entry WHERE seal_id IS NULL) AS rows
    GROUP BY run ORDER BY 1
"""


@transaction.atomic
def seal(*, day: date, now: datetime) -> Seal | None:
    """Seal every entry that no seal holds yet; None when there is none. `day` is the day that is being closed.

    Writers are not held up: an entry that commits later, whatever its number, falls into the next seal, and each is
    sealed exactly once. One sealer works at a time.
    """
    alone("trail seal")
    with connection.cursor() as cursor:
        cursor.execute(UNSEALED)
        # Every number of a run is there and unsealed now, so nothing can slip into a run later.
        runs = [[first, last] for first, last in cursor.fetchall()]
    if not runs:
        return None
    before = Seal.objects.order_by("n").last()
    made = Seal(
        n=before.n + 1 if before else 1,
        day=day,
        at=now,
        first_seq=runs[0][0],
        last_seq=runs[-1][1],
        count=sum(last - first + 1 for first, last in runs),
        ranges=runs,
        algorithm=settings.TRAIL_HASH,
        prev_root=bytes(before.root) if before else b"",
    )
    made.merkle = digest.merkle_root(_digests(runs), made.algorithm)
    made.root = digest.of_seal(made)
    made.save(force_insert=True)
    for first, last in runs:
        Entry.objects.filter(seq__range=(first, last)).update(seal=made)
    return made


def _digests(runs: Sequence[Sequence[int]]) -> Iterator[bytes]:
    for first, last in runs:
        rows = Entry.objects.filter(seq__range=(first, last)).order_by("seq").values_list("digest", flat=True)
        for one in rows.iterator(chunk_size=CHUNK):
            yield bytes(one)
