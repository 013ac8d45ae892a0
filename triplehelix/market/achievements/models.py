"""The table of achievements."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from triplehelix.market.achievements.people import Register
from triplehelix.market.listings.models import Listing
from triplehelix.records.parties.models import Person


class Achievement(Listing):
    """科技成果. TRL by GB/T 22900 (1–13); a self-declared level has nobody in `trl_assessed_by`.

    `ip` is a list of {"type": code list ip_types, "number": str}; `rights` 单独所有 or 共有 (a co-owner must agree).
    """

    kind: ClassVar[str] = "market.achievement"
    pages: ClassVar[str] = "achievements"
    TYPES = [("基础理论", _("基础理论")), ("应用技术", _("应用技术")), ("软科学", _("软科学"))]

    type = models.CharField(_("成果类型"), max_length=10, choices=TYPES, default="应用技术")
    trl = models.PositiveSmallIntegerField(_("技术成熟度"), null=True, blank=True)
    trl_assessed_by = models.CharField(_("成熟度评价机构"), max_length=80, blank=True)
    trl_assessed_on = models.DateField(_("评价日期"), null=True, blank=True)
    ip = models.JSONField(_("知识产权"), default=list, blank=True)
    rights = models.CharField(_("权属"), max_length=10, blank=True)
    people = models.ManyToManyField(Person, verbose_name=_("完成人"), blank=True)

    #: The people as `take_in` left them, until they are saved.
    _named: "Sequence[Person] | None" = None

    class Meta(Listing.Meta):
        verbose_name = _("成果")
        constraints = [
            *Listing.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(trl__isnull=True) | models.Q(trl__range=(1, 13)), name="achievement_trl_on_its_scale"
            ),
        ]

    def own_values(self) -> list[Any]:
        return [self.type, self.trl, self.trl_assessed_by, self.trl_assessed_on, self.ip, self.rights]

    def take_in(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Set these fields; `people` are numbers or names as written (people.Register). Raises Invalid at `people`."""
        if "people" not in values:
            return super().take_in(values)
        asked = values["people"]
        there = list(self.people.select_related("home")) if self.pk else []
        named = Register(asked).named(asked, uscc=self.organisation.uscc, kept=there)
        before = super().take_in({name: value for name, value in values.items() if name != "people"})
        was = sorted(person.pk for person in there)
        if was != sorted(person.pk for person in named):
            before["people"] = was
            self._named = named
        return before

    def keep_beside(self) -> None:
        """The people named, in a table of their own."""
        if self._named is not None:
            self.people.set(self._named)
            self._named = None
