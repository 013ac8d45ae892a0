"""Timed work of webhooks."""

import time

from django.utils import timezone
from procrastinate.contrib.django import app

from triplehelix.board.webhooks import send as sending
from triplehelix.board.webhooks.wake import SEND, send_later

#: A run ends after so long, and queues behind whatever waits: receivers of others' must not hold a worker.
SECONDS_AT_ONCE = 20.0


@app.periodic(cron="* * * * *")
@app.task(name=SEND, queue="webhooks", queueing_lock=SEND, lock=SEND)
def send(timestamp: int = 0) -> None:
    """Send what is due, one run at a time, one message after another. Asked when a message commits, and every minute
    for what waits to be tried again."""
    until = time.monotonic() + SECONDS_AT_ONCE
    while sending.send_next(now=timezone.now()):
        if time.monotonic() >= until:
            send_later()
            break


@app.periodic(cron="50 18 * * *")
@app.task(name="webhooks.forget", queue="webhooks", queueing_lock="webhooks.forget")
def forget(timestamp: int) -> None:
    """Once a day, what is old is deleted."""
    sending.forget(now=timezone.now())
