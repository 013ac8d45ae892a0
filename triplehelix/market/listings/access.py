"""Who stands in which relation to a listing. One relation is one `Q`: it filters lists, opens pages, shows buttons,
lets steps be taken, and lets search see.

owner   挂牌单位的成员     unit  主管单位（县市区、开发区）     city  市科技局、市场运营、技术经理人
member  任何已核实单位的成员     auditor 审计     public 任何人
"""

from datetime import datetime
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.utils import timezone

from triplehelix.market.listings.models import Listing
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.relating import EVERYBODY, NOBODY, acts_for, any_of, codes, held, numbers

L = TypeVar("L", bound=Listing)


def relations(actor: Account | None, now: datetime) -> dict[str, Q]:
    """Each relation as the `Q` of the listings to which the actor has it on this day."""
    groups = audiences(actor, timezone.localdate(now))
    own, others = [*numbers(groups, "org:"), *numbers(groups, "wrote:")], ~Q(state="draft")
    if own:
        others &= ~Q(organisation_id__in=own)  # 回避: nobody approves what the own organisation hands in
    return {
        "owner": acts_for(groups),
        "unit": Q(organisation__unit__in=codes(groups, "unit:")) & others,
        "city": others if "city" in groups else NOBODY,
        "auditor": EVERYBODY if "auditor" in groups else NOBODY,
        "member": Q(state="published") if "member" in groups else NOBODY,
        "public": Q(state="published"),
    }


def visible(listings: QuerySet[L], actor: Account | None, now: datetime) -> QuerySet[L]:
    """The listings somebody may open; any other answers 404."""
    return listings.filter(any_of(relations(actor, now)))


def relations_of(listing: Listing, actor: Account | None, now: datetime) -> frozenset[str]:
    """The names of the relations the actor has to one listing: one query."""
    return held(listing, relations(actor, now))


#: Contact details are for the owner and the offices; another organisation gets them by an introduction that both sides
#: have accepted (market.introductions), never before.
CONTACT_RELATIONS = frozenset({"owner", "unit", "city"})
