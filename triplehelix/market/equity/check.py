"""Every fund's investment against the trail."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from triplehelix.market.equity.kept import GROUPS, groups
from triplehelix.market.equity.models import Deal
from triplehelix.records.trail import kept


def problems() -> Iterator[str]:
    """Investments that are not as the trail last said, in words."""
    yield from kept.lost(Deal, Deal.kind, _("股权投资"))
    yield from kept.altered(Deal.objects.all(), Deal.kind, groups, GROUPS)
