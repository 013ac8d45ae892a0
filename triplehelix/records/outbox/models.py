"""The table of messages, and of what the long ones spoke of."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """A message committed in the transaction of its cause; senders deliver it afterwards.

    queued → sent, or after the last try → failed. Delivery is at least once: a sender that dies between handing over
    and noting it down sends again under the same `message_id`, by which the receiver's mail system knows the copy.
    """

    QUEUED, SENT, FAILED = "queued", "sent", "failed"
    STATES = [(QUEUED, _("待发送")), (SENT, _("已发送")), (FAILED, _("发送失败"))]

    #: How `last_error` begins where the mail server took no letter at all.
    AWAY = "邮件服务器不收信："

    kind = models.CharField(_("类别"), max_length=60)
    to = models.EmailField(_("收件人"))
    subject = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("正文"))
    cause_kind = models.CharField(_("起因类别"), max_length=60)
    cause_id = models.CharField(_("起因"), max_length=64)
    state = models.CharField(_("状态"), max_length=10, choices=STATES, default=QUEUED)
    attempts = models.PositiveSmallIntegerField(_("已试次数"), default=0)
    next_try = models.DateTimeField(_("下次发送"))
    last_error = models.TextField(_("最近错误"), blank=True)
    message_id = models.CharField(max_length=120, unique=True)
    secret = models.BooleanField(_("发出后清空正文"), default=False)  # holds a link that signs somebody in
    leave = models.CharField(_("退订地址"), max_length=300, blank=True, db_default="")
    created_at = models.DateTimeField(_("生成时间"))
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("通知")
        indexes = [
            models.Index("next_try", "id", name="message_due", condition=Q(state="queued")),
            models.Index("cause_kind", "cause_id", name="message_by_cause"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["queued", "sent", "failed"]), name="message_state_is_known"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="message_sent_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to} {self.subject}"


class Mention(models.Model):
    """When a letter of this kind last spoke of a subject: one letter can ask about thousands."""

    kind = models.CharField(_("类别"), max_length=60)
    cause_kind = models.CharField(_("起因类别"), max_length=60)
    cause_id = models.CharField(_("起因"), max_length=64)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("通知提到的事项")
        constraints = [
            models.UniqueConstraint(fields=["kind", "cause_kind", "cause_id"], name="mention_last_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.cause_kind} {self.cause_id}"
