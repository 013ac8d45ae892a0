"""Experts: one row for each name found somewhere; those that are one person hang together as a tree."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from triplehelix.records.parties.fields import EncryptedTextField
from triplehelix.records.parties.models import Account, Organisation, Person


class Expert(models.Model):
    """专家: somebody who wrote something, as far as it is known.

    Each authorship begins with an expert of its own. A merge hangs one expert under another (`merged_into`); `root` is
    the top of its tree, itself when it hangs nowhere. What belongs to a person is everything under one root. An undone
    merge takes the branch off again as it was (docs/decisions/0021-one-person-out-of-many-names.md).
    `person` is who it is in the register; such an expert is always a root. `keys` are those of its name (names.Name).
    """

    kind: ClassVar[str] = "market.expert"

    name = models.CharField(_("姓名"), max_length=80)
    keys = ArrayField(models.CharField(max_length=60), default=list)
    person = models.OneToOneField(Person, models.PROTECT, null=True, blank=True, related_name="expert")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    root = models.ForeignKey("self", models.PROTECT, related_name="whole")
    created_at = models.DateTimeField(_("建立时间"))

    class Meta:
        verbose_name = _("专家")
        indexes = [GinIndex("keys", name="expert_by_key", fastupdate=False)]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True, root=F("pk")) | (Q(merged_into__isnull=False) & ~Q(root=F("pk"))),
                name="expert_root_is_the_top",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(merged_into__isnull=True), name="expert_known_person_is_a_root"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_root(self) -> bool:
        return self.merged_into_id is None


class Profile(models.Model):
    """What a person decided about the own page. Without a row: seen by members of organisations, not confirmed.

    `confirmed_at` is when the person first said which works are theirs. `email` was given by the organisation, only to
    be invited by; it is shown to nobody but whom it belongs to and the organisation that gave it.
    """

    VISIBILITY = [
        ("members", _("只给本市已核实的单位看")),
        ("public", _("公开")),
        ("hidden", _("不展示")),
    ]

    person = models.OneToOneField(Person, models.PROTECT, related_name="profile")
    visibility = models.CharField(_("展示范围"), max_length=10, choices=VISIBILITY, default="members")
    confirmed_at = models.DateTimeField(_("本人确认"), null=True, blank=True)
    email = EncryptedTextField(_("邀请邮箱"), blank=True)
    email_by = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    no_mail = models.BooleanField(_("不再发信"), default=False)
    changed_at = models.DateTimeField(_("最近修改"))
    changed_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("专家设置")
        constraints = [
            models.CheckConstraint(
                condition=~Q(visibility="public") | Q(confirmed_at__isnull=False), name="profile_public_is_confirmed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.visibility}"

    @property
    def address(self) -> str:
        """Where to invite the person; empty after a move (调动), until the organisation of now gives one: what the
        former gave is neither shown to the new one nor written to."""
        return self.email if self.email_by_id == self.person.home_id else ""

    @property
    def is_public(self) -> bool:
        return self.visibility == "public"
