"""Querysets of visits and of the asks they brought."""

from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from triplehelix.market.visits import access
from triplehelix.market.visits.models import Ask, Visit
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.relating import any_of


def shown_to(actor: Account | None, on: date) -> "QuerySet[Visit]":
    """The visits somebody may open, newest first, with what a line shows; of their asks, those he may open."""
    asks = Prefetch("asks", Ask.objects.filter(any_of(access.of_asks(actor, on))))
    rows = Visit.objects.select_related("organisation", "visitor", "need").prefetch_related(asks)
    return access.visible(rows, actor, on)


def asks_shown_to(actor: Account | None, on: date) -> "QuerySet[Ask]":
    """The asks somebody may open."""
    rows = Ask.objects.select_related("visit__organisation", "lead", "answered_by")
    return rows.filter(any_of(access.of_asks(actor, on)))


def waiting_for(actor: Account, on: date) -> "QuerySet[Ask]":
    """Asks an officer, or who visited, has to hand on or to answer, oldest first."""
    held = access.of_asks(actor, on)
    turn = any_of({name: held[name] for name in access.OFFICES}) & ~Q(state="answered")
    return Ask.objects.select_related("visit__organisation").filter(turn).order_by("visit__visited_on", "pk")
