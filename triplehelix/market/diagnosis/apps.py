"""The Django app of this room; it follows what happens to needs."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.diagnosis"
    label = "diagnosis"

    def ready(self) -> None:
        # Tables exist only now.
        from django.utils import timezone

        from triplehelix.market.diagnosis import access, clock, follower, kept
        from triplehelix.market.diagnosis.flow import FLOW
        from triplehelix.market.diagnosis.models import Diagnosis
        from triplehelix.records.parties import pack
        from triplehelix.records.steps.relating import at_moment
        from triplehelix.records.trail import followers

        Diagnosis.handled_by(FLOW, relations=at_moment(access.relations_of), kept=kept.groups, told=access.accounts_in)
        pack.reads(lambda: clock.days(timezone.localdate()))
        followers.follow(follower.NAME, follower.KINDS, follower.handle)
