"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.procedure.openings"
    label = "openings"

    def ready(self) -> None:
        # Tables exist only now.
        from triplehelix.procedure.openings import access, follower, kept
        from triplehelix.procedure.openings.flow import FLOW
        from triplehelix.procedure.openings.models import Opening
        from triplehelix.records.steps.relating import at_moment
        from triplehelix.records.trail import followers

        Opening.handled_by(FLOW, relations=at_moment(access.relations_of), kept=kept.groups, told=access.accounts_in)
        followers.follow(follower.NAME, follower.KINDS, follower.handle)
