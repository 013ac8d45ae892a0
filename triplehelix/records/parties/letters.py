"""Letters to accounts, each in the language its reader has chosen."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils import translation

from triplehelix.records.outbox import actions as outbox
from triplehelix.records.parties.models import Account

#: Subject and body of a letter, called while the reader's language is active.
Words = Callable[[], tuple[str, str]]


def write(
    to: Iterable[Account],
    words: Words,
    *,
    kind: str,
    cause_kind: str,
    cause_id: int,
    now: datetime,
    page: str = "",
    leave: str = "",
) -> None:
    """One letter to each of these accounts, committed with the caller's transaction (`records.outbox`).

    `kind` names the sort of letter; `cause_kind` and `cause_id` are the subject of the trail it is about; `page` is the
    path its last line leads to, empty for none; `leave` the address where letters like this one are ended.
    """
    for account in to:
        with translation.override(account.language):
            subject, body = words()
        outbox.tell(
            kind=kind, to=account.email, subject=subject, body=body, cause_kind=cause_kind, cause_id=str(cause_id),
            now=now, page=page, leave=leave,
        )  # fmt: skip
