"""Querysets every list of sales starts from."""

from datetime import date, datetime

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from triplehelix.market.contracts import access
from triplehelix.market.contracts.models import Instalment, Publication, Receipt, Sale
from triplehelix.records.parties.models import Account

#: States in which each relation has something to do.
WAITS: dict[str, tuple[str, ...]] = {
    "seller": ("checking", "pricing", "unsold", "priced", "signed", "revoked"),
    "city": ("checking", "pricing", "objected", "unsold", "bidding", "registering", "suspended"),
}


def shown_to(actor: Account | None, on: date) -> QuerySet[Sale]:
    """The sales somebody may open, newest first, with what a line shows."""
    rows = Sale.objects.select_related("achievement", "seller", "buyer")
    return access.visible(rows, actor, on)


def with_money(rows: QuerySet[Sale]) -> QuerySet[Sale]:
    """With `arrived_fen`, what has come in less what went back."""
    signed = Case(When(way="in", then=F("amount_fen")), default=-F("amount_fen"))
    sums = Receipt.objects.filter(contract__sale=OuterRef("pk")).order_by().values("contract__sale")
    return rows.annotate(arrived_fen=Coalesce(Subquery(sums.annotate(sum=Sum(signed)).values("sum")), 0))


def waiting_for(actor: Account, on: date) -> QuerySet[Sale]:
    """The sales in which it is this person's turn, longest waiting first."""
    relations, wanted = access.relations(actor, on), access.NOBODY
    for relation, states in WAITS.items():
        wanted |= relations[relation] & Q(state__in=states)
    return Sale.objects.filter(wanted).select_related("achievement", "seller").order_by("changed_at", "pk")


def contracts(since: date | None = None, until: date | None = None) -> QuerySet[Sale]:
    """Sales with a registered contract, decided in these days (both included): an intent is not among them."""
    found = Q(contract__registrations__outcome="registered")
    found &= Q(contract__registrations__decided_on__gte=since) if since else Q()
    found &= Q(contract__registrations__decided_on__lte=until) if until else Q()
    return Sale.objects.filter(found).select_related("achievement", "seller", "buyer", "contract").order_by("-pk")


def paid(since: date | None = None, until: date | None = None) -> QuerySet[Receipt]:
    """Money that arrived in these days (both included), one row a receipt."""
    rows = Receipt.objects.filter(way="in").select_related("contract__sale__achievement", "contract__sale__seller")
    rows = rows.filter(on__gte=since) if since else rows
    return rows.filter(on__lte=until) if until else rows


def landed(since: date | None = None, until: date | None = None) -> QuerySet[Sale]:
    """成功落地: contracts registered, paid in part and carried out in the city; `landed_on` says since when."""
    rows = Sale.objects.filter(landed_on__isnull=False).select_related("achievement", "seller", "buyer", "contract")
    rows = rows.filter(landed_on__gte=since) if since else rows
    rows = rows.filter(landed_on__lte=until) if until else rows
    return rows.order_by("-landed_on", "-pk")


def with_overdue(on: date) -> QuerySet[Sale]:
    """Sales that have an instalment past its day and less money than all that are past."""
    late = Instalment.objects.filter(contract__sale=OuterRef("pk"), due_on__lt=on).order_by().values("contract__sale")
    asked = late.annotate(sum=Sum("amount_fen")).values("sum")
    rows = with_money(Sale.objects.exclude(state="terminated")).annotate(asked_fen=Coalesce(Subquery(asked), 0))
    return rows.filter(asked_fen__gt=F("arrived_fen")).select_related("achievement", "seller", "buyer", "contract")


def public() -> QuerySet[Publication]:
    """挂牌与公示: everything the market made public, newest first."""
    rows = Publication.objects.select_related("sale__seller", "sale__achievement")
    return rows.annotate(bidders=Count("bids")).order_by("-published_at", "-pk")


def running(now: datetime) -> QuerySet[Publication]:
    """What takes objections or bidders today."""
    today = timezone.localdate(now)
    return public().filter(is_over=False, first__lte=today, last__gte=today)
