"""A firm's wish, its case at each institution it picked, and what it agreed to in writing."""

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from triplehelix.market.finance.models.institutions import Institution
from triplehelix.market.finance.models.products import Product
from triplehelix.market.finance.terms import KINDS
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.steps.models import Stateful

if TYPE_CHECKING:  # a loan names its case; the case answers its loan
    from triplehelix.market.finance.models.loans import Loan


class Lead(models.Model):
    """融资需求: what a firm wants. `origin` says where it came from: check 自测, visit 走访, own 直接提出."""

    ORIGINS = [("own", _("直接提出")), ("check", _("自测")), ("visit", _("走访"))]

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="finance_leads")
    kind = models.CharField(_("类别"), max_length=10, choices=KINDS)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    months = models.PositiveSmallIntegerField(_("期限（月）"))
    purpose = models.CharField(_("用途"), max_length=20)
    collateral = models.CharField(_("增信"), max_length=20)
    about = models.TextField(_("说明"), max_length=2000)
    origin = models.CharField(_("来源"), max_length=10, choices=ORIGINS, default="own")
    created_at = models.DateTimeField(_("提出时间"))
    created_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("融资需求")
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="lead_asks_for_something"),
            models.CheckConstraint(condition=Q(months__range=(1, 360)), name="lead_term_is_a_term"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"RX{timezone.localdate(self.created_at).year}-{self.pk:05d}"


class Application(Stateful):
    """融资办件: a wish at one institution. Its name says nothing of the firm: it stands in messages and lists."""

    kind: ClassVar[str] = "market.finance"
    page: ClassVar[str] = "web:finance-case"

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="applications")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="applications")
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="applications")
    due_on = models.DateField(_("办理期限"), null=True, blank=True)
    decline_code = models.CharField(_("婉拒原因"), max_length=20, blank=True)
    decline_text = models.CharField(_("补充说明"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("建立时间"))
    changed_at = models.DateTimeField(_("最近办理"))

    class Meta:
        ordering = ["-changed_at", "-pk"]
        verbose_name = _("融资办件")
        constraints = [models.UniqueConstraint("lead", "institution", name="lead_once_at_an_institution")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"RZ{timezone.localdate(self.created_at).year}-{self.pk:05d}"

    @property
    def loan(self) -> "Loan | None":
        """The contract, once the institution has granted."""
        return getattr(self, "contract", None)

    def consent_on(self, day: date) -> "Consent | None":
        """The consent that holds on a day."""
        return Consent.objects.living(day).filter(application=self).first()


class ConsentQuerySet(models.QuerySet["Consent"]):
    def living(self, day: date) -> "ConsentQuerySet":
        """Those that hold on a day: not ended, not past their last day."""
        return self.filter(ended_at=None, until__gte=day)


class Consent(models.Model):
    """书面授权 for one institution and one purpose: the words agreed to, by whom, what may be seen, until when."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="consents")
    purpose = models.CharField(_("目的"), max_length=120)
    fields = ArrayField(models.CharField(max_length=20), verbose_name=_("授权内容"))
    version = models.CharField(_("文本版本"), max_length=20)
    text = models.TextField(_("授权书"))
    digest = models.CharField(max_length=64)
    until = models.DateField(_("有效期至"))
    given_at = models.DateTimeField(_("授权时间"))
    given_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(_("终止时间"), null=True, blank=True)
    ended_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    ended_why = models.CharField(_("终止原因"), max_length=200, blank=True)

    objects: ClassVar[models.Manager["Consent"]] = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["application", "pk"]
        verbose_name = _("授权")
        constraints = [models.UniqueConstraint("application", condition=Q(ended_at=None), name="one_consent_at_a_time")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.version} {self.until}"
