"""Tables of panels. The draw is kept with its seed, so that anybody can draw it again."""

from fractions import Fraction
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.review import credit
from triplehelix.procedure.review.sheets import ScoreSheet
from triplehelix.records.parties.models import Account, Organisation, Person


class Panel(models.Model):
    """评审组 of a round. `sheet` is the score sheet as it was used; `draw` the log of lots, with those of
    later draws (`replacements`, `late`); `per_case` how many score
    one case; `assignment` what the solver answered (expertise, bound, loads); `settled_at` when scores were last put
    together."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="panel")
    sheet = models.JSONField(_("评分表"))
    seed = models.CharField(_("随机种子"), max_length=64)
    draw = models.JSONField(_("抽取记录"))
    per_case = models.PositiveSmallIntegerField(_("每项评审人数"))
    assignment = models.JSONField(_("分配"), default=dict)
    drawn_at = models.DateTimeField(_("抽取时间"))
    drawn_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(_("汇总时间"), null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("评审组")

    def __str__(self) -> str:
        return str(self.round)

    @property
    def score_sheet(self) -> ScoreSheet:
        """The sheet as a value."""
        return ScoreSheet.from_data(self.sheet)

    @property
    def size(self) -> int:
        """How many were drawn."""
        return len(self.draw["panel"])

    @property
    def outside_share(self) -> Fraction:
        """How many of a case's experts come from outside the city, at least."""
        return Fraction(self.draw.get("outside", 0))


class Tie(models.Model):
    """A relation that bars an expert (回避), as a register or a document tells it. `kind` is a key of `ties.KINDS`:
    it says which of the four ends are filled. Parent and supervisor stand first. One that was none is void."""

    kind = models.CharField(_("关系"), max_length=30)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="ties")
    other_person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    other_unit = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True, blank=True)
    about = models.CharField(_("说明"), max_length=200, blank=True)
    source = models.CharField(_("来源"), max_length=120)
    recorded_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(_("登记时间"))
    void_why = models.CharField(_("作废原因"), max_length=200, blank=True, db_default="")
    voided_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    voided_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("回避关系")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")), name="tie_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person or self.unit} {self.kind} {self.other_person or self.other_unit}"


class Seat(models.Model):
    """One expert's scoring of one case. `void` says why a score no longer counts; `declared` is the expert's own word
    that they must not judge this case."""

    kind: ClassVar[str] = "procedure.seat"

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="seats")
    case = models.ForeignKey(Case, models.PROTECT, related_name="seats")
    expert = models.ForeignKey(Person, models.PROTECT, related_name="seats")
    points = models.JSONField(_("分数"), default=dict)
    comments = models.JSONField(_("意见"), default=dict)
    answers = models.JSONField(_("判断"), default=dict)
    total = models.PositiveSmallIntegerField(_("总分"), null=True, blank=True)
    saved_at = models.DateTimeField(_("保存时间"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    declared = models.CharField(_("回避声明"), max_length=200, blank=True)
    void = models.CharField(_("作废原因"), max_length=200, blank=True)

    class Meta:
        ordering = ["panel", "case", "pk"]
        verbose_name = _("评审席位")
        constraints = [
            models.UniqueConstraint("case", "expert", name="seat_once"),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | Q(total__isnull=False) | ~Q(declared=""),
                name="seat_submitted_has_a_total",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expert} {self.case.number}"

    @property
    def in_review(self) -> bool:
        """Whether the case still waits for its result: not withdrawn, not put together yet."""
        return self.case.state == "reviewing" and not self.case.review

    @property
    def is_open(self) -> bool:
        """Whether the expert may still write."""
        return self.submitted_at is None and not self.void and self.in_review


class CreditFinding(models.Model):
    """信用线索: what was seen of an expert in a panel, and what an officer said of it; only what is confirmed counts.

    `cases` are numbers, `item` the code of the score's item, `other` the colleague with the same scores."""

    KINDS = [
        (credit.NO_SHOW, _("接受邀请后未评审")),
        (credit.IDENTICAL, _("对不同项目打分雷同")),
        (credit.SAME_AS_OTHER, _("与另一专家打分雷同")),
        (credit.CONTRADICTION, _("分数与评语矛盾")),
    ]
    ANSWERS = [("confirmed", _("成立")), ("dismissed", _("不成立"))]

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="credit_findings")
    expert = models.ForeignKey(Person, models.PROTECT, related_name="credit_findings")
    kind = models.CharField(_("线索"), max_length=20, choices=KINDS)
    cases = models.JSONField(_("办件"))
    item = models.CharField(max_length=40, blank=True)
    other = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    evidence = models.TextField(_("依据"))
    found_at = models.DateTimeField(_("发现时间"))
    answer = models.CharField(_("认定"), max_length=10, choices=ANSWERS, blank=True)
    why = models.CharField(_("理由"), max_length=200, blank=True)
    answered_at = models.DateTimeField(_("认定时间"), null=True, blank=True)
    answered_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        verbose_name = _("信用线索")
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | ~Q(answer="") & Q(answered_at__isnull=False),
                name="credit_finding_answered_on_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.expert} {self.kind}"
