"""The city's single sign-on in a real browser: to the provider and back, past the site's own policy on forms."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.records.test_single_sign_on import provider  # noqa: F401 - the fixture
from triplehelix.config import csp
from triplehelix.records.parties import actions

PASSWORD = "shui-cheng-2026"


@pytest.fixture
def officer(transactional_db):
    now = timezone.now()
    made = actions.create_account(email="officer@example.com", name="贺云岫", password=PASSWORD, actor=None, now=now)
    since = timezone.localdate() - timedelta(days=1)
    actions.appoint(account=made, role="auditor", unit="", since=since, actor=None, now=now)
    return made


@pytest.mark.parametrize("is_known", [True, False])
def test_an_officer_signs_on(page, officer, settings, provider, is_known):  # noqa: F811
    """A browser follows a form's redirect only where the policy lets forms lead."""
    app = {"provider_id": "city", "name": "统一身份认证", "client_id": "triplehelix", "secret": "s"}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app | {"settings": {"server_url": provider}}]}}
    settings.CONTENT_SECURITY_POLICY = csp.policy(*[f"{provider}/oauth2/"] * is_known)
    page.goto("/accounts/login/")
    page.click("text=统一身份认证")
    page.click("main button")
    if not is_known:
        page.wait_for_timeout(1000)
        assert not page.url.startswith(provider) and any("form-action" in line for line in page.errors)
        page.errors.clear()
        return
    page.wait_for_url(f"{provider}/**")
    page.fill("[name=sub]", "u-1")
    page.press("[name=sub]", "Enter")
    page.wait_for_url("**/todo/**")
    page.errors.clear()  # the provider's page wants a style sheet of the internet
    page.locator("text=贺云岫").first.wait_for()
