"""Every introduction, with its answers, talks and terms, against the trail."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from triplehelix.market.introductions.kept import GROUPS, groups
from triplehelix.market.introductions.models import Introduction
from triplehelix.records.trail import kept


def problems() -> Iterator[str]:
    """Introductions that are not as the trail last said, in words."""
    yield from kept.lost(Introduction, Introduction.kind, _("引荐"))
    rows = Introduction.objects.select_related("need", "achievement")
    yield from kept.altered(rows, Introduction.kind, groups, GROUPS)
