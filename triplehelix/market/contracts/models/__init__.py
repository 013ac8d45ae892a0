"""Owns: the tables of a sale: sale and rights, what was made public, the contract, what arrived, who shares it.
May use: market.contracts, market.achievements, market.needs, records, foundation.
Used by: market.contracts, procedure.openings, board, doors.
"""

from triplehelix.market.contracts.models.changes import Amendment
from triplehelix.market.contracts.models.deals import Contract, Registration, Trial
from triplehelix.market.contracts.models.income import Distribution, FollowUp, Instalment, Receipt, Share
from triplehelix.market.contracts.models.public import Bid, Objection, Outcome, Proposal, Publication
from triplehelix.market.contracts.models.sales import Owner, Rights, Sale

__all__ = [
    "Amendment",
    "Bid",
    "Contract",
    "Distribution",
    "FollowUp",
    "Instalment",
    "Objection",
    "Outcome",
    "Owner",
    "Proposal",
    "Publication",
    "Receipt",
    "Registration",
    "Rights",
    "Sale",
    "Share",
    "Trial",
]
