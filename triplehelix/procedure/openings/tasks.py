"""Timed work of openings: a round opens at 00:00 of its first day, and nobody writes a row then."""

from django.utils import timezone
from procrastinate.contrib.django import app

from triplehelix.procedure.openings import actions


@app.periodic(cron="5 16 * * *")
@app.task(name="openings.open", queue="openings", queueing_lock="openings.open")
def open_waiting(timestamp: int) -> None:
    """Five past midnight in Beijing, open what waited for a round that begins today."""
    actions.open_waiting(now=timezone.now())
