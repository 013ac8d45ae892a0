"""Who stands in which relation to a case.

applicant, unit_admin 申报单位的成员、管理员    county 主管单位（没有在任经办人的，由市科技局代办）
clerk 市科技局    finance 市财政局    auditor 审计
Who acts for the applicant, or has since the case was begun, holds none of the offices that handle it: 回避.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from triplehelix.policy.facts import Fact
from triplehelix.procedure.cases.models import Case
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.finds import (
    city_officers,
    county_offices,
    finance_officers,
    is_left_to_the_city,
    officers_of_unit,
    told_of,
)
from triplehelix.records.parties.known import once
from triplehelix.records.parties.models import Account, Membership, Organisation, Person
from triplehelix.records.steps.relating import EVERYBODY, NOBODY, acted_for, acts_for, any_of, codes, left, numbers

#: States in which the applicant may write: the draft, and what 补正 asked for.
WRITTEN_IN = frozenset({"draft", "correcting"})
#: States in which the city has not been given the case yet.
BEFORE_FILING = ("draft",)


def relations(actor: Account | None, on: date) -> dict[str, Q]:
    """Each relation as the `Q` of the cases to which the actor has it on this day."""
    held = audiences(actor, on)
    own, units = numbers(held, "org:"), codes(held, "unit:")
    filed, others = ~Q(state__in=BEFORE_FILING), ~Q(organisation_id__in=[*own, *numbers(held, "wrote:")])
    others &= ~acted_for(held)
    admin = Membership.objects.on(on).filter(account=actor, role="admin") if own else Membership.objects.none()
    return {
        "applicant": acts_for(held),
        "unit_admin": _kept_by(admin.values("organisation")) if own else NOBODY,
        "county": _managed(units, held, on) & filed & others,
        # What is decided one by one begins at the city's own desk.
        "clerk": (filed | Q(lane="by_decision")) & others if "role:city_officer" in held else NOBODY,
        "finance": filed & others if "finance" in held else NOBODY,
        "auditor": EVERYBODY if "auditor" in held else NOBODY,
    }


def _has_acted(case: Case, held: frozenset[str]) -> bool:
    """Whether a case was begun while somebody acted for the applicant who does no more (`acted_for`)."""
    began, firms = timezone.localdate(case.created_at), (case.organisation_id, case.organisation.heir_id)
    return any(organisation in firms and began <= last for organisation, last in left(held))


def _kept_by(administered: QuerySet[Membership, Any]) -> Q:
    """The cases of these organisations, and of those they have taken over."""
    return Q(organisation__in=administered) | Q(organisation__heir__in=administered)


def _managed(units: Sequence[str], held: frozenset[str], on: date) -> Q:
    """The cases of these units' firms; for the city's officers also those of units without an officer of their own, by
    the rule of `officers_of_unit`: who is told of a recommendation that waits can make it."""
    own = Q(organisation__unit__in=units) if units else NOBODY
    if "role:city_officer" not in held:
        return own
    return own | ~Q(organisation__unit__in=county_offices(on).values("unit"))


def visible(cases: QuerySet[Case], actor: Account | None, on: date) -> QuerySet[Case]:
    """The cases somebody may open; any other answers 404."""
    return cases.filter(any_of(relations(actor, on)))


def relations_of(case: Case, actor: Account | None, on: date) -> frozenset[str]:
    """The names of the relations the actor has to one case."""
    held = audiences(actor, on)
    found = set()
    wrote = f"wrote:{case.organisation_id}" in held
    if f"org:{case.organisation_id}" in held or (wrote and f"account:{case.created_by_id}" in held):
        found.add("applicant")
        seats = Membership.objects.on(on).filter(account=actor, role="admin")
        found |= {"unit_admin"} if seats.filter(organisation=case.organisation.standing_id).exists() else set()
    if "auditor" in held:
        found.add("auditor")
    has_part = "applicant" in found or wrote or _has_acted(case, held)
    return frozenset(found if has_part else found | _offices(case, held, on))


def _offices(case: Case, held: frozenset[str], on: date) -> set[str]:
    """The offices by which somebody who has no part in the applicant handles the case."""
    filed, found = case.state not in BEFORE_FILING, set()
    if filed and _manages(case.organisation.unit, held, on):
        found.add("county")
    if "role:city_officer" in held and (filed or case.lane == "by_decision"):
        found.add("clerk")
    if "finance" in held and filed:
        found.add("finance")
    return found


def _manages(unit: str, held: frozenset[str], on: date) -> bool:
    if unit and f"unit:{unit}" in held:
        return True
    return "role:city_officer" in held and is_left_to_the_city(unit, on)


def writes(case: Case, held: frozenset[str]) -> bool:
    """Whether these relations are of those who fill the application in, at some time."""
    return "applicant" in held or (case.lane == "by_decision" and "clerk" in held)


def may_write(case: Case, held: frozenset[str]) -> bool:
    """Whether these relations may fill it in now: the applicant while it is a draft or asked to be corrected, the clerk
    what is decided one by one. What is being checked is not changed by whom it is about."""
    if case.lane == "by_decision" and "clerk" in held:
        return case.state in ("draft", "checking")
    return "applicant" in held and case.state in WRITTEN_IN


def is_clerk(actor: Account | None, on: date) -> bool:
    """The city science bureau's officers run rounds, lists of candidates, notices."""
    return "role:city_officer" in audiences(actor, on)


def has_part(
    actor: Account | None, people: Iterable[Person | None], units: Iterable[Organisation | None], on: date, since: date
) -> bool:
    """Whether somebody is one of these people, or acts for one of these units, or has since that day: 回避."""
    held = audiences(actor, on)
    own = any(one is not None and actor is not None and one.account_id == actor.pk for one in people)
    parted = {organisation for organisation, last in left(held) if last >= since}
    return own or any(
        {f"org:{one.pk}", f"wrote:{one.pk}"} & held or one.pk in parted for one in units if one is not None
    )


def hidden_facts(case: Case, held: frozenset[str]) -> tuple[Fact, ...]:
    """The facts these relations may not see: a person's certificate number, a name."""
    return tuple(fact for fact in case.award.facts if not held & set(fact.about.seen_by))


def accounts_in(case: Case, relation: str, now: datetime) -> Iterable[Account]:
    """Who is told: the applicant's people, the officers of its unit, of finance, else of the city."""
    day = timezone.localdate(now)
    if relation in ("applicant", "unit_admin"):
        return told_of(case.organisation, case.created_by_id, day)
    unit = case.organisation.unit if relation == "county" else ""
    return once(("told", relation, unit, day), lambda: list(_officers(relation, unit, day)))


def _officers(relation: str, unit: str, day: date) -> Iterable[Account]:
    if relation == "county":
        return officers_of_unit(unit, day)
    return finance_officers(day) if relation == "finance" else city_officers(day)
