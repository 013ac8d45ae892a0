"""Followers of the trail: rooms above that keep something derived from it (an index, a board).

Every row is put into the inbox of each follower of its kind by the transaction that writes the row. So a follower
needs no memory of how far it has read, and loses nothing to rows that commit out of order, to a restored database or
to several workers at once (docs/decisions/0002-followers-read-an-inbox.md).
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from django.db import connection, transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from triplehelix.records.trail.listening import CHANNEL, listening
from triplehelix.records.trail.models import Entry, Unread

log = logging.getLogger(__name__)

__all__ = [
    "CHANNEL",
    "Follower",
    "drain",
    "drain_all",
    "entries",
    "follow",
    "listening",
    "parked",
    "reread",
    "standing",
    "unfollow",
    "unpark",
]

#: After a failure a row waits this many seconds; when the list is used up it is parked.
WAITS = (1, 10, 60, 600)
TRIES = len(WAITS) + 1
#: So many subjects failing in a row look like an outage, not like bad rows: the rest waits for the next call.
OUTAGE = 3
BATCH = 200

Subject = tuple[str, str]
Handler = Callable[[Sequence[Subject]], None]


@dataclass(frozen=True)
class Follower:
    """`handler` is called with (kind, id) of subjects that changed, each once, inside the transaction that marks them
    read; it reads the subject as it is now. What it raises leaves them unread."""

    name: str
    kinds: frozenset[str]
    handler: Handler


_followers: dict[str, Follower] = {}


def follow(name: str, kinds: Iterable[str], handler: Handler) -> None:
    """Register a follower. Called in `AppConfig.ready`, so that every process that writes knows every follower."""
    given = Follower(name, frozenset(kinds), handler)
    if (known := _followers.get(name)) and known.handler != handler:
        raise ValueError(f"two followers are called {name}")
    _followers[name] = given


def unfollow(name: str) -> None:
    """Forget a follower; what it has not read stays in its inbox."""
    _followers.pop(name, None)


def of_kind(kind: str) -> list[str]:
    """The names of those who follow this kind of subject."""
    return [one.name for one in _followers.values() if kind in one.kinds]


def drain(name: str, limit: int = BATCH, *, now: datetime | None = None) -> int:
    """Hand one batch of unread rows to the follower. Returns how many rows it is done with.

    Several may drain at once: no row is handled twice, and no two handle the same subject at the same time. When the
    handler fails, the rows of the batch are tried one subject at a time; a subject that fails alone waits longer and
    longer and is parked and reported after TRIES tries, while the others go on. Raises what the database driver
    raises when the database itself went away.
    """
    follower, now = _followers[name], now or timezone.now()
    try:
        return _handle(follower, limit, now)
    except Exception as why:
        if _database_lost(why):
            raise
        log.warning("留痕跟随者 %s 的一批没有办成，逐件再试", name, exc_info=True)
    return _one_by_one(follower, limit, now)


def drain_all(*, now: datetime | None = None) -> int:
    """One batch of every follower. Returns how many rows they are done with."""
    return sum(drain(name, now=now) for name in list(_followers))


def standing() -> dict[str, tuple[int, int]]:
    """How many rows wait for each follower, and how many were put aside; also for one that is registered no more."""
    is_aside = Count("pk", filter=Q(parked=True))
    rows = Unread.objects.order_by("follower").values_list("follower").annotate(n=Count("pk"), aside=is_aside)
    found = {name: (n - aside, aside) for name, n, aside in rows}
    return dict.fromkeys(sorted(_followers), (0, 0)) | found


def parked() -> list[Unread]:
    """Rows whose handling was given up, with the last error: a person has to look."""
    return list(Unread.objects.filter(parked=True).select_related("entry"))


def unpark(name: str) -> int:
    """Let a follower try its parked rows again. Returns how many."""
    return Unread.objects.filter(follower=name, parked=True).update(parked=False, attempts=0, retry_at=None)


@transaction.atomic
def reread(name: str) -> int:
    """Put the newest row of every subject of the follower's kinds into its inbox: for a follower that is new, or whose
    derived data was lost. Returns how many subjects."""
    newest = (
        Entry.objects.filter(subject_kind__in=_followers[name].kinds)
        .values("subject_kind", "subject_id")
        .annotate(newest=Max("seq"))
        .order_by("newest")
        .values_list("newest", flat=True)
    )
    count = 0
    batch: list[Unread] = []
    for seq in newest.iterator(chunk_size=5000):
        batch.append(Unread(follower=name, entry_id=seq))
        count += 1
        if len(batch) == 5000:
            Unread.objects.bulk_create(batch, ignore_conflicts=True)
            batch = []
    Unread.objects.bulk_create(batch, ignore_conflicts=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    return count


def entries(name: str, subjects: Iterable[Subject]) -> list[Entry]:
    """What happened to these subjects that the follower is not done with, oldest first: for a handler that tells of
    each event, not only how a subject stands. A row that comes while it works may be given to it once more."""
    return [row.entry for row in _of(name, subjects).select_related("entry").order_by("entry_id")]


def _database_lost(why: BaseException | None) -> bool:
    """Whether the connection broke or the server shut down: no fault of the row that was in hand."""
    while why is not None:
        if isinstance(why, psycopg.OperationalError | psycopg.InterfaceError):
            return why.sqlstate is None or why.sqlstate.startswith(("08", "57P"))
        why = why.__cause__ or why.__context__
    return False


def _unread(name: str, now: datetime) -> QuerySet[Unread]:
    """What the follower may be handed now."""
    ready = Q(retry_at__isnull=True) | Q(retry_at__lte=now)
    return Unread.objects.filter(ready, follower=name, parked=False).order_by("pk")


def _of(name: str, subjects: Iterable[Subject]) -> QuerySet[Unread]:
    """Everything unread about these subjects, also what waits or was parked."""
    by_kind: dict[str, list[str]] = {}
    for kind, id in subjects:
        by_kind.setdefault(kind, []).append(id)
    about = Q(pk__in=())
    for kind, ids in by_kind.items():
        about |= Q(entry__subject_kind=kind, entry__subject_id__in=ids)
    return Unread.objects.filter(about, follower=name)


@transaction.atomic
def _handle(follower: Follower, limit: int, now: datetime, only: Subject | None = None) -> int:
    """Claim subjects, call the handler once, mark their rows read; all or nothing."""
    rows = _unread(follower.name, now) if only is None else _of(follower.name, [only])
    unlocked = rows.select_for_update(skip_locked=True, of=("self",))
    pairs = unlocked.values_list("entry__subject_kind", "entry__subject_id")[:limit]
    subjects = _claim(follower.name, list(dict.fromkeys(pairs)))
    if not subjects:
        return 0
    # Rows that were there before the handler reads the subject are covered by what it reads.
    covered = list(_of(follower.name, subjects).values_list("pk", flat=True))
    follower.handler(subjects)
    return Unread.objects.filter(pk__in=covered).delete()[0]


def _claim(name: str, subjects: list[Subject]) -> list[Subject]:
    """Of these subjects those nobody else has in hand, in the same order; held until the transaction ends.

    Without this, a worker that read a subject earlier could write its result over that of one who read it later.
    """
    if not subjects:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, id FROM unnest(%s::text[], %s::text[]) AS s(kind, id)"
            " WHERE pg_try_advisory_xact_lock(hashtextextended(%s || ' ' || kind || ' ' || id, 0))",
            [[kind for kind, _id in subjects], [id for _kind, id in subjects], f"follower {name}"],
        )
        free = set(cursor.fetchall())
    return [subject for subject in subjects if subject in free]


def _one_by_one(follower: Follower, limit: int, now: datetime) -> int:
    pairs = _unread(follower.name, now).values_list("entry__subject_kind", "entry__subject_id")[:limit]
    done = failed_in_a_row = 0
    for subject in dict.fromkeys(pairs):
        try:
            done += _handle(follower, limit, now, only=subject)
            failed_in_a_row = 0
        except Exception as why:
            if _database_lost(why):
                raise
            _put_off(follower.name, subject, why, now)
            failed_in_a_row += 1
        if failed_in_a_row == OUTAGE:
            break
    return done


@transaction.atomic
def _put_off(name: str, subject: Subject, why: Exception, now: datetime) -> None:
    """Note the failure at the subject's unread rows."""
    for row in _of(name, [subject]).filter(parked=False).select_for_update(of=("self",), skip_locked=True):
        row.attempts += 1
        row.parked = row.attempts >= TRIES
        row.retry_at = None if row.parked else now + timedelta(seconds=WAITS[row.attempts - 1])
        row.last_error = f"{type(why).__name__}: {why}"[:2000].replace("\x00", "")
        row.save(update_fields=["attempts", "parked", "retry_at", "last_error"])
        if row.parked:
            log.error("留痕跟随者 %s 办不成 %s %s，已搁置：%s", name, *subject, row.last_error)
