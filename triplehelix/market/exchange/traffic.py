"""Speaking to a peer: push what it lacks, pull what we lack. No transaction is open while the network is waited for."""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from triplehelix.foundation import outward
from triplehelix.foundation.outward import Answer, BadAddress, Unreachable
from triplehelix.market.exchange import canonical, feed, keys, receive, refusals, requests
from triplehelix.market.exchange.canonical import NotPlain
from triplehelix.market.exchange.envelope import Refusal
from triplehelix.market.exchange.models import Incoming, Outgoing, Peer
from triplehelix.market.exchange.requests import Message

T = TypeVar("T", Incoming, Outgoing)

#: Minutes to wait after failures in a row; the last one for ever. Nothing is lost meanwhile: the feed is the queue.
WAITS = (1, 2, 4, 8, 16, 32, 60)
#: How long one worker holds a direction before another may think it died.
HOLD = timedelta(minutes=3)
PULL_EVERY = timedelta(minutes=5)
PUSH_AT_ONCE, PULL_AT_ONCE = 50, 100
#: Pages in one go; the rest comes with the next.
MOST_PAGES = 200


class Failed(Exception):
    """A peer did not take or give what it should; the message says what it answered."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        super().__init__(f"{code}: {detail}" if detail else code)


def send(peer: Peer, method: str, path: str, *, now: datetime, payload: Any = None) -> Any:
    """One signed request; the value of its answer. Raises Failed, whatever went wrong."""
    key = keys.current(now)
    if key is None:
        raise Failed("no_own_key")
    content = b"" if payload is None else canonical.written(payload)
    headers = {"Accept": "application/json"} | ({} if payload is None else {"Content-Type": "application/json"})
    message = requests.sign(Message(method, f"{peer.url}{path}", headers, content), key=key, now=now)
    try:
        answer = outward.call(
            method, message.url, headers=message.headers, content=content, inside=settings.OUTWARD_NETWORKS
        )
    except (Unreachable, BadAddress) as why:
        raise Failed("unreachable", str(why)) from None
    return _value(answer)


def _value(answer: Answer) -> Any:
    try:
        value = canonical.read(answer.body)
    except NotPlain as why:
        raise Failed(f"http_{answer.status}", str(why)) from None
    if answer.status in (200, 422) and isinstance(value, dict) and "code" not in value:
        return value
    code = value.get("code") if isinstance(value, dict) else None
    detail = value.get("detail", "") if isinstance(value, dict) else ""
    raise Failed(code if isinstance(code, str) else f"http_{answer.status}", str(detail)[:200])


def due(model: type[T], now: datetime) -> "QuerySet[T]":
    """Directions of peers in traffic whose time has come."""
    rows = model._default_manager.filter(Q(next_try__isnull=True) | Q(next_try__lte=now), peer__state="active")
    behind = Q(acked__lt=F("last")) if model is Outgoing else Q()
    return rows.filter(behind)


@transaction.atomic
def _claim(model: type[T], peer: int, now: datetime) -> T | None:
    """Take a direction in hand, or None when another worker has it, or its time has not come."""
    row = due(model, now).select_for_update(skip_locked=True, of=("self",)).filter(peer=peer).first()
    if row is not None:
        row.next_try = now + HOLD
        row.save(update_fields=["next_try"])
    return row


def push(*, peer: int, now: datetime) -> bool:
    """Send a peer everything it has not acknowledged. Returns whether there was something and all of it arrived."""
    return _go(Outgoing, peer, now, _push_page, None)


def pull(*, peer: int, now: datetime) -> bool:
    """Ask a peer for everything behind our cursor. Returns whether it answered."""
    return _go(Incoming, peer, now, _pull_page, now + PULL_EVERY)


def _go(model: type[T], pk: int, now: datetime, page: Callable[[Peer, datetime], bool], then: datetime | None) -> bool:
    if _claim(model, pk, now) is None:
        return False
    peer, begun = Peer.objects.get(pk=pk), monotonic()
    try:
        for _page in range(MOST_PAGES):
            # The other side takes no message that is minutes old: each page says when it was sent, not when all began.
            if not page(peer, now + timedelta(seconds=monotonic() - begun)):
                break
    except Failed as why:
        _put_off(model, pk, str(why), now)
        return False
    model._default_manager.filter(peer=pk).update(next_try=then, tries=0, error="", failing_since=None, done_at=now)
    return True


@transaction.atomic
def _put_off(model: type[T], peer: int, why: str, now: datetime) -> None:
    row = model._default_manager.select_for_update().get(peer=peer)
    row.next_try = now + timedelta(minutes=WAITS[min(row.tries, len(WAITS) - 1)])
    row.tries += 1
    row.error = why.replace("\x00", "")[:300]
    row.failing_since = row.failing_since or now
    row.save(update_fields=["next_try", "tries", "error", "failing_since"])


def _push_page(peer: Peer, now: datetime) -> bool:
    """Send one page; whether there is more."""
    acked = Outgoing.objects.values_list("acked", flat=True).get(peer=peer)
    entries, last = feed.page(peer=peer, after=acked, limit=PUSH_AT_ONCE, now=now)
    if not entries:
        return False
    answer = send(peer, "POST", "inbox", now=now, payload={"entries": entries})
    cursor = answer.get("cursor")
    if not isinstance(cursor, int) or isinstance(cursor, bool) or cursor < 0:
        raise Failed("malformed", "the answer names no cursor")
    if cursor > last:
        raise Failed("cursor_ahead", f"the peer has come to {cursor}, this feed to {last}")
    Outgoing.objects.filter(peer=peer).update(acked=cursor)
    if cursor <= acked:
        raise Failed(_first_code(answer), "nothing of this was taken")
    return cursor < last


def _first_code(answer: dict[str, Any]) -> str:
    results = answer.get("results")
    codes = [one.get("code") for one in results if isinstance(one, dict)] if isinstance(results, list) else []
    return next((code for code in codes if isinstance(code, str)), "no_progress")


def _pull_page(peer: Peer, now: datetime, *, asked_keys: bool = False) -> bool:
    """Take one page in; whether there is more."""
    cursor = Incoming.objects.values_list("cursor", flat=True).get(peer=peer)
    answer = send(peer, "GET", f"feed?after={cursor}&limit={PULL_AT_ONCE}", now=now)
    entries, last = answer.get("entries"), answer.get("last")
    if not isinstance(entries, list) or not isinstance(last, int) or isinstance(last, bool) or last < 0:
        raise Failed("malformed", "a page of the feed has 'entries' and 'last'")
    Incoming.objects.filter(peer=peer).update(last=last)
    outcome = receive.take_in(peer=peer, entries=entries, via="pull", now=now)
    if outcome.stopped == "unknown_key" and not asked_keys and learn(peer=peer.pk, now=now):
        return _pull_page(peer, now, asked_keys=True)
    if outcome.stopped:
        raise Failed(outcome.stopped, str(outcome.results[-1].get("detail", "")))
    if entries and outcome.cursor <= cursor:
        raise Failed("gap", f"the feed does not go on behind {cursor}")
    return bool(entries) and outcome.cursor < last


def learn(*, peer: int, now: datetime) -> int:
    """Ask a peer for its keys and take those over that a known key vouches for. Returns how many are new."""
    found = Peer.objects.get(pk=peer)
    Incoming.objects.filter(peer=peer).update(keys_asked_at=now)
    try:
        return keys.learn(peer=found, data=send(found, "GET", "keys", now=now), now=now)
    except Failed:
        return 0
    except Refusal as why:
        refusals.note(code=why.code, detail=why.detail, peer=found, now=now)
        return 0
