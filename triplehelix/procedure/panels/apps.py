"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.procedure.panels"
    label = "panels"

    def ready(self) -> None:
        from triplehelix.procedure.panels import terms
        from triplehelix.records.parties import pack

        pack.reads(terms.score_sheets)
