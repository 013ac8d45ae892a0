"""Waking the worker when a transaction commits; the minute's round finds everything by itself as well."""

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

PUSH, FILL, LEARN = "exchange.push", "exchange.fill", "exchange.learn"


def push_later() -> None:
    """Send what is new as soon as it is committed."""
    transaction.on_commit(lambda: defer(PUSH, lock=PUSH), robust=True)


def fill_later(peer: int) -> None:
    """Compare everything with what this peer was told."""
    transaction.on_commit(lambda: defer(FILL, lock=f"{FILL}.{peer}", peer=peer), robust=True)


def learn_later(peer: int) -> None:
    """Ask a peer for its keys."""
    transaction.on_commit(lambda: defer(LEARN, lock=f"{LEARN}.{peer}", peer=peer), robust=True)


def defer(task: str, *, lock: str, **arguments: int) -> None:
    """Queue a task, unless one with this lock waits already."""
    try:
        with transaction.atomic():
            app.configure_task(task, queueing_lock=lock).defer(**arguments)
    except AlreadyEnqueued:
        return
