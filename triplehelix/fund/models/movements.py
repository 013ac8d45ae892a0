"""The double entry: every movement of money, once and for good."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.money import Fen
from triplehelix.fund.models.payments import Commitment, Payment
from triplehelix.fund.models.pools import Pool, Purse, money
from triplehelix.records.parties.models import Account


class Ledger(models.TextChoices):
    """The accounts of the double entry. TREASURY, POOL and LAPSED are a pool's, the others a purse's."""

    TREASURY = "treasury", _("国库拨款")
    POOL = "pool", _("待分配")
    PURSE = "purse", _("可用")
    COMMITTED = "committed", _("已承诺")
    ORDERED = "ordered", _("支付中")
    PAID = "paid", _("已支付")
    REFUNDED = "refunded", _("已缴回国库")
    LAPSED = "lapsed", _("年终交回国库")


class Movement(models.Model):
    """One row per movement: `amount_fen` into the debit account, out of the credit account. Append-only (trigger).

    A mistake is put right by a second row that `corrects` it, the accounts the other way round.
    """

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="movements", db_index=False)
    debit = models.CharField(_("借方"), max_length=10, choices=Ledger.choices)
    credit = models.CharField(_("贷方"), max_length=10, choices=Ledger.choices)
    debit_purse = models.ForeignKey(Purse, models.PROTECT, null=True, blank=True, related_name="debits")
    credit_purse = models.ForeignKey(Purse, models.PROTECT, null=True, blank=True, related_name="credits")
    commitment = models.ForeignKey(Commitment, models.PROTECT, null=True, blank=True, related_name="movements")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    amount_fen = money(_("金额（分）"))
    verb = models.CharField(_("事项"), max_length=20)
    why = models.CharField(_("摘要"), max_length=200, blank=True)
    actor = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", db_index=False
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("资金流水")
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="movement_is_of_something"),
            models.CheckConstraint(
                condition=~Q(debit=F("credit")) | ~Q(debit_purse=F("credit_purse")), name="movement_goes_somewhere"
            ),
            models.UniqueConstraint("corrects", condition=Q(corrects__isnull=False), name="movement_corrected_once"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.credit} → {self.debit} {Fen(self.amount_fen)}"
