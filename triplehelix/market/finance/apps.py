"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.finance"
    label = "finance"

    def ready(self) -> None:
        from functools import partial

        from django.utils import timezone

        from triplehelix.market.finance import terms
        from triplehelix.records.parties import pack

        pack.reads_numbers(terms.FILE, terms.NUMBERS)
        pack.reads(*(partial(terms.listed, name) for name in terms.LISTS))
        pack.reads(terms.measures_agree)
        pack.reads(lambda: terms.schemes(timezone.localdate()), lambda: terms.consent_text(timezone.localdate()))
