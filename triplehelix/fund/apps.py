"""The Django app of this room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "triplehelix.fund"
    label = "fund"
    verbose_name = _("专项资金")

    def ready(self) -> None:
        from triplehelix.fund import terms
        from triplehelix.records.parties import pack

        pack.reads(terms.name, terms.uses)
