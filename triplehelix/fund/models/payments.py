"""What is promised to a payee, ordered, sent to the bank, and given back."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.money import Fen
from triplehelix.fund.models.pools import Counted, Purse, money
from triplehelix.records.parties.models import Account, Organisation


class Commitment(Counted):
    """What is promised to one payee for one subject under one rule of one year: once, by the unique key.

    `year` is the year the award is for. `case_ref` names the case to whoever handles it; this room does not read it.
    Released and taken up again for another case, the row is another promise: orders up to `orders_before` (their
    greatest key, 0 for none) were the earlier one's, all returned.
    """

    purse = models.ForeignKey(Purse, models.PROTECT, related_name="commitments")
    rule = models.CharField(_("依据规则"), max_length=40)
    payee = models.ForeignKey(Organisation, models.PROTECT, related_name="commitments")
    subject = models.CharField(_("事项"), max_length=120)
    year = models.PositiveSmallIntegerField(_("奖补年度"))
    case_ref = models.CharField(_("办件"), max_length=60, blank=True, db_index=True)
    made_at = models.DateTimeField(_("承诺时间"))
    orders_before = models.BigIntegerField(_("此前的支付单"), default=0, db_default=0)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("支付承诺")
        constraints = [
            models.UniqueConstraint("rule", "payee", "subject", "year", name="commitment_once_per_key"),
            models.CheckConstraint(
                condition=Q(ordered_fen__gte=0, paid_fen__gte=0) & Q(amount_fen__gte=F("ordered_fen") + F("paid_fen")),
                name="commitment_pays_what_it_holds",
            ),
            models.CheckConstraint(
                condition=Q(refunded_fen__gte=0, refunded_fen__lte=F("paid_fen")),
                name="commitment_refunds_what_it_paid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payee} {self.rule} {self.subject} {self.year}"

    @property
    def free(self) -> Fen:
        """Promised and neither paid nor on its way."""
        return Fen(self.amount_fen - self.ordered_fen - self.paid_fen)

    @property
    def state(self) -> str:
        """released, paid, paying or open: it follows from the amounts, so it is no column of its own."""
        if not self.amount_fen:
            return "released"
        if self.paid_fen == self.amount_fen:
            return "paid"
        return "paying" if self.ordered_fen or self.paid_fen else "open"


class Batch(models.Model):
    """One payment file for the bank (支付清单). `number` counts within the year: 2026-0001."""

    number = models.CharField(_("批号"), max_length=20, unique=True)
    count = models.PositiveIntegerField(_("笔数"))
    total_fen = money(_("合计（分）"))
    sent_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField(_("送出时间"))

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("支付清单")
        constraints = [models.CheckConstraint(condition=Q(count__gt=0, total_fen__gt=0), name="batch_is_not_empty")]

    def __str__(self) -> str:
        return self.number


class Payment(models.Model):
    """One order to the bank. `key` follows from (rule, payee, subject, year, part, attempt): asked twice, made once.

    `part` names the instalment. A returned payment stays as it is; `attempt` counts the orders of the same part.
    The account is copied here as it was when ordered.
    """

    STATES = [
        ("ordered", _("待送银行")),
        ("sent", _("已送银行")),
        ("paid", _("已支付")),
        ("returned", _("已退回")),
    ]

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="payments")
    part = models.CharField(_("期次"), max_length=40)
    attempt = models.PositiveSmallIntegerField(_("次数"), default=1)
    key = models.CharField(_("支付编号"), max_length=26, unique=True)
    amount_fen = money(_("金额（分）"))
    state = models.CharField(_("状态"), max_length=10, choices=STATES, default="ordered")
    account_name = models.CharField(_("户名"), max_length=120)
    account_number = models.CharField(_("账号"), max_length=32)
    bank = models.CharField(_("开户行"), max_length=120)
    bank_code = models.CharField(_("联行号"), max_length=12, blank=True)
    purpose = models.CharField(_("用途"), max_length=120, blank=True)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, blank=True, related_name="payments")
    reason = models.CharField(_("退回原因"), max_length=200, blank=True)
    ordered_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    ordered_at = models.DateTimeField(_("开单时间"))
    answered_at = models.DateTimeField(_("银行回单时间"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("支付")
        constraints = [
            models.UniqueConstraint("commitment", "part", "attempt", name="payment_once_per_attempt"),
            # However the program errs: of one part, one order at most is under way or done.
            models.UniqueConstraint(
                "commitment", "part", condition=~Q(state="returned"), name="payment_part_paid_once"
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payment_is_of_something"),
            models.CheckConstraint(
                condition=Q(state__in=["ordered", "sent", "paid", "returned"]), name="payment_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="ordered", batch__isnull=True)
                | Q(state__in=["sent", "paid"], batch__isnull=False)
                | Q(state="returned"),
                name="payment_is_sent_in_a_batch",
            ),
        ]
        # Everything but what has arrived, which grows for ever.
        indexes = [models.Index("state", "id", name="payment_not_paid", condition=~Q(state="paid"))]

    def __str__(self) -> str:
        return f"{self.key} {Fen(self.amount_fen)}"

    @property
    def state_label(self) -> str:
        """The state for people: an order recalled never was at the bank, which is not a return."""
        return str(_("已收回") if self.state == "returned" and self.batch_id is None else self.get_state_display())


class Refund(models.Model):
    """Money a payee gave back: to the treasury (国库), by a receipt; it does not return to the pool. Entered wrongly it
    is void: it stays to be read with the reason, and its receipt serves anew."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="refunds")
    amount_fen = money(_("金额（分）"))
    receipt = models.CharField(_("缴款书号"), max_length=80)
    why = models.CharField(_("事由"), max_length=200)
    recorded_at = models.DateTimeField(_("登记时间"))
    void_why = models.CharField(_("作废原因"), max_length=200, blank=True, db_default="")

    class Meta:
        ordering = ["pk"]
        verbose_name = _("缴回国库")
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="refund_is_of_something"),
            models.UniqueConstraint("receipt", condition=Q(void_why=""), name="refund_receipt_once"),
        ]

    def __str__(self) -> str:
        return f"{self.receipt} {Fen(self.amount_fen)}"
