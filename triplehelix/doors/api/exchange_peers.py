"""Other markets over the API, for those who look after the exchange: who they are, how the traffic stands, their keys.

The auditor reads along. Everybody else finds nothing.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from triplehelix.doors.api import shapes, versions
from triplehelix.doors.api.acting import Seen
from triplehelix.doors.api.callers import SIGNED_IN, Request
from triplehelix.market.exchange import actions, finds, keys
from triplehelix.market.exchange.access import KEEPER, relations_of
from triplehelix.market.exchange.fingerprints import fingerprint
from triplehelix.market.exchange.models import Peer
from triplehelix.records.steps.actions import offered, take

router = Router(tags=["exchange"])
MOST_SEQ = 2**53 - 1


class OutgoingOut(Schema):
    """What we send: `last` the newest number of the feed, `acked` how far the peer has come."""

    last: int
    acked: int
    done_at: datetime | None
    problem: str = Field(description="the last failure in words; empty while it goes well")
    tries: int
    failing_since: datetime | None
    next_try: datetime | None


class IncomingOut(Schema):
    """What we have: `cursor` up to which nothing is missing, `last` the newest number the peer has named."""

    last: int
    cursor: int
    heard_at: datetime | None
    done_at: datetime | None
    problem: str
    tries: int
    failing_since: datetime | None
    next_try: datetime | None


class PeerLine(Schema):
    id: int
    market: str = Field(description="its name in the protocol")
    name: str
    url: str
    state: str
    version: int
    kinds: list[str] = Field(description="what it gets of us: need, achievement")
    chains: list[str] = Field(description="of which chains only; none: of all")
    conflicts: int = Field(description="that wait to be decided")
    outgoing: OutgoingOut
    incoming: IncomingOut


class KeyOut(Schema):
    """`by_key`: the key under which it was announced; empty when it was entered by hand."""

    kid: str
    public: str
    fingerprint: str
    by_key: str
    added_at: datetime
    not_after: datetime | None
    ended_at: datetime | None


class PeerOut(PeerLine):
    keys: list[KeyOut]
    steps: list[str] = Field(description="what the caller may do now by POST …/steps/{step}")


class PeerPage(Schema):
    items: list[PeerLine]
    total: int


class OwnKeyOut(Schema):
    """Our key of today, for the other side to compare; empty before there is one."""

    market: str
    kid: str
    public: str
    fingerprint: str


class AmendIn(Seen):
    """What a peer is called, where it is, and what it gets; what is left out stays."""

    name: str | None = Field(None, max_length=60)
    url: str | None = Field(None, max_length=300)
    kinds: list[str] | None = Field(None, max_length=2, description="need, achievement")
    chains: list[str] | None = Field(None, max_length=50, description="codes; none: all")


class PeerIn(shapes.Given):
    market: str = Field(max_length=63, description="对方在协议里的名字，像域名")
    name: str = Field(max_length=60)
    url: str = Field(max_length=300, description="where its protocol begins")
    public: str = Field(max_length=60, description="Ed25519 公钥: 32 bytes in base64")
    kinds: list[str] = Field(["need", "achievement"], max_length=2)
    chains: list[str] = Field([], max_length=50)


class KeyIn(shapes.Given):
    public: str = Field(max_length=60)


class AgainIn(shapes.Given):
    above: int = Field(ge=1, le=MOST_SEQ, description="the number up to which the peer says it has received")
    note: str = Field(min_length=4, max_length=300, description="why: a backup of which day was restored")


class AgainOut(Schema):
    sent: int = Field(description="how many statements were made anew")


def watching(request: Request) -> None:
    """Raises Http404 for whoever neither keeps the exchange nor audits it."""
    if not relations_of(request.user, timezone.now()) & {KEEPER, "auditor"}:
        raise Http404


def keeping(request: Request) -> dict[str, Any]:
    """Who acts, and when. Raises Http404 for whoever does not keep the exchange."""
    now = timezone.now()
    if KEEPER not in relations_of(request.user, now):
        raise Http404
    return {"actor": request.user, "now": now}


def peer_of(pk: int) -> Peer:
    found: Peer = get_object_or_404(finds.peers(), pk=pk)
    return found


def _named(row: Any, shape: type[Schema]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in shape.model_fields}


def _line(peer: Peer) -> dict[str, Any]:
    plain = ("market", "name", "url", "state", "version", "kinds", "chains")
    return {
        "id": peer.pk, "conflicts": peer.waiting,  # type: ignore[attr-defined]
        "outgoing": _named(peer.outgoing, OutgoingOut), "incoming": _named(peer.incoming, IncomingOut),
    } | {name: getattr(peer, name) for name in plain}  # fmt: skip


def _whole(request: Request, response: HttpResponse, pk: int) -> dict[str, Any]:
    peer = peer_of(pk)
    versions.tag(response, peer.version)
    own = ("kid", "public", "by_key", "added_at", "not_after", "ended_at")
    held = [
        {"fingerprint": fingerprint(one.public)} | {name: getattr(one, name) for name in own} for one in peer.keys.all()
    ]
    steps = offered(case=peer, actor=request.user, now=timezone.now())
    return _line(peer) | {"keys": held, "steps": [step.code for step in steps]}


def _own_key() -> dict[str, str]:
    held = keys.current(timezone.now())
    known = {"kid": held.kid, "public": held.public, "fingerprint": fingerprint(held.public)} if held else {}
    return {"market": settings.EXCHANGE_ID, "kid": "", "public": "", "fingerprint": ""} | known


@router.get("/exchange/key", response=OwnKeyOut, auth=SIGNED_IN, summary="本市场的公钥和指纹")
def own_key(request: Request) -> Any:
    watching(request)
    return _own_key()


@router.post("/exchange/key", response={201: OwnKeyOut}, auth=SIGNED_IN, summary="换本市场的密钥")
def new_key(request: Request) -> Any:
    """Peers learn it under the old one, which holds for another 30 days."""
    actions.new_key(**keeping(request))
    return Status(201, _own_key())


@router.get("/exchange/peers", response=PeerPage, auth=SIGNED_IN, summary="交换的市场")
def peers(request: Request, part: Query[shapes.Part]) -> Any:
    watching(request)
    return shapes.cut(finds.peers(), part, _line)


@router.post("/exchange/peers", response={201: PeerOut}, auth=SIGNED_IN, summary="登记一个市场")
def register(request: Request, response: HttpResponse, given: PeerIn) -> Any:
    """Nothing is exchanged before the step `confirm`, whose `note` is the fingerprint as it came another way."""
    made = actions.register(**given.dict(), **keeping(request))
    return Status(201, _whole(request, response, made.pk))


@router.get("/exchange/peers/{int:pk}", response=PeerOut, auth=SIGNED_IN, summary="一个交换的市场")
def one_peer(request: Request, response: HttpResponse, pk: int) -> Any:
    watching(request)
    return _whole(request, response, pk)


@router.put("/exchange/peers/{int:pk}", response=PeerOut, auth=SIGNED_IN, summary="修改名称、地址和发送范围")
def amend(request: Request, response: HttpResponse, pk: int, given: AmendIn) -> Any:
    """What the peer no longer gets is withdrawn from it."""
    who, peer, seen = keeping(request), peer_of(pk), versions.seen(request, given.seen_version)
    values = {name: value for name, value in given.said().items() if value is not None}
    actions.amend(peer=peer, values=values, seen_version=seen, **who)
    return _whole(request, response, pk)


@router.post(
    "/exchange/peers/{int:pk}/steps/{step}",
    response=PeerOut,
    auth=SIGNED_IN,
    summary="接通、暂停、恢复、断开、重新登记",
)
def step_peer(request: Request, response: HttpResponse, pk: int, step: str, given: shapes.VersionedStepIn) -> Any:
    """`confirm` needs the fingerprint in `note`."""
    who, peer, seen = keeping(request), peer_of(pk), versions.seen(request, given.seen_version)
    if step not in peer.workflow:
        raise Http404
    take(case=peer, step=step, seen_version=seen, note=given.note, **who)
    return _whole(request, response, pk)


@router.post("/exchange/peers/{int:pk}/acts/try", response={204: None}, auth=SIGNED_IN, summary="立即交换")
def try_now(request: Request, pk: int) -> Any:
    """The worker tries both directions at once; what came of it stands at the peer."""
    actions.try_now(peer=peer_of(pk), **keeping(request))
    return Status(204, None)


@router.post("/exchange/peers/{int:pk}/acts/key", response=PeerOut, auth=SIGNED_IN, summary="换对方的公钥")
def replace_key(request: Request, response: HttpResponse, pk: int, given: KeyIn) -> Any:
    """For a peer that lost its key, registered anew: every other key of it ends."""
    actions.replace_key(peer=peer_of(pk), public=given.public, **keeping(request))
    return _whole(request, response, pk)


@router.post(
    "/exchange/peers/{int:pk}/acts/again", response=AgainOut, auth=SIGNED_IN,
    summary="恢复备份后全部重发",
)  # fmt: skip
def say_again(request: Request, pk: int, given: AgainIn) -> Any:
    made = actions.say_again(peer=peer_of(pk), above=given.above, why=given.note, **keeping(request))
    return {"sent": made}
