"""The Django app of this room; it follows what happens to needs."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.diagnosis"
    label = "diagnosis"

    def ready(self) -> None:
        from django.utils import timezone

        from triplehelix.market.diagnosis import clock, follower
        from triplehelix.records.parties import pack
        from triplehelix.records.trail import followers

        pack.reads(lambda: clock.days(timezone.localdate()))
        followers.follow(follower.NAME, follower.KINDS, follower.handle)
