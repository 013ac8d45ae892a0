"""What the trail keeps of a case of finance: in every row about it a digest of its consents, contract and money.

A filed loan, a loss and a claim are paid for by the city; a consent says what a bank may read.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from triplehelix.market.finance import models as tables
from triplehelix.market.finance.models import Application, Qualification
from triplehelix.records.trail.kept import values

GROUPS = {
    "case": _("机构、产品和状态"),
    "consent": _("授权"),
    "contract": _("合同"),
    "paid": _("还款"),
    "filing": _("备案"),
    "loss": _("损失和追偿"),
    "claims": _("可申请的资金"),
}
#: Of the proofs of a year.
PROOF_GROUPS = {"proof": _("资格、年度和编号")}


def of_proof(proof: Qualification) -> dict[str, Any]:
    """What proves a firm in a year: what is claimed of its filings hangs on it."""
    return {"proof": [proof.organisation_id, proof.kind, proof.year, proof.number, proof.confirmed_at, proof.void_why]}


def groups(case: Application) -> dict[str, Any]:
    """The values of a case, by the name a difference is told by."""
    loan = tables.Loan.objects.filter(application=case)
    return {
        "case": [case.state, case.version, case.lead_id, case.institution_id, case.product_id, case.due_on,
                 case.decline_code],
        "consent": values(case.consents, "purpose", "fields", "version", "digest", "until", "given_at", "ended_at"),
        "contract": values(loan, "institution", "borrower", "kind", "number", "amount_fen", "rate_ppm", "premium_fen",
                           "first_on", "last_on", "use", "security", "early_stage"),
        "paid": values(tables.Payment.objects.filter(loan__in=loan), "kind", "amount_fen", "on", "number", "void_why"),
        "filing": values(tables.Filing.objects.filter(loan__in=loan), "month", "outcome", "number", "document",
                         "decided_on", "revoked_on", "revoked_why"),
        "loss": [
            values(tables.Loss.objects.filter(loan__in=loan), "principal_fen", "province_fen", "city_fen", "bank_fen",
                   "document", "on"),
            values(tables.Recovery.objects.filter(loan__in=loan), "amount_fen", "on", "number", "void_why"),
        ],
        "claims": values(tables.Claim.objects.filter(loan__in=loan), "payee", "kind", "year", "base_fen", "amount_fen",
                         "award", "facts", "void_why"),
    }  # fmt: skip
