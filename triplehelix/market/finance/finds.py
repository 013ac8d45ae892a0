"""Querysets every list of finance starts from."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from triplehelix.market.finance import access
from triplehelix.market.finance.models import (
    Application,
    Consent,
    Filing,
    Institution,
    Lead,
    Loan,
    Parameter,
    Product,
    Qualification,
    first_of_month,
)
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.relating import NOBODY

#: States in which each relation has something to do; the city's depend on what was reported (`waiting_for`).
WAITS: dict[str, tuple[str, ...]] = {
    access.FIRM: ("lead",),
    access.INSTITUTION: ("consented", "handling", "overdue"),
    access.CITY: (),
}


def products(on: date) -> QuerySet[Product]:
    """What is offered on a day by institutions that are listed on it, with parameters."""
    listed = Institution.objects.on(on)
    return all_products().filter(pk__in=Product.objects.on(on).values("pk"), institution__in=listed)


def all_products() -> QuerySet[Product]:
    """Every product with its parameters, also ended ones and those to come: for the institution's own desk."""
    parameters = Prefetch("parameters", Parameter.objects.order_by("key", "since"))
    return Product.objects.select_related("institution__organisation").prefetch_related(parameters)


def institutions(on: date) -> QuerySet[Institution]:
    """Those listed on a day."""
    rows: QuerySet[Institution] = Institution.objects.on(on).select_related("organisation")
    return rows.order_by("kind", "organisation__name", "pk")


def shown_to(actor: Account | None, on: date) -> QuerySet[Application]:
    """The cases somebody may open, with what a line shows."""
    rows = Application.objects.select_related("lead__organisation", "institution__organisation", "product", "contract")
    return access.visible(rows, actor, on)


def on_desk(actor: Account, on: date) -> QuerySet[Application]:
    """The cases of the institutions somebody acts for, those with a day first."""
    rows = Application.objects.filter(access.relations(actor, on)[access.INSTITUTION])
    rows = rows.select_related("institution__organisation", "product", "contract", "lead")
    return rows.order_by("due_on", "-changed_at", "pk")


def leads(actor: Account | None, on: date) -> QuerySet[Lead]:
    """The wishes somebody may open, with their cases."""
    rows = Lead.objects.select_related("organisation")
    cases = Application.objects.select_related("institution__organisation").order_by("pk")
    return access.leads(rows, actor, on).prefetch_related(Prefetch("applications", cases))


def waiting_for(actor: Account, on: date) -> QuerySet[Application]:
    """The cases in which it is this person's turn; for a firm also those whose consent ends soon."""
    relations, wanted = access.relations(actor, on), NOBODY
    for relation, states in WAITS.items():
        wanted |= relations[relation] & Q(state__in=states)
    unsent = Exists(Filing.objects.filter(loan__application=OuterRef("pk"), outcome__in=("", "accepted")))
    wanted |= relations[access.INSTITUTION] & Q(state="granted", contract__kind="loan") & ~Q(unsent)
    # Only the city compensates, and it hears of a loss from nobody else.
    wanted |= relations[access.CITY] & Q(state="overdue", contract__loss__isnull=False)
    ending = Consent.objects.living(on).filter(application=OuterRef("pk"), until__lte=on + timedelta(days=14))
    final = [state.code for state in Application.workflow.states if state.final]
    wanted |= relations[access.FIRM] & Q(Exists(ending)) & ~Q(state__in=final)
    rows = Application.objects.filter(wanted).select_related("institution__organisation", "lead", "product")
    return rows.order_by("due_on", "changed_at", "pk")


def proven(organisation: int, year: int) -> bool:
    """Whether a firm has a confirmed 入库编号 or 科融信 of a year."""
    rows = Qualification.objects.filter(organisation=organisation, year=year, void_why="")
    return rows.filter(confirmed_at__isnull=False).exists()


def unconfirmed() -> QuerySet[Qualification]:
    """Proofs firms have claimed and nobody has looked up, oldest first."""
    rows = Qualification.objects.filter(confirmed_at=None, void_why="").select_related("organisation")
    return rows.order_by("recorded_at", "pk")


def filings(month: date, institutions: Collection[Institution] | None) -> QuerySet[Filing]:
    """What was sent in in a month: of all (None), or of these institutions."""
    rows = Filing.objects.filter(month=first_of_month(month)).order_by("loan__institution__organisation__name", "pk")
    if institutions is not None:
        rows = rows.filter(loan__institution__in=institutions)
    return rows.select_related(
        "loan__borrower", "loan__institution__organisation", "loan__application__lead__organisation"
    )


def awaiting() -> list[tuple[date, int]]:
    """Months with filings whose outcome has not been read in yet, oldest first, and how many each has."""
    rows = Filing.objects.filter(outcome="", revoked_on=None).values("month").annotate(n=Count("pk")).order_by("month")
    return [(row["month"], row["n"]) for row in rows]


def granted_fen(year: int) -> int:
    """What institutions granted as loans in a year, by the contract's first day."""
    rows = Loan.objects.filter(kind="loan", first_on__year=year)
    return rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0


def unproven_of(rows: QuerySet[Filing]) -> QuerySet[Filing]:
    """Of these filings the ones that stand and whose firm has no confirmed proof of the filing's year."""
    proof = Qualification.objects.filter(organisation=OuterRef("loan__borrower"), year=OuterRef("month__year"))
    rows = rows.filter(outcome="accepted", revoked_on=None)
    return rows.exclude(Exists(proof.filter(void_why="", confirmed_at__isnull=False)))


def unproven_this_year(on: date) -> QuerySet[Filing]:
    """Filings of this year that stand, whose firm has no confirmed proof of it yet."""
    rows = unproven_of(Filing.objects.filter(month__year=on.year))
    return rows.select_related("loan__borrower", "loan__institution__organisation").order_by("month", "pk")


def months(on: date) -> QuerySet[Loan]:
    """The loans of the last twelve months, this one included."""
    return Loan.objects.filter(kind="loan", first_on__gte=_last_twelve(on)[0], first_on__lte=on)


def _last_twelve(on: date) -> list[date]:
    """The first days of the last twelve months, this one included, oldest first."""
    numbers = (on.year * 12 + on.month - 1 - back for back in range(11, -1, -1))
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def by_month(on: date) -> tuple[list[str], list[tuple[str, list[int]]]]:
    """Institutions, and for each of the last twelve months what each of them granted, in fen: a month in which nobody
    granted anything is one of them. No rows where there was no loan at all."""
    rows = months(on).annotate(month=TruncMonth("first_on")).values("month", "institution__organisation__name")
    sums = {
        (row["month"], row["institution__organisation__name"]): row["sum"]
        for row in rows.annotate(sum=Sum("amount_fen")).order_by("month")
    }
    names = sorted({name for _month, name in sums})
    found = _last_twelve(on) if names else []
    return names, [(f"{month:%Y-%m}", [sums.get((month, name), 0) for name in names]) for month in found]
