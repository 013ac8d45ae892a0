"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.introductions"
    label = "introductions"

    def ready(self) -> None:
        from functools import partial

        from django.utils import timezone

        from triplehelix.market.introductions import reasons, terms
        from triplehelix.records.parties import pack

        def in_force(name: str) -> int:
            return terms.term(name, timezone.localdate())

        pack.reads_lists("transfer_modes", reasons.LIST)
        pack.reads(*(partial(in_force, name) for name in terms.TERMS))
