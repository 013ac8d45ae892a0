"""The Django app of this room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "triplehelix.records.parties"
    label = "parties"
    verbose_name = _("主体")

    def ready(self) -> None:
        # Importing it registers the system check.
        from triplehelix.records.parties import pack

        pack.reads_lists("regions", "units", "chains", "fields", "organisation_types", "sizes", "flags")
