"""Who stands in which relation to a visit, and which firms somebody may record a visit to.

owner 被走访单位的成员     unit 它的主管部门     city 市科技局、市场运营     recorder 走访人（凭职务）     auditor 审计

A technology manager visits firms for the city but belongs to the market, and may act for another firm: of visits he
reads his own. A wish for money is for the firm, its unit and the science bureau, as in the finance room
(`finance.access.leads`), and for who wrote it down. A visit that was voided is no longer the firm's to read.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from triplehelix.market.visits.models import Ask, Visit
from triplehelix.records.parties import finds
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.access import relations as to_organisation
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.steps.relating import EVERYBODY, NOBODY, any_of, codes, held, numbers

OWNER, UNIT, CITY, RECORDER, AUDITOR = "owner", "unit", "city", "recorder", "auditor"
#: Whose business an ask is, beside the firm's.
OFFICES = frozenset({UNIT, CITY, RECORDER})
#: The audience of who visits firms for the city: its officers, the operator of the market, technology managers.
VISITS_FOR_CITY = "city"
#: Kinds of organisation that are visited for what they need.
FIRMS = ("企业",)


def relations(actor: Account | None, on: date, path: str = "") -> dict[str, Q]:
    """Each relation as the `Q` of the rows whose visit is at `path` ("" for visits themselves, "visit__")."""
    groups = audiences(actor, on)
    in_office = actor is not None and _in_office(groups)
    return {
        OWNER: Q(**{f"{path}organisation_id__in": numbers(groups, "org:"), f"{path}void_why": ""}),
        UNIT: Q(**{f"{path}organisation__unit__in": codes(groups, "unit:")}),
        CITY: EVERYBODY if groups & {"role:city_officer", "role:operator"} else NOBODY,
        RECORDER: Q(**{f"{path}visitor": actor.pk}) if actor is not None and in_office else NOBODY,
        AUDITOR: EVERYBODY if AUDITOR in groups else NOBODY,
    }


def of_asks(actor: Account | None, on: date) -> dict[str, Q]:
    """The same of asks: none of a visit that was voided, and the operator of the market has no part in a wish for
    money."""
    found = {name: q & Q(visit__void_why="") for name, q in relations(actor, on, "visit__").items()}
    if "role:city_officer" not in audiences(actor, on):
        found[CITY] &= ~Q(what="finance")
    return found


def relations_of(ask: Ask, actor: Account | None, on: date) -> frozenset[str]:
    """The names of the relations the actor has to one ask: one query."""
    return held(ask, of_asks(actor, on))


def accounts_in(ask: Ask, relation: str, now: datetime) -> Iterable[Account]:
    """Who is told of an ask: the firm."""
    return finds.members_of(ask.visit.organisation, timezone.localdate(now))


def visible(rows: QuerySet[Visit], actor: Account | None, on: date) -> QuerySet[Visit]:
    """The visits somebody may open; any other answers 404."""
    return rows.filter(any_of(relations(actor, on)))


def may_void(visit: Visit, actor: Account, on: date) -> bool:
    """The officers over the firm, and who wrote it while he may read it."""
    if "officer" in to_organisation(actor, visit.organisation, on):
        return True
    own = type(visit)._default_manager.filter(pk=visit.pk, visitor=actor)
    return visible(own, actor, on).exists()


def may_visit(actor: Account, on: date) -> QuerySet[Organisation]:
    """Whom this person may record a visit to: the own organisations; for an officer the unit's firms, or all. Nobody
    visits one that has ended."""
    groups, rows = audiences(actor, on), Organisation.objects.filter(ending="")
    own = Q(pk__in=numbers(groups, "org:"))
    firms = Q(type__in=FIRMS)
    if VISITS_FOR_CITY in groups:
        return rows.filter(own | firms)
    return rows.filter(own | firms & Q(unit__in=codes(groups, "unit:")))


def is_office(actor: Account, on: date) -> bool:
    """Whether this person visits firms by office, and may name one that is not registered yet."""
    return _in_office(audiences(actor, on))


def _in_office(groups: frozenset[str]) -> bool:
    return VISITS_FOR_CITY in groups or bool(codes(groups, "unit:"))


def unit_of(actor: Account, uscc: str, on: date) -> str | None:
    """The unit that manages a firm registered on a visit of this officer: of several, the one its code was given in.
    '' for the city's people; None when the code does not tell."""
    groups = audiences(actor, on)
    found = codes(groups, "unit:")
    if len(found) == 1:
        return found[0]
    given_in = uscc[2:8]
    return given_in if given_in in found else "" if VISITS_FOR_CITY in groups else None
