"""Timed work of listings: validity ends, and owners are asked to confirm before it does."""

from django.utils import timezone
from procrastinate.contrib.django import app

from triplehelix.market.listings import actions, asking


@app.periodic(cron="5 * * * *")
@app.task(name="listings.expire", queue="listings", queueing_lock="listings.expire")
def expire(timestamp: int) -> None:
    """Every hour, take what is past its 180 days off the market, and what a closed organisation has left behind."""
    actions.expire_due(now=timezone.now())
    actions.close_down(now=timezone.now())


@app.periodic(cron="30 0 * * *")
@app.task(name="listings.remind", queue="listings", queueing_lock="listings.remind")
def remind(timestamp: int) -> None:
    """Every morning (08:30 in Beijing), ask the owners of what runs out within 30 days."""
    asking.remind_owners(now=timezone.now())
