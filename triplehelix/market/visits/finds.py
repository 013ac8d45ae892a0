"""Querysets of visits and of the asks they brought."""

from datetime import date

from django.db.models import Q, QuerySet

from triplehelix.market.visits import access
from triplehelix.market.visits.models import Ask, Visit
from triplehelix.records.parties.models import Account


def shown_to(actor: Account | None, on: date) -> "QuerySet[Visit]":
    """The visits somebody may open, newest first, with what a line shows."""
    rows = Visit.objects.select_related("organisation", "visitor", "need").prefetch_related("asks")
    return access.visible(rows, actor, on)


def asks_shown_to(actor: Account | None, on: date) -> "QuerySet[Ask]":
    """The asks somebody may open."""
    found = Q(pk__in=())
    for relation in access.relations(actor, on, "visit__").values():
        found |= relation
    return Ask.objects.select_related("visit__organisation").filter(found)


def waiting_for(actor: Account, on: date) -> "QuerySet[Ask]":
    """Asks an officer has to hand on or to answer, oldest first."""
    held = access.relations(actor, on, "visit__")
    turn = (held[access.UNIT] | held[access.CITY]) & ~Q(state="answered")
    return Ask.objects.select_related("visit__organisation").filter(turn).order_by("visit__visited_on", "pk")
