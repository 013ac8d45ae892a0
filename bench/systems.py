"""The systems measured beside each other: ours, BM25 over jieba words in memory, PostgreSQL full text, embedding alone.

Each is loaded with the same documents and asked the same questions; a question's time is the whole of it, cutting into
words and encoding included.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import bm25s
import jieba
import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from triplehelix.matching import current
from triplehelix.matching.candidates import pgvector_version
from triplehelix.matching.index import schema, statistics, vectors, write
from triplehelix.matching.index.write import Made
from triplehelix.matching.search import search

KIND = "market.achievement"
PUBLIC = frozenset({"public"})
WORD = re.compile(r"\w")
MEMORY = "3GB"


def words(text: str) -> list[str]:
    """What most people would do: jieba's usual mode."""
    return [word for word in jieba.lcut(text.lower()) if WORD.search(word)]


def one(sql: str, values: Sequence[Any] = ()) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


class Ours:
    """The index and the search of the house, through its own front door: reasons for twenty hits included."""

    name = "三螺旋 Triple Helix"

    def load(self, documents: Iterable[Made], average: float) -> int:
        """COPY in, build the two large indexes, count, measure the space."""
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE matching_document, matching_term, matching_corpus, matching_space")
        with schema.built_after(KIND, memory=MEMORY):
            n = write.copy(documents, average, timezone.now())
        statistics.recount(KIND)
        encoder = current.encoder()
        if encoder is not None:
            vectors.survey(KIND, encoder.name, encoder.dim, now=timezone.now())
        return n

    def ask(self, title: str, text: str, top: int = 20) -> list[int]:
        result = search(title=title, text=text, audiences=PUBLIC, kind=KIND, top=top)
        return [hit.subject_id for hit in result.hits]

    def size(self) -> int:
        return int(one("SELECT pg_total_relation_size('matching_document') + pg_total_relation_size('matching_term')"))


class WordsInMemory:
    """bm25s (Lù 2024), BM25 with every score computed beforehand, in this process."""

    name = "BM25，jieba 词（bm25s）"

    def load(self, documents: Sequence[Sequence[str]]) -> None:
        self.index = bm25s.BM25(k1=1.2, b=0.75)
        self.index.index(list(documents), show_progress=False)
        self.n = len(documents)

    def ask(self, text: str, top: int = 20) -> list[int]:
        known = [word for word in dict.fromkeys(words(text)) if word in self.index.vocab_dict]
        if not known:
            return []
        found, _scores = self.index.retrieve([known], k=min(top, self.n), show_progress=False)
        return [int(row) + 1 for row in found[0]]

    def size(self) -> int:
        arrays = sum(a.nbytes for a in self.index.scores.values() if isinstance(a, np.ndarray))
        return arrays + sum(len(word.encode()) + 60 for word in self.index.vocab_dict)


class FullText:
    """PostgreSQL's own: words cut by jieba, tsvector under GIN, any of the words, ordered by ts_rank_cd."""

    name = "PostgreSQL 全文检索（ts_rank_cd）"

    def load(self, documents: Iterable[Sequence[str]]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS bench_text")
            cursor.execute("CREATE TABLE bench_text (id int PRIMARY KEY, words tsvector)")
            cursor.execute("CREATE TEMP TABLE said (id int, text text)")
            with cursor.copy("COPY said FROM STDIN") as out:
                for number, found in enumerate(documents, start=1):
                    out.write_row((number, " ".join(found)))
            cursor.execute("INSERT INTO bench_text SELECT id, to_tsvector('simple', text) FROM said")
            cursor.execute("DROP TABLE said")
            cursor.execute("SELECT set_config('maintenance_work_mem', %s, false)", [MEMORY])
            cursor.execute("CREATE INDEX ON bench_text USING gin (words) WITH (fastupdate = off)")
            cursor.execute("RESET maintenance_work_mem")
            cursor.execute("ANALYZE bench_text")

    def ask(self, text: str, top: int = 20) -> list[int]:
        wanted = " | ".join("'" + word.replace("'", "").replace("\\", "") + "'" for word in dict.fromkeys(words(text)))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM bench_text, to_tsquery('simple', %s) AS q WHERE words @@ q"
                " ORDER BY ts_rank_cd(words, q) DESC, id LIMIT %s",
                [wanted, top],
            )
            return [id for (id,) in cursor.fetchall()]

    def size(self) -> int:
        return int(one("SELECT pg_total_relation_size('bench_text')"))

    def drop(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE bench_text")


class MeaningAlone:
    """The same vectors in the same HNSW index, by cosine alone."""

    name = "只用向量（HNSW）"

    def ask(self, text: str, top: int = 20) -> list[int]:
        made = current.query_vectors([text])
        assert made is not None
        encoder, queries, _mean = made
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL jit = off")
            cursor.execute("SET LOCAL enable_seqscan = off")
            if pgvector_version(cursor) >= (0, 8):
                cursor.execute("SET LOCAL hnsw.iterative_scan = strict_order")
            cursor.execute("SELECT set_config('hnsw.ef_search', '200', true)")
            cursor.execute(
                "SELECT subject_id FROM matching_document WHERE kind = %s AND vector_dims(vector) = 384"
                " ORDER BY vector::halfvec(384) <#> %s::halfvec(384) LIMIT %s",
                [KIND, vectors.literal(queries[0]), top],
            )
            found = [id for (id,) in cursor.fetchall()]
        assert encoder.dim == schema.DIMENSIONS
        return found

    def size(self) -> int:
        """The index and the vectors it is made from."""
        index = int(one("SELECT pg_relation_size(%s)", [schema.vectors_name(KIND, schema.DIMENSIONS)]))
        return index + int(one("SELECT coalesce(sum(pg_column_size(vector)), 0) FROM matching_document"))
