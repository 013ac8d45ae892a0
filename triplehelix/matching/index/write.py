"""Putting documents into the index and taking them out, with the sums they change, in the caller's transaction."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction

from triplehelix.matching import lexical
from triplehelix.matching.index import binary, statistics
from triplehelix.matching.index.sources import Content
from triplehelix.matching.models import DIMENSIONS

#: Grows when terms are made another way: documents made before are made again.
MADE_WITH = 1
COLUMNS = (
    "kind, subject_id, title, text, holder, organisation, audiences, field, chain, region, region_wanted, trl, modes,"
    " rights, terms, weights, length, basis, text_hash, vector, encoder, made_with, indexed_at"
)


@dataclass(frozen=True)
class Made:
    """A document ready to be stored. `counts`: term number → occurrences."""

    content: Content
    counts: Mapping[int, int]
    hash: bytes
    vector: npt.NDArray[np.floating[Any]] | None = None
    encoder: str = ""

    @property
    def length(self) -> int:
        return sum(self.counts.values())

    def weights(self, average: float) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """Term numbers ascending, and their weights in a corpus of this average length."""
        weighed = lexical.document_weights(self.counts, average)
        terms = np.fromiter(weighed.keys(), np.int32, len(weighed))
        order = np.argsort(terms)
        return terms[order], np.fromiter(weighed.values(), np.float32, len(weighed))[order]


def text_hash(title: str, text: str) -> bytes:
    """What decides whether terms and vector are to be made again."""
    return hashlib.blake2b(f"{title}\x00{text}".encode(), digest_size=16).digest()


def make(content: Content) -> Made:
    """Cut a document into terms."""
    counts = lexical.document_terms(content.title, content.text)
    return Made(content, counts, text_hash(content.title, content.text))


@transaction.atomic
def put(contents: Sequence[Content], *, gone: Mapping[str, Iterable[int]] | None = None, now: datetime) -> None:
    """Make the index say this of these subjects: documents for `contents`, none for `gone`.

    Call it once in a transaction: a second call may wait for a worker that waits for this one.
    """
    gone = gone or {}
    for kind in sorted({c.kind for c in contents} | set(gone)):
        made = {c.subject_id: make(c) for c in contents if c.kind == kind}
        _put(kind, made, set(gone.get(kind, ())), now)


def _put(kind: str, made: Mapping[int, Made], gone: set[int], now: datetime) -> None:
    change = statistics.Change()
    average = statistics.basis(kind, [m.length for m in made.values()])
    kept, dropped = [], []
    for id, subject, terms, length, digest, basis, made_with in _stored(kind, made.keys() | gone):
        new = made.get(subject)
        if new and bytes(digest) == new.hash and made_with == MADE_WITH:
            kept.append((id, new, basis != average))
            continue
        change.remove(terms, length)
        dropped.append(id)
    with connection.cursor() as cursor:
        if dropped:
            cursor.execute("DELETE FROM matching_document WHERE id = ANY(%s)", [dropped])
        _touch(cursor, kept, average, now)
    same = {m.content.subject_id for _id, m, _weigh in kept}
    fresh = [m for subject, m in sorted(made.items()) if subject not in same]
    for m in fresh:
        change.add(m.counts, m.length)
    copy(fresh, average, now)
    statistics.apply(kind, change)


def _stored(kind: str, subjects: Iterable[int]) -> list[tuple[Any, ...]]:
    """What the index says of these subjects, locked in the order of their numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, subject_id, terms, length, text_hash, basis, made_with FROM matching_document"
            " WHERE kind = %s AND subject_id = ANY(%s) ORDER BY subject_id FOR UPDATE",
            [kind, sorted(subjects)],
        )
        return list(cursor.fetchall())


def _touch(cursor: Any, kept: Sequence[tuple[int, Made, bool]], average: float, now: datetime) -> None:
    """The words are the same: renew what a document is filtered by, and its weights if the average moved."""
    for id, made, weigh in kept:
        c = made.content
        cursor.execute(
            "UPDATE matching_document SET holder = %s, organisation = %s, audiences = %s, field = %s, chain = %s,"
            " region = %s, region_wanted = %s, trl = %s, modes = %s, rights = %s, indexed_at = %s WHERE id = %s",
            [
                c.holder, c.organisation, list(c.audiences), c.field, c.chain, c.region,
                c.region_wanted, c.trl, list(c.modes), c.rights, now, id,
            ],
        )  # fmt: skip
        if weigh:
            cursor.execute(
                "UPDATE matching_document SET weights = %s, basis = %s WHERE id = %s",
                [sparse(*made.weights(average)), average, id],
            )


def sparse(terms: npt.NDArray[np.int32], weights: npt.NDArray[np.float32]) -> str:
    """A sparsevec as pgvector reads it."""
    pairs = ",".join(f"{t}:{w:.9g}" for t, w in zip(terms.tolist(), weights.tolist(), strict=True))
    return f"{{{pairs}}}/{DIMENSIONS}"


def copy(documents: Iterable[Made], average: float, now: datetime) -> int:
    """Store documents that are not there yet. Counts nothing: see statistics. Returns how many."""
    count = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY matching_document ({COLUMNS}) FROM STDIN (FORMAT binary)") as out,
    ):
        out.write(binary.HEAD)
        for made in documents:
            out.write(_row(made, average, now))
            count += 1
        out.write(binary.TAIL)
    return count


def _row(made: Made, average: float, now: datetime) -> bytes:
    c = made.content
    terms, weights = made.weights(average)
    return binary.row(
        binary.text(c.kind), binary.bigint(c.subject_id), binary.text(c.title), binary.text(c.text),
        binary.text(c.holder), binary.bigint(c.organisation), binary.texts(c.audiences), binary.text(c.field),
        binary.text(c.chain), binary.text(c.region), binary.text(c.region_wanted), binary.smallint(c.trl),
        binary.texts(c.modes), binary.text(c.rights), binary.integers(terms), binary.sparse(DIMENSIONS, terms, weights),
        binary.integer(made.length), binary.double(average), binary.field(made.hash), binary.half(made.vector),
        binary.text(made.encoder), binary.smallint(MADE_WITH), binary.moment(now),
    )  # fmt: skip
