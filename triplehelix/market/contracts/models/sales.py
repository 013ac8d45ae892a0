"""The sale itself, and what its rights check looks at."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.introductions.models import Introduction
from triplehelix.market.needs.models import Need
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.steps.models import Stateful
from triplehelix.records.trail.models import Entry

#: Rows of the trail that say what a sale has come from.
BEGUN = ("open", "introduced")

#: The states in which something is made public until a day.
PUBLIC = ("noticing", "listed", "announced")
#: A whole right, in basis points: shares are kept as whole hundredths of a percent.
WHOLE = 10_000


class Sale(Stateful):
    """交易: one achievement on its way from a price to a landed contract. Money in whole fen.

    `buyer` is empty until a bidder wins; `need` and `introduction` are the buyer's own. `price_fen` is the price in
    hand: intended, then made public, then won.
    `landed_on` is the day on which the contract was registered, paid in part and in the city; empty while it is not.
    """

    kind: ClassVar[str] = "market.sale"
    page: ClassVar[str] = "web:sale"

    achievement = models.ForeignKey(Achievement, models.PROTECT, related_name="sales", verbose_name=_("成果"))
    seller = models.ForeignKey(Organisation, models.PROTECT, related_name="sales", verbose_name=_("转让方"))
    buyer = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="purchases", verbose_name=_("受让方")
    )
    need = models.ForeignKey(Need, models.PROTECT, null=True, blank=True, related_name="sales")
    introduction = models.ForeignKey(
        Introduction, models.PROTECT, null=True, blank=True, related_name="sales", verbose_name=_("引荐")
    )
    mode = models.CharField(_("转化方式"), max_length=20, blank=True)
    price_fen = models.BigIntegerField(_("价格（分）"), null=True, blank=True)
    tags = ArrayField(models.CharField(max_length=10), verbose_name=_("标签"), default=list, blank=True)
    landed_on = models.DateField(_("落地日期"), null=True, blank=True, db_index=True)
    created_at = models.DateTimeField(_("建立时间"))
    changed_at = models.DateTimeField(_("最近办理"))
    created_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-changed_at", "-pk"]
        verbose_name = _("交易")
        indexes = [models.Index(fields=["-changed_at", "-id"], name="sale_latest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(price_fen__isnull=True) | Q(price_fen__gt=0), name="sale_price_is_a_price"
            ),
            models.CheckConstraint(condition=~Q(buyer=F("seller")), name="sale_has_two_sides"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.achievement.title}"

    @property
    def number(self) -> str:
        return f"JY{timezone.localdate(self.created_at).year}-{self.pk:05d}"

    def take_buyer(self, buyer: Organisation) -> None:
        """Who buys. Whoever is not the one that stated the need did not come by its introduction either; who was passed
        over by mistake and is named again has come by both."""
        self.buyer = buyer
        if self.need is None:
            self.need, self.introduction = self._came_by()
        if self.need is not None and self.need.organisation.standing_id != buyer.standing_id:
            self.need = self.introduction = None

    def _came_by(self) -> tuple[Need | None, Introduction | None]:
        """The need and introduction the sale began with, as the trail has them; no introduction that another sale has
        taken up since."""
        told: dict[str, Any] = {}
        for row in Entry.objects.filter(subject_kind=self.kind, subject_id=str(self.pk), verb__in=BEGUN).order_by("n"):
            told |= {name: row.data[name] for name in ("need", "introduction") if row.data.get(name)}
        others = Sale.objects.filter(introduction=OuterRef("pk")).exclude(pk=self.pk)
        rows = Introduction.objects.filter(~Exists(others), pk__in=[told.get("introduction", 0)])
        introduction = rows.select_related("need__organisation").first()
        if introduction is not None:
            return introduction.need, introduction
        return Need.objects.select_related("organisation").filter(pk__in=[told.get("need", 0)]).first(), None

    def last_day(self) -> date | None:
        """Of what is public now: a notice of the price, a listing, an announcement."""
        public = self.publications.order_by("-pk").first() if self.state in PUBLIC else None
        return public.last if public is not None else None


class Rights(models.Model):
    """权属核查 of a sale: what burdens the right, and whether it may be shown and may leave the country."""

    SECRECY = [("", _("还没有审查")), ("open", _("可以公开")), ("secret", _("涉及国家秘密或商业秘密，不得交易"))]
    EXPORT = [
        ("", _("还没有核对")),
        ("home", _("境内交易，不涉及出口")),
        ("free", _("不在限制出口目录内")),
        ("licensed", _("限制出口，已取得许可")),
        ("barred", _("禁止出口或没有许可")),
    ]

    sale = models.OneToOneField(Sale, models.PROTECT, related_name="rights")
    encumbrance = models.CharField(_("质押、冻结"), max_length=20, blank=True)
    encumbrance_note = models.CharField(_("情况说明"), max_length=200, blank=True)
    secrecy = models.CharField(_("保密审查"), max_length=10, choices=SECRECY, blank=True)
    secrecy_document = models.CharField(_("审查文件"), max_length=80, blank=True)
    export = models.CharField(_("出口限制"), max_length=10, choices=EXPORT, blank=True)
    export_document = models.CharField(_("许可文件"), max_length=80, blank=True)
    recorded_at = models.DateTimeField(_("填写时间"))
    recorded_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("权属核查")

    def __str__(self) -> str:
        return f"{self.sale_id}"


class Owner(models.Model):
    """权利人 with a share in basis points; a co-owner's consent has its day and its paper."""

    sale = models.ForeignKey(Sale, models.PROTECT, related_name="owners")
    name = models.CharField(_("权利人"), max_length=120)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18)
    share_bp = models.PositiveIntegerField(_("份额（万分之）"))
    consented_on = models.DateField(_("同意日期"), null=True, blank=True)
    consent = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["sale", "pk"]
        verbose_name = _("权利人")
        constraints = [
            models.UniqueConstraint("sale", "uscc", name="owner_once"),
            models.CheckConstraint(condition=Q(share_bp__gte=1, share_bp__lte=WHOLE), name="owner_share_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.share}"

    @property
    def share(self) -> str:
        """As people write it: 33.34%."""
        whole, rest = divmod(self.share_bp, 100)
        return f"{whole}.{rest:02d}%" if rest else f"{whole}%"
