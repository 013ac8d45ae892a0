"""Owns: the only writers of finance: keyword-only, atomic, recorded.
May use: market.finance, policy, records, foundation.
Used by: market.equity, market.visits, board, doors.
"""

from triplehelix.market.finance.actions.claims import claim, void
from triplehelix.market.finance.actions.correcting import correct_contract
from triplehelix.market.finance.actions.filing import (
    check_filings,
    land_outcomes,
    open_month,
    remind_unproven,
    restore,
    revoke,
    submit,
)
from triplehelix.market.finance.actions.handling import (
    decline,
    grant,
    is_open,
    open_papers,
    record_payment,
    record_recovery,
    report_loss,
)
from triplehelix.market.finance.actions.institutions import (
    add_qualification,
    answer_qualification,
    end_institution,
    register_institution,
)
from triplehelix.market.finance.actions.leads import (
    ask_to_renew,
    give_consent,
    lapse_due,
    pick,
    revoke_consent,
    set_missing_days,
    start,
)
from triplehelix.market.finance.actions.products import end_product, offer_product, set_parameter
from triplehelix.market.finance.actions.voiding import void_payment, void_recovery

__all__ = [
    "add_qualification",
    "answer_qualification",
    "ask_to_renew",
    "check_filings",
    "claim",
    "correct_contract",
    "decline",
    "end_institution",
    "end_product",
    "give_consent",
    "grant",
    "is_open",
    "land_outcomes",
    "lapse_due",
    "offer_product",
    "open_month",
    "open_papers",
    "pick",
    "record_payment",
    "record_recovery",
    "register_institution",
    "remind_unproven",
    "report_loss",
    "restore",
    "revoke",
    "revoke_consent",
    "set_missing_days",
    "set_parameter",
    "start",
    "submit",
    "void",
    "void_payment",
    "void_recovery",
]
