"""What was said of pairs, the models learned from it, and which model was in force when. Only `actions` writes them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.models import Account

LEVELS = [(1, _("不相关")), (2, _("有些相关")), (3, _("较相关")), (4, _("很相关"))]


class Judgement(models.Model):
    """One word about one need and one achievement. Rows are only added (a trigger holds it).

    `voice` is who speaks: account:5 for a technology manager or officer, introduction:12 and sale:3 for what became of
    the pair there. Of each voice the last word counts; `level` None takes its word back. `reason` is a code of
    decline_reasons, or what became of it (accepted, agreed, signed).
    """

    trail_kind: ClassVar[str] = "matching.judgement"
    SOURCES = [("manager", _("经理人或工作人员")), ("introduction", _("引荐")), ("sale", _("成交"))]

    need = models.ForeignKey(Need, models.PROTECT, related_name="+")
    achievement = models.ForeignKey(Achievement, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(_("相关程度"), choices=LEVELS, null=True)
    source = models.CharField(_("来源"), max_length=12, choices=SOURCES)
    voice = models.CharField(max_length=30)
    reason = models.CharField(max_length=20, blank=True)
    words = models.CharField(_("说明"), max_length=300, blank=True)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("评判")
        constraints = [
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(level__gte=1, level__lte=4), name="judgement_level_is_one_of_four"
            ),
            models.CheckConstraint(
                condition=~Q(source="manager") | Q(by__isnull=False), name="judgement_of_a_person_names_the_person"
            ),
        ]
        indexes = [
            models.Index(fields=["need", "achievement", "voice", "-id"], name="judgement_by_need"),
            models.Index(fields=["achievement", "need", "voice", "-id"], name="judgement_by_achievement"),
        ]

    def __str__(self) -> str:
        return f"{self.need_id} × {self.achievement_id}: {self.level}"


class LearnedModel(models.Model):
    """One version of the ranking learned from the site's judgements. `weights` are little-endian float64, one for each
    of `features`; `digest` covers both. What it says of itself was measured on needs it had not seen.

    `reason` says why it may not be switched on ('' when it may): needs, positives, folds, vectors. `problem` is what
    broke the training. `learned_from` is a hash of the judgements. `quality` holds folds, totals (zero-shot, learned)
    and the ratio of each dealing of folds; `each` for every need its nDCG@10 both ways and both rankings.
    """

    trail_kind: ClassVar[str] = "matching.model"

    number = models.PositiveIntegerField(_("版本"), unique=True)
    asked_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(_("发起时间"))
    begun_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("学完时间"), null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    reason = models.CharField(max_length=12, blank=True)
    needs = models.PositiveIntegerField(_("需求"), default=0)
    positives = models.PositiveIntegerField(_("二级以上的评判"), default=0)
    judgements = models.PositiveIntegerField(_("评判"), default=0)
    learned_from = models.CharField(max_length=64, blank=True)
    encoder = models.CharField(_("语义模型"), max_length=80, blank=True)
    features = models.JSONField(default=list)
    weights = models.BinaryField(null=True)
    digest = models.CharField(_("校验码"), max_length=64, blank=True)
    quality = models.JSONField(default=dict)
    each = models.JSONField(default=list)

    class Meta:
        ordering = ["-number"]
        verbose_name = _("排序模型")
        constraints = [
            models.CheckConstraint(
                condition=Q(weights__isnull=True) | ~Q(digest=""), name="learned_model_with_weights_has_a_digest"
            )
        ]

    def __str__(self) -> str:
        return f"V{self.number}"

    @property
    def is_ready(self) -> bool:
        """It was learned, and nothing speaks against switching it on."""
        return self.finished_at is not None and not self.reason and not self.problem and self.weights is not None


class Switch(models.Model):
    """Which model ranks from now on; none: the zero-shot score. Rows are only added; the last one counts."""

    model = models.ForeignKey(LearnedModel, models.PROTECT, null=True, related_name="switches")
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))
    why = models.CharField(_("理由"), max_length=300)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("切换")

    def __str__(self) -> str:
        return f"{self.model or '零样本'} {self.at:%Y-%m-%d}"
