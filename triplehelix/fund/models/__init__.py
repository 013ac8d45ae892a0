"""Tables of the special fund. Every amount is whole fen; `ledger.post` alone moves the counters.

What must always hold is a constraint here: ordered + paid ≤ committed ≤ amount of every purse and every commitment.

Owns: the tables, and the constraints that keep money from being overspent or paid twice.
May use: foundation, records.
Used by: fund, procedure, doors.
"""

from triplehelix.fund.models.movements import Ledger, Movement
from triplehelix.fund.models.payments import Batch, Commitment, Payment, Refund
from triplehelix.fund.models.pools import CARRY_YEARS, Appropriation, Pool, Purse

__all__ = [
    "CARRY_YEARS", "Appropriation", "Batch", "Commitment", "Ledger", "Movement", "Payment", "Pool", "Purse", "Refund",
]  # fmt: skip
