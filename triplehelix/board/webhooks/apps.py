"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.board.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        # Tables exist only now.
        from triplehelix.board.webhooks import follower
        from triplehelix.records.trail import followers

        followers.follow(follower.NAME, follower.KINDS, follower.handle)
