"""Tables of notices. What was made public is kept as it was: a correction is another notice."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.money import Fen
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.states import NOT_SUPPORTED
from triplehelix.records import objections
from triplehelix.records.parties.models import Account


class Notice(models.Model):
    """公示. `first` and `last` are its days, both included; the day of publication is not counted in the period.

    `extensions` holds what made it longer: {"from", "to", "why", "was", "last", "by", "at"}.
    """

    number = models.CharField(_("文号"), max_length=60, unique=True)
    title = models.CharField(_("标题"), max_length=120)
    basis = models.CharField(_("依据"), max_length=200, blank=True)
    objections_to = models.CharField(_("异议受理"), max_length=200)
    first = models.DateField(_("自"))
    last = models.DateField(_("至"))
    days = models.PositiveSmallIntegerField(_("工作日"))
    extensions = models.JSONField(_("延长"), default=list)
    published_at = models.DateTimeField(_("公示时间"))
    published_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-published_at", "-pk"]
        verbose_name = _("公示")
        constraints = [models.CheckConstraint(condition=Q(last__gte=F("first")), name="notice_ends_after_it_starts")]

    def __str__(self) -> str:
        return self.title

    def is_running(self, on: date) -> bool:
        """Whether objections are taken on this day."""
        return self.first <= on <= self.last


class NoticeItem(models.Model):
    """One case in a notice, with what was made public of it. `is_over`: the notice ended, or a new one replaced it.

    `withdrawn_on`: from this day what was made public holds no more; it stays to be read as it was.
    """

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="items")
    case = models.ForeignKey(Case, models.PROTECT, related_name="notice_items")
    name = models.CharField(_("单位"), max_length=120)
    matter = models.CharField(_("事项"), max_length=200)
    amount_fen = models.BigIntegerField(_("金额（分）"), null=True)
    basis = models.CharField(_("依据"), max_length=120, blank=True)
    is_over = models.BooleanField(_("已结束"), default=False)
    withdrawn_on = models.DateField(_("撤回日期"), null=True, blank=True)

    class Meta:
        ordering = ["notice", "pk"]
        verbose_name = _("公示项")
        constraints = [
            models.UniqueConstraint("notice", "case", name="notice_item_once"),
            models.UniqueConstraint("case", condition=Q(is_over=False), name="case_on_one_notice"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.matter}"

    @property
    def is_put_right(self) -> bool:
        """Whether it holds no more because it was wrong, and the case goes on with what is right."""
        return self.withdrawn_on is not None and self.case.state not in NOT_SUPPORTED

    @property
    def amount(self) -> Fen | None:
        return None if self.amount_fen is None else Fen(self.amount_fen)


class Objection(objections.Objection):
    """异议 to one case of a notice."""

    item = models.ForeignKey(NoticeItem, models.PROTECT, related_name="objections")
    case = models.ForeignKey(Case, models.PROTECT, related_name="objections")

    class Meta(objections.Objection.Meta):
        verbose_name = _("异议")
        constraints = [objections.answered_either_way("objection_answered_either_way")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.case.number}"
