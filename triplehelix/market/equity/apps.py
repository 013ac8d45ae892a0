"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.equity"
    label = "equity"

    def ready(self) -> None:
        # Tables exist only now.
        from triplehelix.market.equity import access, kept
        from triplehelix.market.equity.flow import EVENT, FLOW
        from triplehelix.market.equity.models import Deal, Event
        from triplehelix.records.steps.relating import at_moment

        Deal.handled_by(FLOW, relations=at_moment(access.relations_of), kept=kept.groups, told=access.accounts_in)
        Event.handled_by(EVENT, relations=at_moment(access.holding), told=access.coming_to)
