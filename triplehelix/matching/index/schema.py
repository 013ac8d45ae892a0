"""Indexes that Django's migrations cannot declare: one GIN and one HNSW for each kind of document.

Partial by kind, so that a search for achievements walks no need. The HNSW index is on the vector cast to the encoder's
number of dimensions, and covers only vectors of that number: another encoder needs another index, not another table.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

TABLE = "matching_document"
KINDS = ("market.achievement", "market.need")
DIMENSIONS = 384  # of the encoder that comes with the house
#: Good recall at every size we measured; a larger graph costs building time and gains nothing (docs/bench/matching.md).
M, EF_CONSTRUCTION = 16, 64


def _short(kind: str) -> str:
    if not re.fullmatch(r"[a-z_]+(\.[a-z_]+)*", kind):
        raise ValueError(f"not a kind: {kind!r}")
    return kind.replace(".", "_")


def terms_name(kind: str) -> str:
    """The GIN index over the terms of one kind."""
    return f"document_terms_{_short(kind)}"


def vectors_name(kind: str, dimensions: int) -> str:
    """The HNSW index over the vectors of one kind."""
    return f"document_vectors_{_short(kind)}_{int(dimensions)}"


def create_terms(kind: str) -> str:
    """Without a pending list: a search would read all of it."""
    return (
        f"CREATE INDEX IF NOT EXISTS {terms_name(kind)} ON matching_document USING gin (terms) WITH (fastupdate = off)"
        f" WHERE kind = '{kind}'"
    )


def create_vectors(kind: str, dimensions: int, *, concurrently: bool = False) -> str:
    """Inner product: vectors are of unit length, and a query vector need not be."""
    how = " CONCURRENTLY" if concurrently else ""
    return (
        f"CREATE INDEX{how} IF NOT EXISTS {vectors_name(kind, dimensions)} ON matching_document"
        f" USING hnsw ((vector::halfvec({int(dimensions)})) halfvec_ip_ops)"
        f" WITH (m = {M}, ef_construction = {EF_CONSTRUCTION})"
        f" WHERE kind = '{kind}' AND vector_dims(vector) = {int(dimensions)}"
    )


def has_vectors(kind: str, dimensions: int) -> bool:
    """Whether the index for these vectors exists and is complete."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [vectors_name(kind, dimensions)]
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def ensure_vectors(kind: str, dimensions: int) -> bool:
    """Build the index for an encoder of another size while the site runs. Outside a transaction. True when it built."""
    if has_vectors(kind, dimensions):
        return False
    with connection.cursor() as cursor:
        # What a broken-off build left behind is in the way.
        cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {vectors_name(kind, dimensions)}")
        cursor.execute(create_vectors(kind, dimensions, concurrently=True))
    return True


@contextmanager
def built_after(kind: str, dimensions: int = DIMENSIONS, *, memory: str = "1GB") -> Iterator[None]:
    """Drop the two large indexes of a kind while many documents are loaded, and build them afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX IF EXISTS {terms_name(kind)}, {vectors_name(kind, dimensions)}")
        yield
        cursor.execute("SELECT set_config('maintenance_work_mem', %s, false)", [memory])
        cursor.execute(create_terms(kind))
        cursor.execute(create_vectors(kind, dimensions))
        cursor.execute("RESET maintenance_work_mem")
        cursor.execute("VACUUM (ANALYZE) matching_document")  # now, not in the midst of the first searches
