"""The Django app of this room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "triplehelix.matching.feedback"
    label = "feedback"
    verbose_name = _("评判")

    def ready(self) -> None:
        # Tables exist only now.
        from triplehelix.matching.feedback import heard
        from triplehelix.records.trail import followers

        followers.follow(heard.NAME, heard.KINDS, heard.handle)
