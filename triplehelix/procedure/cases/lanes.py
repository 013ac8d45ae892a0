"""How an award is handled, in the reader's language: the names of `policy.award.LANES`, which speaks no other."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from triplehelix.policy.award import LANES, Lane

NAMES: Mapping[Lane, Promise] = {
    "entitled": _("免申即享"), "quick": _("快申快享"), "ordinary": _("普通申报"), "by_decision": _("一事一议"),
}  # fmt: skip
assert NAMES.keys() == LANES.keys()
