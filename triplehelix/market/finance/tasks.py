"""Timed work of finance: consents end on their day, filings without their year's proof are revoked."""

from django.utils import timezone
from procrastinate.contrib.django import app

from triplehelix.market.finance import actions, terms


@app.periodic(cron="10 16 * * *")
@app.task(name="finance.lapse", queue="finance", queueing_lock="finance.lapse")
def lapse(timestamp: int) -> None:
    """Just after midnight (00:10 in Beijing), end the consents whose last day is over."""
    if terms.offered():
        actions.lapse_due(now=timezone.now())


@app.periodic(cron="40 0 * * *")
@app.task(name="finance.daily", queue="finance", queueing_lock="finance.daily")
def daily(timestamp: int) -> None:
    """Every morning: set the days that could not be set before, revoke what a past year never proved, and tell firms
    what runs out."""
    if not terms.offered():
        return
    now = timezone.now()
    actions.set_missing_days(now=now)
    actions.check_filings(now=now)
    actions.remind_unproven(now=now)
    actions.ask_to_renew(now=now)
