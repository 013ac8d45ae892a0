"""The table of saved searches."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.needs.models import Need
from triplehelix.matching.result import Facets
from triplehelix.records.parties.models import Account

TEXT_LENGTH = 2000


class SavedSearch(models.Model):
    """订阅: a question somebody wants answered again and again: words with facets, or what answers an own listing.

    `what` is the kind looked for. `told` are the numbers of what its owner has been shown: each is told once, whatever
    its score does afterwards. `looked_on` is the day it was looked through last, `sent_at` when something was sent.
    """

    kind: ClassVar[str] = "matching.saved"
    DAILY, WEEKLY = "daily", "weekly"
    EVERY = [(DAILY, _("每天")), (WEEKLY, _("每周"))]
    KINDS = [(Achievement.kind, _("科技成果")), (Need.kind, _("企业需求"))]

    account = models.ForeignKey(Account, models.PROTECT, related_name="saved_searches")
    name = models.CharField(_("名称"), max_length=80)
    what = models.CharField(_("找什么"), max_length=40, choices=KINDS)
    text = models.TextField(_("要找的"), max_length=TEXT_LENGTH, blank=True)
    narrowed = models.JSONField(_("条件"), default=dict, blank=True)
    need = models.ForeignKey(Need, models.PROTECT, null=True, blank=True, related_name="+")
    achievement = models.ForeignKey(Achievement, models.PROTECT, null=True, blank=True, related_name="+")
    every = models.CharField(_("多久一次"), max_length=8, choices=EVERY)
    told = ArrayField(models.BigIntegerField(), default=list, blank=True)
    created_at = models.DateTimeField(_("建立时间"))
    looked_on = models.DateField(_("最近一次查找"))
    sent_at = models.DateTimeField(_("最近一次发信"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("停止时间"), null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("订阅")
        constraints = [
            models.UniqueConstraint(
                "account", "need", condition=Q(need__isnull=False, stopped_at__isnull=True), name="saved_need_once"
            ),
            models.UniqueConstraint(
                "account", "achievement", condition=Q(achievement__isnull=False, stopped_at__isnull=True),
                name="saved_achievement_once",
            ),
            models.CheckConstraint(
                condition=Q(need__isnull=True, achievement__isnull=True) & ~Q(text="")
                | Q(need__isnull=False, achievement__isnull=True, text="", what=Achievement.kind)
                | Q(need__isnull=True, achievement__isnull=False, text="", what=Need.kind),
                name="saved_asks_one_thing",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def listing(self) -> Need | Achievement | None:
        """The own listing it looks for answers to; None for one in words."""
        return self.need or self.achievement

    @property
    def facets(self) -> Facets:
        given: dict[str, Any] = self.narrowed
        lists = {name: tuple(given.get(name, ())) for name in ("field", "chain", "region")}
        return Facets(trl_min=given.get("trl_min"), **lists)
