"""What a need and an achievement have in common."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from triplehelix.records.parties.fields import EncryptedTextField
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.steps.models import Stateful

TITLE_LENGTH = 120
TEXT_LENGTH = 20_000
#: A shorter text is not worth a reader's telephone call.
LEAST_TEXT = 30


class Listing(Stateful):
    """挂牌信息. Money in whole fen, days in the city's time zone, moments in UTC.

    `number` is the owner's own number of the row (编号), unique within the organisation; empty when it has none.
    """

    kind: ClassVar[str]
    #: What its pages are called in an address: needs, achievements.
    pages: ClassVar[str]

    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("单位"))
    number = models.CharField(_("编号"), max_length=40, blank=True)
    title = models.CharField(_("标题"), max_length=TITLE_LENGTH)
    text = models.TextField(_("正文"), max_length=TEXT_LENGTH)
    field = models.CharField(_("技术领域"), max_length=40)
    chain = models.CharField(_("产业链"), max_length=20, blank=True)
    region = models.CharField(_("地区"), max_length=20, blank=True)
    modes = ArrayField(models.CharField(max_length=20), verbose_name=_("合作方式"), default=list, blank=True)
    price_fen = models.BigIntegerField(_("价格（分）"), null=True, blank=True)
    contact_name = EncryptedTextField(_("联系人"), blank=True)
    contact_phone = EncryptedTextField(_("联系电话"), blank=True)
    contact_email = EncryptedTextField(_("联系邮箱"), blank=True)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    valid_until = models.DateTimeField(_("有效期至"), null=True, blank=True)
    created_at = models.DateTimeField(_("建立时间"))
    changed_at = models.DateTimeField(_("最近修改"))
    created_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True
        ordering = ["-changed_at", "-pk"]
        # What a page of the lists asks for: the latest published ones, and how many there are in a chain.
        indexes = [
            models.Index(
                F("published_at").desc(), F("id").desc(), condition=Q(state="published"), name="%(class)s_latest"
            ),
            models.Index("chain", condition=Q(state="published"), name="%(class)s_published_by_chain"),
        ]
        constraints = [
            models.UniqueConstraint(
                "organisation", "number", condition=~Q(number=""), name="%(class)s_number_once_per_organisation"
            ),
            models.CheckConstraint(
                condition=Q(price_fen__isnull=True) | Q(price_fen__gte=0), name="%(class)s_price_not_negative"
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False, valid_until__isnull=False),
                name="%(class)s_published_has_its_days",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def address(self) -> str:
        return reverse("web:listing", args=[self.pages, self.pk])

    def take_in(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Set these fields; answers the former values of those that changed. A kind that keeps some of them elsewhere
        overrides it, and `keep_beside`, which is called once the row is saved."""
        before = {name: getattr(self, name) for name in values if getattr(self, name) != values[name]}
        for name in before:
            setattr(self, name, values[name])
        return before

    def keep_beside(self) -> None:
        """Save what `take_in` decided to keep in another table; here nothing."""

    def forget_beside(self) -> None:
        """Delete what `keep_beside` saved, before the row itself goes; here nothing."""

    def own_values(self) -> list[Any]:
        """What this kind of listing says beyond every other, for the trail's digest; here nothing."""
        return []

    def lacking(self) -> dict[str, str]:
        """What a reader needs before a telephone call is worth it: what is wrong, by field; empty when nothing is."""
        found = {}
        if len(self.text) < LEAST_TEXT:
            found["text"] = gettext("正文太短：请至少用 30 个字说明是什么、现在怎样、要达到什么")
        if not self.field:
            found["field"] = gettext("请先选择技术领域")
        return found

    def lacks(self) -> str | None:
        """The first of what is `lacking`, or None."""
        return next(iter(self.lacking().values()), None)
