"""Timed work of diagnoses: who has to answer today is told; a year's calendar that arrived gives the last days."""

from django.utils import timezone
from procrastinate.contrib.django import app

from triplehelix.market.diagnosis import actions


@app.periodic(cron="20 0 * * *")
@app.task(name="diagnosis.remind", queue="diagnosis", queueing_lock="diagnosis.remind")
def remind(timestamp: int) -> None:
    """Every morning (08:20 in Beijing)."""
    now = timezone.now()
    actions.set_missing_days(now=now)
    actions.remind(now=now)
