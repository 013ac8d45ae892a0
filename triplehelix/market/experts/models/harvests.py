"""Repositories that are harvested, and each harvest with the place it has come to."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.steps.models import Stateful


class Repository(models.Model):
    """机构库: where works are harvested from by OAI-PMH. `complete_until` is the repository's own time up to which
    everything has been taken; the next harvest begins there."""

    kind: ClassVar[str] = "market.repository"

    name = models.CharField(_("名称"), max_length=120)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, verbose_name=_("所属单位"))
    base_url = models.CharField(_("接口地址"), max_length=300)
    set = models.CharField(_("集合（set）"), max_length=120, blank=True)
    granularity = models.CharField(_("时间精度"), max_length=20, blank=True)
    complete_until = models.CharField(_("已采集到"), max_length=20, blank=True)
    active = models.BooleanField(_("在用"), default=True)
    created_at = models.DateTimeField(_("登记时间"))
    created_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("机构库")
        constraints = [models.UniqueConstraint("base_url", "set", name="repository_once")]

    def __str__(self) -> str:
        return self.name


class Harvest(Stateful):
    """采集: one run over a repository.

    `token` is the resumption token of the page that comes next, written in the transaction that writes the page before
    it: who goes on after a death of ours or of the server asks for exactly that page. `mark` is one given before: met
    again, the pages go round. `since` is the window's `from`;
    `tries` counts failures in a row, `restarts` how often the repository had forgotten its token.
    """

    kind: ClassVar[str] = "market.harvest"
    page: ClassVar[str] = "web:harvest"

    repository = models.ForeignKey(Repository, models.PROTECT, related_name="harvests")
    since = models.CharField(_("自"), max_length=20, blank=True)
    answered = models.CharField(_("对方时间"), max_length=30, blank=True)
    token = models.TextField(_("续传标记"), blank=True)
    mark = models.TextField(blank=True)
    pages = models.PositiveIntegerField(_("页数"), default=0)
    records = models.PositiveIntegerField(_("记录数"), default=0)
    size = models.PositiveIntegerField(_("总数"), null=True, blank=True)
    new_works = models.PositiveIntegerField(_("新成果"), default=0)
    deleted = models.PositiveIntegerField(_("删除"), default=0)
    left_out_count = models.PositiveIntegerField(_("未收"), default=0)
    left_out = models.JSONField(_("未收的记录"), default=list)
    tries = models.PositiveSmallIntegerField(_("连续失败"), default=0)
    restarts = models.PositiveSmallIntegerField(_("重新开始"), default=0)
    next_try = models.DateTimeField(_("下次尝试"), null=True, blank=True)
    problem = models.CharField(_("问题"), max_length=400, blank=True)
    created_at = models.DateTimeField(_("开始时间"))
    changed_at = models.DateTimeField(_("最近进展"))
    created_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("采集")
        constraints = [
            models.UniqueConstraint(
                "repository", condition=Q(state__in=("queued", "running", "waiting")), name="harvest_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.repository} {timezone.localtime(self.created_at):%Y-%m-%d %H:%M}"

    @property
    def percent(self) -> int | None:
        """How far it has come, where the repository says how much there is."""
        return min(100, self.records * 100 // self.size) if self.size else None

    @property
    def is_active(self) -> bool:
        return self.state in ("queued", "running", "waiting")
