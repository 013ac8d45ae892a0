"""Sending what waits: claimed first, sent with no transaction open, then marked.

About one subject a hook is told in order: a later message waits until the one before it has arrived or was given up.
Between subjects there is no order. A receiver that is down is not tried for each message: the hook as a whole waits.
Hooks take turns, a message each; one whose receiver is slow comes later, so that it costs the others little.
"""

import json
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.board.webhooks import events, signing, subjects
from triplehelix.board.webhooks.access import inside, still_acts
from triplehelix.board.webhooks.models import Delivery, Hook
from triplehelix.foundation import outward
from triplehelix.foundation.outward import Answer, BadAddress, Unreachable
from triplehelix.records.steps.actions import Refused, take

#: Waits after failures: a little more than a day in all.
WAITS = tuple(timedelta(seconds=one) for one in (5, 60, 300, 1800, 2 * 3600, 4 * 3600, 7 * 3600, 10 * 3600 + 1800))
TRIES = len(WAITS) + 1
DAY = timedelta(days=1)
HOLD = timedelta(minutes=2)
SECONDS, MOST_BYTES = 10.0, 64 * 1024
GONE, BUSY = 410, 429
KEPT = timedelta(days=90)
#: While others wait, a receiver gets no more than one part in so many of the time: its next turn is that many times
#: later than it took to answer.
SHARE = 10


def send_next(*, now: datetime) -> bool:
    """Send a message of the hook whose turn it is. Returns whether there was one. Must not run inside a transaction."""
    claimed = claim(now)
    if claimed is None:
        return False
    begun = time.monotonic()
    try:
        _send(claimed, now)
    finally:
        took = timedelta(seconds=time.monotonic() - begun)
        Hook.objects.filter(pk=claimed.hook_id).update(turn_at=now + took * SHARE)
    return True


def _send(claimed: Delivery, now: datetime) -> None:
    body = body_of(claimed, now)
    if body is None:
        _mark(claimed, state=Delivery.DROPPED, error="", payload=None)
        _clear(claimed.hook_id)
        return
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    head = signing.headers(secret=claimed.hook.secret, message=claimed.message, body=raw, now=now)
    try:
        answer = outward.call(
            "POST", claimed.hook.url, headers=head, content=raw, inside=inside(claimed.hook.organisation_id),
            seconds=SECONDS, most=MOST_BYTES,
        )  # fmt: skip
    except (Unreachable, BadAddress) as why:
        _put_off(claimed, body, None, str(why), now)
    else:
        judge(claimed, body, answer, now)


def _clear(hook: int) -> None:
    """What failed is not sent any more: the day of failures ends with it, or a hitch weeks later would be its last."""
    tried = Delivery.objects.filter(hook=hook, state=Delivery.QUEUED, attempts__gt=0)
    Hook.objects.filter(~Exists(tried), pk=hook).update(next_try=None, failing_since=None)


def claim(now: datetime) -> Delivery | None:
    """Take a message in hand, or None: of the hook whose turn is earliest, what has been due longest."""
    due = _due(now)
    may = Q(next_try__isnull=True) | Q(next_try__lte=now)
    hooks = Hook.objects.filter(may, Exists(due.filter(hook=OuterRef("pk"))), state="on")
    turns = hooks.order_by(F("turn_at").asc(nulls_first=True), "pk")
    # What another worker has in hand this moment is passed by, and with it perhaps all that a hook has.
    found = (_claimed(due.filter(hook=pk), now) for pk in turns.values_list("pk", flat=True))
    return next((one for one in found if one is not None), None)


def _due(now: datetime) -> "QuerySet[Delivery]":
    """What may be sent now as far as the message itself says: nothing older about its subject waits."""
    before = Delivery.objects.filter(
        hook=OuterRef("hook"), subject_kind=OuterRef("subject_kind"), subject_id=OuterRef("subject_id"),
        state=Delivery.QUEUED, pk__lt=OuterRef("pk"),
    )  # fmt: skip
    return Delivery.objects.filter(~Exists(before), state=Delivery.QUEUED, next_try__lte=now)


@transaction.atomic
def _claimed(due: "QuerySet[Delivery]", now: datetime) -> Delivery | None:
    may = Q(hook__next_try__isnull=True) | Q(hook__next_try__lte=now)
    rows = due.filter(may, hook__state="on").select_for_update(skip_locked=True, of=("self",))
    found = rows.select_related("hook__created_by").order_by("next_try", "pk").first()
    if found is not None:
        found.attempts += 1
        found.first_try = found.first_try or now
        found.next_try = now + HOLD
        found.save(update_fields=["attempts", "first_try", "next_try"])
    return found


def body_of(delivery: Delivery, now: datetime) -> dict[str, Any] | None:
    """The message as its owner may hear it now; None when it may not any more."""
    said: dict[str, Any] = {"type": delivery.event, "timestamp": delivery.happened_at.isoformat()}
    if delivery.event == events.TEST:
        return said | {"data": {"name": delivery.hook.name}}
    if not still_acts(delivery.hook, timezone.localdate(now)):
        return None
    subject = subjects.found(delivery.subject_kind, [delivery.subject_id]).get(delivery.subject_id)
    if subject is None:
        return None
    seen = subjects.seen_as(delivery.hook, delivery.subject_kind, subject, now)
    if not seen and not delivery.event.endswith(".withdrawn"):
        return None
    return said | {"data": subjects.told(delivery.subject_kind, subject, seen, delivery.hook.organisation_id)}


def judge(delivery: Delivery, body: dict[str, Any], answer: Answer, now: datetime) -> None:
    """Write down what the receiver answered, and what follows from it."""
    if 200 <= answer.status < 300:
        _mark(delivery, state=Delivery.DELIVERED, status=answer.status, error="", payload=body, delivered_at=now)
        Hook.objects.filter(pk=delivery.hook_id).update(next_try=None, failing_since=None, delivered_at=now)
        return
    said = _("接收方答复 %(status)d") % {"status": answer.status}
    if answer.status == GONE:
        _mark(delivery, state=Delivery.FAILED, status=answer.status, error=said, payload=body)
        give_up(delivery.hook, _("接收方答复 410：这个地址不再接收"), now)
        return
    _put_off(delivery, body, answer.status, said, now)


def _put_off(delivery: Delivery, body: dict[str, Any], status: int | None, why: str, now: datetime) -> None:
    """Try again later, the hook as a whole when the receiver is down; stop it after a day on which nothing arrived."""
    plain = why.replace("\x00", "")[:300]
    Hook.objects.filter(pk=delivery.hook_id, failing_since__isnull=True).update(failing_since=now)
    hook = Hook.objects.get(pk=delivery.hook_id)
    is_down = status is None or status >= 500 or status == BUSY
    if is_last := delivery.attempts >= TRIES:
        _mark(delivery, state=Delivery.FAILED, status=status, error=plain, payload=body)
    else:
        wait = WAITS[delivery.attempts - 1]
        _mark(delivery, status=status, error=plain, payload=body, next_try=now + wait)
        if is_down:
            Hook.objects.filter(pk=hook.pk).update(next_try=now + wait)
    # Many may wait and each be tried once: the day counts, and not how often one of them was tried.
    if (is_down and hook.failing_since and now - hook.failing_since >= DAY) or (
        is_last and _none_since(hook, delivery)
    ):
        give_up(hook, _("一天里没有一条送达：%(why)s") % {"why": plain}, now)


def _none_since(hook: Hook, delivery: Delivery) -> bool:
    """Whether nothing has arrived since this message was tried first."""
    return hook.delivered_at is None or bool(delivery.first_try and hook.delivered_at < delivery.first_try)


def give_up(hook: Hook, why: str, now: datetime) -> None:
    """Stop telling; its owner gets a mail that says why."""
    hook = Hook.objects.get(pk=hook.pk)
    try:
        take(case=hook, step="give_up", actor=None, now=now, seen_version=hook.version, note=why)
    except Refused:
        return  # stopped or ended a moment ago


def _mark(delivery: Delivery, **values: Any) -> None:
    """Write the outcome, unless another worker took the message over meanwhile."""
    Delivery.objects.filter(pk=delivery.pk, state=Delivery.QUEUED, attempts=delivery.attempts).update(**values)


def forget(*, now: datetime) -> int:
    """Delete messages that are done with, or wait for a webhook that was deleted, and are older than KEPT. Returns how
    many."""
    done = ~Q(state=Delivery.QUEUED) | Q(hook__state="ended")
    return Delivery.objects.filter(done, happened_at__lt=now - KEPT).delete()[0]
