"""Organisations, and the industry chains they belong to."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from triplehelix.records.parties.fields import EncryptedTextField
from triplehelix.records.parties.models.accounts import Account
from triplehelix.records.parties.models.terms import Term


class Organisation(models.Model):
    """单位, known by its 统一社会信用代码. `region` is where it is registered, `unit` who manages and reports it.

    `confirmed_at` says that an officer has checked it against its licence, and who acts for it. `spoken_of_at` is when
    somebody else first wrote something of it while nobody had: from then until it is confirmed nobody acts for it.
    `flags` are names of the code list flags.

    `ending` says how it ended (`ENDINGS`), with the day and the paper. `successor` is whom it became, `heir` who stands
    for it today, where the successor has ended as well: rights and duties pass on whole (民法典 §67), so whoever acts
    for the heir acts for it, and what is given once counts what it was given (`finds.family`).
    """

    ENDINGS: ClassVar[list[tuple[str, Any]]] = [
        ("merged", _("合并、并入")),
        ("renumbered", _("换发代码")),
        ("closed", _("注销")),
    ]

    uscc = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    type = models.CharField(_("类型"), max_length=20)
    region = models.CharField(_("所在地区"), max_length=20, blank=True)
    unit = models.CharField(_("主管单位"), max_length=20, blank=True)
    size = models.CharField(_("规模"), max_length=10, blank=True)
    flags = models.JSONField(_("标识"), default=list, blank=True)
    about = models.TextField(_("简介"), max_length=5000, blank=True)
    contact_name = EncryptedTextField(_("联系人"), blank=True)
    contact_post = models.CharField(_("职务"), max_length=60, blank=True)
    contact_phone = EncryptedTextField(_("联系电话"), blank=True)
    contact_email = EncryptedTextField(_("联系邮箱"), blank=True)
    created_at = models.DateTimeField(_("登记时间"))
    confirmed_at = models.DateTimeField(_("核实时间"), null=True, blank=True)
    confirmed_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    spoken_of_at = models.DateTimeField(_("他人首次写到的时间"), null=True, blank=True)
    ending = models.CharField(_("怎样终止"), max_length=12, choices=ENDINGS, blank=True)
    ended_on = models.DateField(_("终止日期"), null=True, blank=True)
    ending_document = models.CharField(_("终止依据"), max_length=80, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")
    heir = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="taken_over")
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("单位")
        indexes = [models.Index("unit", "confirmed_at", name="organisation_by_unit")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ending="", ended_on__isnull=True) | ~Q(ending="") & Q(ended_on__isnull=False),
                name="organisation_ends_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(ending__in=["", "closed"], successor__isnull=True, heir__isnull=True)
                | Q(ending__in=["merged", "renumbered"], successor__isnull=False, heir__isnull=False),
                name="organisation_passes_on_to_one",
            ),
            models.CheckConstraint(
                condition=~Q(successor=F("pk")) & ~Q(heir=F("pk")), name="organisation_is_not_its_own_heir"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_withheld(self) -> bool:
        """Whether offices have written of it and nobody has checked yet who acts for it (`UNCHECKED`)."""
        return self.confirmed_at is None and self.spoken_of_at is not None

    @property
    def standing_id(self) -> int:
        """The number of who stands for it today: its heir, or itself."""
        return self.heir_id or self.pk

    @property
    def standing(self) -> "Organisation":
        """Who stands for it today: contracts are signed and money is received by that one."""
        return self.heir or self


class ChainMembership(Term):
    """An organisation in an industry chain: a maintained list, not computed from the industry code (domain §1.1)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="chains")
    chain = models.CharField(_("产业链"), max_length=20)

    class Meta(Term.Meta):
        verbose_name = _("产业链成员")
        indexes = [models.Index("chain", "organisation", name="chain_members")]

    def __str__(self) -> str:
        return f"{self.chain} {self.organisation_id}"
