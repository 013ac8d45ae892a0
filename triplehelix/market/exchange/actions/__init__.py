"""The verbs of those who look after the exchange."""

from triplehelix.market.exchange.actions.conflicts import decide, hide, unhide
from triplehelix.market.exchange.actions.peers import amend, new_key, register, replace_key, say_again, try_now

__all__ = [
    "amend",
    "decide",
    "hide",
    "new_key",
    "register",
    "replace_key",
    "say_again",
    "try_now",
    "unhide",
]
