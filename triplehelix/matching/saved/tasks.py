"""Timed work of saved searches: letters about what is new."""

from django.utils import timezone
from procrastinate import exceptions
from procrastinate.contrib.django import app

from triplehelix.matching.saved import actions

SEND = "saved.send"


@app.periodic(cron="15 0 * * *")
@app.task(name=SEND, queue="saved", queueing_lock=SEND, lock=SEND)
def send(timestamp: int = 0) -> None:
    """Every morning (08:15 in Beijing)."""
    actions.send_due(now=timezone.now())


def send_soon() -> None:
    """Have a worker do it now; asked many times, it is done once."""
    try:
        app.configure_task(SEND, lock=SEND, queueing_lock=SEND, queue="saved").defer()
    except exceptions.AlreadyEnqueued:
        return
