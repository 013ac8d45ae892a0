"""What a sale's contract, certificate or result said before it was corrected or changed."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from triplehelix.market.contracts.models.sales import Sale
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account


class Amendment(models.Model):
    """更正 of what was entered wrong of a result, a contract or a certificate, or 变更 by 补充协议 (民法典 §543): these
    say what holds now, and this what they said before. It is never changed.

    `changes` by the contract's field: [before, after], days as they are written in ISO 8601, money in whole fen;
    "rows" are the instalments as [name, fen, day or null], "registration_…" what a certificate says, "result_…" what
    an exchange reported. `file` is the supplementary agreement, or the right scan, in whose place `replaced` was.
    """

    GROUNDS = [
        ("entry", _("更正：登记时填错")),
        ("agreed", _("变更：双方签订了补充协议")),
        ("registered", _("更正认定登记：登记时填错")),
        ("result", _("更正成交结果：登记时填错")),
    ]

    sale = models.ForeignKey(Sale, models.PROTECT, related_name="amendments")
    seq = models.PositiveSmallIntegerField(_("第几次"))
    ground = models.CharField(_("依据"), max_length=10, choices=GROUNDS)
    agreed_on = models.DateField(_("补充协议签订日期"), null=True, blank=True)
    file = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")
    replaced = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("原因"), max_length=300)
    changes = models.JSONField(_("改动"))
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["sale", "seq"]
        verbose_name = _("更正、变更")
        constraints = [
            models.UniqueConstraint("sale", "seq", name="amendment_once"),
            models.CheckConstraint(
                condition=~Q(ground="agreed") | Q(agreed_on__isnull=False, file__isnull=False),
                name="amendment_agreed_in_writing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sale_id} {self.seq}"

    def told(self) -> dict[str, Any]:
        """What the trail says of it."""
        file = self.file.sha256 if self.file is not None else ""
        return {"seq": self.seq, "ground": self.ground, "changed": sorted(self.changes), "file": file}
