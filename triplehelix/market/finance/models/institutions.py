"""Institutions the city works with, and what proves that a firm is a technology SME in a year."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from triplehelix.market.finance.terms import INSTITUTIONS
from triplehelix.records.parties.models import Account, Organisation, Term


class Institution(Term):
    """合作机构: an organisation of the type 金融机构 as bank, guarantor, insurer or fund, from a day to a day."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="institutions")
    kind = models.CharField(_("机构类别"), max_length=10, choices=INSTITUTIONS)
    licence = models.CharField(_("许可证号"), max_length=60)
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Term.Meta):
        ordering = ["organisation__name", "pk"]
        verbose_name = _("合作机构")
        constraints = [
            *Term.Meta.constraints,
            models.UniqueConstraint("organisation", "kind", condition=Q(until=None), name="institution_open_once"),
        ]

    def __str__(self) -> str:
        return self.organisation.name


class Qualification(models.Model):
    """入库编号 or 科融信 of a year. A firm may claim it; it counts for a filing once the city has confirmed it."""

    KINDS = [("entry", _("科技型中小企业入库编号")), ("credit", _("科融信评价"))]

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="qualifications")
    kind = models.CharField(_("资格"), max_length=10, choices=KINDS)
    year = models.PositiveSmallIntegerField(_("年度"))
    number = models.CharField(_("编号"), max_length=40)
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(_("核实时间"), null=True, blank=True)
    confirmed_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    void_why = models.CharField(_("作废原因"), max_length=200, blank=True)

    objects: ClassVar[models.Manager["Qualification"]] = models.Manager()

    class Meta:
        ordering = ["-year", "kind", "pk"]
        verbose_name = _("资格")
        constraints = [
            models.UniqueConstraint("kind", "number", condition=Q(void_why=""), name="qualification_number_once"),
            models.UniqueConstraint(
                "organisation", "kind", "year", condition=Q(void_why=""), name="qualification_once_a_year"
            ),
            models.CheckConstraint(condition=Q(year__range=(2000, 2999)), name="qualification_year_is_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.number}"
