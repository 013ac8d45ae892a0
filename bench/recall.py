"""How much of the exact answer the fast way finds: both legs against a scan of everything."""

from collections.abc import Sequence

import numpy as np
from django.db import connection, transaction

from bench.synthetic import KIND, Query
from triplehelix.matching import candidates, current, lexical
from triplehelix.matching.candidates import Narrowing, by_meaning, by_words, plan, sums_of
from triplehelix.matching.index import vectors
from triplehelix.matching.result import Facets

FIRST = 10


def recalls(queries: Sequence[Query]) -> tuple[float, float]:
    """Mean recall@10 of the words' leg against exact BM25, and of the graph against exact inner products."""
    narrowing = Facets().narrowing(frozenset({"public"}))
    found = [(_words(query, narrowing), _meaning(query, narrowing)) for query in queries]
    by_word, by_sense = zip(*found, strict=True)
    return float(np.mean(by_word)), float(np.mean(by_sense))


def _words(query: Query, narrowing: Narrowing) -> float:
    """Documents of equal score may stand for each other."""
    asked = lexical.query_terms("", query.text)
    sums = sums_of(KIND, list(asked))
    wanted = lexical.aim(asked, n=sums.n, df=sums.df)
    said = candidates._sparse(wanted.weights)
    with transaction.atomic(), connection.cursor() as cursor:
        candidates._tune(cursor)
        quick = by_words(cursor, KIND, plan(wanted, sums), narrowing, candidates.EACH, said)[:FIRST]
    with transaction.atomic(), connection.cursor() as cursor:
        _scan_everything(cursor)
        cursor.execute(
            "SELECT -(weights <#> %s::sparsevec) AS score FROM matching_document WHERE kind = %s"
            " ORDER BY score DESC LIMIT %s",
            [said, KIND, FIRST],
        )
        exact = [score for (score,) in cursor.fetchall()]
    return sum(score >= exact[-1] - 1e-5 for _id, score in quick) / len(exact)


def _meaning(query: Query, narrowing: Narrowing) -> float:
    made = current.query_vectors([query.text])
    assert made is not None
    encoder, given, common = made
    space = vectors.space(KIND, encoder.name)
    assert space is not None
    aim = space.aim(list(given), common)
    with transaction.atomic(), connection.cursor() as cursor:
        candidates._tune(cursor)
        quick = by_meaning(cursor, KIND, aim, encoder.name, narrowing, candidates.EACH)[:FIRST]
    with transaction.atomic(), connection.cursor() as cursor:
        _scan_everything(cursor)
        cursor.execute(
            "SELECT id FROM matching_document WHERE kind = %s"
            " ORDER BY vector::halfvec(384) <#> %s::halfvec(384) LIMIT %s",
            [KIND, vectors.literal(candidates._unit(aim.vector)), FIRST],
        )
        exact = {id for (id,) in cursor.fetchall()}
    return len(exact.intersection(quick)) / len(exact)


def _scan_everything(cursor: object) -> None:
    for setting in ("enable_indexscan", "enable_bitmapscan", "jit"):
        cursor.execute(f"SET LOCAL {setting} = off")  # type: ignore[attr-defined]
