"""Tables of rounds and cases. Money in whole fen, days in the city's time zone, moments in UTC."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.money import Fen
from triplehelix.policy.award import Award
from triplehelix.procedure.cases import lanes
from triplehelix.procedure.cases.keys import Keys
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.fields import EncryptedTextField
from triplehelix.records.parties.models import Account, Organisation, Person
from triplehelix.records.steps.models import Stateful


class Round(models.Model):
    """批次: a year's operation of an award. Law is code, a round is a row.

    `facts` are facts that hold for every case of the round, by key (a pool factor); `quota` limits the cases of one
    applicant; `places` how many may be supported; `notice_days` the working days of its public notices.
    """

    kind: ClassVar[str] = "procedure.round"

    award_code = models.CharField(_("事项"), max_length=30, db_index=True)
    lane = models.CharField(_("办理方式"), max_length=20, choices=list(lanes.NAMES.items()))
    title = models.CharField(_("批次"), max_length=80)
    year = models.PositiveSmallIntegerField(_("年度"))
    opens_on = models.DateField(_("开始"))
    closes_on = models.DateField(_("截止"))
    budget_fen = models.BigIntegerField(_("预算（分）"), null=True, blank=True)
    quota = models.PositiveSmallIntegerField(_("每单位限报"), null=True, blank=True)
    places = models.PositiveSmallIntegerField(_("拟支持数"), null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField(_("公示工作日"), default=5)
    contact = models.CharField(_("咨询"), max_length=120, blank=True)
    about = models.TextField(_("说明"), max_length=3000, blank=True)
    facts = models.JSONField(_("批次事实"), default=dict)
    created_at = models.DateTimeField(_("发布时间"))
    created_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-opens_on", "-pk"]
        verbose_name = _("批次")
        constraints = [
            models.UniqueConstraint("award_code", "lane", "year", "title", name="round_once"),
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="round_closes_after_it_opens"),
            models.CheckConstraint(condition=Q(notice_days__gte=1), name="round_notice_has_a_day"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def award(self) -> Award:
        """The award as the pack declares it. Raises UnknownAward."""
        return pack().award(self.award_code)

    def is_open(self, on: date) -> bool:
        """Whether applications are taken on this day, both ends included."""
        return self.opens_on <= on <= self.closes_on


class Case(Stateful):
    """办件. `facts` are values by key as they were sent; `confirmed` says for each key who has compared it with its
    proof; `decision` is the answer as it was given, with the terms of its day; `review` what the panel found;
    `avoid` the experts the applicant asks to be avoided, as {"expert": number, "name", "reason"}.

    `judged_on` is the day whose law counts: of acceptance, or of the list of candidates; `edition` and `declaration`
    are that law (cases.law). `demanded_fen` is what is to be with the treasury in all.
    """

    kind = "procedure.case"
    page = "web:case"
    related = ("organisation", "round")

    number = models.CharField(_("编号"), max_length=40, unique=True)
    round = models.ForeignKey(Round, models.PROTECT, null=True, blank=True, related_name="cases")
    award_code = models.CharField(_("事项"), max_length=30, db_index=True)
    lane = models.CharField(_("办理方式"), max_length=20, choices=list(lanes.NAMES.items()))
    year = models.PositiveSmallIntegerField(_("年度"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="cases", verbose_name=_("单位"))
    title = models.CharField(_("题目"), max_length=120)
    #: Of a list of candidates: what tells a firm's matters apart (cases.matter), for those who may see the facts.
    matter = models.CharField(_("事项"), max_length=200, blank=True)
    summary = models.TextField(_("内容"), max_length=5000, blank=True)
    leader = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="led_cases")
    facts = models.JSONField(_("事实"), default=dict)
    #: What other cases are found by to be about the same thing (cases.keys, cases.same).
    keys = Keys(default=dict, editable=False)
    confirmed = models.JSONField(_("核对"), default=dict)
    avoid = models.JSONField(_("申请回避的专家"), default=list)
    decision = models.JSONField(_("决定"), default=dict)
    review = models.JSONField(_("评审"), default=dict)
    evaluation = models.JSONField(_("绩效自评"), default=dict)
    granted_fen = models.BigIntegerField(_("支持金额（分）"), null=True, blank=True)
    demanded_fen = models.BigIntegerField(_("追回金额（分）"), default=0)
    judged_on = models.DateField(_("适用标准的日期"), null=True, blank=True)
    edition = models.CharField(_("政策版本"), max_length=60, blank=True)
    declaration = models.CharField(_("标准的校验码"), max_length=64, blank=True)
    due_on = models.DateField(_("办理期限"), null=True, blank=True)
    corrected = models.BooleanField(_("已补正过"), default=False)
    bank = models.CharField(_("开户银行"), max_length=120, blank=True)
    bank_code = models.CharField(_("联行号"), max_length=12, blank=True)
    account_name = models.CharField(_("户名"), max_length=120, blank=True)
    account_number = EncryptedTextField(_("账号"), blank=True)
    agreement_number = models.CharField(_("任务书编号"), max_length=60, blank=True)
    signed_on = models.DateField(_("任务书签订日"), null=True, blank=True)
    ends_on = models.DateField(_("任务截止日"), null=True, blank=True)
    consented_at = models.DateTimeField(_("承诺时间"), null=True, blank=True)
    created_at = models.DateTimeField(_("建立时间"))
    changed_at = models.DateTimeField(_("最近办理"))
    created_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-changed_at", "-pk"]
        verbose_name = _("办件")
        indexes = [
            models.Index("state", "due_on", name="case_by_due_day"),
            # What a list begins with is found without sorting every case there ever was.
            models.Index(fields=["-changed_at", "-id"], name="case_latest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(granted_fen__isnull=True) | Q(granted_fen__gte=0), name="case_grants_no_less_than_nothing"
            ),
            models.CheckConstraint(condition=Q(demanded_fen__gte=0), name="case_demands_no_less_than_nothing"),
            # One case for one firm and one matter of a list of candidates, however often the list is put together.
            models.UniqueConstraint(
                "award_code",
                "organisation",
                "title",
                "matter",
                "year",
                condition=Q(lane="entitled"),
                name="candidate_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def last_day(self) -> date | None:
        return self.due_on

    @property
    def award(self) -> Award:
        """The award as the pack declares it. Raises UnknownAward."""
        return pack().award(self.award_code)

    @property
    def is_staged(self) -> bool:
        """Whether the award itself pays by milestones: then its rule decides what is due, stage by stage."""
        return any(fact.key == "milestones" for fact in self.award.facts)

    @property
    def ref(self) -> str:
        """How the fund names the case."""
        return f"case:{self.pk}"


class Compared(models.Model):
    """What a case's title and text are found by to say what another does (cases.alike): their packed runs, written with
    them. Beside the case, so that lists of cases do not carry it."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="compared")
    runs = models.BinaryField()

    class Meta:
        verbose_name = _("查重")

    def __str__(self) -> str:
        return str(self.case)


class Paper(models.Model):
    """材料 of an application, under a name its award asks for (cases.papers): a file, or where the original is kept.

    Rows stay: one that was taken back says when.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="papers")
    name = models.CharField(_("材料"), max_length=80)
    file = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")
    said = models.CharField(_("没有电子件的说明"), max_length=200, blank=True)
    added_at = models.DateTimeField(_("提交时间"))
    added_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    taken_back_at = models.DateTimeField(_("撤下时间"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("材料")
        constraints = [
            models.CheckConstraint(condition=Q(file__isnull=True) ^ Q(said=""), name="paper_is_a_file_or_words"),
            models.UniqueConstraint(
                fields=["case", "name", "file"], condition=Q(taken_back_at__isnull=True), name="paper_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Milestone(models.Model):
    """里程碑 of a case: what is due by when, what it pays, and the proof it was reached by. A proof serves once."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="milestones")
    seq = models.PositiveSmallIntegerField(_("序号"))
    name = models.CharField(_("里程碑"), max_length=120)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    due_on = models.DateField(_("期限"))
    proof = models.TextField(_("考核材料"), max_length=3000, blank=True)
    proof_file = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")
    proof_digest = models.CharField(max_length=64, blank=True)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    reached_at = models.DateTimeField(_("通过时间"), null=True, blank=True)
    reached_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["case", "seq"]
        verbose_name = _("里程碑")
        constraints = [
            models.UniqueConstraint("case", "seq", name="milestone_once"),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="milestone_pays_no_less_than_nothing"),
            models.UniqueConstraint("proof_digest", condition=~Q(proof_digest=""), name="milestone_proof_serves_once"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.name} {Fen(self.amount_fen)}"


class Barred(models.Model):
    """失信、违规限制: an organisation or a person that may not apply from one day to another, and by which document.
    Lifted, it holds no more from that moment."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="barred")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="barred")
    since = models.DateField(_("自"))
    until = models.DateField(_("至"))
    reason = models.CharField(_("事由"), max_length=200)
    document = models.CharField(_("依据文件"), max_length=80)
    recorded_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(_("解除时间"), null=True, blank=True)
    lifted_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    lifted_why = models.CharField(_("解除原因"), max_length=200, blank=True, db_default="")

    class Meta:
        ordering = ["-since", "-pk"]
        verbose_name = _("申报限制")
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="barred_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) ^ Q(person__isnull=False), name="barred_is_of_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation or self.person} {self.since}–{self.until}"
