"""Every sale, with its contract and money, and every objection to a publication against the trail."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from triplehelix.market.contracts.kept import GROUPS, groups
from triplehelix.market.contracts.models import Objection, Sale
from triplehelix.records import objections
from triplehelix.records.trail import kept

#: Objections in the trail.
OBJECTION_KIND = "market.objection"


def problems() -> Iterator[str]:
    """Sales and objections that are not as the trail last said, in words."""
    yield from kept.lost(Sale, Sale.kind, _("交易"))
    yield from kept.altered(Sale.objects.select_related("achievement"), Sale.kind, groups, GROUPS)
    yield from objections.altered(Objection, OBJECTION_KIND)
