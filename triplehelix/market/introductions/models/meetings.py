"""Talks, visits, and the intent that may come of them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from triplehelix.market.introductions.models.introduction import Introduction
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.fields import EncryptedTextField
from triplehelix.records.parties.models import Account


class Meeting(models.Model):
    """洽谈 or 考察, planned first or recorded at once. `held_on` is set when it has taken place, with who was there.

    `people` and `notes` are for the two sides, their manager and the auditor; others learn the day and the kind.
    Recorded wrongly it is void: it stays to be read with the reason, and counts as no talk.
    """

    TALK, VISIT = "talk", "visit"
    KINDS = [(TALK, _("洽谈")), (VISIT, _("考察"))]

    introduction = models.ForeignKey(Introduction, models.PROTECT, related_name="meetings")
    kind = models.CharField(_("形式"), max_length=6, choices=KINDS)
    planned_at = models.DateTimeField(_("约定时间"), null=True, blank=True, db_index=True)
    place = models.CharField(_("地点或会议方式"), max_length=120, blank=True)
    held_on = models.DateField(_("举行日期"), null=True, blank=True, db_index=True)
    people = EncryptedTextField(_("参加人"), blank=True)
    notes = EncryptedTextField(_("纪要"), blank=True)
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, blank=True)
    cancel_why = models.CharField(_("取消原因"), max_length=200, blank=True)
    void_why = models.CharField(_("作废原因"), max_length=200, blank=True, db_default="")
    made_at = models.DateTimeField(_("登记时间"))
    made_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["introduction", "pk"]
        verbose_name = _("洽谈、考察")
        constraints = [
            models.CheckConstraint(
                condition=Q(planned_at__isnull=False) | Q(held_on__isnull=False), name="meeting_has_a_day"
            ),
            models.CheckConstraint(
                condition=Q(held_on__isnull=True) | Q(cancelled_at__isnull=True), name="meeting_held_or_cancelled"
            ),
            models.CheckConstraint(condition=Q(void_why="") | Q(held_on__isnull=False), name="meeting_void_was_held"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.held_on or self.planned_at}"


class Intent(models.Model):
    """意向: both sides want to go on. It is no contract, and nothing that counts deals may look here.

    One signing is recorded once: `number` and `file` name one paper, and a second event at which the same paper is
    shown counts nothing. `amount_fen` is what the paper hopes for; it is not a price. Recorded wrongly it is void: it
    stays to be read with the reason, and its number and paper serve anew.
    """

    introduction = models.ForeignKey(Introduction, models.PROTECT, related_name="intents")
    number = models.CharField(_("意向书编号"), max_length=60, blank=True)
    signed_on = models.DateField(_("签订日期"), db_index=True)
    event = models.CharField(_("在哪个活动上签订"), max_length=120, blank=True)
    amount_fen = models.BigIntegerField(_("意向金额（分）"), null=True, blank=True)
    about = models.CharField(_("内容"), max_length=500, blank=True)
    file = models.ForeignKey(File, models.PROTECT, related_name="+")
    digest = models.CharField(_("文件指纹"), max_length=64)
    made_at = models.DateTimeField(_("登记时间"))
    made_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    void_why = models.CharField(_("作废原因"), max_length=200, blank=True, db_default="")

    class Meta:
        ordering = ["introduction", "pk"]
        verbose_name = _("意向")
        constraints = [
            models.UniqueConstraint("introduction", condition=Q(void_why=""), name="intent_once_per_introduction"),
            models.UniqueConstraint("number", condition=~Q(number="") & Q(void_why=""), name="intent_number_once"),
            models.UniqueConstraint("digest", condition=Q(void_why=""), name="intent_paper_once"),
            models.CheckConstraint(
                condition=Q(amount_fen__isnull=True) | Q(amount_fen__gt=0), name="intent_amount_is_an_amount"
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.signed_on}"


class Paper(models.Model):
    """A file laid on the table of the negotiation, for the two sides and their manager."""

    introduction = models.ForeignKey(Introduction, models.PROTECT, related_name="papers")
    file = models.ForeignKey(File, models.PROTECT, related_name="+")
    title = models.CharField(_("说明"), max_length=120, blank=True)
    side = models.CharField(_("由谁提供"), max_length=12, choices=Introduction.INVITERS)
    added_at = models.DateTimeField(_("上传时间"))
    added_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["introduction", "pk"]
        verbose_name = _("洽谈文件")
        constraints = [models.UniqueConstraint(F("introduction"), F("file"), name="paper_once_per_introduction")]

    def __str__(self) -> str:
        return self.title or self.file.name
