"""Waking the worker when a transaction commits; it looks every minute by itself as well."""

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

SEND = "webhooks.send"


def send_later() -> None:
    """Send what waits as soon as it is committed."""
    transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    try:
        with transaction.atomic():
            app.configure_task(SEND, queueing_lock=SEND, lock=SEND).defer()
    except AlreadyEnqueued:
        return
