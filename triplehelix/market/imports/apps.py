"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.imports"
    label = "imports"

    def ready(self) -> None:
        from triplehelix.market.imports import kinds
        from triplehelix.market.imports.listings import MODELS, kind_of

        for what in MODELS:
            kinds.register(kind_of(what))
