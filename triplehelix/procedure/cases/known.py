"""What the city already knows of an organisation, as facts: nobody is asked twice (一次填报、多处使用)."""

from collections.abc import Iterable
from typing import Any

from triplehelix.market.finance import facts as finance
from triplehelix.market.finance.models import Claim, Loan
from triplehelix.policy.award import Award
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.states import NOT_SUPPORTED
from triplehelix.records.parties.finds import family
from triplehelix.records.parties.models import Organisation
from triplehelix.records.parties.reference import regions


def register_facts(organisation: Organisation) -> dict[str, Any]:
    """Facts by key that follow from the register."""
    return {"registered_in_city": organisation.region in regions()}


def contract_facts(organisation: Organisation, award: Award) -> dict[str, Any]:
    """Facts by key of a finance contract the organisation has had a claim computed for under this award."""
    return finance.offered(organisation, award)


def cases_of(claim: Claim) -> list[Case]:
    """The cases that ask for what was claimed of a contract and have not ended without it."""
    number = finance.contract_number(claim.facts)
    if not claim.award or not number:
        return []
    rows = Case.objects.filter(family(claim.payee), award_code=claim.award).exclude(state__in=NOT_SUPPORTED)
    return [case for case in rows.order_by("pk") if number.items() <= finance.contract_number(case.facts).items()]


def applied_for(loan: Loan) -> list[str]:
    """The numbers of the cases that ask for anything ever computed of a contract, void or not, and have not ended."""
    return sorted({case.number for claim in loan.claims.select_related("payee") for case in cases_of(claim)})


def said_before(organisation: Organisation) -> dict[str, Any]:
    """Facts by key, of those that are yes or no, as the organisation's cases last had them."""
    return said_in(Case.objects.filter(organisation=organisation).order_by("changed_at", "pk"))


def said_in(cases: Iterable[Case], award: Award | None = None) -> dict[str, Any]:
    """Facts by key as these cases last had them, of which what changed last stands last: of every award what is yes or
    no, of this award all. Amounts belong to their matter, so those of other awards are left where they are."""
    found: dict[str, Any] = {}
    for case in cases:
        same = award is not None and case.award_code == award.code
        found |= {key: value for key, value in case.facts.items() if same or isinstance(value, bool)}
    return found


def account_before(organisation: Organisation) -> dict[str, str]:
    """The account of the latest case that has one of who stands for the organisation; else its name alone."""
    standing = organisation.standing
    names = ("account_name", "account_number", "bank", "bank_code")
    rows = Case.objects.filter(organisation=standing).exclude(bank="").order_by("-changed_at", "-pk")
    last = rows.first()
    if last is None:
        return {**dict.fromkeys(names, ""), "account_name": standing.name}
    return {name: getattr(last, name) for name in names}
