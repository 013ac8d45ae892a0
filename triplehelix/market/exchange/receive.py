"""Taking envelopes in: proven first, then applied by what they say of their listing, in any order, any number of times.

What cannot be proven stops a batch, so that nothing behind it is counted as received; what is proven and cannot be used
is recorded and passed by. Either way it is said, with a code.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from triplehelix.market.exchange import body, refusals
from triplehelix.market.exchange.canonical import NotPlain
from triplehelix.market.exchange.envelope import WINDOW, Envelope, Refusal, agree, prove, shaped
from triplehelix.market.exchange.models import Conflict, ForeignListing, Incoming, Peer, Received
from triplehelix.market.exchange.requests import public_key
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail import actions as trail


@dataclass
class Outcome:
    """What became of a batch: one result each, the place up to which nothing is missing, and what stopped it."""

    cursor: int
    results: list[dict[str, Any]] = field(default_factory=list)
    stopped: str = ""


def take_in(*, peer: Peer, entries: Sequence[Any], via: str, now: datetime) -> Outcome:
    """Take these envelopes, each in a transaction of its own. `via` push or pull."""
    outcome = Outcome(cursor=Incoming.objects.values_list("cursor", flat=True).get(peer=peer))
    for data in entries:
        seq = data.get("seq") if isinstance(data, dict) else None
        told: dict[str, Any] = {"seq": seq if isinstance(seq, int) else None}
        try:
            found = proven(peer, data, now)
        except Refusal as why:
            refusals.note(code=why.code, detail=why.detail, peer=peer, now=now)
            outcome.results.append(told | {"result": "refused", "code": why.code, "detail": why.detail})
            outcome.stopped = why.code
            break
        result, code, outcome.cursor = _take(peer, found, via, now)
        outcome.results.append(told | {"result": result} | ({"code": code} if code else {}))
    return outcome


def proven(peer: Peer, data: Any, now: datetime) -> Envelope:
    """An envelope of this peer, for us, signed by a key that held when it was issued. Raises Refusal."""
    try:
        found = shaped(data)
    except NotPlain as why:
        raise Refusal("malformed", str(why)) from None
    if found.sender != peer.market:
        raise Refusal("foreign_origin", f"from {found.sender}, sent by {peer.market}")
    if found.to != settings.EXCHANGE_ID:
        raise Refusal("not_for_us", f"for {found.to}")
    if found.issued_at > now + WINDOW:
        raise Refusal("clock_skew", f"issued at {found.data['issued_at']}")
    prove(found, public_key(peer, found.key, at=found.issued_at, now=now))
    return found


@transaction.atomic
def _take(peer: Peer, found: Envelope, via: str, now: datetime) -> tuple[str, str, int]:
    """(result, code, cursor). One envelope of a peer at a time: push and pull may bring it in the same moment."""
    incoming = Incoming.objects.select_for_update().get(peer=peer)
    before = Received.objects.filter(peer=peer, seq=found.seq).first()
    if before is not None:
        if agree(before.envelope, found.data):
            return "duplicate", "", incoming.cursor
        _note_conflict(peer, None, "seq_reused", before.envelope, found, now)
        return "conflict", "seq_reused", incoming.cursor
    result, code = _apply(peer, found, now)
    Received.objects.create(
        peer=peer, seq=found.seq, prev=found.prev, origin=found.id, revision=found.revision, verb=found.verb,
        envelope=dict(found.data), result=result, code=code, via=via, at=now,
    )  # fmt: skip
    if result == "refused":
        refusals.note(code=code, detail=found.id, peer=peer, now=now)
    _advance(incoming, found)
    return result, code, incoming.cursor


def _advance(incoming: Incoming, found: Envelope) -> None:
    """Move the cursor over everything that follows it without a gap."""
    cursor = incoming.cursor
    while following := Received.objects.filter(peer=incoming.peer_id, prev=cursor).order_by("seq").first():
        cursor = following.seq
    incoming.cursor = cursor
    incoming.last = max(incoming.last, found.seq)
    incoming.save(update_fields=["cursor", "last"])


def _apply(peer: Peer, found: Envelope, now: datetime) -> tuple[str, str]:
    if not found.id.startswith(f"{peer.market}/"):
        return "refused", "foreign_origin"
    if found.is_overtaken:
        return "stale", ""
    listing = ForeignListing.objects.select_for_update(of=("self",)).filter(peer=peer, origin=found.id).first()
    if listing is not None:
        if listing.what != found.what:
            return "refused", "kind_changed"
        if found.revision < listing.revision or (found.revision == listing.revision and found.digest == listing.digest):
            return "stale", ""
        if found.revision == listing.revision:
            had = Received.objects.filter(peer=peer, origin=found.id, revision=found.revision).first()
            _note_conflict(peer, listing, "same_revision", had.envelope if had else {}, found, now)
            return "conflict", "same_revision"
    try:
        body.checked(found.verb, found.body)
    except Refusal as why:
        return "refused", why.code
    write(peer, listing, found, now)
    return "applied", ""


def _note_conflict(
    peer: Peer, listing: ForeignListing | None, why: str, had: dict[str, Any], found: Envelope, now: datetime
) -> None:
    listing = listing or ForeignListing.objects.filter(peer=peer, origin=found.id).first()
    Conflict.objects.get_or_create(
        peer=peer, origin=found.id, revision=found.revision, digest=found.digest,
        defaults={"listing": listing, "why": why, "ours": had, "theirs": dict(found.data), "found_at": now},
    )  # fmt: skip


def write(
    peer: Peer, listing: ForeignListing | None, found: Envelope, now: datetime, *, why: str = "", actor: Any = None
) -> ForeignListing:
    """Make a listing of theirs what this envelope says, in the caller's transaction."""
    if listing is None:
        listing = ForeignListing(
            peer=peer, what=found.what, origin=found.id, received_at=now, state=ForeignListing.workflow.start
        )
    today = timezone.localdate(now)
    listing.revision, listing.digest, listing.changed_at = found.revision, found.digest, now
    if found.verb != "withdraw":
        listing.body, listing.title = dict(found.body), str(found.body["title"])
        listing.valid_until = date.fromisoformat(str(found.body["valid_until"]))
        for name, value in body.codes(found.body, today).items():
            setattr(listing, name, value)
    listing.save()
    said = {"from": peer.market, "verb": found.verb, "revision": found.revision, "digest": found.digest,
            "key": found.key, "seq": found.seq}  # fmt: skip
    trail.record(kind=ForeignListing.kind, id=str(listing.pk), verb="receive", actor=actor, now=now, data=said, why=why)
    return _move(listing, found, today, now)


def _move(listing: ForeignListing, found: Envelope, today: date, now: datetime) -> ForeignListing:
    """To the state that follows from the newest statement: shown, withdrawn, or over."""
    offered = found.verb != "withdraw"
    is_over = offered and listing.valid_until is not None and listing.valid_until < today
    step = ""
    if not offered and listing.state != "withdrawn":
        step = "withdraw"
    elif offered and is_over and listing.state == "shown":
        step = "expire"
    elif offered and not is_over and listing.state != "shown":
        step = "publish"
    if not step:
        return listing
    return take(case=listing, step=step, actor=None, now=now, seen_version=listing.version)


def expire_due(*, now: datetime) -> int:
    """Take what is past its validity out of sight, though its market has not said so. Returns how many."""
    done = 0
    for listing in ForeignListing.objects.filter(state="shown", valid_until__lt=timezone.localdate(now))[:1000]:
        try:
            take(case=listing, step="expire", actor=None, now=now, seen_version=listing.version)
        except Refused:
            continue  # its market has spoken of it a moment ago
        done += 1
    return done
