"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.nda"
    label = "nda"

    def ready(self) -> None:
        # Tables exist only now.
        from django.utils import timezone

        from triplehelix.market.nda import access, kept, texts
        from triplehelix.market.nda.flow import FLOW
        from triplehelix.market.nda.models import Agreement
        from triplehelix.records.parties import pack
        from triplehelix.records.steps.relating import at_moment

        Agreement.handled_by(FLOW, relations=at_moment(access.relations_of), kept=kept.groups, told=access.accounts_in)
        pack.reads(lambda: texts.current(timezone.localdate()))
