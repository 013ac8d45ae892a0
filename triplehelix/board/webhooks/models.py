"""Tables of webhooks: who wants to be told what and where, and every message."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from triplehelix.board.webhooks import events
from triplehelix.records.parties.fields import EncryptedTextField
from triplehelix.records.parties.models import Account, Office, Organisation
from triplehelix.records.steps.models import Stateful


class Hook(Stateful):
    """消息推送: an address of an organisation, or of an office (`role`, and `unit` where the office has one).

    It is told what its owner may see at the moment of telling, through the eyes of `created_by`, and nothing once that
    account acts for the owner no longer. `failing_since`: since when nothing has arrived. `turn_at`: whose is earliest
    is sent next; the longer a receiver took, the later.
    """

    kind: ClassVar[str] = "board.webhook"
    page: ClassVar[str] = "web:webhook"

    name = models.CharField(_("用途"), max_length=60)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="webhooks")
    role = models.CharField(_("职务"), max_length=30, choices=Office.ROLES, blank=True)
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    url = models.URLField(_("接收地址"), max_length=500)
    events = ArrayField(models.CharField(max_length=40), verbose_name=_("推送的事项"))
    secret = EncryptedTextField(_("签名密钥"))
    created_at = models.DateTimeField(_("建立时间"))
    created_by = models.ForeignKey(Account, models.PROTECT, related_name="webhooks")
    next_try = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    turn_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(_("最近送达"), null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("消息推送")
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, role="") | Q(organisation__isnull=True) & ~Q(role=""),
                name="webhook_has_one_owner",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owner_name(self) -> str:
        return str(self.organisation) if self.organisation is not None else str(self.get_role_display())


class Delivery(models.Model):
    """One message to one address: queued → delivered, failed after a day, or dropped because its owner may not see the
    subject any more. Sent again it keeps its `message`, by which a receiver knows the copy.

    `entry` is the row of the trail it tells of, empty for a test; `payload` what was sent last.
    """

    QUEUED, DELIVERED, FAILED, DROPPED = "queued", "delivered", "failed", "dropped"
    STATES = [
        (QUEUED, _("待送达")),
        (DELIVERED, _("已送达")),
        (FAILED, _("没有送达")),
        (DROPPED, _("已无权看到，不送")),
    ]

    hook = models.ForeignKey(Hook, models.CASCADE, related_name="deliveries")
    message = models.CharField(_("消息编号"), max_length=40, unique=True)
    event = models.CharField(_("事项"), max_length=40)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    entry = models.BigIntegerField(null=True, blank=True)
    happened_at = models.DateTimeField(_("发生时间"))
    state = models.CharField(_("状态"), max_length=10, choices=STATES, default=QUEUED)
    attempts = models.PositiveSmallIntegerField(_("已试次数"), default=0)
    first_try = models.DateTimeField(null=True, blank=True)
    next_try = models.DateTimeField(_("下次"))
    status = models.PositiveSmallIntegerField(_("应答"), null=True, blank=True)
    error = models.CharField(_("最近错误"), max_length=300, blank=True)
    payload = models.JSONField(null=True, blank=True)
    delivered_at = models.DateTimeField(_("送达时间"), null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("推送记录")
        constraints = [
            models.UniqueConstraint("hook", "entry", name="delivery_once_for_each_event"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "delivered", "failed", "dropped"]), name="delivery_state_is_known"
            ),
        ]
        indexes = [
            models.Index("next_try", "id", name="delivery_due", condition=Q(state="queued")),
            models.Index("hook", "subject_kind", "subject_id", "id", name="delivery_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.message} {self.event}"

    @property
    def label(self) -> str:
        return events.label(self.event)

    @property
    def problem(self) -> str:
        """Why it has not arrived, in the reader's language where the receiver said it with a number."""
        if self.error and self.status is not None:
            return str(_("接收方答复 %(status)d")) % {"status": self.status}
        return self.error
