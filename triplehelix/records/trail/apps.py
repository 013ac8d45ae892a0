"""The Django app of this room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "triplehelix.records.trail"
    label = "trail"
    verbose_name = _("留痕")
