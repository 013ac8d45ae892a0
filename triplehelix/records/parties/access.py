"""Who belongs to what on a day. One set of names filters lists, files and search alike."""

from datetime import date
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Case, CharField, DateField, ExpressionWrapper, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from triplehelix.records.parties.finds import CITY_ROLES
from triplehelix.records.parties.known import once
from triplehelix.records.parties.models import UNCHECKED, Account, Membership, Office, Organisation, Person

PUBLIC = "public"
OFFICES = frozenset(role for role, _name in Office.ROLES)
#: Who gives and ends offices, and who may read the list of them (docs/decisions/0027-who-gives-offices.md).
GIVES_OFFICES = frozenset({"role:city_officer"})
READS_OFFICES = GIVES_OFFICES | {"auditor"}
#: The relations to an organisation that let in and end its members (docs/decisions/0004).
KEEPS_MEMBERS = frozenset({"admin", "officer"})


def audiences(account: Account | None, on: date) -> frozenset[str]:
    """What a viewer belongs to on this day; None, and an account that is switched off, is the public.

    public          anybody
    account:5       this account
    org:12          acts for this organisation, or for the one that has taken it over
    wrote:12        would act for this organisation, of which others have written something before anybody checked who
                    acts for it: has what this very account wrote for it, and nothing else
    member          acts for an organisation an officer has confirmed, is a known person of one, or holds an office
    unit:371521     officer of this county or zone
    city            city science bureau, market operator, technology manager
    finance, auditor  the finance bureau; audit and discipline
    role:<office>   holds this office anywhere
    left:12:<day>   of whoever holds an office: acted for this organisation until this day; today, where it has ended
    """
    if account is None or not account.is_authenticated or not account.is_active:
        return frozenset({PUBLIC})
    return once(("audiences", account.pk, on), lambda: _audiences(account, on))


def _audiences(account: Account, on: date) -> frozenset[str]:
    found = {PUBLIC, f"account:{account.pk}"}
    rows = _held(account.pk, on)
    in_office = any(what in OFFICES for what, _where, _known in rows)
    for what, where, known in rows:
        if what in ("org", "wrote") or (what == "left" and in_office):
            found.add(f"{what}:{where}")
        elif what in OFFICES:
            found |= {f"role:{what}"} | _of_office(what, where)
        if known:
            found.add("member")
    return frozenset(found)


def _held(account: int, on: date) -> list[tuple[str, str, bool]]:
    """What an account acts for, holds and is, with whether that makes it known: asked by every page and every act, so
    in one statement, which is put together once."""
    sql, given = _asked()
    meant: dict[Any, Any] = {_ANYBODY: account, _ANY_DAY: on}
    with connection.cursor() as cursor:
        cursor.execute(sql, [meant.get(value, value) for value in given])
        return list(cursor.fetchall())


#: What stands in the statement where the account and the day are put.
_ANYBODY, _ANY_DAY = -1, date.min


@cache
def _asked() -> tuple[str, tuple[Any, ...]]:
    memberships = Membership.objects.seated(_ANY_DAY).filter(account=_ANYBODY)
    confirmed = ExpressionWrapper(Q(organisation__confirmed_at__isnull=False), BooleanField())
    acting = Case(When(UNCHECKED, then=Value("wrote")), default=Value("org"), output_field=CharField())
    acts = memberships.order_by().values_list(acting, Cast("organisation_id", CharField()), confirmed)
    taken_over = memberships.exclude(UNCHECKED).filter(organisation__taken_over__isnull=False).order_by()
    inherits = taken_over.values_list(Value("org"), Cast("organisation__taken_over", CharField()), Value(False))
    offices = Office.objects.on(_ANY_DAY).filter(account=_ANYBODY).order_by().values_list("role", "unit", Value(True))
    persons = Person.objects.filter(account=_ANYBODY, home__confirmed_at__isnull=False).order_by()
    who = persons.values_list(Value("person"), Value(""), Value(True))
    stopped, ended = Q(until=_ANY_DAY, stopped_at__isnull=False), ~Q(organisation__ending="")
    over = Membership.objects.filter(
        Q(until__lt=_ANY_DAY) | stopped | ended, account=_ANYBODY, accepted_at__isnull=False
    )
    # What has ended begins nothing any more: whoever acted for it acted for all there is of it.
    last = Cast(Coalesce("until", Value(_ANY_DAY, output_field=DateField())), CharField())
    until = Concat(Cast("organisation_id", CharField()), Value(":"), last, output_field=CharField())
    left = over.order_by().values_list(Value("left"), until, Value(False))
    sql, given = acts.union(inherits, offices, who, left, all=True).query.sql_with_params()
    return sql, given


def _of_office(role: str, unit: str) -> set[str]:
    if role in CITY_ROLES:
        return {"city"}
    if role == "county_officer":
        return {f"unit:{unit}"}
    return {"finance_officer": {"finance"}, "auditor": {"auditor"}}.get(role, set())


def holds_office(account: Account, on: date) -> bool:
    """Whether the account acts for the public side: its session ends when idle, a second factor may be required."""
    return Office.objects.on(on).filter(account=account).exclude(role="expert").exists()


def is_officer(groups: frozenset[str]) -> bool:
    """Whether these audiences make somebody the officer of organisations, as in `relations`."""
    return "role:city_officer" in groups or any(group.startswith("unit:") for group in groups)


def stands_for_firm(groups: frozenset[str]) -> bool:
    """Whether the pages of firms concern somebody: who acts for one, and visitors and newcomers, who may register one.
    Who is here by an office or by his works acts for none."""
    return "member" not in groups or any(one.startswith("org:") for one in groups)


def relations(account: Account | None, organisation: Organisation, on: date) -> frozenset[str]:
    """The relations an account has to an organisation on a day.

    member, admin  acts for it     officer  the city's science bureau, or the county or zone that manages it: confirms,
    accepts members; never who acts for it (回避)     auditor  reads everything     public  anybody
    """
    held = audiences(account, on)
    found = {"public"}
    if f"org:{organisation.pk}" in held:
        found.add("member")
        own = Membership.objects.on(on).filter(account=account, organisation=organisation.standing_id, role="admin")
        found |= {"admin"} if own.exists() else set()
    manages = "role:city_officer" in held or bool(organisation.unit and f"unit:{organisation.unit}" in held)
    if manages and not held & {f"org:{organisation.pk}", f"wrote:{organisation.pk}"}:
        found.add("officer")
    if "auditor" in held:
        found.add("auditor")
    return frozenset(found)
