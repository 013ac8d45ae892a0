"""Timed work of cases."""

from django.utils import timezone
from procrastinate.contrib.django import app

from triplehelix.procedure.cases import deadlines


@app.periodic(cron="15 0 * * *")
@app.task(name="cases.remind", queue="cases", queueing_lock="cases.remind")
def remind(timestamp: int) -> None:
    """Every morning (08:15 in Beijing), tell who has to act within two working days."""
    deadlines.remind(now=timezone.now())
