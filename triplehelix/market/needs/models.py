"""The table of needs."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from triplehelix.market.listings.models import Listing


class Need(Listing):
    """企业需求. `price_fen` is the budget the firm has in mind; empty means 面议.

    `trl_wanted` is the lowest maturity (GB/T 22900, 1–13) the firm can use, `region_wanted` where a partner should be.
    """

    kind: ClassVar[str] = "market.need"

    trl_wanted = models.PositiveSmallIntegerField(_("最低成熟度"), null=True, blank=True)
    region_wanted = models.CharField(_("希望合作方所在地"), max_length=20, blank=True)

    class Meta(Listing.Meta):
        constraints = [
            *Listing.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(trl_wanted__isnull=True) | models.Q(trl_wanted__range=(1, 13)),
                name="need_trl_on_its_scale",
            ),
        ]
