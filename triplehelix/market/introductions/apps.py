"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.introductions"
    label = "introductions"

    def ready(self) -> None:
        # Tables exist only now.
        from functools import partial

        from django.utils import timezone

        from triplehelix.market.introductions import access, kept, reasons, terms
        from triplehelix.market.introductions.flow import FLOW
        from triplehelix.market.introductions.models import Introduction
        from triplehelix.records.parties import pack
        from triplehelix.records.steps.relating import at_moment

        def in_force(name: str) -> int:
            return terms.term(name, timezone.localdate())

        Introduction.handled_by(
            FLOW, relations=at_moment(access.relations_of), kept=kept.groups, told=access.accounts_in
        )
        pack.reads_lists("transfer_modes", reasons.LIST)
        pack.reads(*(partial(in_force, name) for name in terms.TERMS))
