"""The Django app of this room: it has no table of its own, but timed work."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.market.listings"
    label = "listings"
