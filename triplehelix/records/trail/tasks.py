"""Timed work of the trail."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from triplehelix.records.trail import seals
from triplehelix.records.trail.models import Seal


@app.periodic(cron="10 * * * *")
@app.task(name="trail.seal_yesterday", queue="trail", queueing_lock="trail.seal", lock="trail.seal")
def seal_yesterday(timestamp: int) -> None:
    """Close the day that ended, once. Asked every hour: the day ends in the city's time zone, and a night without a
    worker is made up for."""
    now = timezone.now()
    yesterday = timezone.localdate(now) - timedelta(days=1)
    if not Seal.objects.filter(day__gte=yesterday).exists():
        seals.seal(day=yesterday, now=now)
