"""What was decided about who is who. Nothing here is ever deleted: a decision is undone by saying so."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from triplehelix.market.experts.models.people import Expert
from triplehelix.market.experts.models.works import Authorship
from triplehelix.market.experts.reasons import said
from triplehelix.records.parties.fields import EncryptedTextField
from triplehelix.records.parties.models import Account, Person


class Merge(models.Model):
    """`absorbed` is the same person as `survivor`. Undone, its branch stands alone again, exactly as it was.

    how   rule 规则（ORCID 相同） · officer 工作人员 · person 本人. `reasons` are what it was decided by
    (`reasons.Reason`: a code and what its sentence needs).
    """

    HOW = [("rule", _("按规则")), ("officer", _("工作人员")), ("person", _("本人"))]

    survivor = models.ForeignKey(Expert, models.PROTECT, related_name="merges_in")
    absorbed = models.ForeignKey(Expert, models.PROTECT, related_name="merges_out")
    how = models.CharField(_("方式"), max_length=10, choices=HOW)
    reasons = models.JSONField(_("依据"), default=list)
    why = models.CharField(_("说明"), max_length=300, blank=True)
    at = models.DateTimeField(_("合并时间"))
    by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    undone_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    undone_why = models.CharField(_("撤销原因"), max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("合并")
        constraints = [
            models.UniqueConstraint("absorbed", condition=Q(undone_at__isnull=True), name="merge_once_at_a_time"),
            models.CheckConstraint(condition=~Q(absorbed=F("survivor")), name="merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.survivor_id}"

    @property
    def reasons_said(self) -> list[str]:
        return said(self.reasons)


class Split(models.Model):
    """One authorship taken out of an expert (`frm`) into one of its own (`to`); `by_person`: by the word of the person,
    who alone may think again (`actions.answers`)."""

    authorship = models.ForeignKey(Authorship, models.CASCADE, related_name="splits")
    frm = models.ForeignKey(Expert, models.PROTECT, related_name="+")
    to = models.ForeignKey(Expert, models.PROTECT, related_name="+")
    why = models.CharField(_("说明"), max_length=300, blank=True)
    at = models.DateTimeField(_("拆出时间"))
    by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    by_person = models.BooleanField(_("本人说明"), default=False)
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    undone_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("拆出")
        constraints = [
            models.UniqueConstraint("to", name="split_makes_its_own_expert"),
        ]

    def __str__(self) -> str:
        return f"{self.authorship_id}: {self.frm_id} → {self.to_id}"


class Proposal(models.Model):
    """疑似同一人: two experts that may be one, with the reasons (`reasons.Reason`) and their weight (0 to 100).

    A refused one, and one whose merge was undone, is never made again.
    """

    STATES = [("open", _("待判断")), ("accepted", _("是同一人")), ("refused", _("不是同一人"))]

    one = models.ForeignKey(Expert, models.CASCADE, related_name="+")
    other = models.ForeignKey(Expert, models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField(_("把握"))
    reasons = models.JSONField(_("依据"), default=list)
    state = models.CharField(_("状态"), max_length=10, choices=STATES, default="open")
    made_at = models.DateTimeField(_("提出时间"))
    decided_at = models.DateTimeField(_("判断时间"), null=True, blank=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    why = models.CharField(_("说明"), max_length=300, blank=True)
    merge = models.ForeignKey(Merge, models.PROTECT, null=True, blank=True, related_name="proposals")

    class Meta:
        ordering = ["-score", "pk"]
        verbose_name = _("合并建议")
        indexes = [models.Index("state", "score", name="proposal_waiting")]
        constraints = [
            models.UniqueConstraint("one", "other", name="proposal_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="proposal_in_order"),
            models.CheckConstraint(condition=Q(score__lte=100), name="proposal_score_is_a_share"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="proposal_decided_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} = {self.other_id}?"

    @property
    def reasons_said(self) -> list[str]:
        return said(self.reasons)


class Answer(models.Model):
    """这是/不是我的成果: what a person says about one authorship. Refused, it never comes back to the person."""

    SAID = [("mine", _("是我的")), ("not_mine", _("不是我的"))]
    VIA = [("account", _("账号")), ("mail", _("邮件链接"))]

    person = models.ForeignKey(Person, models.PROTECT, related_name="answers")
    authorship = models.ForeignKey(Authorship, models.CASCADE, related_name="answers")
    said = models.CharField(_("回答"), max_length=10, choices=SAID)
    via = models.CharField(_("途径"), max_length=10, choices=VIA)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("本人确认")
        constraints = [
            models.UniqueConstraint("person", "authorship", name="answer_once"),
            models.UniqueConstraint("authorship", condition=Q(said="mine"), name="authorship_is_one_persons"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.authorship_id} {self.said}"


class Invitation(models.Model):
    """A letter that asks somebody without an account; its signed link names this row and ends with it."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="invitations")
    email = EncryptedTextField(_("邮箱"))
    sent_at = models.DateTimeField(_("发出时间"))
    sent_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField(_("有效期至"))
    answered_at = models.DateTimeField(_("回答时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("作废时间"), null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("邀请")
        constraints = [
            models.UniqueConstraint("person", condition=Q(ended_at__isnull=True), name="invitation_open_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.sent_at:%Y-%m-%d}"
