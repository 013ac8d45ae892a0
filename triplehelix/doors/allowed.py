"""Who is let in, alike on pages and over the API: what was asked for, and for everybody else 404."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from triplehelix.fund import access as fund_access
from triplehelix.market.experts import access as experts_access
from triplehelix.market.finance import access as finance_access
from triplehelix.market.finance.models import Institution
from triplehelix.matching.feedback import access as models_access
from triplehelix.procedure.cases import access as cases_access
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.panels import finds as panels
from triplehelix.procedure.panels.models import Seat
from triplehelix.procedure.terms import access as terms_access
from triplehelix.records.parties import access
from triplehelix.records.parties.models import Account, Membership, Organisation


def case(account: Account, pk: int) -> Case:
    """The case, for those who may see it."""
    rows = Case.objects.select_related("organisation", "round", "leader")
    return get_object_or_404(cases_access.visible(rows, account, timezone.localdate()), pk=pk)


def seat(account: Account, pk: int) -> Seat:
    """One's own seat on a panel."""
    rows = panels.seats_of(account).select_related("case__organisation", "case__leader")
    return get_object_or_404(rows, pk=pk)


def membership(account: Account, pk: int) -> Membership:
    """Somebody's part in an organisation, for who keeps its members."""
    found = get_object_or_404(Membership.objects.select_related("account", "organisation"), pk=pk)
    members(account, found.organisation)
    return found


def members(account: Account, organisation: Organisation) -> None:
    """Who keeps the members of this organisation."""
    if not access.KEEPS_MEMBERS & access.relations(account, organisation, timezone.localdate()):
        raise Http404


def officer(account: Account) -> frozenset[str]:
    """An officer's audiences."""
    groups = access.audiences(account, timezone.localdate())
    if not access.is_officer(groups):
        raise Http404
    return groups


def experts_desk(account: Account) -> None:
    """Who handles experts."""
    if not experts_access.is_desk(account, timezone.localdate()):
        raise Http404


def filers(account: Account) -> list[Institution] | None:
    """Whose filings the account reads, as `market.finance.access.filers_of` says."""
    banks = finance_access.filers_of(account, timezone.localdate())
    if banks == []:
        raise Http404
    return banks


def fund(account: Account) -> frozenset[str]:
    """A reader's relations to the fund."""
    found = fund_access.relations(account, timezone.now())
    if not fund_access.READERS & found:
        raise Http404
    return found


def terms(account: Account) -> None:
    """Who reads the terms that are set."""
    if not terms_access.may_read(account, timezone.localdate()):
        raise Http404


def models(account: Account) -> None:
    """Who switches the ranking's models."""
    if not models_access.may_switch(account, timezone.localdate()):
        raise Http404
