"""Owns: the only writers of introductions: keyword-only, atomic, recorded.
May use: market.introductions, market.listings, market.achievements, market.needs, records, foundation.
Used by: board, doors.
"""

from triplehelix.market.introductions.actions.answering import accept, break_off, decline
from triplehelix.market.introductions.actions.intents import may_sign, sign_intent, void_intent
from triplehelix.market.introductions.actions.inviting import expire_due, invite, remind_due
from triplehelix.market.introductions.actions.managing import agree_to_manage, assign, refuse_to_manage, tell_left
from triplehelix.market.introductions.actions.meetings import cancel, plan, record_meeting, void_meeting
from triplehelix.market.introductions.actions.papers import keep_paper
from triplehelix.market.introductions.actions.room import Terms, accept_terms, lay, propose, say

__all__ = [
    "Terms",
    "accept",
    "accept_terms",
    "agree_to_manage",
    "assign",
    "break_off",
    "cancel",
    "decline",
    "expire_due",
    "invite",
    "keep_paper",
    "lay",
    "may_sign",
    "plan",
    "propose",
    "record_meeting",
    "refuse_to_manage",
    "remind_due",
    "say",
    "sign_intent",
    "tell_left",
    "void_intent",
    "void_meeting",
]
