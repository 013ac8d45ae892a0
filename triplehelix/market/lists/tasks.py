"""Timed work of lists: owners are asked before an entry is too old for the next list."""

from django.utils import timezone
from procrastinate.contrib.django import app

from triplehelix.market.lists import confirming


@app.periodic(cron="45 0 * * *")
@app.task(name="lists.ask", queue="lists", queueing_lock="lists.ask")
def ask(timestamp: int) -> None:
    """Every morning (08:45 in Beijing)."""
    confirming.ask_due(now=timezone.now())
