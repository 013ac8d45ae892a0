"""Timed work of sales: a period ends at 24:00 of its last day; what is overdue is said once."""

from django.utils import timezone
from procrastinate.contrib.django import app

from triplehelix.market.contracts.actions import end_due
from triplehelix.market.contracts.actions.notices import set_answer_days
from triplehelix.market.contracts.actions.registering import set_due_days
from triplehelix.market.contracts.actions.settling import remind_overdue
from triplehelix.market.contracts.actions.trials import end_silence, remind_ended


@app.periodic(cron="*/15 * * * *")
@app.task(name="contracts.end", queue="contracts", queueing_lock="contracts.end")
def end(timestamp: int) -> None:
    """Every quarter of an hour, end the notices and listings whose last day is over; a calendar that arrived gives last
    days."""
    now = timezone.now()
    end_due(now=now)
    set_answer_days(now=now)
    set_due_days(now=now)


@app.periodic(cron="30 0 * * *")
@app.task(name="contracts.overdue", queue="contracts", queueing_lock="contracts.overdue")
def overdue(timestamp: int) -> None:
    """Once a day: what a silent buyer owes falls due, and people are told what is late or has run out."""
    now = timezone.now()
    end_silence(now=now)
    remind_ended(now=now)
    remind_overdue(now=now)
