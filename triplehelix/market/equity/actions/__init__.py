"""Owns: the only writers of equity: keyword-only, atomic, recorded.
May use: market.equity, market.finance, market.achievements, market.listings, records, foundation.
Used by: board, doors.
"""

from triplehelix.market.equity.actions.deals import convert, exit_deal, propose
from triplehelix.market.equity.actions.events import announce, attend, change, register, taken, unregister
from triplehelix.market.equity.actions.projects import change_project, close_project, open_project, say_interest

__all__ = [
    "announce",
    "attend",
    "change",
    "change_project",
    "close_project",
    "convert",
    "exit_deal",
    "open_project",
    "propose",
    "register",
    "say_interest",
    "taken",
    "unregister",
]
