"""Timed work of notices: a period ends at 24:00 of its last day."""

from django.utils import timezone
from procrastinate.contrib.django import app

from triplehelix.procedure.notices import actions


@app.periodic(cron="*/15 * * * *")
@app.task(name="notices.end", queue="notices", queueing_lock="notices.end")
def end(timestamp: int) -> None:
    """Every quarter of an hour, end the notices whose last day is over; a calendar that arrived gives last days."""
    now = timezone.now()
    actions.end_due(now=now)
    actions.set_answer_days(now=now)
