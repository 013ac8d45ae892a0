"""The tables of visits."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from triplehelix.market.finance.models import Lead
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.fields import EncryptedTextField
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.steps.models import MOST_NOTE, Stateful

#: Characters of the reason for which a visit was voided.
MOST_WHY = 200


class Visit(models.Model):
    """摸排走访 of one firm. `uuid` is made on the device that wrote it, so that what is sent twice lands once; `digest`
    is of what was sent, so that something else under the same number is noticed. `void_why`: it was entered by mistake,
    and is there no longer for the firm; empty while it counts."""

    trail_kind: ClassVar[str] = "market.visit"

    uuid = models.UUIDField(unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="visits", verbose_name=_("单位"))
    visited_on = models.DateField(_("走访日期"))
    visitor = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("走访人"))
    met_name = EncryptedTextField(_("接待人"), blank=True)
    met_phone = EncryptedTextField(_("接待人电话"), blank=True)
    about = models.TextField(_("走访情况"), max_length=2000, blank=True)
    need = models.OneToOneField(
        Need, models.PROTECT, null=True, blank=True, related_name="visit", verbose_name=_("技术需求")
    )
    landed_at = models.DateTimeField(_("送达时间"))
    void_why = models.CharField(_("作废原因"), max_length=MOST_WHY, blank=True)
    voided_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    voided_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-visited_on", "-pk"]
        verbose_name = _("走访")
        constraints = [
            models.CheckConstraint(
                condition=Q(void_why="", voided_at=None) | ~Q(void_why="") & Q(voided_at__isnull=False),
                name="visit_voided_says_why",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.visited_on}"


class Ask(Stateful):
    """人才诉求 or 金融诉求 of a visit. Money in whole fen. `handler` is whose business it was made, `answer` what the
    firm was told, `lead` the 融资需求 a finance ask was taken up as."""

    kind: ClassVar[str] = "market.visit_ask"
    TALENT, FINANCE = "talent", "finance"
    WHAT = [(TALENT, _("人才")), (FINANCE, _("金融"))]

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="asks")
    what = models.CharField(_("种类"), max_length=10, choices=WHAT)
    text = models.TextField(_("诉求"), max_length=2000)
    post = models.CharField(_("岗位或专业"), max_length=120, blank=True)
    count = models.PositiveSmallIntegerField(_("人数"), null=True, blank=True)
    level = models.CharField(_("学历、职称要求"), max_length=120, blank=True)
    amount_fen = models.BigIntegerField(_("金额（分）"), null=True, blank=True)
    purpose = models.CharField(_("用途"), max_length=120, blank=True)
    needed_by = models.DateField(_("最晚什么时候要"), null=True, blank=True)
    handler = models.CharField(_("承办"), max_length=MOST_NOTE, blank=True)
    answer = models.TextField(_("答复"), max_length=2000, blank=True)
    lead = models.OneToOneField(Lead, models.PROTECT, null=True, blank=True, related_name="ask")
    answered_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("人才、金融诉求")
        constraints = [
            models.UniqueConstraint(fields=["visit", "what"], name="ask_once_a_kind_and_visit"),
            models.CheckConstraint(
                condition=Q(amount_fen__isnull=True) | Q(amount_fen__gt=0), name="ask_amount_above_zero"
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | ~Q(answer="") & Q(answered_at__isnull=False),
                name="ask_answered_says_what",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.visit.organisation} · {self.get_what_display()}"

    def address(self) -> str:
        return reverse("web:visit", args=[self.visit_id])


def digest_of(values: Mapping[str, Any]) -> str:
    """A fingerprint of what was sent."""
    written = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(written.encode(errors="surrogatepass")).hexdigest()
