"""Querysets every list of sales starts from."""

from datetime import date, datetime

from django.db.models import BigIntegerField, Case, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.contracts import access
from triplehelix.market.contracts.models import (
    Bid,
    Contract,
    Distribution,
    Instalment,
    Objection,
    Proposal,
    Publication,
    Receipt,
    Registration,
    Sale,
    Share,
)
from triplehelix.market.contracts.money import MOVED, STANDS
from triplehelix.market.contracts.states import TERMINATED_FROM
from triplehelix.market.introductions.models import Version
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.finds import cared_for
from triplehelix.records.parties.models import Account, Person
from triplehelix.records.parties.rules import DUTIFUL
from triplehelix.records.steps.relating import NOBODY

#: The type of the pack's list by which the right itself changes hands.
ASSIGNED = "ASSIGN"
#: Where a contract asks for nothing any more, of nobody.
ENDED = ("closed", "terminated")
Days = tuple[date | None, date | None]
#: What each relation has to do, by where a sale stands.
WAITS: dict[str, Q] = {
    "seller": Q(state="checking", rights__isnull=True)
    | Q(state="pricing", proposal__isnull=True)
    | Q(state__in=("unsold", "priced", "signed", "revoked", "reward_objected")),
    "buyer": Q(contract__trial__state="triggered") & ~Q(state__in=ENDED),
    "city": Q(state="checking", rights__isnull=False)
    | Q(state="pricing", proposal__isnull=False)
    | Q(state__in=("objected", "bidding", "registering", "suspended"))
    | Q(state="following", follow_ups__isnull=False)
    # A contract whose thing went back while its income was being shared: it ends afterwards.
    | Q(state__in=TERMINATED_FROM, contract__trial__state="returned"),
}


def shown_to(actor: Account | None, on: date) -> QuerySet[Sale]:
    """The sales somebody may open, newest first, with what a line shows."""
    rows = Sale.objects.select_related("achievement", "seller", "buyer", "need")
    return access.visible(rows, actor, on)


def with_money(rows: QuerySet[Sale]) -> QuerySet[Sale]:
    """With `arrived_fen`, what has come in less what went back."""
    sums = Receipt.objects.filter(STANDS, contract__sale=OuterRef("pk")).order_by().values("contract__sale")
    return rows.annotate(arrived_fen=Coalesce(Subquery(sums.annotate(sum=Sum(MOVED)).values("sum")), 0))


def waiting_for(actor: Account, on: date) -> QuerySet[Sale]:
    """The sales in which it is this person's turn, longest waiting first."""
    relations, wanted = access.relations(actor, on), NOBODY
    for relation, what in WAITS.items():
        wanted |= relations[relation] & what
    # The buyer pays, and the seller records what has come.
    wanted |= (relations["seller"] | relations["buyer"]) & Q(pk__in=with_overdue(on).values("pk"))
    late = Distribution.objects.filter(sale__state="rewarding", is_final=False, void_why="", last__lt=on)
    wanted |= relations["seller"] & (Q(pk__in=late.values("sale")) | Q(pk__in=settled().values("pk")))
    # The system ends a notice or a listing by itself: what stays cannot be sold any more. A result ends an auction.
    ended = Publication.objects.filter(is_over=False, last__lt=on).order_by().values("sale")
    wanted |= (relations["seller"] | relations["city"]) & Q(state__in=("noticing", "listed"), pk__in=ended)
    wanted |= relations["city"] & Q(state="announced", pk__in=ended)
    # An objection to a notice that was taken down waits for its answer all the same.
    asked = Objection.objects.filter(answered_at__isnull=True).order_by().values("publication__sale")
    wanted |= relations["city"] & Q(pk__in=asked)
    tried = Q(contract__trial__state="using", contract__trial__until__lt=on) & ~Q(state__in=ENDED)
    wanted |= (relations["seller"] | relations["buyer"]) & tried
    rows = Sale.objects.filter(pk__in=Sale.objects.filter(wanted).values("pk"))
    return rows.select_related("achievement", "seller", "buyer").order_by("changed_at", "pk")


def settled() -> QuerySet[Sale]:
    """Sales with nothing more to come for now, that wait for being shared out or followed: all that is due has arrived;
    or royalties have, since the last sheet, at a unit that shares them."""
    asked = Instalment.objects.filter(contract__sale=OuterRef("pk")).order_by().values("contract__sale")
    shared = Distribution.objects.filter(sale=OuterRef("pk"), is_final=True, void_why="").order_by().values("sale")
    rows = with_money(Sale.objects.filter(state__in=("registered", "following"), contract__isnull=False)).annotate(
        due_fen=Coalesce(Subquery(asked.annotate(sum=Sum("amount_fen")).values("sum")), 0),
        shared_fen=Coalesce(Subquery(shared.annotate(sum=Sum("income_fen")).values("sum")), 0),
    )
    more = Q(state="following", seller__type__in=DUTIFUL, arrived_fen__gt=F("shared_fen"))
    more &= ~Q(contract__structure="equity")
    return rows.filter(Q(state="registered", arrived_fen__gte=F("due_fen")) | more)


def contracts(since: date | None = None, until: date | None = None) -> QuerySet[Sale]:
    """Sales with a registered contract, decided in these days (both included): an intent is not among them."""
    found = Q(contract__registrations__outcome="registered")
    found &= Q(contract__registrations__decided_on__gte=since) if since else Q()
    found &= Q(contract__registrations__decided_on__lte=until) if until else Q()
    return Sale.objects.filter(found).select_related("achievement", "seller", "buyer", "contract").order_by("-pk")


def moved(since: date | None = None, until: date | None = None) -> QuerySet[Receipt]:
    """What was paid or went back in these days (both included), one row a paper that proves it and was not voided, with
    `moved_fen`: a refund counts against, and 作价入股, paid in shares, is no money (NULL)."""
    money = When(~Q(contract__structure="equity"), then=MOVED)
    rows = Receipt.objects.filter(STANDS).annotate(moved_fen=Case(money, default=None, output_field=BigIntegerField()))
    rows = rows.select_related("contract__sale__achievement", "contract__sale__seller")
    rows = rows.filter(on__gte=since) if since else rows
    return rows.filter(on__lte=until) if until else rows


def paid_sales(since: date | None = None, until: date | None = None) -> QuerySet[Sale]:
    """The sales money came in for in these days (both included), each once."""
    return Sale.objects.filter(pk__in=moved(since, until).filter(way="in").order_by().values("contract__sale"))


def kept_payments() -> QuerySet[Sale]:
    """The sales of which more has been paid than went back."""
    totals = moved().order_by().values("contract__sale").annotate(total=Sum(MOVED)).filter(total__gt=0)
    return Sale.objects.filter(pk__in=totals.values("contract__sale"))


def landed(since: date | None = None, until: date | None = None) -> QuerySet[Sale]:
    """成功落地: contracts registered, paid in part and carried out in the city; `landed_on` says since when."""
    rows = Sale.objects.filter(landed_on__isnull=False).select_related("achievement", "seller", "buyer", "contract")
    rows = rows.filter(landed_on__gte=since) if since else rows
    rows = rows.filter(landed_on__lte=until) if until else rows
    return rows.order_by("-landed_on", "-pk")


def narrowed(
    rows: QuerySet[Sale], *, registered: Days | None, arrived: Days | None, landed_in: Days | None
) -> QuerySet[Sale]:
    """Of these rows those of `contracts`, `paid_sales`, `landed` in these days: what a number of the funnel opens."""
    for days, found in ((registered, contracts), (arrived, paid_sales), (landed_in, landed)):
        if days is not None:
            rows = rows.filter(pk__in=found(*days).order_by().values("pk"))
    return rows


def with_overdue(on: date) -> QuerySet[Sale]:
    """Sales that have an instalment past its day and less money than all that are past: while something can be paid.
    What was closed stays so when money goes back."""
    late = Instalment.objects.filter(contract__sale=OuterRef("pk"), due_on__lt=on).order_by().values("contract__sale")
    asked = late.annotate(sum=Sum("amount_fen")).values("sum")
    rows = with_money(Sale.objects.exclude(state__in=ENDED)).annotate(asked_fen=Coalesce(Subquery(asked), 0))
    return rows.filter(asked_fen__gt=F("arrived_fen")).select_related("achievement", "seller", "buyer", "contract")


def public() -> QuerySet[Publication]:
    """挂牌与公示: everything the market made public, newest first."""
    rows = Publication.objects.select_related("sale__seller", "sale__achievement")
    return rows.annotate(bidders=Count("bids", filter=~Q(bids__result="withdrawn"))).order_by("-published_at", "-pk")


def assigned(achievement: Achievement, *, besides: Sale | None = None) -> Contract | None:
    """A contract that has already moved the whole right to somebody: nothing is sold twice."""
    rows = Contract.objects.filter(type=ASSIGNED, sale__achievement=achievement).exclude(sale__state="terminated")
    rows = rows.exclude(sale=besides) if besides is not None else rows
    return rows.select_related("sale__buyer").first()


def agreed_terms(sale: Sale) -> Version | None:
    """The version both sides accepted, where the sale comes from an introduction; None for any other."""
    held = sale.introduction
    return held.versions.order_by("-n").first() if held is not None and held.state == "agreed" else None


def papers_of(sale: Sale, held: frozenset[str]) -> list[File]:
    """Every paper of a sale: consents, the unit's notice, results, contract, amendments, registrations, receipts; of
    scans that were replaced those which somebody with these relations reads (`access.reads_replaced`)."""
    proposal = Proposal.objects.filter(sale=sale)
    found = Q(pk__in=sale.owners.values("consent")) | Q(pk__in=proposal.values("unit_proof"))
    found |= Q(pk__in=sale.publications.order_by().values("unit_proof"))
    found |= Q(pk__in=sale.publications.order_by().values("outcome__file"))
    amended = sale.amendments.order_by()
    replaced = amended.filter(ground__in=access.reads_replaced(held)).values("replaced")
    found |= Q(pk__in=amended.values("file")) | Q(pk__in=replaced)
    for model in (Contract, Registration, Receipt):
        at = "sale" if model is Contract else "contract__sale"
        found |= Q(pk__in=model._default_manager.filter(**{at: sale}).order_by().values("file"))
    return list(File.objects.filter(found))


def bids_of(actor: Account, on: date) -> QuerySet[Bid]:
    """What this person's organisations have registered for, newest first."""
    rows = Bid.objects.filter(organisation__in=cared_for(actor, on))
    return rows.select_related("publication__sale__seller", "organisation").order_by("-registered_at", "-pk")


def shares_of(actor: Account) -> QuerySet[Share]:
    """The person's own lines of sheets that were made public and stand, newest first. Nothing else of a sheet."""
    rows = Share.objects.filter(person__account=actor, distribution__void_why="")
    return rows.select_related("distribution__sale__achievement", "distribution__sale__seller").order_by("-pk")


def contributor_named(sale: Sale, name: str) -> Person | None:
    """Of those named with the achievement the only one called so. Somebody else of the unit may bear the same name, and
    whoever is linked sees the amount."""
    found = list(sale.achievement.people.filter(name=name)[:2])
    return found[0] if len(found) == 1 else None


def running(now: datetime) -> QuerySet[Publication]:
    """What takes objections or bidders today."""
    today = timezone.localdate(now)
    return public().filter(is_over=False, first__lte=today, last__gte=today)
