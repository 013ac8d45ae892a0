"""The contract of a sale, its registration, and a trial before payment."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from triplehelix.market.contracts.models.sales import Sale
from triplehelix.market.introductions.models import Version
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.models import Stateful

#: Days to pay in once a trial has met its condition, as proposed where nothing else is agreed [assumed].
PAY_DAYS = 30


class Contract(models.Model):
    """技术合同, in writing. `price_fen` is the whole amount agreed, royalties as estimated in it.

    structure  fixed 一次总付 · instalments 分期 · royalty 入门费加提成 · trial 先使用后付费 · equity 作价入股
    `royalty_ppm` parts of a million of the base; `equity_bp` hundredths of a percent of the company.
    """

    #: As in the terms both sides have accepted.
    STRUCTURES = Version.STRUCTURES

    sale = models.OneToOneField(Sale, models.PROTECT, related_name="contract")
    number = models.CharField(_("合同编号"), max_length=60)
    type = models.CharField(_("合同类型"), max_length=10)
    structure = models.CharField(_("价款结构"), max_length=12, choices=STRUCTURES)
    price_fen = models.BigIntegerField(_("合同金额（分）"))
    royalty_ppm = models.PositiveIntegerField(_("提成比例（百万分之）"), default=0)
    royalty_base = models.CharField(_("提成基数"), max_length=120, blank=True)
    equity_company = models.CharField(_("入股企业"), max_length=120, blank=True)
    equity_bp = models.PositiveIntegerField(_("股权比例（万分之）"), default=0)
    signed_on = models.DateField(_("签订日期"))
    ends_on = models.DateField(_("有效期至"), null=True, blank=True)
    site = models.CharField(_("项目实施地"), max_length=20)
    file = models.ForeignKey(File, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("技术合同")
        constraints = [
            models.CheckConstraint(condition=Q(price_fen__gt=0), name="contract_has_a_price"),
            models.CheckConstraint(condition=Q(royalty_ppm__lte=1_000_000), name="contract_royalty_is_a_part"),
            models.CheckConstraint(condition=Q(equity_bp__lte=10_000), name="contract_equity_is_a_part"),
        ]

    def __str__(self) -> str:
        return self.number


class Registration(models.Model):
    """技术合同认定登记: one application of the seller's side, and how it was answered."""

    OUTCOMES = [
        ("", _("待认定")), ("registered", _("已登记")), ("refused", _("不予登记")), ("revoked", _("已撤销")),
    ]  # fmt: skip

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="registrations")
    authority = models.CharField(_("登记机构"), max_length=20)
    submitted_at = models.DateTimeField(_("提交时间"))
    submitted_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField(_("办理期限"), null=True, blank=True)
    outcome = models.CharField(_("结果"), max_length=12, choices=OUTCOMES, blank=True)
    number = models.CharField(_("登记编号"), max_length=40, blank=True)
    type = models.CharField(_("认定类型"), max_length=10, blank=True)
    certified_fen = models.BigIntegerField(_("认定成交额（分）"), null=True, blank=True)
    technical_fen = models.BigIntegerField(_("认定技术交易额（分）"), null=True, blank=True)
    decided_on = models.DateField(_("认定日期"), null=True, blank=True)
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    file = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["contract", "pk"]
        verbose_name = _("合同登记")
        constraints = [
            # Revoked by mistake, the same contract is registered under its number again.
            models.UniqueConstraint(
                "number", condition=~Q(number="") & ~Q(outcome="revoked"), name="registration_number_once"
            ),
            models.UniqueConstraint(
                "contract", condition=Q(outcome__in=("", "registered")), name="contract_registered_once"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="registered")
                | Q(certified_fen__gt=0, technical_fen__gte=0, decided_on__isnull=False, file__isnull=False)
                & ~Q(number=""),
                name="registered_with_everything",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.contract} {self.get_outcome_display()}"


class Trial(Stateful):
    """先使用后付费: used first; when the contract's trigger is met the payment falls due, or the thing goes back."""

    kind: ClassVar[str] = "market.trial"

    contract = models.OneToOneField(Contract, models.PROTECT, related_name="trial")
    trigger = models.CharField(_("触发付款的条件"), max_length=300)
    until = models.DateField(_("试用至"))
    pay_days = models.PositiveSmallIntegerField(_("触发后几日内付款"), default=PAY_DAYS)
    triggered_on = models.DateField(_("触发日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("试用")

    def __str__(self) -> str:
        return f"{self.contract.number} {self.trigger}"

    def address(self) -> str:
        return self.contract.sale.address()
