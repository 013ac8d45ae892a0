"""From the whole index to a few hundred documents worth scoring: by words and by meaning, under permission and facets.

Both legs and the score's two inner products are computed where the documents lie; only numbers come back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction

from triplehelix.matching.index.vectors import literal
from triplehelix.matching.index.write import sparse
from triplehelix.matching.lexical import Aim
from triplehelix.matching.score import DenseAim

#: Candidates of each leg. The better of the two legs' first twenty are the answer; the rest is room for the score to
#: change its mind, and what facets are counted over.
EACH = 200
#: The words' leg reads every document that holds one of the query's rarest terms, until they are this many …
SINGLES = 1_000
#: … and those that hold two of the next ones, until they are expected to be this many. A document among the best by
#: BM25 holds a rare term or several common ones: recall@10 of the exact order is above 0.99 (docs/bench/matching.md).
PAIRS = 800
WIDER = 5
#: However wrong the expectation, no more are read.
READ_MOST = 8_000
#: The terms of a pasted page that weigh most are scored; the others cannot change the order.
MOST_TERMS = 1_000
MOST_PLANNED = 64
EF_SEARCH = 200
#: How many neighbours a narrow filter may make the graph walk visit before it gives up.
MOST_VISITED = 40_000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Narrowing:
    """A condition every candidate meets, as SQL with its values: who may find it, and the facets."""

    sql: str
    values: tuple[Any, ...]


class Row(NamedTuple):
    """One candidate: its two inner products and what its facets say. `dense` None: it has no vector of this encoder."""

    id: int
    subject_id: int
    lexical: float
    dense: float | None
    organisation: int | None
    field: str
    chain: str
    region: str
    region_wanted: str
    trl: int | None
    modes: list[str]


class Sums(NamedTuple):
    """What the index knows of a kind: how many documents of which average length, and in how many a term occurs."""

    n: int
    average: float
    df: dict[int, int]


def sums_of(kind: str, terms: Sequence[int]) -> Sums:
    """The sums a query over these terms is weighed by."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 0 AS term, n, length FROM matching_corpus WHERE kind = %s UNION ALL"
            " SELECT term, df, 0 FROM matching_term WHERE kind = %s AND term = ANY(%s) AND df > 0 ORDER BY term",
            [kind, kind, list(terms)],
        )
        found = cursor.fetchall()
    # Terms count from 1, so the collection's own row comes first.
    n, length = found.pop(0)[1:] if found and not found[0][0] else (0, 0)
    return Sums(n, length / n if n else 0.0, {term: df for term, df, _none in found})


class Found(NamedTuple):
    """What the words' leg found: documents, and the query as PostgreSQL reads it ('' when no term is in the index)."""

    ids: set[int]
    query: str


def find_by_words(kind: str, *, wanted: Aim, sums: Sums, narrowing: Narrowing, narrow: bool = False) -> Found:
    """The words' leg, in a transaction of its own. `narrow`: facets leave out much, so it reads more."""
    strongest = wanted.strongest(MOST_TERMS)
    if not strongest:
        return Found(set(), "")
    query = _sparse({term: wanted.weights[term] for term in strongest})
    planned = plan(wanted, sums, WIDER if narrow else 1)
    with transaction.atomic(), connection.cursor() as cursor:
        _tune(cursor)
        return Found({id for id, _score in by_words(cursor, kind, planned, narrowing, EACH, query)}, query)


def with_meaning(kind: str, found: Found, *, aim: DenseAim | None, encoder: str, narrowing: Narrowing) -> list[Row]:
    """What was found by words and by meaning, with both inner products, by number."""
    with transaction.atomic(), connection.cursor() as cursor:
        _tune(cursor)
        ids = set(found.ids)
        if aim is not None:
            ids |= set(by_meaning(cursor, kind, aim, encoder, narrowing, EACH))
        return _rows(cursor, sorted(ids), found.query, aim, encoder)


def _tune(cursor: Any) -> None:
    """For this transaction: plans that use the indexes made for this, and no compiling of short queries."""
    wanted = {
        "enable_seqscan": "off",
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
        "hnsw.ef_search": str(EF_SEARCH),
    }
    if pgvector_version(cursor) >= (0, 8):
        wanted |= {"hnsw.iterative_scan": "strict_order", "hnsw.max_scan_tuples": str(MOST_VISITED)}
    cursor.execute(
        "SELECT set_config(name, value, true) FROM unnest(%s::text[], %s::text[]) AS s(name, value)",
        [list(wanted), list(wanted.values())],
    )


_versions: dict[str, tuple[int, ...]] = {}


def pgvector_version(cursor: Any) -> tuple[int, ...]:
    """The version of pgvector in this database; walking on under a filter came with 0.8."""
    name = str(connection.settings_dict["NAME"])
    if name not in _versions:
        # Asking for a vector loads the library, which then knows its settings.
        cursor.execute("SELECT extversion, '[1]'::vector FROM pg_extension WHERE extname = 'vector'")
        _versions[name] = tuple(int(part) for part in cursor.fetchone()[0].split(".")[:2])
    return _versions[name]


class Plan(NamedTuple):
    """What the words' leg reads: documents with any of `singles`, or with a term and one of those listed with it."""

    singles: list[int]
    pairs: list[tuple[int, list[int]]]


def plan(wanted: Aim, sums: Sums, wider: int = 1) -> Plan:
    """Rare terms alone, common ones two by two: the work stays the same however large the collection grows."""
    order, df = wanted.strongest(MOST_PLANNED), sums.df
    singles: list[int] = []
    read = 0
    for term in order:
        if read + df[term] > SINGLES * wider:
            break
        singles.append(term)
        read += df[term]
    rest = order[len(singles) :]
    pairs: list[tuple[int, list[int]]] = []
    expected = 0.0
    for place, term in enumerate(rest[1:], start=1):
        # Of one frequency: most likely parts of one word, which together say no more than each alone.
        before = [other for other in rest[:place] if df[other] != df[term]]
        expected += sum(df[term] * df[other] / sums.n for other in before)
        if expected > PAIRS * wider and (pairs or singles):
            break
        if before:
            pairs.append((term, before))
    if not singles and not pairs:
        singles = rest[:1]
    return Plan(singles, pairs)


def by_words(
    cursor: Any, kind: str, planned: Plan, narrowing: Narrowing, each: int, query: str
) -> list[tuple[int, float]]:
    """The best documents by BM25 among those the plan reads, with their inner products, best first."""
    held, values = [], []
    if planned.singles:
        held.append("terms && %s::int[]")
        values.append(planned.singles)
    for term, others in planned.pairs:
        held.append("(terms @> %s::int[] AND terms && %s::int[])")
        values += [[term], others]
    cursor.execute(
        "SELECT id, -(weights <#> %s::sparsevec) AS score FROM (SELECT id, weights FROM matching_document"  # noqa: S608
        f" WHERE kind = %s AND ({' OR '.join(held)}) AND {narrowing.sql} LIMIT %s) AS held"
        " ORDER BY score DESC, id LIMIT %s",
        [query, kind, *values, *narrowing.values, READ_MOST, each],
    )
    return list(cursor.fetchall())


def by_meaning(cursor: Any, kind: str, aim: DenseAim, encoder: str, narrowing: Narrowing, each: int) -> list[int]:
    """The nearest documents by the query's aim, walking the graph on until enough pass the filter."""
    dimensions = len(aim.vector)
    cursor.execute(
        f"SELECT id FROM matching_document WHERE kind = %s AND vector_dims(vector) = {dimensions}"  # noqa: S608
        f" AND encoder = %s AND {narrowing.sql}"
        f" ORDER BY vector::halfvec({dimensions}) <#> %s::halfvec({dimensions}) LIMIT %s",
        [kind, encoder, *narrowing.values, literal(_unit(aim.vector)), each],
    )
    return [id for (id,) in cursor.fetchall()]


def _rows(cursor: Any, ids: list[int], query: str, aim: DenseAim | None, encoder: str) -> list[Row]:
    words = "-(weights <#> %s::sparsevec)" if query else "0.0::float8"
    meaning = "CASE WHEN encoder = %s THEN -(vector::vector <#> %s::vector) END" if aim is not None else "NULL::float8"
    values: list[Any] = [query] if query else []
    values += [encoder, literal(aim.vector)] if aim is not None else []
    cursor.execute(
        f"SELECT id, subject_id, {words}, {meaning}, organisation, field, chain, region,"  # noqa: S608
        " region_wanted, trl, modes FROM matching_document WHERE id = ANY(%s) ORDER BY id",
        [*values, ids],
    )
    return [Row(*row) for row in cursor.fetchall()]


def _sparse(weights: dict[int, float]) -> str:
    terms = np.array(sorted(weights), np.int32)
    return sparse(terms, np.array([weights[int(term)] for term in terms], np.float32))


def _unit(vector: Floats) -> Floats:
    """The same direction in the range of half precision; the order is the same."""
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector
