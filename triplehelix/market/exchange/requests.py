"""Requests between markets, signed by RFC 9421 with the same keys as the envelopes: who asks, when, and once only."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db import IntegrityError, transaction
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    MappingKeyResolver,
    algorithms,
)

from triplehelix.market.exchange import keys
from triplehelix.market.exchange.envelope import WINDOW, Refusal
from triplehelix.market.exchange.fingerprints import public_of
from triplehelix.market.exchange.models import Incoming, Nonce, OwnKey, Peer, PeerKey
from triplehelix.market.exchange.wake import learn_later

TAG = "triplehelix-exchange"
READING = ("@method", "@target-uri")
WRITING = (*READING, "content-type", "content-digest")
NONCE_LENGTH = range(8, 65)
#: A market is not asked for its keys more often, whoever names keys it does not have.
ASK_AGAIN = timedelta(minutes=10)
BEFORE_ACTIVE = {"registered": "not_confirmed", "paused": "peer_paused", "cut": "peer_cut"}


@dataclass
class Message:
    """A request as the signature sees it."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes = b""


def sign(message: Message, *, key: OwnKey, now: datetime, nonce: str = "") -> Message:
    """The same message with its signature among the headers."""
    key_id = f"{settings.EXCHANGE_ID}:{key.kid}"
    private = {key_id: keys.private_of(key)}
    signer = HTTPMessageSigner(
        signature_algorithm=algorithms.ED25519,
        key_resolver=MappingKeyResolver(public_keys={}, private_keys=private),
    )
    writes = message.method != "GET"
    signer.sign(
        message, key_id=key_id, created=now, nonce=nonce or secrets.token_urlsafe(18), label="sig", tag=TAG,
        covered_component_ids=WRITING[:-1] if writes else READING, body=message.body if writes else None,
    )  # fmt: skip
    return message


class _Keys(HTTPSignatureKeyResolver):
    """Finds the key a request names, `market:key`, and remembers whose it is."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.peer: Peer | None = None

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        market, _colon, kid = key_id.partition(":")
        self.peer = Peer.objects.filter(market=market[:63].replace("\x00", "")).first()
        if self.peer is None:
            raise Refusal("unknown_peer", market[:63])
        return public_key(self.peer, kid, at=self.now, now=self.now)

    def resolve_private_key(self, key_id: str) -> Any:
        raise NotImplementedError


def public_key(peer: Peer, kid: str, *, at: datetime, now: datetime) -> Ed25519PublicKey:
    """A peer's key that held at that moment. Raises Refusal unknown_key (and asks the peer later), key_not_in_force."""
    found = PeerKey.objects.filter(peer=peer, kid=kid[:16].replace("\x00", "")).first()
    if found is None:
        if peer.state == "active" and _may_ask(peer, now):
            learn_later(peer.pk)
        raise Refusal("unknown_key", f"no key {kid[:16]} of this market is known here")
    if found.ended_at is not None or not found.holds(at):
        raise Refusal("key_not_in_force", kid[:16])
    return public_of(found.public)


def _may_ask(peer: Peer, now: datetime) -> bool:
    asked = Incoming.objects.values_list("keys_asked_at", flat=True).get(peer=peer)
    return asked is None or asked < now - ASK_AGAIN


class _Verifier(HTTPMessageVerifier):
    """The library's, with our window of time and our code for what lies outside of it."""

    def __init__(self, resolver: _Keys, now: datetime) -> None:
        super().__init__(signature_algorithm=algorithms.ED25519, key_resolver=resolver)
        self.now = now

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        created = sig_input.params.get("created")
        if not isinstance(created, int):
            raise Refusal("no_signature", "'created' is missing")
        if abs(created - self.now.timestamp()) > WINDOW.total_seconds():
            raise Refusal("clock_skew", f"created {created}, here it is {int(self.now.timestamp())}")


@dataclass(frozen=True)
class Caller:
    """Who sent a request that was proven; `nonce` is not remembered yet."""

    peer: Peer
    nonce: str


class Unproven(Refusal):
    """A refusal with the peer that was named, if it is one we know."""

    def __init__(self, why: Refusal, peer: Peer | None) -> None:
        super().__init__(why.code, why.detail)
        self.peer = peer


def caller_of(message: Message, *, now: datetime) -> Caller:
    """The peer whose signature is on a request. Writes nothing. Raises Unproven."""
    headers = {name.lower() for name in message.headers}
    found = _Keys(now)
    try:
        if not {"signature", "signature-input"} <= headers:
            raise Refusal("no_signature", "Signature and Signature-Input are missing")
        nonce = _verified(message, found, now)
    except Refusal as why:
        raise Unproven(why, found.peer) from None
    assert found.peer is not None
    return Caller(found.peer, nonce)


def _verified(message: Message, found: _Keys, now: datetime) -> str:
    """The nonce of a request whose signature is right. Raises Refusal."""
    wanted = READING if message.method == "GET" else WRITING
    try:
        (result,) = _Verifier(found, now).verify(
            message, expect_tag=TAG, require_components=wanted, max_age=None,
            body=None if message.method == "GET" else message.body,
        )  # fmt: skip
    except InvalidSignature as why:
        if isinstance(why.__cause__, Refusal):
            raise why.__cause__ from None
        raise Refusal("bad_signature", str(why)[:200]) from None
    except ValueError:
        raise Refusal("bad_signature", "more than one signature of ours") from None
    nonce = result.nonce or ""
    if len(nonce) not in NONCE_LENGTH:
        raise Refusal("no_signature", "'nonce' must have 8 to 64 characters")
    return nonce


def admit(caller: Caller, *, now: datetime) -> None:
    """Remember a request, so that it is taken once. Raises Refusal: replayed, or the peer is not in traffic."""
    try:
        with transaction.atomic():
            Nonce.objects.create(peer=caller.peer, nonce=caller.nonce, at=now)
    except IntegrityError:
        raise Refusal("replayed", "this request was taken already") from None
    Incoming.objects.filter(peer=caller.peer).update(heard_at=now)
    if caller.peer.state != "active":
        raise Refusal(BEFORE_ACTIVE[caller.peer.state], "")


def forget(*, now: datetime) -> int:
    """Delete the nonces of requests whose window is over. Returns how many."""
    return Nonce.objects.filter(at__lt=now - 3 * WINDOW).delete()[0]
