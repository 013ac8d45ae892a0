"""Owns: the only writers of the fund: keyword-only, atomic, recorded; the purse is locked before anything else.
May use: fund, records, foundation.
Used by: fund, procedure, programmes, doors.
"""

from triplehelix.fund.actions.answers import Answer, Answered, Partial, record_bank_answer
from triplehelix.fund.actions.budget import appropriate, change_purse, correct, open_purse
from triplehelix.fund.actions.commitments import commit, promise_again, refund, release, void_refund
from triplehelix.fund.actions.payments import cancel_order, order_payment, resend, return_payment, send_batch
from triplehelix.fund.actions.years import carry_over, close_year
from triplehelix.records.steps.actions import Refused

__all__ = [
    "Answer",
    "Answered",
    "Partial",
    "Refused",
    "appropriate",
    "cancel_order",
    "carry_over",
    "change_purse",
    "close_year",
    "commit",
    "correct",
    "open_purse",
    "order_payment",
    "promise_again",
    "record_bank_answer",
    "refund",
    "release",
    "resend",
    "return_payment",
    "send_batch",
    "void_refund",
]
