"""Who signs in, and with what keys programs do."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


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
