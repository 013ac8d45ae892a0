"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.board.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        # Tables exist only now.
        from triplehelix.board.webhooks import access, follower
        from triplehelix.board.webhooks.flow import FLOW
        from triplehelix.board.webhooks.models import Hook
        from triplehelix.records.steps.relating import at_moment
        from triplehelix.records.trail import followers

        Hook.handled_by(FLOW, relations=at_moment(access.relations_of), told=access.accounts_in)
        followers.follow(follower.NAME, follower.KINDS, follower.handle)
