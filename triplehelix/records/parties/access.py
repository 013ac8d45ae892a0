"""Who belongs to what on a day. One set of names filters lists, files and search alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from triplehelix.records.parties.finds import CITY_ROLES
from triplehelix.records.parties.models import Account, Membership, Office, Organisation, Person

PUBLIC = "public"
#: Who gives and ends offices, and who may read the list of them (docs/decisions/0027-who-gives-offices.md).
GIVES_OFFICES = frozenset({"role:city_officer"})
READS_OFFICES = GIVES_OFFICES | {"auditor"}
#: The relations to an organisation that let in and end its members (docs/decisions/0004).
KEEPS_MEMBERS = frozenset({"admin", "officer"})
_known: ContextVar[dict[tuple[int, date], frozenset[str]] | None] = ContextVar("audiences", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Ask once who belongs to what. For as long as nothing of that is written: a request that only reads, one act on
    many cases."""
    before = _known.set({})
    try:
        yield
    finally:
        _known.reset(before)


def audiences(account: Account | None, on: date) -> frozenset[str]:
    """What a viewer belongs to on this day; None, and an account that is switched off, is the public.

    public          anybody
    account:5       this account
    org:12          acts for this organisation
    member          acts for an organisation an officer has confirmed, is a known person of one, or holds an office
    unit:371521     officer of this county or zone
    city            city science bureau, market operator, technology manager
    finance, auditor  the finance bureau; audit and discipline
    role:<office>   holds this office anywhere
    """
    if account is None or not account.is_authenticated or not account.is_active:
        return frozenset({PUBLIC})
    known = _known.get()
    if known is None:
        return _audiences(account, on)
    if (account.pk, on) not in known:
        known[account.pk, on] = _audiences(account, on)
    return known[account.pk, on]


def _audiences(account: Account, on: date) -> frozenset[str]:
    found = {PUBLIC, f"account:{account.pk}"}
    for organisation, confirmed in (
        Membership.objects.on(on)
        .filter(account=account)
        .values_list("organisation_id", "organisation__confirmed_at")
        .order_by("pk")
    ):
        found.add(f"org:{organisation}")
        if confirmed:
            found.add("member")
    for role, unit in Office.objects.on(on).filter(account=account).values_list("role", "unit").order_by("pk"):
        found |= {"member", f"role:{role}"} | _of_office(role, unit)
    if "member" not in found and Person.objects.filter(account=account, home__confirmed_at__isnull=False).exists():
        found.add("member")
    return frozenset(found)


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
    accepts members     auditor  reads everything     public  anybody
    """
    held = audiences(account, on)
    found = {"public"}
    if f"org:{organisation.pk}" in held:
        found.add("member")
        own = Membership.objects.on(on).filter(account=account, organisation=organisation, role="admin")
        found |= {"admin"} if own.exists() else set()
    if "role:city_officer" in held or (organisation.unit and f"unit:{organisation.unit}" in held):
        found.add("officer")
    if "auditor" in held:
        found.add("auditor")
    return frozenset(found)
