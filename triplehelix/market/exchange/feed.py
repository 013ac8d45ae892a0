"""The feed of each peer: follows the trail, and says of every listing what changed since it was last said.

It compares what a peer was told with what is true now, so it does not matter how many changes came in between, or how
often a listing is looked at. What is stored is what was said when; what is told of it to a peer that comes for it is
decided then: a body only while it is true, under the key of the day.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.exchange import body, canonical, envelope, keys
from triplehelix.market.exchange.models import FeedEntry, Outgoing, OwnKey, Peer
from triplehelix.market.exchange.wake import fill_later, push_later
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.rules import Invalid

log = logging.getLogger(__name__)

NAME = "exchange"
ORGANISATION = "parties.organisation"
MODELS: dict[str, type[Listing]] = {Need.kind: Need, Achievement.kind: Achievement}
KINDS = (*MODELS, ORGANISATION)
#: Peers whose feed goes on. One that is paused finds everything when it resumes.
FED = ("active", "paused")
BATCH = 200
MOST_PAGE_BYTES = 1_000_000
#: So far above our own last number a peer may say it has heard: more than any backup loses, and never so much that the
#: feed could come to the end of the numbers (2**53).
MOST_AHEAD = 10**9


def handle(subjects: Sequence[tuple[str, str]]) -> None:
    """Bring every feed to what these subjects are now. Called inside the transaction that marks them read.

    A peer with whom it goes wrong stops no other: its feed is compared with everything afterwards. What goes wrong
    with all of them is raised, as is a failure among many subjects, which are then handed in one by one.
    """
    peers = list(Peer.objects.filter(state__in=FED).order_by("pk"))
    if not peers:
        return
    now = timezone.now()
    wanted: dict[str, set[int]] = {kind: set() for kind in MODELS}
    for kind, id in subjects:
        if kind == ORGANISATION:
            for listed, model in MODELS.items():
                rows = model._default_manager.filter(organisation_id=int(id), state="published")
                wanted[listed] |= set(rows.values_list("pk", flat=True))
        else:
            wanted[kind].add(int(id))
    failed: dict[Peer, Exception] = {}
    for peer in peers:
        try:
            with transaction.atomic():
                for kind, ids in wanted.items():
                    refresh(peer=peer, kind=kind, ids=ids, now=now)
        except Exception as why:
            failed[peer] = why
            if connection.needs_rollback or len(subjects) > 1 or len(failed) == len(peers):
                raise
    for peer, cause in failed.items():
        log.error("与 %s 的交换没有跟上，稍后补发", peer.market, exc_info=cause)
        fill_later(peer.pk)


@transaction.atomic
def refresh(*, peer: Peer, kind: str, ids: Iterable[int], now: datetime, again: int | None = None) -> int:
    """Say of these listings what the peer has not been told. Returns how many statements. With `again`, the number up
    to which it is sure what the peer has, everything open, and every withdrawal above that number, is said once more.

    The feed is locked before anything is read, so that what is said last is what is true last.
    """
    asked = sorted(set(ids))
    if not asked:
        return 0
    outgoing = Outgoing.objects.select_for_update().get(peer=peer)
    key = _key(now)
    rows = {row.pk: row for row in MODELS[kind]._default_manager.select_related("organisation").filter(pk__in=asked)}
    told = {
        one.subject_id: one
        for one in FeedEntry.objects.filter(peer=peer, subject_kind=kind, subject_id__in=asked)
        .order_by("subject_id", "-revision")
        .distinct("subject_id")
    }
    made = []
    for pk in asked:
        statement = _due(peer, kind, rows.get(pk), told.get(pk), now, again)
        if statement is not None:
            made.append(_entry(peer, kind, pk, *statement, outgoing, key, now))
    if made:
        FeedEntry.objects.bulk_create(made, batch_size=BATCH)
        outgoing.save(update_fields=["last"])
        if peer.state == "active":
            push_later()
    return len(made)


def _key(now: datetime) -> OwnKey:
    found = keys.current(now)
    if found is None:
        raise RuntimeError("there is no key to sign with: make one on the page of peers")
    return found


def _due(
    peer: Peer, kind: str, row: Listing | None, told: FeedEntry | None, now: datetime, again: int | None
) -> tuple[str, dict[str, Any]] | None:
    """(verb, body) of what is to be said of a listing, None when nothing is."""
    was_offered = told is not None and told.verb != "withdraw"
    # What was withdrawn under a number by which the peer knows another statement may still stand there.
    may_stand = was_offered or (again is not None and told is not None and told.seq > again)
    if row is None or not _open(row, now):
        reason = "expired" if row is not None and row.state in ("expired", "published") else "withdrawn"
        return ("withdraw", {"reason": reason}) if may_stand else None
    if body.KIND_OF[kind] not in peer.kinds or (peer.chains and row.chain not in peer.chains):
        return ("withdraw", {"reason": "not_sent"}) if may_stand else None
    made = body.of(row)
    if told is None or not was_offered:
        return "publish", made
    return ("update", made) if again is not None or canonical.digest(made) != told.envelope["digest"] else None


def _open(row: Listing, now: datetime) -> bool:
    return row.state == "published" and row.valid_until is not None and row.valid_until >= now


def _entry(
    peer: Peer, kind: str, pk: int, verb: str, said: dict[str, Any], outgoing: Outgoing, key: OwnKey, now: datetime
) -> FeedEntry:
    """The next statement. Its number is the revision too: it grows with each, also where a backup had to be restored
    and the feed goes on above what had been sent before (`say_again`)."""
    prev, seq = outgoing.last, outgoing.last + 1
    what = body.KIND_OF[kind]
    statement = {
        "from": settings.EXCHANGE_ID, "to": peer.market, "seq": seq, "prev": prev, "verb": verb, "kind": what,
        "id": f"{settings.EXCHANGE_ID}/{what}/{pk}", "revision": seq, "issued_at": envelope.said(now),
        "body": said,
    }  # fmt: skip
    outgoing.last = seq
    return FeedEntry(
        peer=peer, seq=seq, prev=prev, subject_kind=kind, subject_id=pk, revision=seq, verb=verb, issued_at=now,
        envelope=envelope.seal(statement, key_id=key.kid, private=keys.private_of(key)),
    )  # fmt: skip


def heard(*, peer: Peer, up_to: int) -> None:
    """Whoever asks for what lies behind a number has come to it: never back, and not beyond what was said."""
    Outgoing.objects.filter(peer=peer, acked__lt=up_to, last__gte=up_to).update(acked=up_to)


@transaction.atomic
def say_again(*, peer: Peer, above: int, now: datetime) -> int:
    """After our database was restored from a backup: the peer has heard numbers up to `above` that we do not know of.

    The feed goes on above them, and says once more everything that is open, and what was withdrawn since. Returns how
    many statements that took. Raises Invalid at `above`: no peer can have heard so much.
    """
    outgoing = Outgoing.objects.select_for_update().get(peer=peer)
    if above > (most := outgoing.last + MOST_AHEAD):
        said = _("对方不会收到过这么多：我方最近一条是第 %(last)d 条，最多可填 %(most)d，请与对方核对序号")
        raise Invalid({"above": said % {"last": outgoing.last, "most": most}})
    sure = outgoing.acked
    if outgoing.last < above:
        outgoing.last = outgoing.acked = above
        outgoing.save(update_fields=["last", "acked"])
    return fill(peer=peer, now=now, again=sure)


def fill(*, peer: Peer, now: datetime, again: int | None = None) -> int:
    """Compare everything with what the peer was told: when it begins, and when what it gets is chosen anew."""
    made = 0
    for kind, model in MODELS.items():
        told = FeedEntry.objects.filter(peer=peer, subject_kind=kind).values_list("subject_id", flat=True)
        open_now = model._default_manager.filter(state="published").values_list("pk", flat=True)
        ids = sorted({*told, *open_now})
        for start in range(0, len(ids), BATCH):
            made += refresh(peer=peer, kind=kind, ids=ids[start : start + BATCH], now=now, again=again)
    return made


def page(*, peer: Peer, after: int, limit: int, now: datetime) -> tuple[list[dict[str, Any]], int]:
    """(envelopes behind this number in order, the newest number). Raises Refusal cursor_ahead.

    First the feed is brought to what is true of the listings on this page: who comes late, after a pause or a failure,
    is not told what was withdrawn or made confidential meanwhile.
    """
    behind = FeedEntry.objects.filter(peer=peer, seq__gt=after).order_by("seq")
    about = list(behind.values_list("subject_kind", "subject_id")[:limit])
    for kind in MODELS:
        refresh(peer=peer, kind=kind, ids=[id for one, id in about if one == kind], now=now)
    last = Outgoing.objects.values_list("last", flat=True).get(peer=peer)
    if after > last:
        raise envelope.Refusal("cursor_ahead", f"the newest number of this feed is {last}")
    if not about:
        return [], last
    same = {name: OuterRef(name) for name in ("peer", "subject_kind", "subject_id")}
    newer = FeedEntry.objects.filter(**same, revision__gt=OuterRef("revision"))
    key, size = _key(now), 0
    found: list[dict[str, Any]] = []
    for one in behind.annotate(is_overtaken=Exists(newer))[:limit]:
        told = _told(one.envelope, one.is_overtaken, key, now)
        size += len(canonical.written(told))
        if found and size > MOST_PAGE_BYTES:
            break
        found.append(told)
    return found, last


def _told(first: dict[str, Any], is_overtaken: bool, key: OwnKey, now: datetime) -> dict[str, Any]:
    """A statement as it is told today: sealed by the key of the day, because the one that sealed it first may have
    ended meanwhile; without its body once a newer one has overtaken it."""
    if first["key"] == key.kid and not is_overtaken:
        return first
    again = {**first, "issued_at": envelope.said(now)} | ({"body": None} if is_overtaken else {})
    return envelope.seal(again, key_id=key.kid, private=keys.private_of(key))
