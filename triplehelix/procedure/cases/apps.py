"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.procedure.cases"
    label = "cases"

    def ready(self) -> None:
        # Tables exist only now.
        from triplehelix.procedure.cases import follower
        from triplehelix.records.trail import followers

        followers.follow(follower.NAME, follower.KINDS, follower.handle)
