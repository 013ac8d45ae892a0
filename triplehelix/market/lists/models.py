"""Tables of published lists. A row is written once: triggers refuse any change (migration 0002_append_only)."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.models import Account


class PublishedList(models.Model):
    """清单, as it stood when it was published; `number` 需求清单〔2026〕3号, `n` counts a kind's lists of a year.

    `first` and `last` are the days of its period; `place` is the code of a chain or unit, empty for the whole city.
    A mistake is put right by another list that `replaces` it and says `why`. `compared_with` is the list whose entries
    tell what is new; `gone` are that list's entries not in this one: {"listing", "title", "organisation", "why"}.
    `digest` (sha-256) covers all of it and stands in the trail.
    """

    trail_kind: ClassVar[str] = "market.list"
    KINDS = [("needs", _("企业需求清单")), ("achievements", _("高校院所成果清单"))]
    SCOPES = [("city", _("全市")), ("chain", _("产业链")), ("unit", _("县（市区）、开发区"))]

    kind = models.CharField(_("种类"), max_length=20, choices=KINDS)
    scope = models.CharField(_("范围"), max_length=10, choices=SCOPES)
    place = models.CharField(_("产业链或地区"), max_length=20, blank=True)
    period = models.CharField(_("期别"), max_length=10)
    first = models.DateField(_("自"))
    last = models.DateField(_("至"))
    year = models.PositiveSmallIntegerField(_("年度"))
    n = models.PositiveIntegerField(_("序号"))
    number = models.CharField(_("编号"), max_length=60, unique=True)
    title = models.CharField(_("标题"), max_length=120)
    issuer = models.CharField(_("发布单位"), max_length=120)
    place_name = models.CharField(_("范围名称"), max_length=80)
    confirmed_within = models.PositiveSmallIntegerField(_("确认期限（天）"))
    size = models.PositiveIntegerField(_("条数"))
    published_at = models.DateTimeField(_("发布时间"))
    published_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("替代")
    )
    why = models.CharField(_("更正说明"), max_length=300, blank=True)
    compared_with = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("与哪一期比")
    )
    gone = models.JSONField(_("退出"), default=list)
    digest = models.CharField(_("校验码"), max_length=64)

    class Meta:
        ordering = ["-published_at", "-pk"]
        verbose_name = _("清单")
        indexes = [models.Index("kind", "scope", "place", "published_at", name="list_by_scope")]
        constraints = [
            models.UniqueConstraint("kind", "year", "n", name="list_number_once"),
            models.UniqueConstraint(
                "kind", "scope", "place", "period", condition=Q(replaces__isnull=True), name="list_once_per_period"
            ),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="list_period_has_days"),
            models.CheckConstraint(condition=Q(size__gte=1), name="list_is_not_empty"),
            models.CheckConstraint(
                condition=Q(scope="city", place="") | ~Q(scope="city"), name="list_city_has_no_place"
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True, why="") | (Q(replaces__isnull=False) & ~Q(why="")),
                name="list_replacing_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def newer(self) -> "PublishedList | None":
        """The list that replaced this one, if any."""
        return getattr(self, "replaced_by", None)


class ListEntry(models.Model):
    """One row of a list: the listing's `values` as they stood at this `version`, with the names of its codes.

    `seq` counts from 1. `change` against the list before: new, changed (`before` holds the former values of the fields
    that differ; None for the words of a need that has become confidential) or same.
    """

    CHANGES = [("new", _("新增")), ("changed", _("变动")), ("same", _("未变"))]

    list = models.ForeignKey(PublishedList, models.PROTECT, related_name="entries")
    seq = models.PositiveIntegerField(_("序号"))
    need = models.ForeignKey(Need, models.PROTECT, null=True, blank=True, related_name="list_entries")
    achievement = models.ForeignKey(Achievement, models.PROTECT, null=True, blank=True, related_name="list_entries")
    version = models.PositiveIntegerField(_("版本"))
    confirmed_on = models.DateField(_("确认日期"))
    values = models.JSONField(_("内容"))
    change = models.CharField(_("变化"), max_length=10, choices=CHANGES)
    before = models.JSONField(_("原内容"), default=dict)

    class Meta:
        ordering = ["list", "seq"]
        verbose_name = _("清单条目")
        constraints = [
            models.UniqueConstraint("list", "seq", name="list_entry_has_its_place"),
            models.UniqueConstraint("list", "need", condition=Q(need__isnull=False), name="list_need_once"),
            models.UniqueConstraint(
                "list", "achievement", condition=Q(achievement__isnull=False), name="list_achievement_once"
            ),
            models.CheckConstraint(
                condition=Q(need__isnull=False, achievement__isnull=True)
                | Q(need__isnull=True, achievement__isnull=False),
                name="list_entry_is_of_one_listing",
            ),
            models.CheckConstraint(condition=Q(seq__gte=1), name="list_entry_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.list_id} #{self.seq}"

    @property
    def listing_id(self) -> int:
        return int(self.need_id or self.achievement_id or 0)

    @property
    def title(self) -> str:
        """For pages: values are a plain mapping."""
        return str(self.values["title"])

    def value(self, name: str) -> Any:
        return self.values.get(name)
