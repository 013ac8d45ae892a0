"""Timed work of the file store."""

from django.utils import timezone
from procrastinate.contrib.django import app

from triplehelix.records.evidence import actions


@app.periodic(cron="20 19 * * *")
@app.task(name="evidence.sweep", queue="evidence", queueing_lock="evidence.sweep")
def sweep(timestamp: int) -> None:
    """Once a day, delete what uploads that never committed left behind."""
    actions.sweep(now=timezone.now())
