"""Keys of both sides: ours are made and changed here; theirs are given by hand, or announced under a known one."""

import base64
from collections.abc import Mapping
from datetime import MAXYEAR, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction

from triplehelix.market.exchange import canonical
from triplehelix.market.exchange.envelope import KEY, MOMENT, WINDOW, Refusal, moment, said
from triplehelix.market.exchange.fingerprints import fingerprint, key_id, public_of
from triplehelix.market.exchange.models import OwnKey, Peer, PeerKey
from triplehelix.records.parties.models import Account
from triplehelix.records.trail import actions as trail

ANNOUNCED = "triplehelix-keys/1"
#: What the old key signed may still be on its way when a new one takes over.
OVERLAP = timedelta(days=30)
MOST_KEYS = 20
#: Years of moments that are taken, so that each can be said in any time zone. A key that ends later has no end.
FIRST_YEAR, LAST_YEAR = 1900, 9000


def private_of(key: OwnKey) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(key.private))


def current(now: datetime) -> OwnKey | None:
    """The key we sign with at this moment; None while there is none."""
    rows = OwnKey.objects.filter(not_before__lte=now).order_by("-not_before", "-pk")
    return next((one for one in rows if one.holds(now)), None)


@transaction.atomic
def make(*, actor: Account | None, now: datetime) -> OwnKey:
    """A new key of ours from now on; the one before holds for OVERLAP more."""
    private = Ed25519PrivateKey.generate()
    public = base64.b64encode(private.public_key().public_bytes_raw()).decode()
    for old in OwnKey.objects.select_for_update().filter(not_after__isnull=True):
        old.not_after = now + OVERLAP
        old.save(update_fields=["not_after"])
    made = OwnKey.objects.create(
        kid=key_id(public),
        public=public,
        private=base64.b64encode(private.private_bytes_raw()).decode(),
        not_before=now.replace(microsecond=0),
        made_by=actor,
    )
    data = {"kid": made.kid, "fingerprint": fingerprint(public)}
    trail.record(kind="market.exchange", id="keys", verb="new_key", actor=actor, now=now, data=data)
    return made


def announcement(now: datetime) -> dict[str, Any]:
    """Our keys that hold or will, signed by each that holds now: who knows one of them may learn the others."""
    rows = [one for one in OwnKey.objects.all() if one.not_after is None or one.not_after >= now]
    said_now: dict[str, Any] = {
        "protocol": ANNOUNCED,
        "market": settings.EXCHANGE_ID,
        "issued_at": said(now),
        "keys": [
            {
                "key": one.kid,
                "public": one.public,
                "not_before": said(one.not_before),
                "not_after": said(one.not_after) if one.not_after else None,
            }
            for one in rows
        ],
    }
    base = canonical.written(said_now)
    signed = {one.kid: base64.b64encode(private_of(one).sign(base)).decode() for one in rows if one.holds(now)}
    return {**said_now, "signatures": signed}


@transaction.atomic
def learn(*, peer: Peer, data: Any, now: datetime) -> int:
    """Take over a peer's announcement if a key we know signed it. Returns how many keys are new.

    A key that is no longer in it before its time is over has ended; so an older announcement, repeated, counts for
    nothing. Raises Refusal malformed, foreign_origin, bad_signature, replayed, clock_skew.
    """
    _shaped(data)
    if data["market"] != peer.market:
        raise Refusal("foreign_origin", f"keys of {data['market'][:63]}")
    peer = Peer.objects.select_for_update(of=("self",)).get(pk=peer.pk)  # before its keys, as steps of a peer do
    known = {one.kid: one for one in PeerKey.objects.select_for_update().filter(peer=peer)}
    by = _vouching(data, known, now)
    _newest(peer, moment(data["issued_at"]), now)
    announced = {one["key"]: one for one in data["keys"]}
    for kid, key in known.items():
        if kid in announced:
            key.not_after = _end(announced[kid])
            key.save(update_fields=["not_after"])
        elif key.ended_at is None and (key.not_after is None or now <= key.not_after):
            key.ended_at = now
            key.save(update_fields=["ended_at"])
    new = [one for kid, one in announced.items() if kid not in known]
    for one in new:
        add(peer=peer, public=one["public"], now=now, not_before=moment(one["not_before"]),
            not_after=_end(one), by_key=by)  # fmt: skip
    if new:
        data_said = {"keys": [one["key"] for one in new], "by": by}
        trail.record(kind=Peer.kind, id=str(peer.pk), verb="learn_keys", actor=None, now=now, data=data_said)
    return len(new)


def _newest(peer: Peer, issued: datetime, now: datetime) -> None:
    """Raises Refusal replayed, clock_skew."""
    if issued > now + WINDOW:
        raise Refusal("clock_skew", "an announcement of keys from the future")
    if peer.keys_at is not None and issued < peer.keys_at:
        raise Refusal("replayed", "an announcement of keys older than the last")
    Peer.objects.filter(pk=peer.pk).update(keys_at=issued)


def add(
    *, peer: Peer, public: str, now: datetime, not_before: datetime, not_after: datetime | None = None, by_key: str = ""
) -> PeerKey:
    """Note a key of a peer. Whoever calls has seen to it that it is theirs."""
    return PeerKey.objects.create(
        peer=peer, kid=key_id(public), public=public, not_before=not_before, not_after=not_after, by_key=by_key,
        added_at=now,
    )  # fmt: skip


def _shaped(data: Any) -> None:
    if not isinstance(data, dict) or set(data) != {"protocol", "market", "issued_at", "keys", "signatures"}:
        raise Refusal("malformed", "an announcement of keys has other members")
    keys, signatures = data["keys"], data["signatures"]
    if data["protocol"] != ANNOUNCED or not isinstance(data["market"], str) or not _moment(data["issued_at"]):
        raise Refusal("malformed", "an announcement of keys says what it is, whose and when")
    if not isinstance(keys, list) or not 0 < len(keys) <= MOST_KEYS or not all(map(_key, keys)):
        raise Refusal("malformed", "'keys'")
    if not isinstance(signatures, dict) or not all(isinstance(one, str) for one in signatures.values()):
        raise Refusal("malformed", "'signatures'")


def _key(one: Any) -> bool:
    if not isinstance(one, dict) or set(one) != {"key", "public", "not_before", "not_after"}:
        return False
    try:
        right = KEY.fullmatch(one["key"]) is not None and key_id(one["public"]) == one["key"]
        public_of(one["public"])
    except (ValueError, TypeError):
        return False
    ends = one["not_after"]
    return right and _moment(one["not_before"]) and (ends is None or _moment(ends, last=MAXYEAR))


def _moment(value: Any, *, last: int = LAST_YEAR) -> bool:
    try:
        return (
            isinstance(value, str) and MOMENT.fullmatch(value) is not None and FIRST_YEAR <= moment(value).year <= last
        )
    except ValueError:
        return False


def _end(one: Mapping[str, Any]) -> datetime | None:
    """When an announced key ends, None for one that does not: 9999-12-31 is how some write it."""
    ends = moment(one["not_after"]) if one["not_after"] is not None else None
    return None if ends is None or ends.year > LAST_YEAR else ends


def _vouching(data: Mapping[str, Any], known: Mapping[str, PeerKey], now: datetime) -> str:
    """The known key, in force now, that signed the announcement."""
    base = canonical.written({name: value for name, value in data.items() if name != "signatures"})
    for kid, signature in data["signatures"].items():
        key = known.get(kid)
        if key is None or key.ended_at is not None or not key.holds(now):
            continue
        try:
            public_of(key.public).verify(base64.b64decode(signature, validate=True), base)
        except (ValueError, InvalidSignature):
            continue
        return str(kid)
    raise Refusal("bad_signature", "no key we know has signed this announcement of keys")
