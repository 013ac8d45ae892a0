"""路演: when and where, what is shown, who comes."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from triplehelix.market.equity.models.projects import Project
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.steps.models import Stateful


class Event(Stateful):
    """一场路演. Moments in UTC; `place` or `online` or both; `capacity` counts people."""

    kind: ClassVar[str] = "market.roadshow"
    page: ClassVar[str] = "web:roadshow"

    title = models.CharField(_("主题"), max_length=80)
    about = models.TextField(_("说明"), max_length=3000, blank=True)
    place = models.CharField(_("地点"), max_length=120, blank=True)
    online = models.URLField(_("线上地址"), max_length=300, blank=True)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    capacity = models.PositiveSmallIntegerField(_("名额"))
    contact = models.CharField(_("联系"), max_length=120)
    changed_at = models.DateTimeField(_("最近修改"))
    created_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-starts_at", "-pk"]
        verbose_name = _("路演")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="event_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(place="", online=""), name="event_is_somewhere"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="event_has_room"),
        ]

    def __str__(self) -> str:
        return self.title


class Showing(models.Model):
    """A project on stage, in its order."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="showings")
    project = models.ForeignKey(Project, models.PROTECT, related_name="showings")
    seq = models.PositiveSmallIntegerField(_("次序"))

    class Meta:
        ordering = ["event", "seq"]
        verbose_name = _("路演项目")
        constraints = [
            models.UniqueConstraint("event", "project", name="project_shown_once"),
            models.UniqueConstraint("event", "seq", name="stage_taken_once"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.seq}"

    @property
    def title(self) -> str:
        """What anybody is told is shown: of a listing that is public no more, its words are not told either."""
        listing = self.project.listing
        return listing.title if listing.state == "published" else str(_("已不公开的项目"))


class Registration(models.Model):
    """报名: so many people of an organisation; `came` is None until somebody has looked."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="registrations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    people = models.PositiveSmallIntegerField(_("人数"))
    registered_at = models.DateTimeField(_("报名时间"))
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, blank=True)
    came = models.BooleanField(_("到场"), null=True, blank=True)

    class Meta:
        ordering = ["registered_at", "pk"]
        verbose_name = _("报名")
        constraints = [
            models.UniqueConstraint("event", "organisation", condition=Q(cancelled_at=None), name="registered_once"),
            models.CheckConstraint(condition=Q(people__range=(1, 20)), name="registration_is_people"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.organisation_id}"
