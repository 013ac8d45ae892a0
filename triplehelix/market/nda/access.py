"""Who stands in which relation to an agreement, and as what somebody opens the confidential words of a need.

owner 需求方成员     party 接收方成员     unit, city 主管部门、市科技局、技术经理人     auditor 审计

A technology manager sees that there are agreements, and opens no words by that.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from triplehelix.market.nda.models import Agreement
from triplehelix.market.needs.models import Need
from triplehelix.records.parties import finds
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.relating import EVERYBODY, NOBODY, any_of, codes, held, numbers

OWNER, PARTY, UNIT, CITY, AUDITOR = "owner", "party", "unit", "city", "auditor"
#: As what a need's words are opened by virtue of an office, in the order asked.
OFFICES = (UNIT, CITY, AUDITOR)
#: Of those the whole city is open to, the ones who read words: a technology manager, who may act for a firm or a
#: university as well, reads those of the needs he was given to judge, after a promise (market.diagnosis).
BUREAU = frozenset({"role:city_officer", "role:operator"})
#: Who reads who has opened a need.
WATCHERS = frozenset({OWNER, *OFFICES})


def relations(actor: Account | None, on: date) -> dict[str, Q]:
    """Each relation as the `Q` of the agreements to which the actor has it on this day."""
    groups = audiences(actor, on)
    own = numbers(groups, "org:")
    return {
        OWNER: Q(need__organisation_id__in=own),
        PARTY: Q(organisation_id__in=own),
        UNIT: Q(need__organisation__unit__in=codes(groups, "unit:")),
        CITY: EVERYBODY if "city" in groups else NOBODY,
        AUDITOR: EVERYBODY if "auditor" in groups else NOBODY,
    }


def visible(rows: QuerySet[Agreement], actor: Account | None, on: date) -> QuerySet[Agreement]:
    """The agreements somebody may open; any other answers 404."""
    return rows.filter(any_of(relations(actor, on)))


def relations_of(agreement: Agreement, actor: Account | None, on: date) -> frozenset[str]:
    """The names of the relations the actor has to one agreement: one query."""
    return held(agreement, relations(actor, on))


def accounts_in(agreement: Agreement, relation: str, now: datetime) -> Iterable[Account]:
    """Who is told: the members of the side."""
    side = agreement.need.organisation if relation == OWNER else agreement.organisation
    return finds.members_of(side, timezone.localdate(now))


def opens(need: Need, actor: Account | None, now: datetime) -> tuple[str, Agreement | None]:
    """As what the actor may open the confidential words of a need, with the agreement if it is by one; '' for nobody.

    Its firm, its officers, the bureau, the market and audit by their office, an organisation by an agreement in force
    while the need is published.
    """
    if actor is None or not actor.is_authenticated:
        return "", None
    to_need = need.relations_of(actor, now)
    if OWNER in to_need:
        return OWNER, None
    groups = audiences(actor, timezone.localdate(now))
    to_need = to_need if groups & BUREAU else to_need - {CITY}
    if found := next((office for office in OFFICES if office in to_need), ""):
        return found, None
    if need.state != "published":
        return "", None
    own = numbers(groups, "org:")
    agreed = Agreement.objects.filter(need=need, organisation_id__in=own, state="agreed").first()
    return (PARTY, agreed) if agreed else ("", None)
