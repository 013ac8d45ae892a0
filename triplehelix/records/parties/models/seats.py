"""Who acts for an organisation, and who holds an office."""

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from triplehelix.records.parties.models.accounts import Account
from triplehelix.records.parties.models.organisations import Organisation
from triplehelix.records.parties.models.terms import Term, TermQuerySet

#: Memberships of organisations of which others wrote something before anybody had checked who acts for them: a code is
#: public, and whoever typed it in first is not who may read that (docs/decisions/0004-who-may-join-an-organisation.md).
UNCHECKED = Q(organisation__confirmed_at__isnull=True, organisation__spoken_of_at__isnull=False)


class MembershipQuerySet(TermQuerySet["Membership"]):
    def on(self, day: date) -> "TermQuerySet[Membership]":
        """Those in force on this day: the account acts for the organisation, reads and is told what is its."""
        return self.seated(day).exclude(UNCHECKED)

    def seated(self, day: date) -> "TermQuerySet[Membership]":
        """Those accepted and not over on this day, also of organisations that have to be checked first; a claim nobody
        has accepted is none, and one that was stopped in the course of its last day is over on it. For an organisation
        that has ended its own people act no more: whoever acts for its heir does."""
        stopped_later = Q(stopped_at__isnull=True) | Q(until__gt=day)
        return super().on(day).filter(stopped_later, accepted_at__isnull=False, organisation__ending="")

    def waiting(self) -> "TermQuerySet[Membership]":
        """Claims nobody has accepted or turned down."""
        return self.filter(accepted_at__isnull=True, until__isnull=True)


class Membership(Term):
    """An account acts for an organisation: 经办 clerk, or 管理员 admin who also accepts others.

    It counts from `accepted_at`; until then it is a claim (docs/decisions/0004-who-may-join-an-organisation.md).
    `stopped_at` is set when it was ended at once: it counts no more from that moment, not only after its last day.
    """

    ROLES = [("clerk", _("经办人")), ("admin", _("管理员"))]

    account = models.ForeignKey(Account, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(_("角色"), max_length=20, choices=ROLES)
    accepted_at = models.DateTimeField(_("核对时间"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("停止时间"), null=True, blank=True)

    objects: ClassVar[Any] = MembershipQuerySet.as_manager()

    class Meta(Term.Meta):
        verbose_name = _("单位成员")
        constraints = [
            *Term.Meta.constraints,
            models.UniqueConstraint(
                fields=["account", "organisation"], condition=Q(until__isnull=True), name="membership_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.organisation_id} {self.role}"


class OfficeQuerySet(TermQuerySet["Office"]):
    def on(self, day: date) -> "TermQuerySet[Office]":
        """Those in force on this day; one that was stopped in the course of its last day is in force on it no more."""
        return super().on(day).filter(Q(stopped_at__isnull=True) | Q(until__gt=day))


class Office(Term):
    """An account holds an office: in one of the units (county officers) or for the whole city.

    `document` is the paper it was given by, `ended_for` why it ended. `stopped_at` is set when it was taken away at
    once: rights are then gone from that moment and not only after the last day, which `until` still names.
    """

    ROLES = [
        ("city_officer", _("市科技局工作人员")),
        ("county_officer", _("县市区、开发区工作人员")),
        ("finance_officer", _("市财政局工作人员")),
        ("auditor", _("审计、纪检")),
        ("technology_manager", _("技术经理人")),
        ("operator", _("科技大市场运营")),
        ("expert", _("评审专家")),
    ]

    account = models.ForeignKey(Account, models.PROTECT, related_name="offices")
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    role = models.CharField(_("职务"), max_length=30, choices=ROLES)
    document = models.CharField(_("批准文件"), max_length=80, blank=True)
    ended_for = models.CharField(_("结束事由"), max_length=200, blank=True)
    stopped_at = models.DateTimeField(_("停止时间"), null=True, blank=True)

    objects: ClassVar[Any] = OfficeQuerySet.as_manager()

    class Meta(Term.Meta):
        verbose_name = _("任职")
        constraints = [
            *Term.Meta.constraints,
            models.UniqueConstraint(
                fields=["account", "unit", "role"], condition=Q(until__isnull=True), name="office_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.role} {self.unit}"
