"""The Django app of this room: it has no table, it teaches imports its sheet."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.procedure.candidates"
    label = "candidates"

    def ready(self) -> None:
        from triplehelix.market.imports import kinds
        from triplehelix.procedure.candidates.landing import KIND

        kinds.register(KIND)
