"""The introduction itself: the two sides, who asked whom, how it was answered, who looks after it."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.introductions.states import FINAL, MET
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.steps.models import Stateful

WORDS_LENGTH = 1000
#: The two sides, as relations and as they are stored.
NEED, ACHIEVEMENT = "need", "achievement"
SIDES = [(NEED, _("需求方")), (ACHIEVEMENT, _("成果方"))]


class Introduction(Stateful):
    """引荐: one need and one achievement, brought together once at a time.

    `invited_by_side` need, achievement, or manager (for both). A side that invited has accepted by it; `accepted_at` is
    the moment the last one accepted, from which contacts are shown. `decline_reason` and `break_reason` are codes of
    the pack's decline_reasons (introductions.reasons). `percent` is how well the two were said to fit when it began.
    `manager` was named; he looks after it once `manager_agreed_at`.
    """

    kind: ClassVar[str] = "market.introduction"
    page: ClassVar[str] = "web:introduction"
    INVITERS = [*SIDES, ("manager", _("技术经理人"))]

    need = models.ForeignKey(Need, models.PROTECT, related_name="introductions", verbose_name=_("需求"))
    achievement = models.ForeignKey(Achievement, models.PROTECT, related_name="introductions", verbose_name=_("成果"))
    invited_by_side = models.CharField(_("由谁发起"), max_length=12, choices=INVITERS)
    invited_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    invited_at = models.DateTimeField(_("发起时间"), db_index=True)
    words = models.TextField(_("邀请的话"), max_length=WORDS_LENGTH, blank=True)
    percent = models.PositiveSmallIntegerField(_("发起时的匹配度"), null=True, blank=True)
    asked_at = models.DateTimeField(_("最近一次邀请"))
    times_asked = models.PositiveSmallIntegerField(_("邀请次数"), default=1)
    answer_by = models.DateField(_("答复期限"), null=True, blank=True)
    need_accepted_at = models.DateTimeField(_("需求方接受"), null=True, blank=True)
    achievement_accepted_at = models.DateTimeField(_("成果方接受"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("双方接受"), null=True, blank=True)
    declined_by_side = models.CharField(_("由谁谢绝"), max_length=12, choices=SIDES, blank=True)
    decline_reason = models.CharField(_("谢绝原因"), max_length=20, blank=True)
    decline_words = models.CharField(_("谢绝说明"), max_length=WORDS_LENGTH, blank=True)
    broken_by_side = models.CharField(_("由谁终止"), max_length=12, choices=INVITERS, blank=True)
    break_reason = models.CharField(_("终止原因"), max_length=20, blank=True)
    break_words = models.CharField(_("终止说明"), max_length=WORDS_LENGTH, blank=True)
    manager = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="introductions", verbose_name=_("技术经理人")
    )
    manager_agreed_at = models.DateTimeField(_("经理人同意"), null=True, blank=True)
    moved_at = models.DateTimeField(_("最近动静"))
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    class Meta:
        ordering = ["-moved_at", "-pk"]
        verbose_name = _("引荐")
        indexes = [models.Index(fields=["-moved_at", "-id"], name="introduction_latest")]
        constraints = [
            models.UniqueConstraint(
                "need", "achievement", condition=~Q(state__in=FINAL), name="introduction_open_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(decline_reason="") & ~Q(declined_by_side=""),
                name="introduction_declined_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="broken_off") | ~Q(break_reason=""), name="introduction_broken_off_with_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=MET)
                | Q(
                    accepted_at__isnull=False, need_accepted_at__isnull=False, achievement_accepted_at__isnull=False
                ),
                name="introduction_met_when_both_accepted",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} {self.need.title} × {self.achievement.title}"

    def last_day(self) -> date | None:
        return self.answer_by if self.state == "invited" else None

    @property
    def number(self) -> str:
        return f"YJ{timezone.localdate(self.invited_at).year}-{self.pk:05d}"

    def organisation_of(self, side: str) -> Organisation:
        """The organisation of a side: need or achievement."""
        return self.need.organisation if side == NEED else self.achievement.organisation

    @property
    def unanswered_sides(self) -> tuple[str, ...]:
        """The sides that have not accepted: need, achievement, both or none."""
        found = ((NEED, self.need_accepted_at), (ACHIEVEMENT, self.achievement_accepted_at))
        return tuple(side for side, at in found if at is None)
