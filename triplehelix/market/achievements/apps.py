"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.achievements"
    label = "achievements"

    def ready(self) -> None:
        # Tables exist only now.
        from triplehelix.market.achievements import renamed
        from triplehelix.records.trail import followers

        followers.follow(renamed.NAME, renamed.KINDS, renamed.handle)
