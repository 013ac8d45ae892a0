"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.visits"
    label = "visits"

    def ready(self) -> None:
        # Tables exist only now.
        from triplehelix.market.visits import access, kept
        from triplehelix.market.visits.flow import FLOW
        from triplehelix.market.visits.models import Ask
        from triplehelix.records.steps.relating import at_moment

        Ask.handled_by(FLOW, relations=at_moment(access.relations_of), kept=kept.of_ask, told=access.accounts_in)
