"""Owns: the only writers of sales: keyword-only, atomic, recorded.
May use: market.contracts, market.introductions, market.achievements, market.needs, market.listings, records,
foundation.
Used by: board, doors.
"""

from triplehelix.market.contracts.actions.amending import amend_contract
from triplehelix.market.contracts.actions.contract import sign_contract
from triplehelix.market.contracts.actions.notices import answer, end_due, object_to, publish_price
from triplehelix.market.contracts.actions.offers import announce, bid, put_on_list, relist, take_back_bid
from triplehelix.market.contracts.actions.opening import open_from, open_sale, record_rights, set_buyer, set_price, tag
from triplehelix.market.contracts.actions.papers import keep_paper
from triplehelix.market.contracts.actions.proposing import propose
from triplehelix.market.contracts.actions.registering import (
    Certified,
    correct_registration,
    record_registration,
    refuse_registration,
    revoke_registration,
    submit_registration,
)
from triplehelix.market.contracts.actions.results import Result, correct_result, record_result
from triplehelix.market.contracts.actions.royalties import report_royalty, void_royalty
from triplehelix.market.contracts.actions.settling import (
    follow_up,
    look_at_landing,
    publish_reward,
    record_money,
    void_receipt,
)
from triplehelix.market.contracts.actions.trials import step_trial

__all__ = [
    "Certified",
    "Result",
    "amend_contract",
    "announce",
    "answer",
    "bid",
    "correct_registration",
    "correct_result",
    "end_due",
    "follow_up",
    "keep_paper",
    "look_at_landing",
    "object_to",
    "open_from",
    "open_sale",
    "propose",
    "publish_price",
    "publish_reward",
    "put_on_list",
    "record_money",
    "record_registration",
    "record_result",
    "record_rights",
    "refuse_registration",
    "relist",
    "report_royalty",
    "revoke_registration",
    "set_buyer",
    "set_price",
    "sign_contract",
    "step_trial",
    "submit_registration",
    "tag",
    "take_back_bid",
    "void_receipt",
    "void_royalty",
]
