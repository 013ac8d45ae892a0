"""The Django app of this room: it has no table of its own, but timed work."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.listings"
    label = "listings"

    def ready(self) -> None:
        from triplehelix.records.parties import pack

        pack.reads_lists("transfer_modes", "ip_types", "need_secrecy", "achievement_types", "rights", "trl")
