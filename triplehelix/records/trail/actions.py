"""Writing the trail: always inside the transaction of what it tells about."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from triplehelix.records.trail import digest, followers
from triplehelix.records.trail.models import SYSTEM, Entry, Head

BATCH = 1000


def record(
    *,
    kind: str,
    id: str,
    verb: str,
    actor: Any,
    now: datetime,
    data: Mapping[str, Any] | None = None,
    why: str = "",
) -> Entry:
    """One row about one subject, chained to the subject's row before it; followers of the kind find it unread.

    `actor` is an account or None for the system. Locks the subject's head until the caller's transaction ends. Raises
    TransactionManagementError outside a transaction, and TypeError or ValueError for data the trail cannot keep.
    """
    return record_many(kind=kind, ids=[id], verb=verb, actor=actor, now=now, data=data, why=why)[0]


def record_many(
    *,
    kind: str,
    ids: Sequence[str],
    verb: str,
    actor: Any,
    now: datetime,
    data: Mapping[str, Any] | None = None,
    why: str = "",
) -> list[Entry]:
    """The same happening to many subjects of one kind, one row each, in the order given. An id may occur once."""
    if len(set(ids)) != len(ids):
        raise ValueError("a subject is named twice")
    if not ids:
        return []
    _inside_a_transaction()
    said = {
        "actor": digest.plain(str(actor) if actor is not None else SYSTEM)[:120],
        "actor_account": getattr(actor, "pk", None),
        "verb": verb,
        "at": now,
        "data": digest.plain(data or {}),
        "why": digest.plain(why),
        "algorithm": settings.TRAIL_HASH,
    }
    together = _together.get()
    heads = _locked(kind, ids) if together is None else together.locked(kind, ids)
    entries = [_next(heads[id], said) for id in ids]
    if together is None:
        _write(heads.values(), entries)
    else:
        together.entries += entries
    return entries


class _Together:
    """Rows made and not written yet, and the heads of their subjects, which stay locked."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.heads: dict[tuple[str, str], Head] = {}

    def locked(self, kind: str, ids: Sequence[str]) -> dict[str, Head]:
        if new := [id for id in ids if (kind, id) not in self.heads]:
            self.heads |= {(kind, id): head for id, head in _locked(kind, new).items()}
        return {id: self.heads[kind, id] for id in ids}


_together: ContextVar[_Together | None] = ContextVar("together", default=None)


@contextmanager
def written_together() -> Iterator[None]:
    """For one act on many subjects: each row is made, chained and its subject locked as it is told, and all are written
    when the act ends, or none when it fails. Who reads the trail before that does not find them; and an act that goes
    on after a part of it was rolled back may not use it, for that part's rows would be written."""
    if _together.get() is not None:
        yield
        return
    made = _Together()
    before = _together.set(made)
    try:
        yield
    finally:
        _together.reset(before)
    if made.entries:
        _write(made.heads.values(), made.entries)


def _write(heads: Iterable[Head], entries: Sequence[Entry]) -> None:
    Entry.objects.bulk_create(entries, batch_size=BATCH)
    _move(heads, entries)


def _inside_a_transaction() -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("the trail is written in the transaction of its cause")


def _locked(kind: str, ids: Sequence[str]) -> dict[str, Head]:
    """The subjects' heads, made if need be, locked in one order so that two writers do not block each other; one that
    somebody else has begun meanwhile is locked as it then is. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, [kind, list(ids), kind, list(ids)])
        rows = cursor.fetchall()
    return {row[2]: Head(pk=row[0], subject_kind=row[1], subject_id=row[2], n=row[3], digest=row[4]) for row in rows}


_HEADS = """
WITH held AS (
    SELECT id, subject_kind, subject_id, n, digest FROM trail_head
    WHERE subject_kind = %s AND subject_id = ANY(%s::text[]) ORDER BY subject_id FOR UPDATE
), begun AS (
    INSERT INTO trail_head (subject_kind, subject_id, n, digest)
    SELECT %s, id, 0, ''::bytea FROM unnest(%s::text[]) AS id WHERE id NOT IN (SELECT subject_id FROM held) ORDER BY id
    ON CONFLICT (subject_kind, subject_id) DO UPDATE SET n = trail_head.n
    RETURNING id, subject_kind, subject_id, n, digest
)
SELECT * FROM held UNION ALL SELECT * FROM begun
"""


def _next(head: Head, said: Mapping[str, Any]) -> Entry:
    entry = Entry(subject_kind=head.subject_kind, subject_id=head.subject_id, n=head.n + 1, **said)
    entry.prev = bytes(head.digest)
    entry.parts, entry.digest = digest.of_entry(entry)
    head.n, head.digest = entry.n, entry.digest
    return entry


def _move(heads: Iterable[Head], entries: Sequence[Entry]) -> None:
    """Each head to its subject's new entry, the rows into the inbox of every follower of their kinds, and the workers
    woken when this commits: one statement for any number of them."""
    moved = list(heads)
    wanted = {kind: followers.of_kind(kind) for kind in {entry.subject_kind for entry in entries}}
    unread = [(name, entry.pk) for entry in entries for name in wanted[entry.subject_kind]]
    with connection.cursor() as cursor:
        cursor.execute(
            _MOVE,
            [
                [head.pk for head in moved],
                [head.n for head in moved],
                [head.digest for head in moved],
                [name for name, _row in unread],
                [row for _name, row in unread],
                followers.CHANNEL,
                bool(unread),
            ],
        )


_MOVE = """
WITH moved AS (
    UPDATE trail_head AS h SET n = new.n, digest = new.digest
    FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[]) AS new(id, n, digest) WHERE h.id = new.id
), put AS (
    INSERT INTO trail_unread (follower, entry_id, attempts, parked, last_error)
    SELECT name, row, 0, false, '' FROM unnest(%s::text[], %s::bigint[]) AS new(name, row)
)
SELECT pg_notify(%s, '') WHERE %s
"""
