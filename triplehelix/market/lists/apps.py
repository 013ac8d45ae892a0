"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.lists"
    label = "lists"

    def ready(self) -> None:
        from triplehelix.market.lists import rules
        from triplehelix.records.parties import pack

        pack.reads(rules.kinds, rules.terms)
