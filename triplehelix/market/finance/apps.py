"""The Django app of this room."""

from collections.abc import Callable
from functools import partial

from django.apps import AppConfig
from django.utils import timezone


class Config(AppConfig):
    name = "triplehelix.market.finance"
    label = "finance"

    def ready(self) -> None:
        # Tables exist only now.
        from triplehelix.market.finance import access, kept, terms
        from triplehelix.market.finance.flow import FLOW
        from triplehelix.market.finance.models import Application
        from triplehelix.records.parties import numbers, pack
        from triplehelix.records.steps.relating import at_moment

        Application.handled_by(
            FLOW, relations=at_moment(access.relations_of), kept=kept.groups, told=access.accounts_in
        )
        readings: list[Callable[[], object]] = [
            *(lambda key=key: terms.value(key, timezone.localdate()) for key in terms.NUMBERS),
            *(lambda key=key: numbers.part(terms.FILE, key, timezone.localdate()) for key in terms.PARTS),
            *(partial(terms.listed, name) for name in terms.LISTS),
            terms.measures_agree,
            lambda: terms.schemes(timezone.localdate()),
            lambda: terms.consent_text(timezone.localdate()),
        ]
        pack.reads(terms.offered, *map(terms.where_offered, readings))
