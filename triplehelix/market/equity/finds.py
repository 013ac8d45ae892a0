"""Querysets every list of equity starts from."""

from datetime import date, datetime

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from triplehelix.market.equity import access
from triplehelix.market.equity.models import Deal, Event, Interest, Project, Showing
from triplehelix.market.finance.access import may_read_all, own_organisations
from triplehelix.records.parties.models import Account


def deals(actor: Account | None, on: date) -> QuerySet[Deal]:
    """The deals somebody may open."""
    return access.visible(Deal.objects.select_related("fund__organisation", "firm"), actor, on)


def deals_to_confirm(actor: Account, on: date) -> QuerySet[Deal]:
    """What funds have entered and this firm has not confirmed yet."""
    rows = Deal.objects.filter(access.relations(actor, on)[access.FIRM], state="proposed")
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
