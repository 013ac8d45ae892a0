"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.exchange"
    label = "exchange"

    def ready(self) -> None:
        # Tables exist only now.
        from triplehelix.market.exchange import access, feed
        from triplehelix.market.exchange.flow import FOREIGN, PEER
        from triplehelix.market.exchange.models import ForeignListing, Peer
        from triplehelix.records.trail import followers

        # Who somebody is to the exchange he is to every row of it.
        Peer.handled_by(PEER, relations=lambda _peer, actor, now: access.relations_of(actor, now))
        ForeignListing.handled_by(FOREIGN, relations=lambda _listing, actor, now: access.relations_of(actor, now))
        followers.follow(feed.NAME, feed.KINDS, feed.handle)
