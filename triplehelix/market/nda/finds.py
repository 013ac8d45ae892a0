"""Querysets of agreements, and who has opened a need."""

from datetime import date

from django.db.models import QuerySet

from triplehelix.market.nda import access
from triplehelix.market.nda.actions import READ
from triplehelix.market.nda.models import Agreement
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.trail.models import Entry


def shown_to(actor: Account | None, on: date) -> "QuerySet[Agreement]":
    """The agreements somebody may open, newest first, with both sides at hand."""
    rows = Agreement.objects.select_related("need__organisation", "organisation", "asked_by", "answered_by", "signed")
    return access.visible(rows, actor, on)


def waiting_for(actor: Account, on: date) -> "QuerySet[Agreement]":
    """What this person's firm has to answer, longest waiting first."""
    rows = Agreement.objects.select_related("need", "organisation").filter(state="asked")
    return rows.filter(access.relations(actor, on)[access.OWNER]).order_by("asked_at", "pk")


def agreed(need: Need, organisation: Organisation) -> bool:
    """Whether an agreement between the two is in force: for rooms that bring them together."""
    return Agreement.objects.filter(need=need, organisation=organisation, state="agreed").exists()


def openings(need: Need) -> "QuerySet[Entry]":
    """Who opened the confidential words, newest first."""
    return Entry.objects.filter(subject_kind=Need.kind, subject_id=str(need.pk), verb=READ).order_by("-n")
