"""How people sign up and in: allauth with the house's rules.

Sign-up is open (SIGNUP_OPEN): it makes an account and nothing else. The account then claims an organisation by its
code, which an officer checks (docs/decisions/0004-who-may-join-an-organisation.md).

The city's single sign-on (OIDC) makes no accounts. It opens the account it was linked with. It links by itself only
by an e-mail which both sides have verified, and only to the account of somebody who holds an office on that day: the
city vouches for its own people, not for the addresses of firms. Anybody else may link it from the account's own pages,
once signed in. After the first time the provider's own number of the person counts, not the e-mail.
"""

import logging
from typing import Any

import requests
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.sites.shortcuts import get_current_site
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from triplehelix.records.lines import one_line
from triplehelix.records.outbox import actions as outbox
from triplehelix.records.parties import actions
from triplehelix.records.parties.access import holds_office
from triplehelix.records.parties.fields import box
from triplehelix.records.parties.models import Account

log = logging.getLogger(__name__)


class SignupForm(forms.Form):
    """What sign-up asks besides e-mail and password (ACCOUNT_SIGNUP_FORM_CLASS)."""

    name = forms.CharField(label=_("姓名"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"}))

    def signup(self, request: HttpRequest, user: Account) -> None:
        """allauth calls this when the account is saved; `AccountAdapter.save_user` has done everything."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Sign-up, and mail by way of the outbox."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP_OPEN)

    def clean_email(self, email: str) -> str:
        return str(super().clean_email(email)).lower()

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: Account, form: Any, commit: bool = True) -> Account:
        """Sent twice at once, the form makes one account: the second answer is as the first's. Raises
        ImmediateHttpResponse for it."""
        user.name = one_line(form.cleaned_data.get("name", ""))
        try:
            with transaction.atomic():
                account: Account = super().save_user(request, user, form, commit)
        except IntegrityError:
            raise ImmediateHttpResponse(redirect("account_email_verification_sent")) from None
        if commit:
            actions.note_sign_up(account=account, now=timezone.now())
        return account

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The message is committed with its cause and sent by a worker: a slow mail server holds no page up."""
        site = get_current_site(self.request)
        site.name = settings.SITE_NAME
        given = {"request": self.request, "email": email, "current_site": site, **context}
        letter = self.render_mail(template_prefix, email, given)
        user = context.get("user")
        outbox.tell(
            kind=f"account.{template_prefix.rpartition('/')[2]}",
            to=email,
            subject=letter.subject,
            body=letter.body,
            cause_kind="parties.account",
            cause_id=str(user.pk if user is not None else ""),
            now=timezone.now(),
            secret=True,
        )


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """The city's single sign-on opens accounts; it never makes one."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        return True

    def authenticate_by_email(self, sociallogin: Any) -> tuple[Account, str] | None:
        """The office holder whose e-mail, verified here, the provider says it has verified too."""
        found = super().authenticate_by_email(sociallogin)
        if found is None:
            return None
        account, email = found
        # Some providers send the texts "true" and "false": only a real true counts.
        if not any(one.verified is True and one.email == email for one in sociallogin.email_addresses):
            return None
        here = account.emailaddress_set.filter(email__iexact=email, verified=True).exists()
        return (account, email) if here and holds_office(account, timezone.localdate()) else None

    def get_requests_session(self) -> requests.Session:
        return ProviderSession(self.request)


class ProviderSession(requests.Session):
    """Talks to the provider of the sign-on. When it does not answer, the way by e-mail and password is still open."""

    SECONDS = 5

    def __init__(self, page: HttpRequest) -> None:
        super().__init__()
        self.page = page

    def request(self, *args: Any, **options: Any) -> requests.Response:
        try:
            return super().request(*args, **({"timeout": self.SECONDS} | options))
        except requests.RequestException as why:
            log.warning("统一身份认证没有应答：%s", why)
            messages.error(self.page, _("统一身份认证暂时连不上；请稍后再试，或用邮箱和密码登录。"))
            raise ImmediateHttpResponse(redirect("account_login")) from why


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Secrets of second factors are encrypted with FIELD_KEYS."""

    def encrypt(self, text: str) -> str:
        return box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return box().decrypt(encrypted_text.encode()).decode()
