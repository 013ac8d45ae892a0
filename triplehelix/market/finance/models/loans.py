"""What came of a case: the contract, what was paid on it, its filing, what was lost and got back. Whole fen."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from triplehelix.market.finance.models.institutions import Institution
from triplehelix.market.finance.models.leads import Application
from triplehelix.market.finance.terms import KINDS
from triplehelix.records.parties.models import Account, Organisation


class Loan(models.Model):
    """借款、担保 or 保险合同 of a case. `rate_ppm`: interest, guarantee fee or premium, parts of a million a year.

    `premium_fen` is what the firm paid for an insurance, `security` what secures it; `institution` and `borrower`
    stand here for the constraints. `early_stage` is the bank's word until the filing's outcome (`counts_as_early`).
    """

    application = models.OneToOneField(Application, models.PROTECT, related_name="contract")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="loans")
    borrower = models.ForeignKey(Organisation, models.PROTECT, related_name="loans")
    kind = models.CharField(_("类别"), max_length=10, choices=KINDS)
    number = models.CharField(_("合同号"), max_length=60)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    rate_ppm = models.PositiveIntegerField(_("年利率（费率，百万分之）"))
    premium_fen = models.BigIntegerField(_("实付保费（分）"), null=True, blank=True)
    first_on = models.DateField(_("起始日"))
    last_on = models.DateField(_("到期日"))
    use = models.CharField(_("资金用途"), max_length=20)
    security = models.CharField(_("反担保"), max_length=20, blank=True)
    early_stage = models.BooleanField(_("早期研发信用贷款"), default=False)
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-first_on", "-pk"]
        verbose_name = _("融资合同")
        constraints = [
            models.UniqueConstraint("institution", "number", name="loan_number_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="loan_is_an_amount"),
            models.CheckConstraint(condition=Q(rate_ppm__lte=1_000_000), name="loan_rate_is_a_rate"),
            models.CheckConstraint(condition=Q(last_on__gt=F("first_on")), name="loan_ends_after_it_starts"),
            models.CheckConstraint(
                condition=~Q(kind="insurance") | Q(premium_fen__gt=0), name="insurance_has_its_premium"
            ),
            models.CheckConstraint(
                condition=~Q(kind="guarantee") | ~Q(security=""), name="guarantee_says_its_security"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def standing_payments(self) -> "QuerySet[Payment]":
        """Its payments without those that were voided."""
        return self.payments.filter(void_why="")

    def paid(self, kind: str) -> int:
        """What was paid of this kind, in fen."""
        return self.standing_payments().filter(kind=kind).aggregate(sum=Sum("amount_fen"))["sum"] or 0

    @property
    def owed_fen(self) -> int:
        """The principal still owed."""
        return self.amount_fen - self.paid("principal") if self.kind == "loan" else 0

    @property
    def got_back_fen(self) -> int:
        """What has been recovered of a loss, without what was voided."""
        return self.recoveries.filter(void_why="").aggregate(sum=Sum("amount_fen"))["sum"] or 0

    @property
    def still_lost_fen(self) -> int:
        """The loss without what has been got back of it; nothing lost is nothing."""
        loss = getattr(self, "loss", None)
        return max(0, loss.principal_fen - self.got_back_fen) if loss is not None else 0

    @property
    def counts_as_early(self) -> bool:
        """Whether the city has confirmed, with the filing, that this is an early-stage R&D credit loan."""
        return self.early_stage and self.standing_filing() is not None

    def standing_filing(self) -> "Filing | None":
        """The filing that was accepted and not revoked."""
        return self.filings.filter(outcome="accepted", revoked_on=None).first()

    def revoked_filing(self) -> "Filing | None":
        """The last filing that was revoked, when none has come after it."""
        last = self.filings.exclude(outcome="refused").first()
        return last if last is not None and last.revoked_on is not None else None

    def filing(self) -> "Filing | None":
        """The filing that stands, or waits for its outcome."""
        return self.filings.filter(outcome__in=("", "accepted"), revoked_on=None).first()


class Payment(models.Model):
    """还款: one payment of principal or interest, by its voucher; never changed. One that was entered wrongly is
    voided: it stays with its reason, pays nothing, and frees its number."""

    KINDS = [("principal", _("本金")), ("interest", _("利息"))]

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="payments")
    kind = models.CharField(_("款项"), max_length=10, choices=KINDS)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    on = models.DateField(_("日期"))
    number = models.CharField(_("凭证号"), max_length=60)
    void_why = models.CharField(_("作废的原因"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["on", "pk"]
        verbose_name = _("还款")
        constraints = [
            models.UniqueConstraint("loan", "number", condition=Q(void_why=""), name="payment_voucher_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payment_moves_something"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.amount_fen}"


class Filing(models.Model):
    """备案 of a loan in a month, with the outcome as it was announced; revoked when the year's proof never came."""

    OUTCOMES = [("", _("待结果")), ("accepted", _("准予备案")), ("refused", _("退回"))]

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="filings")
    month = models.DateField(_("备案月份"))
    filed_at = models.DateTimeField(_("提交时间"))
    filed_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(_("结果"), max_length=10, choices=OUTCOMES, blank=True)
    number = models.CharField(_("备案编号"), max_length=40, blank=True)
    document = models.CharField(_("备案公告"), max_length=80, blank=True)
    reason = models.CharField(_("退回原因"), max_length=300, blank=True)
    decided_on = models.DateField(_("结果日期"), null=True, blank=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_on = models.DateField(_("撤销日期"), null=True, blank=True)
    revoked_why = models.CharField(_("撤销原因"), max_length=300, blank=True)

    class Meta:
        ordering = ["-month", "-pk"]
        verbose_name = _("备案")
        constraints = [
            models.UniqueConstraint(
                "loan", condition=Q(outcome__in=("", "accepted"), revoked_on=None), name="loan_filed_once"
            ),
            models.UniqueConstraint("number", condition=~Q(number=""), name="filing_number_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="filing_month_begins_on_the_first"),
            models.CheckConstraint(
                condition=~Q(outcome="accepted") | (~Q(number="") & ~Q(document="") & Q(decided_on__isnull=False)),
                name="filing_accepted_with_everything",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.month:%Y-%m}"

    @property
    def year(self) -> int:
        """The year whose 入库编号 or 科融信 it needs."""
        return self.month.year


class Loss(models.Model):
    """本金损失 and who bears it: the three shares add up to it exactly."""

    loan = models.OneToOneField(Loan, models.PROTECT, related_name="loss")
    principal_fen = models.BigIntegerField(_("本金损失（分）"))
    province_fen = models.BigIntegerField(_("省级分担（分）"))
    city_fen = models.BigIntegerField(_("市级分担（分）"))
    bank_fen = models.BigIntegerField(_("银行分担（分）"))
    document = models.CharField(_("认定文件"), max_length=120)
    on = models.DateField(_("认定日期"))
    recorded_at = models.DateTimeField(_("报送时间"))
    recorded_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("本金损失")
        constraints = [
            models.CheckConstraint(condition=Q(principal_fen__gt=0), name="loss_is_a_loss"),
            models.CheckConstraint(
                condition=Q(principal_fen=F("province_fen") + F("city_fen") + F("bank_fen"))
                & Q(province_fen__gte=0, city_fen__gte=0, bank_fen__gte=0),
                name="loss_is_shared_exactly",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.principal_fen}"


class Recovery(models.Model):
    """追偿: money got back after a compensation, never changed. One that was entered wrongly is voided, as payments."""

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="recoveries")
    amount_fen = models.BigIntegerField(_("金额（分）"))
    on = models.DateField(_("日期"))
    number = models.CharField(_("凭证号"), max_length=60)
    void_why = models.CharField(_("作废的原因"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar[models.Manager["Recovery"]] = models.Manager()

    class Meta:
        ordering = ["on", "pk"]
        verbose_name = _("追偿")
        constraints = [
            models.UniqueConstraint("loan", "number", condition=Q(void_why=""), name="recovery_voucher_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="recovery_moves_something"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.amount_fen}"


def first_of_month(day: date) -> date:
    return day.replace(day=1)
