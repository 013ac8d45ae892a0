"""The Django app of this room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "triplehelix.matching"
    label = "matching"
    verbose_name = _("供需对接")

    def ready(self) -> None:
        # Tables exist only now.
        from triplehelix.matching.index import follower
        from triplehelix.records.trail import followers

        followers.follow(follower.NAME, follower.KINDS, follower.handle)
