"""What the office has set. Rows are never changed: of two for one first day the later made counts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from triplehelix.records.parties.models import Account


class Settled(models.Model):
    """One term's value from a day on, with the document that decided it. `value` is as `policy.settle` writes it."""

    code = models.CharField(_("标准"), max_length=60, db_index=True)
    value = models.JSONField(_("值"))
    since = models.DateField(_("自"))
    document = models.CharField(_("文号"), max_length=80)
    decided_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("设定时间"))

    class Meta:
        ordering = ["code", "since", "pk"]
        verbose_name = _("标准的设定")

    def __str__(self) -> str:
        return f"{self.code} {self.since}"
