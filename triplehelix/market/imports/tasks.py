"""Background work of imports. A task that died with its worker is taken up again by the next one."""

from django.utils import timezone
from procrastinate.contrib.django import app

from triplehelix.market.imports import actions


@app.task(name="imports.check", queue="imports", retry=2)
def check_sheet(pk: int) -> None:
    actions.check(pk=pk, now=timezone.now())


@app.task(name="imports.land", queue="imports", retry=2)
def land_sheet(pk: int) -> None:
    actions.land(pk=pk, now=timezone.now())
