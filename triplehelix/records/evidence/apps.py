"""The Django app of this room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "triplehelix.records.evidence"
    label = "evidence"
    verbose_name = _("材料")
