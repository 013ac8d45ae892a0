"""Who stands in which relation to a listing. One relation is one `Q`: it filters lists, opens pages, shows buttons,
lets steps be taken, and lets search see.

owner   挂牌单位的成员     unit  主管单位（县市区、开发区）     city  市科技局、市场运营、技术经理人
member  任何已核实单位的成员     auditor 审计     public 任何人
"""

from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils import timezone

from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account

if TYPE_CHECKING:
    from triplehelix.market.listings.models import Listing

L = TypeVar("L", bound="Listing")

NOBODY = Q(pk__in=())
EVERYBODY = ~NOBODY


def _numbers(groups: frozenset[str], prefix: str) -> list[str]:
    return [group.removeprefix(prefix) for group in groups if group.startswith(prefix)]


def relations(actor: Account | None, now: datetime) -> dict[str, Q]:
    """Each relation as the `Q` of the listings to which the actor has it on this day."""
    groups = audiences(actor, timezone.localdate(now))
    return {
        "owner": Q(organisation_id__in=[int(n) for n in _numbers(groups, "org:")]),
        "unit": Q(organisation__unit__in=_numbers(groups, "unit:")) & ~Q(state="draft"),
        "city": ~Q(state="draft") if "city" in groups else NOBODY,
        "auditor": EVERYBODY if "auditor" in groups else NOBODY,
        "member": Q(state="published") if "member" in groups else NOBODY,
        "public": Q(state="published"),
    }


def visible(listings: "QuerySet[L]", actor: Account | None, now: datetime) -> "QuerySet[L]":
    """The listings somebody may open; any other answers 404."""
    seen = NOBODY
    for relation in relations(actor, now).values():
        seen |= relation
    return listings.filter(seen)


def relations_of(listing: "Listing", actor: Account | None, now: datetime) -> frozenset[str]:
    """The names of the relations the actor has to one listing: one query."""
    holds = {
        f"is_{name}": ExpressionWrapper(q, output_field=BooleanField()) for name, q in relations(actor, now).items()
    }
    row = type(listing)._default_manager.filter(pk=listing.pk).values(**holds).first() or {}
    return frozenset(name.removeprefix("is_") for name, held in row.items() if held)


#: Contact details are for the owner and the offices; another organisation gets them by an introduction that both sides
#: have accepted (market.introductions), never before.
CONTACT_RELATIONS = frozenset({"owner", "unit", "city"})
