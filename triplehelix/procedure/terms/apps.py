"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.procedure.terms"
    label = "terms"

    def ready(self) -> None:
        from triplehelix.procedure.terms import finds
        from triplehelix.records.parties import pack

        pack.tells(finds.faults)
