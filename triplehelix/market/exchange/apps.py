"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.exchange"
    label = "exchange"

    def ready(self) -> None:
        # Tables exist only now.
        from triplehelix.market.exchange import feed
        from triplehelix.records.trail import followers

        followers.follow(feed.NAME, feed.KINDS, feed.handle)
