"""Timed work of introductions: reminders, and what nobody answered."""

from django.utils import timezone
from procrastinate.contrib.django import app

from triplehelix.market.introductions import actions


@app.periodic(cron="10 * * * *")
@app.task(name="introductions.expire", queue="introductions", queueing_lock="introductions.expire")
def expire(timestamp: int) -> None:
    """Every hour, count as unanswered what is past its term."""
    actions.expire_due(now=timezone.now())


@app.periodic(cron="35 0 * * *")
@app.task(name="introductions.remind", queue="introductions", queueing_lock="introductions.remind")
def remind(timestamp: int) -> None:
    """Every morning (08:35 in Beijing), write to those whose term is about to end, and of what has lost its manager."""
    actions.remind_due(now=timezone.now())
    actions.tell_left(now=timezone.now())
