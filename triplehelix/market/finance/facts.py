"""Facts offered to the measures: what a contract and its payments say, by the keys awards ask for.

A measure takes what it knows by name and nobody types it again; a clerk still compares it with the papers.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from triplehelix.foundation.money import Fen, MoneyError
from triplehelix.foundation.text import folded
from triplehelix.market.finance import terms
from triplehelix.market.finance.finds import proven
from triplehelix.market.finance.models import Claim, Loan
from triplehelix.market.finance.money import PPM
from triplehelix.policy.award import Award
from triplehelix.policy.facts import read_facts
from triplehelix.records.amounts import exact
from triplehelix.records.parties.finds import family
from triplehelix.records.parties.models import Organisation


def of_contract(loan: Loan, base_fen: int, more: dict[str, Any]) -> dict[str, Any]:
    """Everything a contract says, by key; `base_fen` is the amount of the kind asked for, `more` what depends on it."""
    yuan = Fen(base_fen).yuan
    product = loan.application.product
    return {
        "loan_no": loan.number,
        "guarantee_no": loan.number,
        "policy_no": loan.number,
        "filed": _filed(loan),
        "used_for_research": bool(terms.listed("uses")[loan.use].more.get("allowed", False)),
        "early_stage_credit": loan.counts_as_early,
        "in_scheme": product is not None and bool(product.scheme),
        "light_security": _light(loan),
        "interest_paid_yuan": yuan,
        "principal_loss_yuan": yuan,
        "guaranteed_yuan": Fen(loan.amount_fen).yuan,
        "guarantee_fee": str(Fraction(loan.rate_ppm, PPM)),
        "premium_paid_yuan": yuan,
        **more,
    }


#: The fact that names the contract of a claim, by the key of whichever award it is.
NUMBERS = ("loan_no", "guarantee_no", "policy_no")
#: The fact a claim of each kind is computed from: no application is for more of it.
BASES = {
    "interest": "interest_paid_yuan", "loss": "principal_loss_yuan", "premium": "premium_paid_yuan",
    "guarantee": "guaranteed_yuan",
}  # fmt: skip


def contract_number(given: Mapping[str, Any]) -> dict[str, str]:
    """Of these facts the one that names the contract, as numbers are compared; empty where none does."""
    return {key: folded(str(given[key])) for key in NUMBERS if given.get(key)}


def claims_for(organisation: Organisation, award: Award, given: Mapping[str, Any]) -> list[Claim]:
    """The claims an application with these facts rests on, newest first: of this award and this contract, however its
    number is typed."""
    if not (number := contract_number(given)):
        return []
    rows = Claim.objects.filter(family(organisation, "payee"), award=award.code)
    return [row for row in rows if number.items() <= contract_number(row.facts).items()]


def living(organisation: Organisation, award: Award, given: Mapping[str, Any]) -> int | None:
    """How many claims of this award and this contract are not void: no more applications rest on them. None where
    nothing was computed here and a clerk compares the papers."""
    rows = claims_for(organisation, award, given)
    return sum(not row.void_why for row in rows) if rows else None


def left_for(
    organisation: Organisation, award: Award, given: Mapping[str, Any], before: Sequence[Mapping[str, Any]]
) -> bool:
    """Whether a claim is left that bears this application, when each of those before it has taken one that bears it.

    Two years of a guarantee differ in their days: the second does not bear another application for the first.
    """
    alive = [row for row in reversed(claims_for(organisation, award, given)) if not row.void_why]
    for one in before:
        if not alive:
            return False
        # One that is borne by none has been paid, or waits, for more: it takes one all the same.
        alive.remove(next((row for row in alive if not _unlike(row, award, one)), alive[-1]))
    return any(not _unlike(row, award, given) for row in alive)


def fallen(organisation: Organisation, award: Award, given: Mapping[str, Any]) -> str:
    """Why the claim an application rests on does not bear it any more; "" while it does, or where nothing was computed
    here and a clerk compares the papers. One living claim has to bear everything the application says."""
    rows = claims_for(organisation, award, given)
    alive = [row for row in rows if not row.void_why]
    if not alive:
        said = {"why": rows[0].void_why if rows else ""}
        return _("这笔申请所依据的计算已作废：%(why)s") % said if rows else ""
    why = [_unlike(row, award, given) for row in alive]
    return why[0] if all(why) else ""


def _unlike(claim: Claim, award: Award, given: Mapping[str, Any]) -> str:
    """What an application says otherwise than this claim was computed from: more of its base, or any other fact. What
    it does not say yet is asked elsewhere, and so is what the program itself adds up of the applicant's other cases."""
    base = BASES[claim.kind]
    if _more_than(str(given.get(base, "")), claim.base_fen):
        return _("合同只能按 %(base)s 计算，申请的比它多：请先更正事实") % {"base": exact(claim.base_fen)}
    summed = {rule.tells for rule in award.earlier}
    both = claim.facts.keys() & given.keys() - {base, *NUMBERS}
    asked = tuple(fact for fact in award.facts if fact.key in both and fact.code not in summed)
    known, _errors = read_facts(asked, {fact.key: claim.facts[fact.key] for fact in asked})
    told, _errors = read_facts(asked, {fact.key: given[fact.key] for fact in asked})
    for fact in asked:
        if fact.code in known and fact.code in told and known[fact.code] != told[fact.code]:
            said = {"fact": fact.label, "told": fact.written(told[fact.code]), "known": fact.written(known[fact.code])}
            return (
                _("“%(fact)s”申请的是“%(told)s”，合同是按“%(known)s”计算的：请更正事实，或在合同里作废原计算、重新计算")
                % said
            )
    return ""


def _more_than(yuan: str, fen: int) -> bool:
    try:
        return Fen.from_yuan(yuan) > fen
    except MoneyError:
        return False  # what cannot be read is refused as such


def _light(loan: Loan) -> bool:
    """Whether nothing but intangibles secures a guarantee, by the contract as signed and not as wished for."""
    return loan.kind == "guarantee" and bool(terms.listed("collaterals")[loan.security].more.get("light", False))


def _filed(loan: Loan) -> bool:
    """Whether a filing stands and the year's 入库编号 or 科融信 is confirmed: one without the other gives nothing."""
    filing = loan.standing_filing()
    return filing is not None and proven(loan.borrower_id, filing.year)


def for_award(award: Award, given: dict[str, Any]) -> dict[str, Any]:
    """Of these facts the ones an award asks for."""
    keys = {fact.key for fact in award.facts}
    return {key: value for key, value in given.items() if key in keys}


def offered(organisation: Organisation, award: Award) -> dict[str, Any]:
    """What is known for an application of this organisation: the facts of its newest claim under the award."""
    claim = Claim.objects.filter(family(organisation, "payee"), award=award.code, void_why="").first()
    return for_award(award, claim.facts) if claim is not None else {}
