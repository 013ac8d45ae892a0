"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.contracts"
    label = "contracts"

    def ready(self) -> None:
        from functools import partial

        from triplehelix.market.contracts import terms
        from triplehelix.records.parties import pack

        pack.reads_lists("transfer_modes", "contract_types", "encumbrances")
        pack.reads_numbers(terms.FILE, terms.NUMBERS)
        pack.reads_parts(terms.FILE, terms.PARTS)
        pack.reads(terms.check_registration)
        pack.reads(*(partial(terms.listed, name) for name in terms.LISTS))
