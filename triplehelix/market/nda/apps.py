"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.nda"
    label = "nda"

    def ready(self) -> None:
        from django.utils import timezone

        from triplehelix.market.nda import texts
        from triplehelix.records.parties import pack

        pack.reads(lambda: texts.current(timezone.localdate()))
