"""Who stands in which relation to a diagnosis.

owner 需求单位的成员     officer 市科技局、需求单位的主管部门     manager 技术经理人
diagnoser 承办这一件的人，任期内
auditor 审计
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from triplehelix.market.diagnosis.models import Diagnosis
from triplehelix.records.parties import finds as parties
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account, Office, Organisation, Person
from triplehelix.records.steps.relating import EVERYBODY, NOBODY, any_of, codes, held, numbers

OWNER, OFFICER, MANAGER, DIAGNOSER, AUDITOR = "owner", "officer", "manager", "diagnoser", "auditor"
CITY, MANAGERS = "role:city_officer", "role:technology_manager"


def may_diagnose(on: date) -> QuerySet[Account]:
    """Who may judge needs: technology managers, and known persons with an account."""
    managers = Office.objects.on(on).filter(role="technology_manager").values("account")
    people = Person.objects.filter(account__isnull=False).values("account")
    return Account.objects.filter(Q(pk__in=managers) | Q(pk__in=people), is_active=True).order_by("name", "pk")


def own_people(firm: Organisation, on: date) -> QuerySet[Account]:
    """Who judges no need of a firm: those who act for it, and those who work there or where it has become one with."""
    acting = parties.members_of(firm, on).values("pk")
    return Account.objects.filter(Q(pk__in=acting) | parties.family(firm, "person__home"))


def may_still(on: date) -> Q:
    """The diagnoses held by somebody who may judge on this day."""
    return Q(assigned_to__in=may_diagnose(on).order_by().values("pk"))


def relations(actor: Account | None, on: date) -> dict[str, Q]:
    """Each relation as the `Q` of the diagnoses to which the actor has it on this day."""
    groups = audiences(actor, on)
    unit = Q(need__organisation__unit__in=codes(groups, "unit:"))
    return {
        OWNER: Q(need__organisation_id__in=numbers(groups, "org:")),
        OFFICER: EVERYBODY if CITY in groups else unit,
        MANAGER: EVERYBODY if MANAGERS in groups else NOBODY,
        DIAGNOSER: Q(assigned_to_id__in=numbers(groups, "account:")) & may_still(on),
        AUDITOR: EVERYBODY if "auditor" in groups else NOBODY,
    }


def closed(diagnosis: Diagnosis, actor: Account | None, on: date) -> bool:
    """Whether what the firm said, in its need and in its answers, is confidential for this viewer: only an opening that
    is written down (`actions.open_words`) shows it."""
    need = diagnosis.need
    return need.is_confidential and f"org:{need.organisation_id}" not in audiences(actor, on)


def visible(rows: QuerySet[Diagnosis], actor: Account | None, on: date) -> QuerySet[Diagnosis]:
    """The diagnoses somebody may open; any other answers 404."""
    return rows.filter(any_of(relations(actor, on)))


def relations_of(diagnosis: Diagnosis, actor: Account | None, on: date) -> frozenset[str]:
    """The names of the relations the actor has to one diagnosis: one query."""
    return held(diagnosis, relations(actor, on))


def accounts_in(diagnosis: Diagnosis, relation: str, now: datetime) -> Iterable[Account]:
    """Who is told: who holds it and still may, else the officers, who hand it on; of anything else the firm."""
    day = timezone.localdate(now)
    holder = may_diagnose(day).filter(pk=diagnosis.assigned_to_id or 0)
    if relation == DIAGNOSER and holder.exists():
        return holder
    if relation in (DIAGNOSER, OFFICER):
        return parties.officers_of_unit(diagnosis.need.organisation.unit, day)
    return parties.members_of(diagnosis.need.organisation, day)
