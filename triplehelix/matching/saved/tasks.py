"""Timed work of saved searches: letters about what is new."""

from django.utils import timezone
from procrastinate.contrib.django import app

from triplehelix.matching.saved import actions


@app.periodic(cron="15 0 * * *")
@app.task(name="saved.send", queue="saved", queueing_lock="saved.send", lock="saved.send")
def send(timestamp: int) -> None:
    """Every morning (08:15 in Beijing)."""
    actions.send_due(now=timezone.now())
