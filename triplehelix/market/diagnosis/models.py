"""The tables of diagnoses."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from triplehelix.market.needs.models import Need
from triplehelix.records.parties.fields import EncryptedTextField
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.models import Stateful

#: Waiting for a judgement, or for the firm that is to make it possible: one such diagnosis a need.
OPEN = ("waiting", "taken", "refine")


class Diagnosis(Stateful):
    """会诊 of one need, from when it came (`started_at`) to its judgement.

    `first_due_on` is the last day for the first answer, `answered_at` when it was given: both stay. `due_on` is the
    last day of the term running now, None where the calendar is missing or nothing is due. `days` is the term in
    working days as it was when the need came.
    """

    kind: ClassVar[str] = "market.diagnosis"
    page: ClassVar[str] = "web:diagnosis"

    need = models.ForeignKey(Need, models.PROTECT, related_name="diagnoses", verbose_name=_("需求"))
    started_at = models.DateTimeField(_("收到时间"))
    days = models.PositiveSmallIntegerField(_("答复期限（工作日）"))
    first_due_on = models.DateField(_("首次答复期限"), null=True, blank=True)
    due_on = models.DateField(_("现在的期限"), null=True, blank=True)
    assigned_to = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="diagnoses", verbose_name=_("承办")
    )
    assigned_at = models.DateTimeField(_("承办时间"), null=True, blank=True)
    reason = models.TextField(_("理由"), max_length=2000, blank=True)
    judged_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    judged_at = models.DateTimeField(_("会诊时间"), null=True, blank=True)
    answered_at = models.DateTimeField(_("首次答复时间"), null=True, blank=True)

    class Meta:
        ordering = ["started_at", "pk"]
        verbose_name = _("会诊")
        indexes = [
            models.Index("state", "due_on", name="diagnosis_by_clock"),
            models.Index("started_at", name="diagnosis_by_start"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["need"], condition=Q(state__in=OPEN), name="diagnosis_one_open_a_need"),
            models.UniqueConstraint(fields=["need", "started_at"], name="diagnosis_once_a_start"),
            models.CheckConstraint(
                condition=~Q(state__in=("ready", "refine", "long_term"))
                | Q(answered_at__isnull=False, judged_by__isnull=False) & ~Q(reason=""),
                name="diagnosis_judged_says_why",
            ),
        ]

    def __str__(self) -> str:
        return str(self.need)

    def last_day(self) -> date | None:
        return self.due_on

    def open_questions(self) -> "QuerySet[Question]":
        return self.questions.filter(answered_at__isnull=True, withdrawn_at__isnull=True)


class Question(models.Model):
    """What the firm is to say before the need can be matched, and what it said; nothing any more once it is withdrawn.

    Encrypted: of a confidential need both are as confidential as its words.
    """

    diagnosis = models.ForeignKey(Diagnosis, models.PROTECT, related_name="questions")
    seq = models.PositiveSmallIntegerField(_("序号"))
    text = EncryptedTextField(_("问题"), max_length=500)
    answer = EncryptedTextField(_("回答"), max_length=2000, blank=True)
    asked_at = models.DateTimeField(_("提出时间"))
    answered_at = models.DateTimeField(_("回答时间"), null=True, blank=True)
    answered_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("收回时间"), null=True, blank=True)

    class Meta:
        ordering = ["seq"]
        verbose_name = _("要补充的问题")
        constraints = [
            models.UniqueConstraint(fields=["diagnosis", "seq"], name="question_once_a_place"),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(withdrawn_at=None), name="question_withdrawn_is_not_answered"
            ),
        ]

    def __str__(self) -> str:
        return str(self.text)
