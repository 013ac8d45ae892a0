"""Timed work of webhooks."""

from django.utils import timezone
from procrastinate.contrib.django import app

from triplehelix.board.webhooks import send as sending
from triplehelix.board.webhooks.wake import SEND

MOST_AT_ONCE = 300


@app.periodic(cron="* * * * *")
@app.task(name=SEND, queue="webhooks", queueing_lock=SEND)
def send(timestamp: int = 0) -> None:
    """Send everything that is due. Asked when a message commits, and every minute for what waits to be tried again."""
    for _ in range(MOST_AT_ONCE):
        if not sending.send_next(now=timezone.now()):
            break


@app.periodic(cron="50 18 * * *")
@app.task(name="webhooks.forget", queue="webhooks", queueing_lock="webhooks.forget")
def forget(timestamp: int) -> None:
    """Once a day, what is old is deleted."""
    sending.forget(now=timezone.now())
