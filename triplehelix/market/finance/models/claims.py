"""What may be claimed of public money for a contract, as it was computed. The application itself is a case."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from triplehelix.market.finance.models.loans import Loan
from triplehelix.records.parties.models import Account, Organisation

#: What a contract gives once, in whatever year: a premium is paid once, so it is subsidised once.
ONCE = ("loss", "payout", "premium")


class Claim(models.Model):
    """一笔可以申请的钱: for whom, of what, how much, with the arithmetic.

    interest 贴息: one loan of a firm, once · premium 保费补贴: a policy, once · guarantee 担保费补贴: a guarantee
    and year · payout 代偿补偿 · loss 风险补偿. `base_fen` is what it is computed from.
    """

    KINDS = [
        ("interest", _("贷款贴息")),
        ("premium", _("保费补贴")),
        ("guarantee", _("担保费补贴")),
        ("payout", _("代偿风险补偿")),
        ("loss", _("风险补偿（市级分担）")),
    ]

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="claims")
    payee = models.ForeignKey(Organisation, models.PROTECT, related_name="finance_claims")
    kind = models.CharField(_("事项"), max_length=10, choices=KINDS)
    year = models.PositiveSmallIntegerField(_("年度"))
    base_fen = models.BigIntegerField(_("计算基数（分）"))
    amount_fen = models.BigIntegerField(_("金额（分）"))
    award = models.CharField(_("奖补事项"), max_length=30, blank=True)
    facts = models.JSONField(_("事实"), default=dict)
    steps = models.JSONField(_("理由"), default=list)
    made_at = models.DateTimeField(_("计算时间"))
    made_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    void_why = models.CharField(_("作废原因"), max_length=200, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("可申请的资金")
        constraints = [
            # 一家企业只选一笔贷款、一次性贴息: two clerks at once cannot choose two loans.
            models.UniqueConstraint("payee", condition=Q(kind="interest", void_why=""), name="one_loan_subsidised"),
            models.UniqueConstraint("loan", "kind", "year", condition=Q(void_why=""), name="claimed_once_a_year"),
            models.UniqueConstraint("loan", "kind", condition=Q(void_why="", kind__in=ONCE), name="claimed_once"),
            models.CheckConstraint(condition=Q(base_fen__gt=0, amount_fen__gte=0), name="claim_is_an_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount_fen}"
