"""Who stands in which relation to a deal, a project, a roadshow. One relation is one `Q`.

fund 出资的基金成员     firm 被投企业成员     city 市科技局，代表其中一方的除外     auditor 审计
investor 任何在册基金的成员
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils import timezone

from triplehelix.market.equity.models import Deal, Event, Project
from triplehelix.market.finance.access import EVERYBODY, NOBODY, desk_in, desk_of, is_city, own_in
from triplehelix.market.finance.models import Institution
from triplehelix.records.parties import finds
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account, Membership

FUND, FIRM, CITY = "fund", "firm", "city"
__all__ = [
    "CITY", "FIRM", "FUND", "accounts_in", "coming_to", "funds_of", "holding", "is_city", "projects", "relations",
    "relations_of", "visible",
]  # fmt: skip


def relations(actor: Account | None, on: date) -> dict[str, Q]:
    """Each relation as the `Q` of the deals to which the actor has it on this day."""
    groups = audiences(actor, on)
    own = own_in(groups)
    others = ~Q(fund__organisation_id__in=own) & ~Q(firm_id__in=own) if own else EVERYBODY
    return {
        FUND: Q(fund__organisation_id__in=own),
        FIRM: Q(firm_id__in=own),
        CITY: others if "role:city_officer" in groups else NOBODY,
        "auditor": EVERYBODY if "auditor" in groups else NOBODY,
    }


def visible(rows: QuerySet[Deal], actor: Account | None, on: date) -> QuerySet[Deal]:
    """The deals somebody may open; any other answers 404."""
    seen = NOBODY
    for relation in relations(actor, on).values():
        seen |= relation
    return rows.filter(seen)


def relations_of(deal: Deal, actor: Account | None, on: date) -> frozenset[str]:
    """The names of the relations the actor has to one deal: one query."""
    holds = {
        f"is_{name}": ExpressionWrapper(q, output_field=BooleanField()) for name, q in relations(actor, on).items()
    }
    row = type(deal)._default_manager.filter(pk=deal.pk).values(**holds).first() or {}
    return frozenset(name.removeprefix("is_") for name, held in row.items() if held)


def funds_of(actor: Account | None, on: date) -> QuerySet[Institution]:
    """The registered funds somebody acts for."""
    return desk_of(actor, on).filter(kind="fund")


def projects(rows: QuerySet[Project], actor: Account | None, on: date) -> QuerySet[Project]:
    """The projects somebody may open: own ones; for investors those that are open and whose listing is published."""
    groups = audiences(actor, on)
    if groups & {"role:city_officer", "auditor"}:
        return rows
    own = own_in(groups)
    seen = Q(organisation_id__in=own)
    if desk_in(own, on).filter(kind="fund").exists():
        published = Q(achievement__state="published") | Q(need__state="published")
        seen |= published & Q(closed_at=None)
    return rows.filter(seen)


def accounts_in(deal: Deal, relation: str, now: datetime) -> Iterable[Account]:
    """Who is told of a deal: the members of the side."""
    return finds.members_of(deal.fund.organisation if relation == FUND else deal.firm, timezone.localdate(now))


def holding(event: Event, actor: Account | None, on: date) -> frozenset[str]:
    """city: an officer of the science bureau, who holds a roadshow; public: anybody."""
    return frozenset({"public"} | ({CITY} if is_city(actor, on) else set()))


def coming_to(event: Event, relation: str, now: datetime) -> Iterable[Account]:
    """Who is told of a roadshow: who has registered, and whoever acts for a firm on stage."""
    coming = event.registrations.filter(cancelled_at=None)
    shown = event.showings.values("project__organisation")
    firm = Q(organisation__in=shown) | Q(organisation__taken_over__in=shown)
    on_stage = Membership.objects.on(timezone.localdate(now)).filter(firm)
    either = Q(pk__in=coming.values("account")) | Q(pk__in=on_stage.values("account"))
    return Account.objects.filter(either, is_active=True)
