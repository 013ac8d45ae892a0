"""Making the index again, in small steps, while the site runs.

Every document says with what it was made: which cutting into terms, which average length, which encoder. Whatever does
not say the present one is made again; so a rebuild that was broken off goes on where it stopped.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from triplehelix.matching import current
from triplehelix.matching.encode import Cached
from triplehelix.matching.index import schema, sources, statistics, vectors, write
from triplehelix.matching.index.schema import KINDS

BATCH = 200
Progress = Callable[[str, str, int], None]


def silent(_step: str, _kind: str, _done: int) -> None:
    """Nobody watches."""


def everything(
    *, now: datetime, anew: bool = False, kinds: tuple[str, ...] = KINDS, progress: Progress = silent
) -> None:
    """Bring the index to what the listings say, its sums to what the documents say, weights and vectors to both.

    `anew` cuts every document into terms again even if its text and version are the same. Raises EncoderDown at the
    vectors; all before them is then done.
    """
    for kind in kinds:
        if anew:
            with connection.cursor() as cursor:
                cursor.execute("UPDATE matching_document SET made_with = 0 WHERE kind = %s", [kind])
        _contents(kind, now, progress)
        _strays(kind, now, progress)
        statistics.recount(kind)
        weigh(kind, now, progress)
    meanings(now=now, progress=progress, kinds=kinds)


def catch_up(*, now: datetime, progress: Progress = silent) -> None:
    """What has fallen behind: weights after the average length moved, missing vectors, a space that moved."""
    for kind in KINDS:
        if statistics.drifted(kind):
            statistics.recount(kind)
            weigh(kind, now, progress)
    meanings(now=now, progress=progress)


def _contents(kind: str, now: datetime, progress: Progress) -> None:
    """Every published listing into the index."""
    done = 0
    for ids in sources.batches(kind, BATCH):
        _renew(kind, ids, now)
        done += len(ids)
        progress("contents", kind, done)


def _strays(kind: str, now: datetime, progress: Progress) -> None:
    """Documents of listings that are no longer published, or no longer there, out of the index."""
    after, done = sources.LOWEST, 0
    while ids := _subjects(kind, after):
        gone = set(ids) - set(sources.published(kind, ids))
        if gone:
            _renew(kind, sorted(gone), now)
        after, done = ids[-1], done + len(ids)
        progress("strays", kind, done)


def _subjects(kind: str, after: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id FROM matching_document WHERE kind = %s AND subject_id > %s ORDER BY subject_id LIMIT %s",
            [kind, after, BATCH],
        )
        return [id for (id,) in cursor.fetchall()]


def weigh(kind: str, now: datetime, progress: Progress = silent) -> int:
    """Weights of all documents that were made with another average length. Returns how many."""
    done, after = 0, sources.LOWEST
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT subject_id FROM matching_document WHERE kind = %s AND subject_id > %s"
                " AND basis <> (SELECT basis FROM matching_corpus WHERE kind = %s) ORDER BY subject_id LIMIT %s",
                [kind, after, kind, BATCH],
            )
            ids = [id for (id,) in cursor.fetchall()]
        if not ids:
            return done
        _renew(kind, ids, now)
        after, done = ids[-1], done + len(ids)
        progress("weights", kind, done)


@transaction.atomic
def _renew(kind: str, ids: list[int], now: datetime) -> None:
    found = sources.locked(kind, ids)
    write.put(list(found.values()), gone={kind: set(ids) - found.keys()}, now=now)


def meanings(*, now: datetime, progress: Progress = silent, kinds: tuple[str, ...] = KINDS) -> None:
    """Missing vectors, their index, and where they lie. Raises EncoderDown."""
    encoder = current.encoder()
    if encoder is None:
        return
    done = 0
    while made := _filled(encoder):
        done += made
        progress("vectors", "", done)
    for kind in kinds:
        schema.ensure_vectors(kind, encoder.dim)
        # Not with every document that came: of a large collection it takes seconds of every core, and each process then
        # has to find the directions of the new space.
        if vectors.moved(kind, encoder.name):
            progress("space", kind, vectors.survey(kind, encoder.name, encoder.dim, now=now))


def _filled(encoder: Cached) -> int:
    """A batch at a time, so that whoever waits for a turn gets one, and a worker that stops can."""
    with vectors.turn(waits=True):
        return vectors.fill(encoder, most=BATCH)
