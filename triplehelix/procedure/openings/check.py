"""Every opening against the trail."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from triplehelix.procedure.openings.kept import GROUPS, groups
from triplehelix.procedure.openings.models import Opening
from triplehelix.records.trail import kept


def problems() -> Iterator[str]:
    """Openings that are not as the trail last said, in words."""
    yield from kept.lost(Opening, Opening.kind, _("自动开办"))
    rows = Opening.objects.select_related("sale__achievement")
    yield from kept.altered(rows, Opening.kind, groups, GROUPS)
