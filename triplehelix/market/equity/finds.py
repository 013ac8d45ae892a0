"""Querysets every list of equity starts from."""

from datetime import date, datetime, timedelta

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from triplehelix.market.equity import access
from triplehelix.market.equity.models import Deal, Event, Interest, Project, Showing
from triplehelix.market.finance.access import may_read_all, own_organisations
from triplehelix.market.finance.models import Institution
from triplehelix.records.parties.models import Account


def deals(actor: Account | None, on: date) -> QuerySet[Deal]:
    """The deals somebody may open."""
    return access.visible(Deal.objects.select_related("fund__organisation", "firm"), actor, on)


#: So many days before the last one a fund is asked whether an investment becomes shares.
ASKED_BEFORE = timedelta(days=30)


def deals_waiting(actor: Account, on: date) -> QuerySet[Deal]:
    """What somebody has to do: the firm confirms what its fund has entered (never he who entered it), the fund says
    what became of an investment whose last day of conversion is near or past."""
    held = access.relations(actor, on)
    confirm = held[access.FIRM] & Q(state="proposed") & ~Q(recorded_by=actor)
    convert = held[access.FUND] & Q(state="agreed", convert_by__lte=on + ASKED_BEFORE)
    rows = Deal.objects.filter(confirm | convert)
    return rows.select_related("fund__organisation", "firm").order_by("recorded_at", "pk")


def projects(actor: Account | None, on: date) -> QuerySet[Project]:
    """The projects somebody may open, with their listings, and how many funds want to talk."""
    rows = Project.objects.select_related("organisation", "achievement", "need")
    return access.projects(rows, actor, on).annotate(talks=Count("interests")).order_by("-opened_at", "-pk")


def talks(project: Project, actor: Account, on: date) -> QuerySet[Interest]:
    """Who wants to talk about a project: all for its owner and the offices, of the funds one acts for otherwise."""
    rows = project.interests.select_related("fund__organisation")
    if project.organisation_id in own_organisations(actor, on) or may_read_all(actor, on):
        return rows
    return rows.filter(fund__in=access.funds_of(actor, on))


def may_ask(project: Project, actor: Account, on: date) -> QuerySet[Institution]:
    """The funds somebody acts for that have not asked about this project, while it may be asked about."""
    funds = access.funds_of(actor, on)
    if project.closed_at is not None or project.listing.state != "published":
        return funds.none()
    return funds.exclude(pk__in=project.interests.values("fund")).exclude(organisation=project.organisation_id)


def for_stage() -> QuerySet[Project]:
    """Open projects whose owners are willing to go on stage."""
    return _projects(_willing())


def for_change(event: Event) -> QuerySet[Project]:
    """Those, and what is on the programme of this roadshow already, which stays first and in its order."""
    place = event.showings.filter(project=OuterRef("pk")).values("seq")[:1]
    there = Q(pk__in=event.showings.values("project"))
    return _projects(_willing() | there).annotate(place=Subquery(place)).order_by(F("place").asc(nulls_last=True), "pk")


def _willing() -> Q:
    published = Q(achievement__state="published") | Q(need__state="published")
    return published & Q(closed_at=None, on_stage=True)


def _projects(which: Q) -> QuerySet[Project]:
    rows = Project.objects.filter(which)
    return rows.select_related("organisation", "achievement", "need").order_by("-opened_at", "-pk")


def events() -> QuerySet[Event]:
    """Every roadshow with how many people have registered and what is shown, newest first."""
    coming = Sum("registrations__people", filter=Q(registrations__cancelled_at=None))
    shown = Showing.objects.select_related("project__organisation", "project__achievement", "project__need")
    rows = Event.objects.annotate(coming=Coalesce(coming, 0)).prefetch_related(Prefetch("showings", shown))
    return rows.order_by("-starts_at", "-pk")


def ahead(now: datetime) -> QuerySet[Event]:
    """Those still to come, the next first."""
    return events().filter(state="open", ends_at__gt=now).order_by("starts_at", "pk")


def may_join(event: Event, actor: Account | None, on: date) -> bool:
    """Whether somebody may read where a roadshow is held online: who has registered or is on stage, the city, audit.

    The door of a meeting is not on the street: whoever has the address comes in, past the number of places.
    """
    if may_read_all(actor, on):
        return True
    own = own_organisations(actor, on)
    if not own:
        return False
    coming = event.registrations.filter(cancelled_at=None, organisation__in=own)
    return coming.exists() or event.showings.filter(project__organisation__in=own).exists()


def to_close(now: datetime) -> QuerySet[Event]:
    """Those that are over, and of which the city has not said yet that they were held or cancelled."""
    return Event.objects.filter(state="open", ends_at__lte=now).order_by("ends_at", "pk")
