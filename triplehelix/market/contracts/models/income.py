"""Money of a contract: what is due, what arrived or went back, who shares it, and the years after. Whole fen."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from triplehelix.market.contracts.models.deals import Contract
from triplehelix.market.contracts.models.sales import Sale
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.fields import EncryptedTextField
from triplehelix.records.parties.models import Account, Person


class Instalment(models.Model):
    """应付款. Without `due_on` it waits for a condition (a trial's trigger); `base_fen` is what a royalty rests on.
    A royalty that was voided stays, with nothing due for it."""

    KINDS = [("fixed", _("价款")), ("royalty", _("提成")), ("equity", _("股权"))]

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="instalments")
    seq = models.PositiveSmallIntegerField(_("期次"))
    kind = models.CharField(_("款项"), max_length=10, choices=KINDS, default="fixed")
    name = models.CharField(_("条件"), max_length=120)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    due_on = models.DateField(_("期限"), null=True, blank=True)
    base_fen = models.BigIntegerField(_("提成基数（分）"), null=True, blank=True)
    void_why = models.CharField(_("作废的原因"), max_length=300, blank=True)

    class Meta:
        ordering = ["contract", "seq"]
        verbose_name = _("应付款")
        constraints = [
            models.UniqueConstraint("contract", "seq", name="instalment_once"),
            models.UniqueConstraint(
                "contract", "name", condition=Q(kind="royalty", void_why=""), name="royalty_period_once"
            ),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="instalment_not_negative"),
            models.CheckConstraint(condition=Q(void_why="") | Q(amount_fen=0), name="void_asks_for_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.name}"


class Receipt(models.Model):
    """到账 or 退款: one movement with the bank's paper, never changed. A number and a paper serve once. One that was
    entered wrongly is voided: it stays with its reason, moves nothing, and frees number and paper."""

    WAYS = [("in", _("到账")), ("out", _("退款"))]

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="receipts")
    way = models.CharField(_("方向"), max_length=3, choices=WAYS, default="in")
    amount_fen = models.BigIntegerField(_("金额（分）"))
    on = models.DateField(_("日期"))
    number = models.CharField(_("银行回单号"), max_length=60)
    reason = models.CharField(_("说明"), max_length=300, blank=True)
    file = models.ForeignKey(File, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    void_why = models.CharField(_("作废的原因"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["on", "pk"]
        verbose_name = _("到账")
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="receipt_moves_something"),
            models.UniqueConstraint("number", condition=Q(void_why=""), name="receipt_number_once"),
            models.UniqueConstraint("digest", condition=Q(void_why=""), name="receipt_paper_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.amount_fen}"


class Distribution(models.Model):
    """收益分配: net income, the part of those who made the achievement, and the notice inside the unit.

    `costs` is a list of {"name", "fen"}; `rule_bp` the unit's rule in hundredths of a percent of net income.
    """

    sale = models.ForeignKey(Sale, models.PROTECT, related_name="distributions")
    seq = models.PositiveSmallIntegerField(_("次"))
    income_fen = models.BigIntegerField(_("收入（分）"))
    costs = models.JSONField(_("成本"), default=list)
    net_fen = models.BigIntegerField(_("净收入（分）"))
    rule_bp = models.PositiveIntegerField(_("奖励比例（万分之）"))
    rule_document = models.CharField(_("本单位规定"), max_length=120)
    pool_fen = models.BigIntegerField(_("奖励总额（分）"))
    first = models.DateField(_("公示自"))
    last = models.DateField(_("公示至"))
    days = models.PositiveSmallIntegerField(_("工作日"))
    is_final = models.BooleanField(_("公示无异议"), default=False)
    void_why = models.CharField(_("作废原因"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["sale", "seq"]
        verbose_name = _("收益分配")
        constraints = [
            models.UniqueConstraint("sale", "seq", name="distribution_once"),
            models.UniqueConstraint(
                "sale", condition=Q(is_final=False, void_why=""), name="one_distribution_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(pool_fen__gte=0, pool_fen__lte=models.F("net_fen")), name="distribution_within_net"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sale_id} {self.seq}"


class Share(models.Model):
    """One person's part. Seen by the person, the unit, the market and the auditor."""

    distribution = models.ForeignKey(Distribution, models.PROTECT, related_name="shares")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    name = EncryptedTextField(_("姓名"))
    part = models.CharField(_("贡献"), max_length=120, blank=True)
    weight = models.PositiveIntegerField(_("权重"))
    amount_fen = models.BigIntegerField(_("金额（分）"))

    class Meta:
        ordering = ["distribution", "pk"]
        verbose_name = _("个人份额")
        constraints = [models.CheckConstraint(condition=Q(amount_fen__gte=0), name="share_not_negative")]

    def __str__(self) -> str:
        return f"{self.distribution_id} {self.pk}"


class FollowUp(models.Model):
    """跟踪: what became of it, once a year."""

    sale = models.ForeignKey(Sale, models.PROTECT, related_name="follow_ups")
    year = models.PositiveSmallIntegerField(_("年度"))
    in_use = models.BooleanField(_("仍在使用"))
    output_fen = models.BigIntegerField(_("新增产值（分）"), default=0)
    text = models.TextField(_("情况"), max_length=2000)
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["sale", "year"]
        verbose_name = _("跟踪")
        constraints = [models.UniqueConstraint("sale", "year", name="follow_up_once_a_year")]

    def __str__(self) -> str:
        return f"{self.sale_id} {self.year}"
