"""Tables of the exchange: peers and keys, what is sent, what is received, what was refused."""

from triplehelix.market.exchange.models.peers import Incoming, Nonce, Outgoing, OwnKey, Peer, PeerKey
from triplehelix.market.exchange.models.received import Conflict, ForeignListing, Received, Refused
from triplehelix.market.exchange.models.sent import FeedEntry

__all__ = [
    "Conflict",
    "FeedEntry",
    "ForeignListing",
    "Incoming",
    "Nonce",
    "Outgoing",
    "OwnKey",
    "Peer",
    "PeerKey",
    "Received",
    "Refused",
]
