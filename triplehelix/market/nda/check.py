"""Every agreement against the trail."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from triplehelix.market.nda.kept import GROUPS, groups
from triplehelix.market.nda.models import Agreement
from triplehelix.records.trail import kept


def problems() -> Iterator[str]:
    """Agreements that are not as the trail last said, in words."""
    yield from kept.lost(Agreement, Agreement.kind, _("保密协议"))
    rows = Agreement.objects.select_related("organisation", "need")
    yield from kept.altered(rows, Agreement.kind, groups, GROUPS)
