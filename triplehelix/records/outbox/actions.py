"""Writing a message, and sending what is due.

Delivery is at least once. A message is first claimed (its next try is put off and the try is counted), then sent with
no transaction open, then marked. A sender that dies in between leaves it queued; after HOLD another one sends it, again
under the same Message-ID, by which mail systems recognise the copy.
"""

import logging
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import TypeVar

from django.conf import settings
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import CharField, Exists, Model, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from triplehelix.records.alone import alone
from triplehelix.records.outbox.models import Mention, Message
from triplehelix.records.outbox.senders import Away, Undeliverable, sender

log = logging.getLogger(__name__)
M = TypeVar("M", bound=Model)

#: Minutes to wait after each failure: a weekend in all, as mail servers do, and never so long that a letter lies about
#: for half a day when the server is back; then the message has failed.
WAITS = (1, 2, 4, 8, 16, 32, 64, *(128,) * 32)
TRIES = len(WAITS) + 1
#: How long one sender holds a message before others may think it died: longer than a server takes that lets each of the
#: dozen answers of a letter wait for almost EMAIL_TIMEOUT.
HOLD = timedelta(minutes=15)
#: While the mail server takes no letter, one is tried in this time, and not each that is due.
AWAY_FOR = timedelta(minutes=1)
TASK = "outbox.send_due"
BATCH = 1000


def tell(
    *,
    kind: str,
    to: str,
    subject: str,
    body: str,
    cause_kind: str,
    cause_id: str,
    now: datetime,
    page: str = "",
    leave: str = "",
    secret: bool = False,
) -> Message:
    """A message to one address, committed with the caller's transaction or not at all, sent within seconds after.

    The cause is the subject of the trail it happened to. `page` is the path of what the letter is about: its whole
    address stands in the last line, or the path alone where the site does not know its own name (SITE_URL). `leave` is
    the whole address where its reader ends letters like this one: mail programs show a button for it. A `secret` body
    (a link that signs somebody in) is erased once it is sent.

    Raises ValidationError for what is no e-mail address.
    """
    validate_email(to)
    if page:
        body = f"{body.rstrip()}\n\n{settings.SITE_URL}{page}\n"
    message = Message.objects.create(
        kind=kind,
        to=to,
        subject=" ".join(subject.replace("\x00", "").split())[:200],
        body=body.replace("\x00", ""),
        cause_kind=cause_kind,
        cause_id=cause_id,
        secret=secret,
        leave=leave if leave.startswith("http") else "",
        next_try=now,
        created_at=now,
        message_id=_new_id(),
    )
    _wake_then()
    return message


def trial(*, to: str, now: datetime) -> Message:
    """A letter by which an operator tries the mail server: it is in no queue. Raises ValidationError."""
    validate_email(to)
    said = _("这是一封试验信：%(site)s 的邮件设置可以用。") % {"site": settings.SITE_NAME}
    return Message(pk=0, kind="trial", to=to, subject=_("试验信"), body=f"{said}\n\n{settings.SITE_URL}\n",
                   message_id=_new_id(), created_at=now)  # fmt: skip


def _new_id() -> str:
    return f"<{uuid.uuid4().hex}@{parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition('@')[2]}>"


def told(*, kind: str, cause_kind: str, cause_id: str, since: datetime | None) -> bool:
    """Whether somebody was told this about the subject since that moment: a reminder is sent once. Whoever asks is the
    only one to tell it until the transaction ends: a worker that was taken for dead may be at the same work."""
    alone(f"told {kind} {cause_kind} {cause_id}")
    sent = Message.objects.filter(kind=kind, cause_kind=cause_kind, cause_id=cause_id)
    return (sent.filter(created_at__gte=since) if since else sent).exists()


def untold(rows: "QuerySet[M]", *, kind: str, cause_kind: str, since: str) -> "QuerySet[M]":
    """Those of the rows about which nobody was told this since the moment in their column `since`."""
    sent = Message.objects.filter(kind=kind, cause_kind=cause_kind, cause_id=Cast(OuterRef("pk"), CharField()))
    return rows.filter(~Exists(sent.filter(created_at__gte=OuterRef(since))))


def mention(*, kind: str, cause_kind: str, cause_ids: Iterable[int], now: datetime) -> None:
    """Keep that a letter of this kind spoke of these rows: whoever writes one to several addresses keeps it once."""
    rows = [Mention(kind=kind, cause_kind=cause_kind, cause_id=str(pk), at=now) for pk in cause_ids]
    Mention.objects.bulk_create(
        rows, BATCH, update_conflicts=True, unique_fields=["kind", "cause_kind", "cause_id"], update_fields=["at"]
    )


def unmentioned(rows: "QuerySet[M]", *, kind: str, cause_kind: str, since: str | datetime) -> "QuerySet[M]":
    """Those of the rows of which no letter of the kind spoke since that moment, or the one in their column `since`."""
    after = OuterRef(since) if isinstance(since, str) else since
    spoken = Mention.objects.filter(
        kind=kind, cause_kind=cause_kind, cause_id=Cast(OuterRef("pk"), CharField()), at__gte=after
    )
    return rows.filter(~Exists(spoken))


def _wake_then() -> None:
    """Call `_wake` after the commit, once per transaction however many letters it writes.

    A call registered earlier belongs to this transaction or to a savepoint released into it: it is dropped only when
    this one would be dropped too, so it is enough.
    """
    if not any(_wake in asked for asked in connection.run_on_commit):
        transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    """Ask a worker to look now; should this be lost, it looks every minute anyway."""
    try:
        with transaction.atomic():
            app.configure_task(TASK, queueing_lock=TASK).defer()
    except AlreadyEnqueued:
        pass


def send_next(*, now: datetime) -> bool:
    """Send the message that is due longest. Returns whether there was one. Must not run inside a transaction."""
    message = _claim(now)
    if message is None:
        return False
    try:
        sender()(message)
    except Undeliverable as why:
        _mark(message, state=Message.FAILED, last_error=str(why)[:2000])
        log.error("通知 %s 被拒收：%s", message.pk, why)
    except Away as why:
        said = f"{Message.AWAY}{why}"
        _put_off(message, said, now)
        _hold_back(said, now)
    except Exception as why:
        _put_off(message, f"{type(why).__name__}: {why}", now)
    else:
        erased = {"body": ""} if message.secret else {}
        _mark(message, state=Message.SENT, sent_at=now, last_error="", **erased)
    return True


def _claim(now: datetime) -> Message | None:
    """The message that is due longest, put off and counted: one statement, a transaction of its own."""
    return next(iter(Message.objects.raw(_CLAIM, [now + HOLD, Message.QUEUED, now])), None)


_CLAIM = """
UPDATE outbox_message SET attempts = attempts + 1, next_try = %s WHERE id = (
    SELECT id FROM outbox_message WHERE state = %s AND next_try <= %s
    ORDER BY next_try, id FOR UPDATE SKIP LOCKED LIMIT 1
) RETURNING *
"""


def _hold_back(said: str, now: datetime) -> None:
    """What else is due waits uncounted: tried one by one it would be refused the same way, keep the others waiting for
    a server that does not answer, and get the account locked whose password is wrong."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD_BACK, [now + AWAY_FOR, said[:2000].replace("\x00", ""), Message.QUEUED, now])


#: Another sender may be doing the same.
_HOLD_BACK = """
UPDATE outbox_message SET next_try = %s, last_error = %s WHERE id IN (
    SELECT id FROM outbox_message WHERE state = %s AND next_try <= %s FOR UPDATE SKIP LOCKED
)
"""


def _put_off(message: Message, why: str, now: datetime) -> None:
    said = why[:2000].replace("\x00", "")
    if message.attempts >= TRIES:
        _mark(message, state=Message.FAILED, last_error=said)
        log.error("通知 %s 试了 %d 次仍未发出：%s", message.pk, message.attempts, said)
    else:
        wait = timedelta(minutes=WAITS[message.attempts - 1])
        _mark(message, next_try=now + wait, last_error=said)
        log.warning("通知 %s 没有发出，%s 后再试：%s", message.pk, wait, said)


def _mark(message: Message, **values: object) -> None:
    """Write the outcome, unless another sender took the message over meanwhile."""
    Message.objects.filter(pk=message.pk, state=Message.QUEUED, attempts=message.attempts).update(**values)


@transaction.atomic
def retry_failed(*, message: Message, now: datetime) -> Message:
    """A person wants a failed message tried again from the start; nothing happens to one that is not failed."""
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.state == Message.FAILED:
        message.state, message.attempts, message.next_try, message.last_error = Message.QUEUED, 0, now, ""
        message.save(update_fields=["state", "attempts", "next_try", "last_error"])
        _wake_then()
    return message


def forget_sent(*, before: datetime) -> int:
    """Delete messages sent before this moment: addresses are personal data, the trail keeps what happened."""
    return Message.objects.filter(state=Message.SENT, sent_at__lt=before).delete()[0]
