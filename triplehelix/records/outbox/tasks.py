"""Timed work of the outbox."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from triplehelix.records.outbox import actions

KEPT = timedelta(days=180)
MOST_AT_ONCE = 500


@app.periodic(cron="* * * * *")
@app.task(name=actions.TASK, queue="outbox", queueing_lock=actions.TASK)
def send_due(timestamp: int = 0) -> None:
    """Send everything that is due. Asked when a message commits, and every minute for what waits to be tried again."""
    for _ in range(MOST_AT_ONCE):
        if not actions.send_next(now=timezone.now()):
            break


@app.periodic(cron="40 18 * * *")
@app.task(name="outbox.forget_sent", queue="outbox", queueing_lock="outbox.forget_sent")
def forget_sent(timestamp: int) -> None:
    """Half a year after it was sent, a message is deleted."""
    actions.forget_sent(before=timezone.now() - KEPT)
