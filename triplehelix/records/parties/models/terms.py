"""What holds from one day to another."""

from datetime import date
from typing import Any, ClassVar, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

M = TypeVar("M", bound=models.Model)


class TermQuerySet(models.QuerySet[M]):
    """Rows that hold from one day to another."""

    def on(self, day: date) -> "TermQuerySet[M]":
        """Those in force on this day."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)


class Term(models.Model):
    """Something that holds from `since` to `until`, both days included; None is open."""

    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True, blank=True)

    objects: ClassVar[Any] = TermQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="%(class)s_ends_after_it_starts"
            )
        ]
