"""Who stands in which relation to an opening.

firm 受益单位的成员     clerk 市科技局     city 科技大市场（见证）     finance 市财政局     auditor 审计
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from triplehelix.procedure.openings.models import Opening
from triplehelix.records.parties import finds
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.relating import EVERYBODY, NOBODY, any_of, numbers

#: The audience behind each relation that sees every opening.
OFFICES = {"clerk": "role:city_officer", "city": "role:operator", "finance": "finance", "auditor": "auditor"}


def relations(actor: Account | None, on: date) -> dict[str, Q]:
    """Each relation as the `Q` of the openings to which the actor has it on this day."""
    held = audiences(actor, on)
    found = {name: EVERYBODY if group in held else NOBODY for name, group in OFFICES.items()}
    return {"firm": Q(organisation_id__in=numbers(held, "org:")), **found}


def visible(rows: QuerySet[Opening], actor: Account | None, on: date) -> QuerySet[Opening]:
    """The openings somebody may open; any other answers 404."""
    return rows.filter(any_of(relations(actor, on)))


def relations_of(opening: Opening, actor: Account | None, on: date) -> frozenset[str]:
    """The names of the relations the actor has to one opening."""
    held = audiences(actor, on)
    found = {name for name, group in OFFICES.items() if group in held}
    return frozenset(found | ({"firm"} if f"org:{opening.organisation_id}" in held else set()))


def accounts_in(opening: Opening, relation: str, now: datetime) -> Iterable[Account]:
    """Who is told: the firm, else the city's officers."""
    day = timezone.localdate(now)
    return finds.members_of(opening.organisation, day) if relation == "firm" else finds.city_officers(day)
