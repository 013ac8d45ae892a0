"""Querysets every list of organisations and people starts from. A day decides which terms count."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.records.lines import one_line
from triplehelix.records.parties.known import once
from triplehelix.records.parties.models import Account, Membership, Office, Organisation, Person, PersonClaim
from triplehelix.records.parties.rules import Refused

CITY_ROLES = ("city_officer", "operator", "technology_manager")


def organisation_called(text: str) -> Organisation:
    """The registered unit of a unified social credit code or of an exact full name: what people know is its name, what
    registers know is its code. Of those that call themselves the same, the one that was checked.

    Raises Refused, which says what to do: nobody is called so, several are, or it has ended.
    """
    said = one_line(text)
    rows = Organisation.objects.select_related("heir")
    found = rows.filter(uscc=said.upper()).first() or _named(rows, said)
    if found is None:
        raise Refused(_("没有找到这个单位：请写 18 位统一社会信用代码或单位全称；还没有登记的，先由主管部门登记、核实"))
    if why := gone(found):
        raise Refused(why)
    return found


def _named(rows: QuerySet[Organisation], name: str) -> Organisation | None:
    """Of those of this name one that goes on rather than one that has ended, and the one that was checked. Raises
    Refused: which of several is meant the name does not tell."""
    named = list(rows.filter(name=name).order_by("ending", F("confirmed_at").asc(nulls_last=True), "pk")[:2])
    living = [one for one in named if not one.ending]
    if len(living) > 1 and (living[0].confirmed_at is None or living[1].confirmed_at is not None):
        raise Refused(_("不止一个单位叫这个名称：请写 18 位统一社会信用代码"))
    return named[0] if named else None


def gone(organisation: Organisation) -> str:
    """Why nothing new is begun in its name: it has ended, and who stands for it; "" where it goes on."""
    if not organisation.ending:
        return ""
    said = {"name": organisation.name, "day": organisation.ended_on, "heir": organisation.heir}
    if organisation.heir is None:
        return _("%(name)s已于 %(day)s 注销") % said
    said["uscc"] = organisation.heir.uscc
    return _("%(name)s已于 %(day)s 终止，现在是%(heir)s：请写 %(uscc)s") % said


def family(organisation: Organisation, field: str = "organisation") -> Q:
    """Rows whose `field` is this organisation or any that has become one with it: what is given once is given to all of
    them once."""
    return Q(**{field: organisation.standing_id}) | Q(**{f"{field}__heir": organisation.standing_id})


def organisations_of(account: Account, on: date) -> QuerySet[Organisation]:
    """The organisations in whose name an account begins something on this day."""
    current = Membership.objects.on(on).filter(account=account)
    return Organisation.objects.filter(pk__in=current.values("organisation"))


def cared_for(account: Account, on: date) -> QuerySet[Organisation]:
    """The organisations whose rows are an account's on this day: those it acts for, and those they have taken over."""
    current = Membership.objects.on(on).filter(account=account).values("organisation")
    return Organisation.objects.filter(Q(pk__in=current) | Q(heir__in=current))


def offices_of(account: Account, on: date) -> QuerySet[Office]:
    """The offices an account holds on this day."""
    return Office.objects.on(on).filter(account=account).order_by("since", "pk")


@dataclass(frozen=True, slots=True)
class Signed:
    """Who did something, as a letter says it in its reader's language. Names are self-given, and anybody may call
    himself an officer: beside the name stands the office held on the day, or that there was none. Not the organisation:
    who stands behind somebody is not everybody's to know."""

    name: str
    office: Any

    def __str__(self) -> str:
        return _("%(name)s（%(office)s）") % {"name": self.name, "office": self.office or _("平台用户")}


def signed(actor: Account | None, on: date) -> object:
    """The actor's signature; None is the program. Its text is made where it is written into a letter."""
    if actor is None:
        return gettext_lazy("系统")
    held = once(("signed", actor.pk, on), lambda: offices_of(actor, on).exclude(role="expert").first())
    return Signed(str(actor), dict(Office.ROLES)[held.role] if held is not None else None)


def offices(on: date, *, over: bool = False) -> QuerySet[Office]:
    """Every office held or given for later, or with `over` those that have ended, the latest first."""
    ended = Q(until__lt=on) | Q(stopped_at__isnull=False)
    rows = Office.objects.select_related("account").filter(ended if over else ~ended)
    if over:
        return rows.order_by("-until", "-pk")
    place = Case(*[When(role=code, then=n) for n, (code, _name) in enumerate(Office.ROLES)])
    return rows.order_by(place, "unit", "since", "pk")


def members_of(organisation: Organisation, on: date) -> QuerySet[Account]:
    """The accounts that act for an organisation on this day and can sign in."""
    current = Membership.objects.on(on).filter(organisation=organisation.standing_id)
    return Account.objects.filter(pk__in=current.values("account"), is_active=True)


def told_of(organisation: Organisation, author: int | None, on: date) -> QuerySet[Account]:
    """Who hears of a row of an organisation: its members; while it has to be checked who they are, the one of them who
    wrote the row."""
    if not organisation.is_withheld:
        return members_of(organisation, on)
    own = Membership.objects.seated(on).filter(organisation=organisation, account=author)
    return Account.objects.filter(pk__in=own.values("account"), is_active=True)


def represented(on: date) -> QuerySet[Organisation]:
    """The organisations for which somebody acts on this day who can sign in: a letter reaches them."""
    current = Membership.objects.on(on).filter(account__is_active=True).values("organisation")
    return Organisation.objects.filter(Q(pk__in=current) | Q(heir__in=current))


def members(organisation: Organisation, on: date) -> QuerySet[Membership]:
    """Who acts for an organisation now or will, and before them who asks to, with the account at hand."""
    rows = Membership.objects.filter(organisation=organisation, stopped_at__isnull=True)
    open_ended = Q(until__isnull=True) | Q(until__gte=on, accepted_at__isnull=False)
    place = Case(When(accepted_at__isnull=True, then=0), When(role="admin", then=1), default=2)
    return rows.filter(open_ended).select_related("account").order_by(place, "since", "pk")


def officers_of_unit(unit: str, on: date) -> QuerySet[Account]:
    """The officers of a unit; where it has none (or the organisation names no unit), the city's."""
    current = county_offices(on).filter(unit=unit)
    found = Account.objects.filter(pk__in=current.values("account"))
    return found if unit and found.exists() else city_officers(on)


def county_offices(on: date) -> QuerySet[Office]:
    """The offices of units whose holders can sign in: a unit without one is looked after by the city itself."""
    return Office.objects.on(on).filter(role="county_officer", account__is_active=True).exclude(unit="")


def is_left_to_the_city(unit: str, on: date) -> bool:
    """Whether a unit has no officer of its own: the city's look after its firms."""
    return not once(("county", unit, on), county_offices(on).filter(unit=unit).exists)


def city_officers(on: date) -> QuerySet[Account]:
    """The city science bureau's own officers."""
    current = Office.objects.on(on).filter(role="city_officer")
    return Account.objects.filter(pk__in=current.values("account"), is_active=True)


def finance_officers(on: date) -> QuerySet[Account]:
    """The finance bureau's officers."""
    current = Office.objects.on(on).filter(role="finance_officer")
    return Account.objects.filter(pk__in=current.values("account"), is_active=True)


def unconfirmed(audiences: Iterable[str]) -> QuerySet[Organisation]:
    """Organisations nobody has checked yet, which this viewer may check: the city's officers all, a unit's its own."""
    return managed(audiences).filter(confirmed_at__isnull=True, ending="").order_by("created_at", "pk")


def managed(audiences: Iterable[str]) -> QuerySet[Organisation]:
    """Organisations whose officer this viewer is (`access.relations`): the city's officers all, a unit's its own, but
    for those the viewer acts for."""
    held = frozenset(audiences)
    own = [int(group.rpartition(":")[2]) for group in held if group.startswith(("org:", "wrote:"))]
    rows = Organisation.objects.exclude(pk__in=own) if own else Organisation.objects.all()
    if "role:city_officer" in held:
        return rows
    units = [group.removeprefix("unit:") for group in held if group.startswith("unit:")]
    return rows.filter(unit__in=units)


def seated(organisations: Iterable[Organisation], on: date) -> QuerySet[Membership]:
    """Who acts for these organisations on this day, or would once they are checked, with the account at hand."""
    rows = Membership.objects.seated(on).filter(organisation__in=organisations)
    return rows.select_related("account").order_by("pk")


def with_members(rows: QuerySet[Organisation], on: date) -> QuerySet[Organisation]:
    """Each with `acting`: how many act for it on this day, or would once it is checked."""
    now = Membership.objects.seated(on).filter(organisation=OuterRef("pk")).order_by()
    counted = now.values("organisation").annotate(n=Count("pk")).values("n")
    return rows.annotate(acting=Coalesce(Subquery(counted), 0))


def claims(audiences: Iterable[str]) -> QuerySet[Membership]:
    """Memberships somebody claims and this viewer may accept as an officer, oldest first."""
    waiting = Membership.objects.waiting().select_related("account", "organisation").order_by("pk")
    held = frozenset(audiences)
    own = [int(group.removeprefix("account:")) for group in held if group.startswith("account:")]
    return waiting.filter(organisation__in=managed(held)).exclude(account__in=own)


def asked_for(account: Account, on: date) -> QuerySet[Organisation]:
    """The organisations an account has said to act for and does not yet: nobody has answered, or looked at them."""
    asked = Membership.objects.filter(Q(pk__in=Membership.objects.waiting()) | Q(pk__in=Membership.objects.seated(on)))
    counted = Membership.objects.on(on)
    mine = asked.filter(account=account).exclude(pk__in=counted)
    return Organisation.objects.filter(pk__in=mine.values("organisation")).order_by("name", "pk")


def people(audiences: Iterable[str]) -> QuerySet[Person]:
    """The people this viewer keeps or looks after: those of his organisations, those of the organisations whose officer
    he is (`managed`), and to the auditors everybody."""
    held = frozenset(audiences)
    rows = Person.objects.select_related("home", "account")
    if held & {"role:city_officer", "auditor"}:
        return rows
    own = [group.removeprefix("org:") for group in held if group.startswith("org:")]
    units = [group.removeprefix("unit:") for group in held if group.startswith("unit:")]
    return rows.filter(Q(home__in=own) | Q(home__unit__in=units))


def person_claims(audiences: Iterable[str]) -> QuerySet[PersonClaim]:
    """Who waits to be linked with a person of an organisation whose officer this viewer is, oldest first."""
    rows = PersonClaim.objects.filter(answered_at__isnull=True, home__in=managed(audiences))
    return rows.select_related("account", "home").order_by("asked_at", "pk")


def unregistered(homes: Iterable[Organisation]) -> QuerySet[PersonClaim]:
    """Who waits to be linked with somebody of these organisations whom none of them has registered by that name."""
    known = Person.objects.filter(home=OuterRef("home"), name=OuterRef("name"), account__isnull=True)
    rows = PersonClaim.objects.filter(answered_at__isnull=True, home__in=[one.pk for one in homes])
    return rows.filter(~Exists(known)).select_related("home").order_by("asked_at", "pk")
