"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.contracts"
    label = "contracts"

    def ready(self) -> None:
        # Tables exist only now.
        from functools import partial

        from triplehelix.market.contracts import access, kept, terms
        from triplehelix.market.contracts.flow import FLOW, TRIAL
        from triplehelix.market.contracts.models import Sale, Trial
        from triplehelix.records.parties import pack
        from triplehelix.records.steps.relating import at_moment

        Sale.handled_by(FLOW, relations=at_moment(access.relations_of), kept=kept.groups, told=access.accounts_in)
        Trial.handled_by(TRIAL, relations=at_moment(access.trying), told=access.accounts_of_trial)
        pack.reads_lists("transfer_modes", "contract_types", "encumbrances")
        pack.reads_numbers(terms.FILE, terms.NUMBERS)
        pack.reads_parts(terms.FILE, terms.PARTS)
        pack.reads(terms.check_registration)
        pack.reads(*(partial(terms.listed, name) for name in terms.LISTS))
