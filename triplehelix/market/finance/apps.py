"""The Django app of this room."""

from collections.abc import Callable
from functools import partial

from django.apps import AppConfig
from django.utils import timezone


class Config(AppConfig):
    name = "triplehelix.market.finance"
    label = "finance"

    def ready(self) -> None:
        from triplehelix.market.finance import terms
        from triplehelix.records.parties import numbers, pack

        readings: list[Callable[[], object]] = [
            *(lambda key=key: terms.value(key, timezone.localdate()) for key in terms.NUMBERS),
            *(lambda key=key: numbers.part(terms.FILE, key, timezone.localdate()) for key in terms.PARTS),
            *(partial(terms.listed, name) for name in terms.LISTS),
            terms.measures_agree,
            lambda: terms.schemes(timezone.localdate()),
            lambda: terms.consent_text(timezone.localdate()),
        ]
        pack.reads(terms.offered, *map(terms.where_offered, readings))
