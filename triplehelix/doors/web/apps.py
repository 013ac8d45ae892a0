"""The Django app of this door."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.doors.web"
    label = "web"
