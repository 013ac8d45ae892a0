"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.imports"
    label = "imports"

    def ready(self) -> None:
        # Tables exist only now.
        from triplehelix.market.imports import access, kinds
        from triplehelix.market.imports.flow import FLOW
        from triplehelix.market.imports.listings import MODELS, kind_of
        from triplehelix.market.imports.models import Import
        from triplehelix.records.steps.relating import at_moment

        Import.handled_by(FLOW, relations=at_moment(access.relations_of))
        for what in MODELS:
            kinds.register(kind_of(what))
