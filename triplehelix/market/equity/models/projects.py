"""Investable projects: published achievements and needs whose owners are looking for money."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.finance.models import Institution
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.models import Account, Organisation


class Project(models.Model):
    """融资项目 of one listing: a teaser and the amount sought, seen by investors; `stage` ready for a roadshow."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="projects")
    achievement = models.ForeignKey(Achievement, models.PROTECT, null=True, blank=True, related_name="projects")
    need = models.ForeignKey(Need, models.PROTECT, null=True, blank=True, related_name="projects")
    teaser = models.CharField(_("一段话"), max_length=300)
    amount_fen = models.BigIntegerField(_("融资金额（分）"))
    round = models.CharField(_("轮次"), max_length=10)
    on_stage = models.BooleanField(_("愿意路演"), default=False)
    opened_at = models.DateTimeField(_("标记时间"))
    opened_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    closed_why = models.CharField(_("结束原因"), max_length=200, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        verbose_name = _("融资项目")
        constraints = [
            models.CheckConstraint(
                condition=Q(achievement=None, need__isnull=False) | Q(achievement__isnull=False, need=None),
                name="project_of_one_listing",
            ),
            models.UniqueConstraint("achievement", condition=Q(closed_at=None), name="achievement_seeks_once"),
            models.UniqueConstraint("need", condition=Q(closed_at=None), name="need_seeks_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="project_seeks_something"),
        ]

    def __str__(self) -> str:
        return self.listing.title

    @property
    def listing(self) -> Listing:
        found = self.achievement if self.achievement is not None else self.need
        assert found is not None
        return found


class Interest(models.Model):
    """一家基金想谈: told to the owner once."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="interests")
    fund = models.ForeignKey(Institution, models.PROTECT, related_name="interests")
    text = models.CharField(_("想了解什么"), max_length=500)
    said_at = models.DateTimeField(_("时间"))
    said_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-said_at", "-pk"]
        verbose_name = _("约谈")
        constraints = [models.UniqueConstraint("project", "fund", name="interest_said_once")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.fund_id}"
