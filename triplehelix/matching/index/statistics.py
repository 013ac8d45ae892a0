"""The sums a search weighs terms by: document frequencies, number and length of documents, by kind.

They change in the transaction of the documents they count. Every writer takes locks in one order (documents by
subject, then terms by number, then the corpus, kind after kind), so any number of workers may write at once.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from django.db import connection, transaction

#: When the average length has moved so far from the one weights were made with, all weights are made again: BM25
#: scores then differ by less than a tenth of that.
DRIFT = 0.1


@dataclass
class Change:
    """What one transaction adds to the sums of one kind; may be negative."""

    terms: Counter[int] = field(default_factory=Counter)
    n: int = 0
    length: int = 0

    def add(self, terms: Iterable[int], length: int) -> None:
        self.terms.update(list(terms))  # a mapping would add its values
        self.n += 1
        self.length += length

    def remove(self, terms: Iterable[int], length: int) -> None:
        self.terms.subtract(list(terms))
        self.n -= 1
        self.length -= length


def apply(kind: str, change: Change) -> None:
    """Add a change to the stored sums, inside the caller's transaction."""
    moved = sorted((term, by) for term, by in change.terms.items() if by)
    with connection.cursor() as cursor:
        if moved:
            cursor.execute(
                "INSERT INTO matching_term (kind, term, df)"
                " SELECT %s, t, by FROM unnest(%s::int[], %s::int[]) AS x(t, by) ORDER BY t"
                " ON CONFLICT (kind, term) DO UPDATE SET df = matching_term.df + excluded.df",
                [kind, [t for t, _by in moved], [by for _t, by in moved]],
            )
        if change.n or change.length:
            cursor.execute(
                "INSERT INTO matching_corpus (kind, n, length, basis) VALUES (%s, %s, %s, 0) ON CONFLICT (kind)"
                " DO UPDATE SET n = matching_corpus.n + excluded.n, length = matching_corpus.length + excluded.length",
                [kind, change.n, change.length],
            )


def basis(kind: str, lengths: Sequence[int]) -> float:
    """The average length new documents are weighed with; set from the first documents of a kind."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT basis FROM matching_corpus WHERE kind = %s", [kind])
        row = cursor.fetchone()
        if row and row[0]:
            return float(row[0])
        first = float(np.mean(lengths)) if lengths else 1.0
        cursor.execute(
            "INSERT INTO matching_corpus (kind, n, length, basis) VALUES (%s, 0, 0, %s) ON CONFLICT (kind)"
            " DO UPDATE SET basis = coalesce(nullif(matching_corpus.basis, 0), excluded.basis)"
            " RETURNING basis",
            [kind, max(first, 1.0)],
        )
        return float(cursor.fetchone()[0])


def count(kind: str) -> int:
    """How many documents a kind has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT n FROM matching_corpus WHERE kind = %s", [kind])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def drifted(kind: str) -> bool:
    """Whether weights are made with an average length that is no longer near the true one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT n, length, basis FROM matching_corpus WHERE kind = %s", [kind])
        n, length, made_with = cursor.fetchone() or (0, 0, 0.0)
    return bool(n and made_with and abs(length / n / made_with - 1) > DRIFT)


@transaction.atomic
def recount(kind: str) -> None:
    """Count everything again from the documents. Writers wait meanwhile; searches do not."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE matching_document IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("DELETE FROM matching_term WHERE kind = %s", [kind])
        cursor.execute(
            "INSERT INTO matching_term (kind, term, df)"
            " SELECT %s, t, count(*) FROM matching_document, unnest(terms) AS t WHERE kind = %s GROUP BY t",
            [kind, kind],
        )
        cursor.execute(
            "INSERT INTO matching_corpus (kind, n, length, basis)"
            " SELECT %s, count(*), coalesce(sum(length), 0), coalesce(avg(length), 0) FROM matching_document"
            " WHERE kind = %s ON CONFLICT (kind)"
            " DO UPDATE SET n = excluded.n, length = excluded.length, basis = excluded.basis",
            [kind, kind],
        )
