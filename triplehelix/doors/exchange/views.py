"""What another market may ask: our keys, its feed; and what it may bring. The protocol is written down in
docs/howto/exchange-with-another-market.md; every refusal has a code, and is recorded."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from triplehelix.market.exchange import canonical, receive, refusals, requests
from triplehelix.market.exchange import feed as feeds
from triplehelix.market.exchange import keys as own_keys
from triplehelix.market.exchange.envelope import PROTOCOL, Refusal, said
from triplehelix.market.exchange.models import Peer
from triplehelix.market.exchange.requests import Message, Unproven

MOST_ENTRIES = 100
MOST_DIGITS = 16
#: The status beside each code; any other refusal is 400.
STATUSES = {
    "no_signature": 401, "unknown_peer": 401, "unknown_key": 401, "key_not_in_force": 401, "bad_signature": 401,
    "clock_skew": 401, "not_confirmed": 403, "peer_paused": 403, "peer_cut": 403, "method": 405, "replayed": 409,
    "cursor_ahead": 409, "too_large": 413, "media_type": 415,
}  # fmt: skip

View = Callable[[HttpRequest, Peer, Message, datetime], dict[str, Any]]


def _answer(value: dict[str, Any], status: int = 200) -> HttpResponse:
    return HttpResponse(canonical.written(value), content_type="application/json", status=status)


def _refused(why: Refusal, now: datetime) -> HttpResponse:
    value = {"code": why.code, "detail": why.detail, "now": said(now)}
    return _answer(value, STATUSES.get(why.code, 400))


def _message(request: HttpRequest) -> Message:
    try:
        body = request.body
    except RequestDataTooBig:
        raise Refusal("too_large", f"at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes") from None
    return Message(request.method or "", request.build_absolute_uri(), dict(request.headers.items()), body)


def spoken(method: str) -> Callable[[View], Callable[[HttpRequest], HttpResponse]]:
    """An address for peers: proves who speaks, takes each request once, answers refusals with their code."""

    def decorate(view: View) -> Callable[[HttpRequest], HttpResponse]:
        # Other markets have no token of a form, and no session: their signature is what counts.
        @csrf_exempt
        @login_not_required
        @never_cache
        @wraps(view)
        def wrapped(request: HttpRequest) -> HttpResponse:
            now, peer = timezone.now(), None
            try:
                if request.method != method:
                    raise Refusal("method", f"{method} only")
                message = _message(request)
                caller = requests.caller_of(message, now=now)
                peer = caller.peer
                requests.admit(caller, now=now)
                value = view(request, peer, message, now)
            except Unproven as why:
                refusals.note(code=why.code, detail=why.detail, peer=why.peer, now=now)
                return _refused(why, now)
            except Refusal as why:
                refusals.note(code=why.code, detail=why.detail, peer=peer, now=now)
                return _refused(why, now)
            return _answer(value, 422 if value.pop("stopped", "") else 200)

        return wrapped

    return decorate


@login_not_required
@never_cache
def keys(request: HttpRequest) -> HttpResponse:
    """Our keys, for anybody."""
    now = timezone.now()
    if request.method not in ("GET", "HEAD"):
        return _refused(Refusal("method", "GET only"), now)
    return _answer(own_keys.announcement(now))


@spoken("GET")
def feed(request: HttpRequest, peer: Peer, message: Message, now: datetime) -> dict[str, Any]:
    """What we said to this peer behind a number, in order."""
    after, limit = _number(request, "after", 0, None), _number(request, "limit", MOST_ENTRIES, MOST_ENTRIES)
    entries, last = feeds.page(peer=peer, after=after, limit=max(limit, 1), now=now)
    feeds.heard(peer=peer, up_to=after)
    return {"protocol": PROTOCOL, "from": settings.EXCHANGE_ID, "to": peer.market, "entries": entries, "last": last}


def _number(request: HttpRequest, name: str, default: int, most: int | None) -> int:
    given = request.GET.get(name, str(default))
    if not (given.isascii() and given.isdecimal() and len(given) < MOST_DIGITS):
        raise Refusal("malformed", f"'{name}' must be a whole number")
    return min(int(given), most) if most is not None else int(given)


@spoken("POST")
def inbox(request: HttpRequest, peer: Peer, message: Message, now: datetime) -> dict[str, Any]:
    """Envelopes the peer brings."""
    if request.content_type != "application/json":
        raise Refusal("media_type", "application/json only")
    try:
        data = canonical.read(message.body)
    except canonical.NotPlain as why:
        raise Refusal("malformed", str(why)) from None
    entries = data.get("entries") if isinstance(data, dict) else None
    if not isinstance(entries, list) or set(data) != {"entries"}:
        raise Refusal("malformed", "the body is an object with 'entries'")
    if len(entries) > MOST_ENTRIES:
        raise Refusal("too_large", f"at most {MOST_ENTRIES} envelopes")
    outcome = receive.take_in(peer=peer, entries=entries, via="push", now=now)
    return {"cursor": outcome.cursor, "results": outcome.results, "stopped": outcome.stopped}
