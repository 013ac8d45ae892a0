"""Every objection to a publication against the trail."""

from collections.abc import Iterator

from triplehelix.market.contracts.models import Objection
from triplehelix.records import objections

#: Objections in the trail.
OBJECTION_KIND = "market.objection"


def problems() -> Iterator[str]:
    """Objections that are not as the trail last said, in words."""
    yield from objections.altered(Objection, OBJECTION_KIND)
