"""The table of openings."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from triplehelix.market.contracts.models import Sale
from triplehelix.policy.award import Award
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.parties.models import Organisation
from triplehelix.records.steps.models import Stateful


class Opening(Stateful):
    """One award that a sale has earned its firm: it waits for a round, or has a case. `facts` are what the sale tells
    of it by key, as they were last filled in."""

    kind: ClassVar[str] = "procedure.opening"
    page: ClassVar[str] = "web:opening"

    award_code = models.CharField(_("事项"), max_length=30)
    sale = models.ForeignKey(Sale, models.PROTECT, related_name="openings", verbose_name=_("交易"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="openings", verbose_name=_("受益单位"))
    facts = models.JSONField(_("事实"), default=dict)
    case = models.OneToOneField(Case, models.PROTECT, null=True, blank=True, related_name="opening")
    created_at = models.DateTimeField(_("建立时间"))
    changed_at = models.DateTimeField(_("最近变动"))

    class Meta:
        ordering = ["-changed_at", "-pk"]
        verbose_name = _("自动开办")
        constraints = [
            models.UniqueConstraint("award_code", "sale", name="opening_once"),
            models.CheckConstraint(
                condition=~models.Q(state__in=("opened", "doubtful")) | models.Q(case__isnull=False),
                name="opened_with_a_case",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award.name}：{self.sale}"

    @property
    def award(self) -> Award:
        """The award as the pack declares it. Raises UnknownAward."""
        return pack().award(self.award_code)
