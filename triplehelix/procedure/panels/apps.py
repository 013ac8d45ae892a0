"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.procedure.panels"
    label = "panels"

    def ready(self) -> None:
        from django.utils import timezone

        from triplehelix.procedure.cases.terms import FILE
        from triplehelix.procedure.panels import terms
        from triplehelix.records.parties import numbers, pack

        pack.reads(terms.score_sheets)
        pack.reads(*(lambda key=key: numbers.whole(FILE, key, timezone.localdate()) for key in terms.WHOLE))
        pack.reads_parts(FILE, [terms.UNIT_SHARE])
