"""The to-do home: what needs me, by my roles, and nothing else."""

from collections.abc import Iterator
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.todo import listings, market, people
from triplehelix.doors.web.todo.sections import Section
from triplehelix.market.exchange.access import OFFICES
from triplehelix.market.finance import terms as finance
from triplehelix.market.finance.access import desk_in
from triplehelix.market.finance.actions.institutions import TYPE as INSTITUTION
from triplehelix.market.introductions.access import MANAGING
from triplehelix.matching.feedback.access import READERS
from triplehelix.records.parties import finds as parties
from triplehelix.records.parties.access import READS_OFFICES, audiences, is_officer
from triplehelix.records.parties.models import Organisation

#: Who has papers of the offices to look into: settings of terms, the fund.
DESKS = frozenset({"role:city_officer", "finance", "auditor"})


@require_safe
def todo(request: Request) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    groups = audiences(request.user, today)
    own = list(parties.cared_for(request.user, today))
    lends = desk_in([one.pk for one in own], today).exists()
    context = {
        "sections": list(_sections(request, groups, own, now, lends=lends)),
        "organisations": [one for one in own if not one.ending],
        "writes": any(one.type != INSTITUTION for one in own),
        "lends": lends,
        "offices": list(parties.offices_of(request.user, today)),
        "checks": "city" in groups or is_officer(groups),
        "keeps_organisations": is_officer(groups),
        "has_desk": bool(DESKS & groups),
        "reads_models": bool(READERS & groups),
        "reads_offices": bool(READS_OFFICES & groups),
        "audits": "auditor" in groups,
        "finance": finance.offered(),
        "keeps_exchange": bool(OFFICES & groups),
        "may_manage": bool(MANAGING & groups),
    }
    return render(request, "web/todo.html", context)


def _sections(
    request: Request, groups: frozenset[str], own: list[Organisation], now: datetime, *, lends: bool
) -> Iterator[Section]:
    """Everything that waits, in the order of the page: what only this person can answer comes first."""
    account, today = request.user, timezone.localdate(now)
    yield from people.of_experts(account, groups, own)
    yield from people.of_reviews(account)
    yield from market.of_needs(account, today)
    yield from market.of_introductions(account, today, groups)
    yield from market.of_exchange(groups)
    yield from people.of_cases(account, today)
    yield from market.of_sales(account, today)
    yield from market.of_openings(account, today, groups, owns=bool(own))
    if finance.offered():
        yield from market.of_finance(account, today, lends=lends)
    yield from listings.of_writers(own, now)
    yield from listings.of_officers(account, now)
    yield from people.of_organisations(groups, today)
