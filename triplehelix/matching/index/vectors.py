"""Vectors of documents: made after the words are in the index, outside any transaction, and where they all lie."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import F

from triplehelix.matching.encode import Cached, whole
from triplehelix.matching.models import Space as StoredSpace
from triplehelix.matching.score import Space

BATCH = 32
#: The advisory lock of whoever fills in vectors: any number nobody else in the house uses.
TURN = 0x7665_6374_6F72
#: The space is made again when this share of its documents has come, gone or been written anew.
MOVED = 0.05
#: A sample of this many tells mean and covariance as well as all of them.
MOST_FOR_SPACE = 100_000


def waiting(encoder: str) -> int:
    """How many documents have no vector of this encoder."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM matching_document WHERE encoder < %s OR encoder > %s", [encoder, encoder])
        return int(cursor.fetchone()[0])


@contextmanager
def turn(*, waits: bool) -> Iterator[bool]:
    """Within the block nobody else, on any machine, gives documents their vectors; two would encode the same ones.

    Whether it is one's turn: always for who `waits`.
    """
    ask = "SELECT pg_advisory_lock(%s), true" if waits else "SELECT NULL, pg_try_advisory_lock(%s)"
    with connection.cursor() as cursor:
        cursor.execute(ask, [TURN])
        has_it = bool(cursor.fetchone()[1])
    try:
        yield has_it
    finally:
        if has_it:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [TURN])


def fill(encoder: Cached, *, most: int | None = None) -> int:
    """Encode documents that have no vector of this encoder, newest first. Returns how many.

    Not inside a transaction: an encoder may be at the other end of a network. Each document gets its vector only if
    its words are still those that were encoded. Raises EncoderDown.
    """
    done = 0
    while most is None or done < most:
        size = BATCH if most is None else min(BATCH, most - done)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, kind, text_hash, title, text FROM matching_document WHERE encoder < %s OR encoder > %s"
                " ORDER BY id DESC LIMIT %s",
                [encoder.name, encoder.name, size],
            )
            rows = cursor.fetchall()
        if not rows:
            break
        found = encoder.passages([whole(title, text) for _id, _kind, _hash, title, text in rows])
        with connection.cursor() as cursor:
            for (id, _kind, digest, _title, _text), vector in zip(rows, found, strict=True):
                cursor.execute(
                    "UPDATE matching_document SET vector = %s, encoder = %s WHERE id = %s AND text_hash = %s",
                    [literal(vector), encoder.name, id, bytes(digest)],
                )
        _count(Counter(kind for _id, kind, *_words in rows), encoder.name)
        done += len(rows)
    return done


def _count(made: Counter[str], encoder: str) -> None:
    """The spaces of these kinds lack so many vectors more."""
    for kind, number in made.items():
        StoredSpace.objects.filter(kind=kind, encoder=encoder).update(renewed=F("renewed") + number)


def literal(vector: npt.NDArray[np.floating]) -> str:
    """A vector as pgvector reads it."""
    return "[" + ",".join(f"{value:.7g}" for value in vector.tolist()) + "]"


def moved(kind: str, encoder: str) -> bool:
    """Whether the space of a kind is missing, or made from rather other documents."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.n, s.n, s.renewed FROM matching_corpus AS c"
            " LEFT JOIN matching_space AS s ON s.kind = c.kind AND s.encoder = %s WHERE c.kind = %s",
            [encoder, kind],
        )
        now, then, renewed = cursor.fetchone() or (0, 0, 0)
    return bool(now) and (not then or max(abs(now - then), renewed) > MOVED * then)


def survey(kind: str, encoder: str, dimensions: int, *, now: datetime) -> int:
    """Measure where the vectors of a kind lie, and keep it. Returns from how many."""
    vectors = _vectors(kind, encoder, dimensions)
    if not len(vectors):
        StoredSpace.objects.filter(kind=kind, encoder=encoder).delete()
        return 0
    rows = vectors.astype(np.float64)
    StoredSpace.objects.update_or_create(
        kind=kind,
        encoder=encoder,
        defaults={
            "n": len(rows),
            "mean": rows.mean(axis=0).astype("<f8").tobytes(),
            "moment": (rows.T @ rows / len(rows)).astype("<f8").tobytes(),
            "made_at": now,
            "renewed": 0,
        },
    )
    return len(rows)


def _vectors(kind: str, encoder: str, dimensions: int) -> npt.NDArray[np.float32]:
    """The vectors of a kind, or an even sample of very many. Shape (n, dimensions)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(n), 0) FROM matching_corpus WHERE kind = %s", [kind])
        step = cursor.fetchone()[0] // MOST_FOR_SPACE + 1
        cursor.execute(
            "SELECT halfvec_send(vector) FROM matching_document"
            " WHERE kind = %s AND encoder = %s AND id %% %s = 0 ORDER BY id",
            [kind, encoder, step],
        )
        found = np.empty((cursor.rowcount, dimensions), np.float32)
        for row, (sent,) in enumerate(cursor):
            found[row] = np.frombuffer(sent, ">f2", dimensions, 4)
    return found


def space(kind: str, encoder: str) -> Space | None:
    """The space a search scores in; None while there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT md5(mean) FROM matching_space WHERE kind = %s AND encoder = %s", [kind, encoder])
        row = cursor.fetchone()
    return _space(kind, encoder, row[0]) if row else None


@lru_cache(maxsize=8)
def _space(kind: str, encoder: str, version: str) -> Space | None:
    """One eigen-decomposition for each version of a space and process."""
    stored = StoredSpace.objects.filter(kind=kind, encoder=encoder).first()
    if stored is None:
        return None
    mean = np.frombuffer(stored.mean, "<f8")
    return Space(n=stored.n, mean=mean, moment=np.frombuffer(stored.moment, "<f8").reshape(len(mean), -1))
