"""Background work of experts: pages of a harvest, and looking for equal persons.

A job that died with its worker is taken up by the next one; the harvest itself knows where it stood. The jobs of one
harvest share a lock, so that never two of them ask the repository at once.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from triplehelix.market.experts import candidates
from triplehelix.market.experts.actions import harvests
from triplehelix.market.experts.models import Harvest
from triplehelix.market.experts.wake import LOOK
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import take

#: Pages in one job; then it queues itself again, so that other work gets its turn.
PAGES = 40
#: How often a job that broke is tried again at once.
RETRIES = 3
#: A harvest that has no job and has not moved for so long is taken up again.
LOST = timedelta(minutes=15)


@app.task(name="experts.harvest", queue="experts", retry=RETRIES, pass_context=True)
def harvest(context: JobContext, pk: int) -> None:
    """Go on with a harvest until it ends, has to wait, or others should have their turn. What breaks on the last
    attempt too is put off like a repository that does not answer, and is listed as failed."""
    try:
        _pages(pk)
    except Exception:
        if context.job.attempts >= RETRIES:
            _put_off(pk)
        raise


def _pages(pk: int) -> None:
    for _page in range(PAGES):
        then = harvests.advance(pk=pk, now=timezone.now())
        if then.wait:
            _go_on(pk, wait=then.wait)
        if not then.on:
            return
    _go_on(pk)


def _put_off(pk: int) -> None:
    """Not again at once, and not for ever: after as many times as a silent repository is asked, it has failed."""
    found = Harvest.objects.get(pk=pk)
    if found.state != "running":
        return
    with transaction.atomic():
        then = harvests.put_off(harvest=found, problem=_("系统没能处理这一页"), now=timezone.now())
        if then.wait:
            _go_on(pk, wait=then.wait)


def _lock(pk: int) -> str:
    return f"experts.harvest.{pk}"


def _go_on(pk: int, *, wait: int = 0) -> None:
    """Queue the next job of a harvest, in the transaction of what calls for it."""
    harvest.configure(lock=_lock(pk), schedule_in={"seconds": wait} if wait else None).defer(pk=pk)


@transaction.atomic
def start(**given: Any) -> Harvest:
    """`start_harvest` with its first job: neither is there without the other, for a harvest without one would bar its
    repository. Raises Refused."""
    made = harvests.start_harvest(**given)
    _go_on(made.pk)
    return made


@transaction.atomic
def step(*, case: Harvest, step: str, actor: Account, now: datetime, seen_version: int) -> Harvest:
    """Stop it, or let it go on where it stood, with the job for that. Raises Refused."""
    taken = take(case=case, step=step, actor=actor, now=now, seen_version=seen_version)
    if step == "resume":
        _go_on(taken.pk)
    return taken


@app.task(name=LOOK, queue="experts", retry=3)
def look(keys: list[str]) -> None:
    """Compare everybody who shares one of these keys."""
    candidates.look(keys=keys, now=timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="experts.wake", queue="experts", queueing_lock="experts.wake")
def wake(timestamp: int) -> None:
    """Should a job be lost, its harvest is taken up again."""
    now = timezone.now()
    lost = Q(state="waiting", next_try__lte=now) | Q(state__in=("queued", "running"), changed_at__lte=now - LOST)
    for pk in Harvest.objects.filter(lost).values_list("pk", flat=True):
        if not _has_job(pk):
            _go_on(pk)


def _has_job(pk: int) -> bool:
    """Whether a job of it is being done or is waited for: one that waits behind other work is not lost."""
    return ProcrastinateJob.objects.filter(lock=_lock(pk), status__in=("todo", "doing")).exists()
