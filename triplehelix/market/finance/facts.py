"""Facts offered to the measures: what a contract and its payments say, by the keys awards ask for.

A measure takes what it knows by name and nobody types it again; a clerk still compares it with the papers.
"""

from fractions import Fraction
from typing import Any

from triplehelix.foundation.money import Fen
from triplehelix.market.finance import terms
from triplehelix.market.finance.finds import proven
from triplehelix.market.finance.models import Claim, Loan
from triplehelix.market.finance.money import PPM
from triplehelix.policy.award import Award
from triplehelix.records.parties.models import Organisation


def of_contract(loan: Loan, base_fen: int, more: dict[str, Any]) -> dict[str, Any]:
    """Everything a contract says, by key; `base_fen` is the amount of the kind asked for, `more` what depends on it."""
    yuan = Fen(base_fen).yuan
    wish, product = loan.application.lead, loan.application.product
    return {
        "loan_no": loan.number,
        "guarantee_no": loan.number,
        "policy_no": loan.number,
        "filed": _filed(loan),
        "used_for_research": bool(terms.listed("uses")[loan.use].more.get("allowed", False)),
        "early_stage_credit": loan.early_stage,
        "in_scheme": product is not None and bool(product.scheme),
        "light_security": bool(terms.listed("collaterals")[wish.collateral].more.get("light", False)),
        "interest_paid_yuan": yuan,
        "principal_loss_yuan": yuan,
        "guaranteed_yuan": Fen(loan.amount_fen).yuan,
        "guarantee_fee": str(Fraction(loan.rate_ppm, PPM)),
        "premium_paid_yuan": yuan,
        **more,
    }


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
    claim = Claim.objects.filter(payee=organisation, award=award.code, void_why="").first()
    return for_award(award, claim.facts) if claim is not None else {}
