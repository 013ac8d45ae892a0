"""Who stands in which relation to experts and their works.

desk    市科技局、市场运营: harvests, decides who is who     self  the person, by the account
home    members of the person's organisation: give an address, invite     member  any confirmed organisation
public  anybody: pages of experts who confirmed them and made them public
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from triplehelix.market.experts.models import Expert, Harvest
from triplehelix.records.parties import finds
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account

DESK, SELF, HOME, MEMBER = "desk", "self", "home", "member"
DESK_OFFICES = frozenset({"role:city_officer", "role:operator"})


def offices(actor: Account | None, on: date) -> frozenset[str]:
    """`desk` for whoever handles harvests and proposals, else nothing."""
    return frozenset({DESK}) if audiences(actor, on) & DESK_OFFICES else frozenset()


def is_desk(actor: Account | None, on: date) -> bool:
    return bool(offices(actor, on))


def visible(actor: Account | None, on: date) -> Q:
    """The roots whose page somebody may open; any other answers 404.

    The public sees who confirmed and said so; members also those nobody has confirmed, unless the person is not to be
    shown. The desk and the person see all of it."""
    groups = audiences(actor, on)
    seen = Q(person__profile__visibility="public")
    if groups & (DESK_OFFICES | {"auditor"}):
        return Q(merged_into__isnull=True)
    if "member" in groups:
        seen = Q(person__profile__isnull=True) | ~Q(person__profile__visibility="hidden")
    if actor is not None and actor.is_authenticated:
        seen |= Q(person__account=actor)
    return Q(merged_into__isnull=True) & seen


def relations_of(expert: Expert, actor: Account | None, on: date) -> frozenset[str]:
    """The relations somebody has to one root."""
    groups = audiences(actor, on)
    found = set(offices(actor, on))
    if "member" in groups or found:
        found.add(MEMBER)
    person = expert.person
    if person is not None and actor is not None and actor.is_authenticated:
        if person.account_id == actor.pk:
            found.add(SELF)
        if f"org:{person.home_id}" in groups:
            found.add(HOME)
    return frozenset(found)


def harvesting(harvest: Harvest, actor: Account | None, on: date) -> frozenset[str]:
    """The relations somebody has to a harvest: the desk's, whichever it is."""
    return offices(actor, on)


def accounts_in(harvest: Harvest, relation: str, now: datetime) -> Iterable[Account]:
    """Who is told of a harvest: who began it; of one that began by itself the city's officers."""
    return [harvest.created_by] if harvest.created_by is not None else finds.city_officers(timezone.localdate(now))
