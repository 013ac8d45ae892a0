"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.experts"
    label = "experts"

    def ready(self) -> None:
        # Tables exist only now.
        from triplehelix.market.experts import access, register, terms, uploads
        from triplehelix.market.experts.flow import FLOW
        from triplehelix.market.experts.models import Harvest
        from triplehelix.market.imports import kinds
        from triplehelix.records.parties import pack
        from triplehelix.records.steps.relating import at_moment
        from triplehelix.records.trail import followers

        Harvest.handled_by(FLOW, relations=at_moment(access.harvesting), told=access.accounts_in)
        for kind in uploads.KINDS:
            kinds.register(kind)
        pack.reads_numbers(terms.FILE, terms.NUMBERS)
        followers.follow("experts.register", register.KINDS, register.follow)
