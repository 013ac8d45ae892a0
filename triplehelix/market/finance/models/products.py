"""What institutions offer: products, and their parameters from a day on."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from triplehelix.market.finance.models.institutions import Institution
from triplehelix.market.finance.terms import KINDS
from triplehelix.records.parties.models import Account, Term


class Product(Term):
    """产品: offered from `since` to `until`. `scheme` is the programme it belongs to, empty for an own product.

    `flags`: one of them is enough, none asks for none; `collaterals`: what is taken, none means any.
    """

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="products")
    scheme = models.CharField(_("方案"), max_length=20, blank=True)
    kind = models.CharField(_("类别"), max_length=10, choices=KINDS)
    name = models.CharField(_("产品名称"), max_length=60)
    about = models.TextField(_("说明"), max_length=1000, blank=True)
    flags = ArrayField(models.CharField(max_length=20), verbose_name=_("限于标识"), default=list, blank=True)
    collaterals = ArrayField(models.CharField(max_length=20), verbose_name=_("增信方式"), default=list, blank=True)
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Term.Meta):
        ordering = ["kind", "institution__organisation__name", "name", "pk"]
        verbose_name = _("金融产品")
        constraints = [
            *Term.Meta.constraints,
            models.UniqueConstraint("institution", "name", condition=Q(until=None), name="product_open_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def terms_on(self, day: date) -> dict[str, "Parameter"]:
        """Its parameters in force on a day, by key. Reads `parameters`, prefetched or not."""
        held: dict[str, Parameter] = {}
        for one in sorted(self.parameters.all(), key=lambda row: row.since):
            if one.since <= day:
                held[one.key] = one
        return held


class Parameter(models.Model):
    """One parameter from a day on, with its source. `value`: fen, parts of a million a year, or months by its key."""

    KEYS = [
        ("amount_min", _("最低金额")),
        ("amount_max", _("最高金额")),
        ("rate_min", _("年利率（费率）下限")),
        ("rate_max", _("年利率（费率）上限")),
        ("months_min", _("最短期限")),
        ("months_max", _("最长期限")),
    ]

    product = models.ForeignKey(Product, models.PROTECT, related_name="parameters")
    key = models.CharField(_("参数"), max_length=12, choices=KEYS)
    since = models.DateField(_("自"))
    value = models.BigIntegerField(_("数值"))
    source = models.CharField(_("来源"), max_length=120)
    assumed = models.BooleanField(_("待确认"), default=False)
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["product", "key", "since"]
        verbose_name = _("产品参数")
        constraints = [
            models.UniqueConstraint("product", "key", "since", name="parameter_once_a_day"),
            models.CheckConstraint(condition=Q(value__gte=0), name="parameter_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.value}"
