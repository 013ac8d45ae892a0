"""A year of the fund: its documents, and what may be spent on each use."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.money import Fen
from triplehelix.records.parties.models import Account

#: 财政结转: money of one fiscal year may be used in the two after it (domain R4, assumed·law).
CARRY_YEARS = 2


def money(label: Any, **more: Any) -> "models.BigIntegerField[int, int]":
    """A column of whole fen."""
    return models.BigIntegerField(label, **more)


class Pool(models.Model):
    """One special fund in one fiscal year. `allocated_fen` is what has left the pool for purses or been handed back."""

    code = models.CharField(_("专项代码"), max_length=20)
    year = models.PositiveSmallIntegerField(_("年度"))
    label = models.CharField(_("专项"), max_length=60)
    appropriated_fen = money(_("预算（分）"), default=0)
    allocated_fen = money(_("已分配（分）"), default=0)
    closed_at = models.DateTimeField(_("年终关账"), null=True, blank=True)

    class Meta:
        ordering = ["-year", "code"]
        verbose_name = _("专项资金年度")
        constraints = [
            models.UniqueConstraint("code", "year", name="pool_once_a_year"),
            models.CheckConstraint(
                condition=Q(allocated_fen__gte=0, allocated_fen__lte=F("appropriated_fen")),
                name="pool_allocates_what_it_has",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.label}"

    @property
    def free(self) -> Fen:
        """Appropriated and in no purse yet."""
        return Fen(self.appropriated_fen - self.allocated_fen)


class Appropriation(models.Model):
    """A finance document (预算文件) that adds to the year's money or, below zero, takes from it."""

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="appropriations")
    document = models.CharField(_("文号"), max_length=80)
    amount_fen = money(_("金额（分）"))
    recorded_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("预算文件")
        constraints = [
            models.UniqueConstraint("pool", "document", name="appropriation_document_once"),
            models.CheckConstraint(condition=~Q(amount_fen=0), name="appropriation_is_not_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.document} {Fen(self.amount_fen)}"


class Counted(models.Model):
    """The counters of a purse or a commitment; `ordered` is on its way to the bank, `paid` has left."""

    amount_fen = money(_("额度（分）"), default=0)
    ordered_fen = money(_("支付中（分）"), default=0)
    paid_fen = money(_("已支付（分）"), default=0)
    refunded_fen = money(_("已缴回国库（分）"), default=0)

    class Meta:
        abstract = True


class Purse(Counted):
    """What may be spent on one use in one year: the row every movement of its money locks.

    `origin_year` is the year whose money it is; it is earlier than the pool's for money carried over.
    """

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="purses")
    use = models.CharField(_("用途代码"), max_length=20)
    label = models.CharField(_("用途"), max_length=60)
    year = models.PositiveSmallIntegerField(_("年度"))
    origin_year = models.PositiveSmallIntegerField(_("资金年度"))
    committed_fen = money(_("已承诺（分）"), default=0)
    closed_at = models.DateTimeField(_("年终关账"), null=True, blank=True)

    class Meta:
        ordering = ["-year", "use", "-origin_year"]
        verbose_name = _("资金用途")
        constraints = [
            models.UniqueConstraint("pool", "use", "origin_year", name="purse_once_per_use"),
            models.CheckConstraint(
                condition=Q(ordered_fen__gte=0, paid_fen__gte=0)
                & Q(committed_fen__gte=F("ordered_fen") + F("paid_fen"))
                & Q(amount_fen__gte=F("committed_fen")),
                name="purse_pays_what_it_committed",
            ),
            models.CheckConstraint(
                condition=Q(refunded_fen__gte=0, refunded_fen__lte=F("paid_fen")), name="purse_refunds_what_it_paid"
            ),
            models.CheckConstraint(
                condition=Q(origin_year__lte=F("year"), origin_year__gte=F("year") - CARRY_YEARS),
                name="purse_carried_two_years_at_most",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.name}"

    @property
    def name(self) -> str:
        """The use, and whose year's money it is where that is not the purse's own: what tells it from its neighbour."""
        carried = _("（%(year)s 结转）") % {"year": self.origin_year} if self.origin_year != self.year else ""
        return f"{self.label}{carried}"

    @property
    def free(self) -> Fen:
        """Not committed yet."""
        return Fen(self.amount_fen - self.committed_fen)
