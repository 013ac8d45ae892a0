"""The table of agreements."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from triplehelix.market.needs.models import Need
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.steps.models import Stateful

#: States in which an organisation cannot ask again.
OPEN = ("asked", "agreed")


class Agreement(Stateful):
    """保密协议 between a need's firm and the `organisation` that wants to read it.

    `text` is the agreement as both accepted it, `text_version` which one of the pack that was; `asked_by` acted for
    the organisation, `answered_by` for the firm, `ended_by` for the side that ended it. `signed` is a paper on top.
    """

    kind: ClassVar[str] = "market.nda"
    page: ClassVar[str] = "web:nda"

    need = models.ForeignKey(Need, models.PROTECT, related_name="agreements", verbose_name=_("需求"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="agreements", verbose_name=_("接收方"))
    purpose = models.CharField(_("用途"), max_length=300)
    text_version = models.CharField(_("协议文本版本"), max_length=20)
    text = models.TextField(_("协议文本"))
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("接收方经办人"))
    asked_at = models.DateTimeField(_("申请时间"))
    answered_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("需求方经办人")
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    ended_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    signed = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("签署件"))

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("保密协议")
        constraints = [
            models.UniqueConstraint(
                fields=["need", "organisation"], condition=Q(state__in=OPEN), name="agreement_one_open_per_organisation"
            ),
            models.CheckConstraint(
                condition=~Q(state="agreed") | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="agreement_in_force_was_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.need}"
