"""Experts, talents and inventors, and who says to be one of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from triplehelix.records.parties.models.accounts import Account
from triplehelix.records.parties.models.organisations import Organisation


class Person(models.Model):
    """An expert, talent or inventor. May have an account, linked by an officer."""

    name = models.CharField(_("姓名"), max_length=60)
    home = models.ForeignKey(Organisation, models.PROTECT, related_name="people", verbose_name=_("所在单位"))
    title = models.CharField(_("职称"), max_length=60, blank=True)
    discipline = models.CharField(_("学科"), max_length=120, blank=True)
    about = models.TextField(_("简介"), max_length=5000, blank=True)
    account = models.OneToOneField(Account, models.PROTECT, null=True, blank=True, related_name="person")
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("人员")

    def __str__(self) -> str:
        return self.name


class FormerHome(models.Model):
    """Where a person was before: whoever judges a unit's application stands aside for years after (回避)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="former_homes")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("原单位"))
    until = models.DateField(_("至"))

    class Meta:
        ordering = ["until", "pk"]
        verbose_name = _("原单位")

    def __str__(self) -> str:
        return f"{self.person_id} {self.organisation_id} {self.until}"


class PersonClaim(models.Model):
    """Somebody with an account says: this person of the organisation is me. An officer answers.

    `name` and `post` are as the asker writes them: the organisation may not have registered the person yet.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="person_claims", verbose_name=_("账号"))
    home = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("所在单位"))
    name = models.CharField(_("姓名"), max_length=60)
    post = models.CharField(_("部门、职称"), max_length=60, blank=True)
    asked_at = models.DateTimeField(_("申请时间"))
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    refused_for = models.CharField(_("没有同意的原因"), max_length=200, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        verbose_name = _("账号对应申请")
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(answered_at__isnull=True), name="person_claim_waiting_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.account_id}"
