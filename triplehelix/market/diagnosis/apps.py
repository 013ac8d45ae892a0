"""The Django app of this room; it follows what happens to needs."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.diagnosis"
    label = "diagnosis"

    def ready(self) -> None:
        from triplehelix.market.diagnosis import follower
        from triplehelix.records.trail import followers

        followers.follow(follower.NAME, follower.KINDS, follower.handle)
