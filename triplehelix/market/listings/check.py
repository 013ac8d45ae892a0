"""Every need and achievement against the trail."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from triplehelix.market.listings.kept import GROUPS, groups
from triplehelix.market.listings.models import Listing
from triplehelix.records.trail import kept


def problems(*, progress: Callable[[], None] = lambda: None) -> Iterator[str]:
    """Listings that are not as the trail last said, in words. A draft that was discarded is gone rightly."""
    for model in Listing.__subclasses__():
        yield from kept.lost(model, model.kind, _("挂牌信息"), taken_away="discard")
        yield from kept.altered(model._default_manager.all(), model.kind, groups, GROUPS, progress=progress)
