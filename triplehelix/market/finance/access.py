"""Who stands in which relation to a finance case. One relation is one `Q`.

firm 提出需求的企业成员     institution 获得授权的机构成员     city 市科技局，代表其中一方（或办理中代表过）的除外
auditor 审计
An institution without a consent that holds on the day has no relation at all: the case is not there for it; nor has
one that is listed no longer. What it has granted is its own contract: it goes on servicing it, consent or not, and
without one sees nothing of the firm's papers (`papers`, `open_papers` ask for the consent itself).
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from triplehelix.market.finance.models import Application, Consent, Institution, Lead, Loan
from triplehelix.records.parties import finds
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.relating import EVERYBODY as EVERYBODY  # market.equity has it from here
from triplehelix.records.steps.relating import NOBODY as NOBODY
from triplehelix.records.steps.relating import acted_for, any_of, held, held_of, numbers

FIRM, INSTITUTION, CITY = "firm", "institution", "city"


def own_organisations(actor: Account | None, on: date) -> list[int]:
    """The organisations somebody acts for, by number."""
    return own_in(audiences(actor, on))


def own_in(groups: frozenset[str]) -> list[int]:
    """The same from what somebody belongs to."""
    return numbers(groups, "org:")


def is_city(actor: Account | None, on: date) -> bool:
    """An officer of the city's science bureau."""
    return "role:city_officer" in audiences(actor, on)


def may_read_all(actor: Account | None, on: date) -> bool:
    """Who reads everything of finance: the city's officers and the auditor."""
    return bool(audiences(actor, on) & {"role:city_officer", "auditor"})


def relations(actor: Account | None, on: date) -> dict[str, Q]:
    """Each relation as the `Q` of the cases to which the actor has it on this day."""
    groups = audiences(actor, on)
    own = own_in(groups)
    living = Exists(Consent.objects.living(on).filter(application=OuterRef("pk")))
    granted = Exists(Loan.objects.filter(application=OuterRef("pk")))
    others = ~Q(lead__organisation_id__in=own) & ~Q(institution__organisation_id__in=own) if own else EVERYBODY
    others &= ~acted_for(groups, "lead__organisation") & ~acted_for(groups, "institution__organisation")
    listed = Q(institution__in=Institution.objects.on(on).filter(organisation_id__in=own))
    return {
        FIRM: Q(lead__organisation_id__in=own),
        INSTITUTION: Q(institution__organisation_id__in=own) & (Q(granted) | Q(living) & listed),
        CITY: others if "role:city_officer" in groups else NOBODY,
        "auditor": EVERYBODY if "auditor" in groups else NOBODY,
    }


def visible(rows: QuerySet[Application], actor: Account | None, on: date) -> QuerySet[Application]:
    """The cases somebody may open; any other answers 404."""
    return rows.filter(any_of(relations(actor, on)))


def relations_of(case: Application, actor: Account | None, on: date) -> frozenset[str]:
    """The names of the relations the actor has to one case: one query."""
    return held(case, relations(actor, on))


def relations_to(cases: Iterable[Application], actor: Account | None, on: date) -> dict[int, frozenset[str]]:
    """The same of each of some, by their keys: one query."""
    return held_of(cases, relations(actor, on))


def accounts_in(case: Application, relation: str, now: datetime) -> Iterable[Account]:
    """Who is told: the side's members, else the city's officers. An institution nobody ever agreed to is told nothing;
    one whose consent ended is told that it did."""
    day = timezone.localdate(now)
    if relation == FIRM:
        return finds.members_of(case.lead.organisation, day)
    if relation == INSTITUTION:
        return finds.members_of(case.institution.organisation, day) if case.consents.exists() else []
    return finds.city_officers(day)


def leads(rows: QuerySet[Lead], actor: Account | None, on: date) -> QuerySet[Lead]:
    """The wishes somebody may open: the firm's own; all for the city and the auditor. Institutions see cases."""
    groups = audiences(actor, on)
    if groups & {"role:city_officer", "auditor"}:
        return rows
    return rows.filter(organisation_id__in=own_in(groups))


def desk_of(actor: Account | None, on: date) -> QuerySet[Institution]:
    """The institutions somebody acts for, registered on this day."""
    return desk_in(own_organisations(actor, on), on)


def filers_of(actor: Account | None, on: date) -> list[Institution] | None:
    """Whose filings somebody reads: of the banks one acts for, else of all (None) for the city and the auditor; of
    nobody (empty) for everybody else."""
    banks = list(desk_of(actor, on).filter(kind="bank"))
    return None if not banks and may_read_all(actor, on) else banks


def desk_in(own: list[int], on: date) -> QuerySet[Institution]:
    """Of these organisations the ones registered as institutions on this day."""
    rows = Institution.objects.on(on).select_related("organisation")
    return rows.filter(organisation_id__in=own).order_by("organisation__name", "pk")
