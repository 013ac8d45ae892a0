"""What came from other markets: their listings, every envelope that was taken, conflicts, refusals."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from triplehelix.market.exchange.models.peers import Peer
from triplehelix.market.exchange.words import said
from triplehelix.market.listings.models import TITLE_LENGTH
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.models import Stateful


class ForeignListing(Stateful):
    """A need or an achievement of another market. It is theirs: nobody here edits it, no list, statistic or harvest of
    ours counts it, and it is never sent on.

    `origin` names it in its market, `revision` and `digest` the newest statement about it. `body` is that statement's
    content (market.exchange.body.MEMBERS), empty while only its withdrawal is known. `field`, `chain` and `region` are
    our codes, as far as our lists know their words. An officer may hide one (`hidden_at`), whatever its market says.
    """

    kind: ClassVar[str] = "market.foreign"
    page: ClassVar[str] = "web:foreign"
    WHAT = [("need", _("企业需求")), ("achievement", _("科技成果"))]

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="listings")
    what = models.CharField(_("种类"), max_length=20, choices=WHAT)
    origin = models.CharField(_("原编号"), max_length=120)
    revision = models.BigIntegerField(_("版次"))
    digest = models.CharField(max_length=80)
    title = models.CharField(_("标题"), max_length=TITLE_LENGTH, blank=True)
    body = models.JSONField(default=dict)
    field = models.CharField(max_length=40, blank=True)
    chain = models.CharField(max_length=20, blank=True)
    region = models.CharField(max_length=20, blank=True)
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    received_at = models.DateTimeField(_("首次收到"))
    changed_at = models.DateTimeField(_("最近变化"))
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    hidden_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-changed_at", "-pk"]
        verbose_name = _("其他市场的信息")
        constraints = [
            models.UniqueConstraint("peer", "origin", name="foreign_listing_once"),
            models.CheckConstraint(
                condition=~Q(state="shown") | (~Q(title="") & Q(valid_until__isnull=False)),
                name="foreign_listing_shown_has_content",
            ),
        ]
        indexes = [models.Index("what", F("changed_at").desc(), name="foreign_listing_newest")]

    def __str__(self) -> str:
        return self.title or self.origin

    @property
    def is_shown(self) -> bool:
        return self.state == "shown" and self.hidden_at is None

    @property
    def link(self) -> str:
        """Its page in its own market; empty when that market gave none."""
        return str(self.body.get("url", ""))


class Received(models.Model):
    """An envelope that was proven to be the peer's, as it came, and what became of it. Written once.

    `result`: applied, stale (an older or the same revision, or overtaken), conflict, refused (`code` says why).
    """

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="received")
    seq = models.BigIntegerField()
    prev = models.BigIntegerField()
    origin = models.CharField(max_length=120)
    revision = models.BigIntegerField()
    verb = models.CharField(max_length=10)
    envelope = models.JSONField()
    result = models.CharField(max_length=10)
    code = models.CharField(max_length=30, blank=True)
    via = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("收到的变化")
        constraints = [
            models.UniqueConstraint("peer", "seq", name="received_once"),
            models.CheckConstraint(
                condition=Q(result__in=["applied", "stale", "conflict", "refused"]), name="received_result_is_known"
            ),
        ]
        indexes = [models.Index("peer", "prev", name="received_by_what_was_before")]

    def __str__(self) -> str:
        return f"{self.peer_id} #{self.seq} {self.result}"


class Conflict(models.Model):
    """Two contents of one revision, or one number for two statements: an officer says which one counts."""

    WHY = [("same_revision", _("同一版次，内容不同")), ("seq_reused", _("同一序号，内容不同"))]
    DECISIONS = [("", _("待处理")), ("keep", _("保留已有的")), ("take", _("采用后来的"))]

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="conflicts")
    listing = models.ForeignKey(ForeignListing, models.PROTECT, null=True, blank=True, related_name="conflicts")
    why = models.CharField(_("原因"), max_length=20, choices=WHY)
    origin = models.CharField(_("原编号"), max_length=120)
    revision = models.BigIntegerField(_("版次"))
    ours = models.JSONField(default=dict)
    theirs = models.JSONField()
    digest = models.CharField(max_length=80)
    found_at = models.DateTimeField(_("发现时间"))
    decision = models.CharField(_("处理"), max_length=10, choices=DECISIONS, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(_("理由"), max_length=300, blank=True)

    class Meta:
        ordering = ["decision", "-found_at", "-pk"]
        verbose_name = _("冲突")
        constraints = [
            models.UniqueConstraint("peer", "origin", "revision", "digest", name="conflict_once"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True) | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="conflict_decided_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin} #{self.revision}"

    @property
    def had(self) -> Mapping[str, Any]:
        body: Mapping[str, Any] = self.ours.get("body") or {}
        return body

    @property
    def came(self) -> Mapping[str, Any]:
        body: Mapping[str, Any] = self.theirs.get("body") or {}
        return body


class Refused(models.Model):
    """Refusals of one kind in one hour: a flood of them makes one row, not a full disk. `peer` is empty where nobody
    known was named; `detail` and `last_at` are the latest one's."""

    hour = models.DateTimeField()
    peer = models.ForeignKey(Peer, models.CASCADE, null=True, blank=True, related_name="refusals")
    code = models.CharField(max_length=30)
    count = models.PositiveBigIntegerField(default=0)
    detail = models.CharField(max_length=500, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_at", "-pk"]
        verbose_name = _("拒收")
        constraints = [models.UniqueConstraint("hour", "peer", "code", name="refused_hour", nulls_distinct=False)]

    def __str__(self) -> str:
        return f"{self.hour:%F %H} {self.code} × {self.count}"

    @property
    def words(self) -> str:
        return said(self.code)
