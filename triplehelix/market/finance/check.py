"""Every case of finance, with its consents, contract and money, against the trail."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from triplehelix.market.finance.kept import GROUPS, groups
from triplehelix.market.finance.models import Application
from triplehelix.records.trail import kept


def problems() -> Iterator[str]:
    """Cases that are not as the trail last said, in words."""
    yield from kept.lost(Application, Application.kind, _("融资办件"))
    yield from kept.altered(Application.objects.all(), Application.kind, groups, GROUPS)
