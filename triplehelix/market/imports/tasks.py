"""Background work of imports. A task that died with its worker is taken up again by the next one; one that breaks on
its last attempt too leaves the import wrong, with a message, and is listed as failed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from triplehelix.market.imports import actions
from triplehelix.market.imports.models import Import

#: How often a task that broke is tried again.
RETRIES = 2


@contextmanager
def _said_when_it_breaks(context: JobContext, pk: int) -> Iterator[None]:
    try:
        yield
    except Exception:
        if context.job.attempts >= RETRIES:
            actions.give_up(pk=pk, now=timezone.now())
        raise


@app.task(name="imports.check", queue="imports", retry=RETRIES, pass_context=True)
def check_sheet(context: JobContext, pk: int) -> None:
    with _said_when_it_breaks(context, pk):
        actions.check(pk=pk, now=timezone.now())


@app.task(name="imports.land", queue="imports", retry=RETRIES, pass_context=True)
def land_sheet(context: JobContext, pk: int) -> None:
    with _said_when_it_breaks(context, pk):
        actions.land(pk=pk, now=timezone.now())


@app.periodic(cron="50 18 * * *")
@app.task(name="imports.seal", queue="imports", queueing_lock="imports.seal")
def seal(timestamp: int) -> None:
    """Once a day: sheets from before they were sealed as they came, until none is left."""
    actions.seal_sheets(now=timezone.now())


def upload(**given: Any) -> Import:
    """`actions.upload` with the job that checks the sheet: neither is there without the other."""
    with transaction.atomic():
        case = actions.upload(**given)
        check_sheet.defer(pk=case.pk)
    return case
