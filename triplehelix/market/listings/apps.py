"""The Django app of this room: it has no table of its own, but timed work."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.listings"
    label = "listings"

    def ready(self) -> None:
        # Tables exist only now.
        from triplehelix.market.listings import access, kept
        from triplehelix.market.listings.flow import FLOW
        from triplehelix.market.listings.models import Listing
        from triplehelix.records.parties import pack

        Listing.handled_by(FLOW, relations=access.relations_of, kept=kept.groups)
        pack.reads_lists("transfer_modes", "ip_types", "need_secrecy", "achievement_types", "rights", "trl")
