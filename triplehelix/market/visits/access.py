"""Who stands in which relation to a visit, and which firms somebody may record a visit to.

owner 被走访单位的成员     unit 它的主管部门     city 市科技局、市场运营、技术经理人     auditor 审计
"""

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.steps.relating import EVERYBODY, NOBODY, any_of, codes, numbers

if TYPE_CHECKING:
    from triplehelix.market.visits.models import Visit

OWNER, UNIT, CITY, AUDITOR = "owner", "unit", "city", "auditor"
#: Kinds of organisation that are visited for what they need.
FIRMS = ("企业",)


def relations(actor: Account | None, on: date, path: str = "") -> dict[str, Q]:
    """Each relation as the `Q` of the rows whose visit is at `path` ("" for visits themselves, "visit__")."""
    groups = audiences(actor, on)
    return {
        OWNER: Q(**{f"{path}organisation_id__in": numbers(groups, "org:")}),
        UNIT: Q(**{f"{path}organisation__unit__in": codes(groups, "unit:")}),
        CITY: EVERYBODY if CITY in groups else NOBODY,
        AUDITOR: EVERYBODY if AUDITOR in groups else NOBODY,
    }


def visible(rows: "QuerySet[Visit]", actor: Account | None, on: date) -> "QuerySet[Visit]":
    """The visits somebody may open; any other answers 404."""
    return rows.filter(any_of(relations(actor, on)))


def may_visit(actor: Account, on: date) -> "QuerySet[Organisation]":
    """Whom this person may record a visit to: the own organisations; for an officer the unit's firms, or all."""
    groups = audiences(actor, on)
    own = Q(pk__in=numbers(groups, "org:"))
    firms = Q(type__in=FIRMS)
    if CITY in groups:
        return Organisation.objects.filter(own | firms)
    return Organisation.objects.filter(own | firms & Q(unit__in=codes(groups, "unit:")))


def is_office(actor: Account, on: date) -> bool:
    """Whether this person visits firms by office, and may name one that is not registered yet."""
    groups = audiences(actor, on)
    return CITY in groups or bool(codes(groups, "unit:"))


def unit_of(actor: Account, uscc: str, on: date) -> str | None:
    """The unit that manages a firm registered on a visit of this officer: of several, the one its code was given in.
    '' for the city's people; None when the code does not tell."""
    groups = audiences(actor, on)
    found = codes(groups, "unit:")
    if len(found) == 1:
        return found[0]
    given_in = uscc[2:8]
    return given_in if given_in in found else "" if CITY in groups else None
