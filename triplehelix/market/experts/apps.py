"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.experts"
    label = "experts"

    def ready(self) -> None:
        from triplehelix.market.experts import register, terms, uploads
        from triplehelix.market.imports import kinds
        from triplehelix.records.parties import pack
        from triplehelix.records.trail import followers

        for kind in uploads.KINDS:
            kinds.register(kind)
        pack.reads_numbers(terms.FILE, terms.NUMBERS)
        followers.follow("experts.register", register.KINDS, register.follow)
