"""Following the trail: whatever is published is found, whatever is not is gone, as soon as a worker has read of it."""

import logging
from collections.abc import Sequence
from functools import partial

from django.db import connection, transaction
from django.utils import timezone

from triplehelix.market.exchange.models import ForeignListing
from triplehelix.matching import current
from triplehelix.matching.encode import Cached, EncoderDown
from triplehelix.matching.index import sources, statistics, vectors, write
from triplehelix.matching.wake import catch_up_later

log = logging.getLogger(__name__)

NAME = "matching"
ORGANISATION = "parties.organisation"
FOREIGN = ForeignListing.kind
KINDS = (*sources.MODELS, ORGANISATION, FOREIGN)
#: So many new documents get their vectors at once, in the worker that wrote them; more wait for the background task,
#: so that what is published meanwhile is not kept waiting behind a large import.
AT_ONCE = 8
#: Measuring where so many vectors lie takes a few hundredths of a second.
SMALL = 2_000


def handle(subjects: Sequence[tuple[str, str]]) -> None:
    """Make the index say what these subjects are now. Called inside the transaction that marks them read.

    Words are in the index when it commits. Vectors come after: an encoder may be at the other end of a network.
    """
    now = timezone.now()
    by_kind: dict[str, set[int]] = {}
    for kind, id in subjects:
        by_kind.setdefault(kind, set()).add(int(id))
    _rename(sorted(by_kind.pop(ORGANISATION, set())))
    if foreign := {-id for id in by_kind.pop(FOREIGN, set())}:
        # Which kind one is does not matter: in the other kind there is nothing of it to take out.
        for kind in sources.MODELS:
            by_kind.setdefault(kind, set()).update(foreign)
    contents, gone = [], {}
    for kind, ids in sorted(by_kind.items()):
        found = sources.locked(kind, ids)
        contents += list(found.values())
        gone[kind] = ids - found.keys()
    write.put(contents, gone=gone, now=now)
    transaction.on_commit(partial(_afterwards, sorted(by_kind), len(contents)), robust=True)


def _rename(organisations: list[int]) -> None:
    """An organisation's name is shown with what it offers."""
    if not organisations:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE matching_document AS d SET holder = o.name FROM parties_organisation AS o"
            " WHERE o.id = d.organisation AND d.organisation = ANY(%s) AND d.holder <> o.name",
            [organisations],
        )


def _afterwards(kinds: Sequence[str], changed: int) -> None:
    """Vectors of a few documents now; of many, or from afar, and what has moved with them, in the background."""
    if current.is_configured() and changed and (changed > AT_ONCE or not current.is_local()):
        catch_up_later()
        return
    try:
        encoder = current.encoder()
        if encoder is not None and changed:
            _fill(encoder)
        if any(_is_behind(kind, encoder) for kind in kinds):
            catch_up_later()
    except EncoderDown as why:
        log.warning("新内容暂时只按词可找，语义稍后补上：%s", why)
        catch_up_later()


def _fill(encoder: Cached) -> None:
    """What has just come, unless the background task is at it, which may have looked before this came."""
    with vectors.turn(waits=False) as has_it:
        if has_it:
            vectors.fill(encoder, most=AT_ONCE)
    if not has_it:
        catch_up_later()


def _is_behind(kind: str, encoder: Cached | None) -> bool:
    """Whether background work is due for a kind. The space of a small collection is measured here and now."""
    if encoder is not None and vectors.moved(kind, encoder.name):
        if statistics.count(kind) > SMALL:
            return True
        vectors.survey(kind, encoder.name, encoder.dim, now=timezone.now())
    return statistics.drifted(kind)
