"""Owns: the tables of finance: institutions, products, leads and consents, contracts and their filing, claims.
May use: market.finance, records, foundation.
Used by: market.finance, market.equity, procedure.cases, board, doors.
"""

from triplehelix.market.finance.models.claims import Claim
from triplehelix.market.finance.models.institutions import Institution, Qualification
from triplehelix.market.finance.models.leads import Application, Consent, Lead
from triplehelix.market.finance.models.loans import Filing, Loan, Loss, Payment, Recovery, first_of_month
from triplehelix.market.finance.models.products import Parameter, Product

__all__ = [
    "Application",
    "Claim",
    "Consent",
    "Filing",
    "Institution",
    "Lead",
    "Loan",
    "Loss",
    "Parameter",
    "Payment",
    "Product",
    "Qualification",
    "Recovery",
    "first_of_month",
]
