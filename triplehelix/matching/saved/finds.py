"""Querysets every list of saved searches starts from."""

from datetime import date, timedelta

from django.db.models import F, Q, QuerySet

from triplehelix.matching.saved.models import SavedSearch
from triplehelix.records.parties.models import Account

#: Days between two letters of one search, at the least.
DAYS = {SavedSearch.DAILY: 1, SavedSearch.WEEKLY: 7}
RELATED = ("account", "need__organisation", "achievement__organisation")


def of(account: Account) -> QuerySet[SavedSearch]:
    """All of somebody's, newest first; stopped ones last, what was stopped last before the others."""
    rows = SavedSearch.objects.select_related(*RELATED).filter(account=account)
    return rows.order_by(F("stopped_at").desc(nulls_first=True), "-pk")


def kept_by(account: Account) -> QuerySet[SavedSearch]:
    """Those that are still sent."""
    return of(account).filter(stopped_at__isnull=True)


def due(on: date) -> QuerySet[SavedSearch]:
    """Those to be looked through on a day, longest waiting first."""
    late = Q(pk__in=())
    for every, days in DAYS.items():
        late |= Q(every=every, looked_on__lte=on - timedelta(days=days))
    rows = SavedSearch.objects.select_related(*RELATED).filter(late, stopped_at__isnull=True, account__is_active=True)
    return rows.order_by("looked_on", "pk")
