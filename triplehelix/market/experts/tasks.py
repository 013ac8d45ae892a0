"""Background work of experts: pages of a harvest, and looking for equal persons.

A job that died with its worker is taken up by the next one; the harvest itself knows where it stood.
"""

from django.utils import timezone
from procrastinate.contrib.django import app

from triplehelix.market.experts import candidates
from triplehelix.market.experts.actions import harvests
from triplehelix.market.experts.models import Harvest

#: Pages in one job; then it queues itself again, so that other work gets its turn.
PAGES = 40


@app.task(name="experts.harvest", queue="experts", retry=3)
def harvest(pk: int) -> None:
    """Go on with a harvest until it ends, has to wait, or others should have their turn."""
    for _page in range(PAGES):
        then = harvests.advance(pk=pk, now=timezone.now())
        if then.wait:
            harvest.configure(schedule_in={"seconds": then.wait}).defer(pk=pk)
        if not then.on:
            return
    harvest.defer(pk=pk)


@app.task(name="experts.look", queue="experts", retry=3)
def look(keys: list[str]) -> None:
    """Compare everybody who shares one of these keys."""
    candidates.look(keys=keys, now=timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="experts.wake", queue="experts", queueing_lock="experts.wake")
def wake(timestamp: int) -> None:
    """Should a job be lost, its harvest is taken up again."""
    for pk in Harvest.objects.filter(state="waiting", next_try__lte=timezone.now()).values_list("pk", flat=True):
        harvest.defer(pk=pk)
