"""What a sale made public, who answered, and what the exchange reported. A publication is kept as it was."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from triplehelix.market.contracts.models.sales import Sale
from triplehelix.records import objections
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.fields import EncryptedTextField
from triplehelix.records.parties.models import Account, Organisation


class Publication(models.Model):
    """公示（协议定价）、挂牌 or 公告（拍卖、招标）: name and price as they were made public, never edited.

    `first` and `last` are its days, both included; the day of publication is not counted. `extensions` holds what made
    it longer: {"was", "last", "why", "document", "at"}. `is_over`: it ran out, or a new one replaced it.
    """

    METHODS = [
        ("agreed", _("协议定价公示")),
        ("listing", _("挂牌")),
        ("auction", _("拍卖公告")),
        ("tender", _("招标公告")),
    ]

    sale = models.ForeignKey(Sale, models.PROTECT, related_name="publications")
    method = models.CharField(_("定价方式"), max_length=10, choices=METHODS)
    name = models.CharField(_("成果名称"), max_length=120)
    buyer_name = models.CharField(_("拟受让方"), max_length=120, blank=True)
    price_fen = models.BigIntegerField(_("价格（分）"))
    basis = models.CharField(_("定价依据"), max_length=300)
    document = models.CharField(_("决策文件"), max_length=80, blank=True)
    objections_to = models.CharField(_("异议受理"), max_length=200, blank=True)
    unit_first = models.DateField(_("本单位公示自"), null=True, blank=True)
    unit_proof = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")
    first = models.DateField(_("自"))
    last = models.DateField(_("至"))
    days = models.PositiveSmallIntegerField(_("天数"))
    day_kind = models.CharField(max_length=10, choices=[("calendar", _("日")), ("working", _("个工作日"))])
    extensions = models.JSONField(_("延长"), default=list)
    published_at = models.DateTimeField(_("发布时间"))
    published_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    is_over = models.BooleanField(_("已结束"), default=False)
    over_why = models.CharField(_("结束原因"), max_length=200, blank=True)

    class Meta:
        ordering = ["-published_at", "-pk"]
        verbose_name = _("市场公示")
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="publication_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(price_fen__gt=0), name="publication_has_a_price"),
            models.UniqueConstraint("sale", condition=Q(is_over=False), name="one_publication_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_running(self, on: date) -> bool:
        """Whether objections or bidders are taken on this day."""
        return not self.is_over and self.first <= on <= self.last

    def standing_bids(self) -> "models.QuerySet[Bid]":
        """Of those who registered, the ones who did not take it back."""
        return self.bids.exclude(result="withdrawn")

    def who_bids(self) -> list[Organisation]:
        """Who stands for those today, each once: of two that have become one there is one, and none of what was closed
        or has become the seller."""
        rows = self.standing_bids().select_related("organisation__heir").order_by("pk")
        found = dict.fromkeys(bid.organisation.standing for bid in rows)
        return [one for one in found if not one.ending and one.pk != self.sale.seller.standing_id]


class Proposal(models.Model):
    """定价方案: how the seller has decided to price, with the papers the market publishes from. One at a time."""

    sale = models.OneToOneField(Sale, models.PROTECT, related_name="proposal")
    method = models.CharField(_("定价方式"), max_length=10, choices=Publication.METHODS)
    basis = models.CharField(_("定价依据"), max_length=300)
    document = models.CharField(_("决策文件"), max_length=80)
    objections_to = models.CharField(_("异议受理"), max_length=200, blank=True)
    unit_first = models.DateField(_("本单位公示自"), null=True, blank=True)
    unit_proof = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")
    days = models.PositiveSmallIntegerField(_("挂牌、公告天数"), null=True, blank=True)
    proposed_at = models.DateTimeField(_("提交时间"))
    proposed_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("定价方案")

    def __str__(self) -> str:
        return f"{self.sale_id} {self.method}"


class Objection(objections.Objection):
    """异议 to a price that was made public."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="objections")

    class Meta(objections.Objection.Meta):
        verbose_name = _("市场公示异议")
        constraints = [objections.answered_either_way("market_objection_answered_either_way")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Bid(models.Model):
    """意向受让登记. The deposit is information only: the platform holds no money.

    `result` is the answer it got, or says that the bidder took it back in time, who may then register again.
    """

    RESULTS = [
        ("", _("待定")),
        ("won", _("成交")),
        ("lost", _("没有成交")),
        ("void", _("挂牌撤下")),
        ("withdrawn", _("已撤回")),
    ]

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="bids")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="bids")
    contact_name = EncryptedTextField(_("联系人"))
    contact_phone = EncryptedTextField(_("联系电话"))
    deposit_fen = models.BigIntegerField(_("保证金（分）"), default=0)
    deposit_at = models.CharField(_("保证金交到"), max_length=120, blank=True)
    result = models.CharField(_("结果"), max_length=9, choices=RESULTS, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    registered_at = models.DateTimeField(_("登记时间"))
    registered_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["registered_at", "pk"]
        verbose_name = _("意向受让方")
        constraints = [
            models.UniqueConstraint("publication", "organisation", condition=~Q(result="withdrawn"), name="bid_once"),
            models.CheckConstraint(condition=Q(deposit_fen__gte=0), name="bid_deposit_not_negative"),
            models.CheckConstraint(
                condition=Q(result="", answered_at__isnull=True) | ~Q(result="") & Q(answered_at__isnull=False),
                name="bid_answered_with_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication_id} {self.organisation_id}"


class Outcome(models.Model):
    """成交结果 of an auction, a tender or a competition, executed by a licensed exchange, with its proof."""

    publication = models.OneToOneField(Publication, models.PROTECT, related_name="outcome")
    exchange = models.CharField(_("交易机构"), max_length=120)
    document = models.CharField(_("成交确认书编号"), max_length=80, unique=True)
    held_on = models.DateField(_("成交日期"))
    winner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    price_fen = models.BigIntegerField(_("成交价（分）"))
    file = models.ForeignKey(File, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("成交结果")
        constraints = [models.CheckConstraint(condition=Q(price_fen__gt=0), name="outcome_has_a_price")]

    def __str__(self) -> str:
        return self.document
