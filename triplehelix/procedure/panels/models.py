"""Tables of panels. The draw is kept with its seed, so that anybody can draw it again."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.review.sheets import ScoreSheet
from triplehelix.records.parties.models import Account, Person


class Panel(models.Model):
    """评审组 of a round. `sheet` is the score sheet as it was used; `draw` the log of lots; `per_case` how many score
    one case; `assignment` what the solver answered (expertise, bound, loads)."""

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


class Seat(models.Model):
    """One expert's scoring of one case. `void` says why a score no longer counts; `declared` is the expert's own word
    that they must not judge this case."""

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

    def is_open(self, now: datetime) -> bool:
        """Whether the expert may still write."""
        return self.submitted_at is None and not self.void and self.panel.settled_at is None
