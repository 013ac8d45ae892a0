"""Following the trail: each event becomes a message to everybody who wants it and may see it, in the transaction that
marks the row read. So none is lost between a commit and its telling."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.board.webhooks import events, subjects
from triplehelix.board.webhooks.access import still_acts
from triplehelix.board.webhooks.models import Delivery, Hook
from triplehelix.board.webhooks.send import give_up
from triplehelix.board.webhooks.wake import send_later
from triplehelix.records.trail import followers
from triplehelix.records.trail.models import Entry

NAME = "webhooks"
KINDS = tuple(events.NAMES)


def handle(about: Sequence[tuple[str, str]]) -> None:
    """Called with subjects that changed; asks the trail what happened to them."""
    hooks = list(Hook.objects.filter(state="on").select_related("created_by"))
    if not hooks:
        return
    happened = [(entry, event) for entry in followers.entries(NAME, about) if (event := events.of(entry))]
    wanted = {event for hook in hooks for event in hook.events}
    happened = [(entry, event) for entry, event in happened if event in wanted]
    if not happened:
        return
    now = timezone.now()
    acting = [hook for hook in hooks if _is_led(hook, now)]
    rows = _rows(happened)
    made = [
        _message(hook, entry, event, now)
        for entry, event in happened
        for hook in acting
        if event in hook.events and _may_hear(hook, entry, event, rows.get((entry.subject_kind, entry.subject_id)), now)
    ]
    if made:
        # What was told of before (a row that came while this was read) is not told again.
        Delivery.objects.bulk_create(made, ignore_conflicts=True, batch_size=500)
        send_later()


def _is_led(hook: Hook, now: datetime) -> bool:
    """Whether its maker still acts; else it is stopped with a mail to its owner, and not silent for ever."""
    if still_acts(hook, timezone.localdate(now)):
        return True
    give_up(hook, _("登记它的人已经不代表本单位（或不再任职）；由现在的成员启用，就接着推送"), now)
    return False


def _rows(happened: Sequence[tuple[Entry, str]]) -> dict[tuple[str, str], Any]:
    ids: dict[str, list[str]] = {}
    for entry, _event in happened:
        ids.setdefault(entry.subject_kind, []).append(entry.subject_id)
    return {(kind, id): row for kind, some in ids.items() for id, row in subjects.found(kind, some).items()}


def _may_hear(hook: Hook, entry: Entry, event: str, subject: Any, now: datetime) -> bool:
    """What it may be told is decided again when it is sent; here only what it will never hear is left out."""
    if subject is None or entry.at < hook.created_at:
        return False
    seen = subjects.seen_as(hook, entry.subject_kind, subject, now)
    return bool(seen) or event.endswith(".withdrawn")


def _message(hook: Hook, entry: Entry, event: str, now: datetime) -> Delivery:
    return Delivery(
        hook=hook, message=f"msg_{uuid.uuid4().hex}", event=event, subject_kind=entry.subject_kind,
        subject_id=entry.subject_id, entry=entry.seq, happened_at=entry.at, next_try=now,
    )  # fmt: skip
