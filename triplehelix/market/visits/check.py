"""Every visit, and what was asked on it, against the trail."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from triplehelix.market.visits.kept import ASK_GROUPS, GROUPS, groups, of_ask
from triplehelix.market.visits.models import Ask, Visit
from triplehelix.records.trail import kept


def problems() -> Iterator[str]:
    """Visits and asks that are not as the trail last said, in words."""
    yield from kept.lost(Visit, Visit.trail_kind, _("走访"))
    yield from kept.altered(Visit.objects.select_related("organisation"), Visit.trail_kind, groups, GROUPS)
    yield from kept.lost(Ask, Ask.kind, _("人才、金融诉求"))
    yield from kept.altered(Ask.objects.select_related("visit__organisation"), Ask.kind, of_ask, ASK_GROUPS)
