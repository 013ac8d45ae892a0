"""Tables of organisations, people and accounts. Days are days of the city's time zone, both ends of a term included."""

from datetime import date
from typing import Any, ClassVar, TypeVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from triplehelix.records.parties.fields import EncryptedTextField

M = TypeVar("M", bound=models.Model)


class AccountManager(BaseUserManager["Account"]):
    """How Django and allauth make and find accounts; the house makes them by `actions.create_account`."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Account":
        account = self.model(email=email.strip().lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Account":
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(email=(username or "").strip().lower())


class Account(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in, by e-mail. What the account may do follows from memberships and offices, not from here."""

    LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    email = models.EmailField(_("邮箱"), unique=True)
    name = models.CharField(_("姓名"), max_length=60, blank=True)
    language = models.CharField(_("语言"), max_length=10, choices=LANGUAGES, default="zh-hans")
    is_active = models.BooleanField(_("有效"), default=True)
    created_at = models.DateTimeField(_("建立时间"), default=timezone.now)

    objects = AccountManager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("账号")
        constraints = [models.CheckConstraint(condition=Q(email=Lower("email")), name="account_email_is_lower_case")]

    def __str__(self) -> str:
        return self.name or self.email


class Organisation(models.Model):
    """单位, known by its 统一社会信用代码. `region` is where it is registered, `unit` who manages and reports it.

    `confirmed_at` says that an officer has checked it against its licence, and who acts for it. `spoken_of_at` is when
    somebody else first wrote something of it while nobody had: from then until it is confirmed nobody acts for it.
    `flags` are names of the code list flags.
    """

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
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("单位")
        indexes = [models.Index("unit", "confirmed_at", name="organisation_by_unit")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_withheld(self) -> bool:
        """Whether offices have written of it and nobody has checked yet who acts for it (`UNCHECKED`)."""
        return self.confirmed_at is None and self.spoken_of_at is not None


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


class ChainMembership(Term):
    """An organisation in an industry chain: a maintained list, not computed from the industry code (domain §1.1)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="chains")
    chain = models.CharField(_("产业链"), max_length=20)

    class Meta(Term.Meta):
        verbose_name = _("产业链成员")
        indexes = [models.Index("chain", "organisation", name="chain_members")]

    def __str__(self) -> str:
        return f"{self.chain} {self.organisation_id}"


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


#: Memberships of organisations of which others wrote something before anybody had checked who acts for them: a code is
#: public, and whoever typed it in first is not who may read that (docs/decisions/0004-who-may-join-an-organisation.md).
UNCHECKED = Q(organisation__confirmed_at__isnull=True, organisation__spoken_of_at__isnull=False)


class MembershipQuerySet(TermQuerySet["Membership"]):
    def on(self, day: date) -> "TermQuerySet[Membership]":
        """Those in force on this day: the account acts for the organisation, reads and is told what is its."""
        return self.seated(day).exclude(UNCHECKED)

    def seated(self, day: date) -> "TermQuerySet[Membership]":
        """Those accepted and not over on this day, also of organisations that have to be checked first; a claim nobody
        has accepted is none, and one that was stopped in the course of its last day is over on it."""
        stopped_later = Q(stopped_at__isnull=True) | Q(until__gt=day)
        return super().on(day).filter(stopped_later, accepted_at__isnull=False)

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


class ApiKey(models.Model):
    """A key for programs. The key itself is shown once and never stored: `digest` is its sha-256.

    `scopes` narrow what it may do ("read", "write"); it never may more than its account.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="api_keys")
    name = models.CharField(_("用途"), max_length=60)
    prefix = models.CharField(_("开头"), max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(_("范围"), default=list)
    created_at = models.DateTimeField(_("建立时间"))
    expires_at = models.DateTimeField(_("到期时间"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("作废时间"), null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("接口密钥")

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"
