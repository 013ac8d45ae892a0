"""Timed work of cases."""

from django.utils import timezone
from procrastinate.contrib.django import app

from triplehelix.procedure.cases import actions, deadlines


@app.periodic(cron="15 0 * * *")
@app.task(name="cases.remind", queue="cases", queueing_lock="cases.remind")
def remind(timestamp: int) -> None:
    """Every morning (08:15 in Beijing), set the days that could not be set before, and tell who has to act within two
    working days."""
    actions.set_missing_days(now=timezone.now())
    deadlines.remind(now=timezone.now())
