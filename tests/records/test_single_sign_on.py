"""The city's single sign-on, against a real OpenID Connect provider in a process of its own on loopback."""

import json
import socket
import subprocess
import sys
import time
from datetime import timedelta

import httpx
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from allauth.socialaccount.models import SocialAccount
from django.contrib.messages import get_messages
from django.utils import timezone

from tests.records.conftest import NOW
from triplehelix.records.parties import actions
from triplehelix.records.parties.models import Account

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/oidc/city/login/"
PEOPLE = {
    "u-1": {"email": "officer@example.com", "email_verified": True, "name": "贺云岫"},
    "u-2": {"email": "officer@example.com", "email_verified": False},
    "u-3": {"email": "officer@example.com", "email_verified": "false"},
    "u-4": {"email": "nobody@example.com", "email_verified": True},
    "u-5": {"email": "firm@example.com", "email_verified": True},
}


@pytest.fixture(scope="module")
def provider():
    """`oidc_provider_mock` with the people above; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    people = [f"--user-claims={json.dumps({'sub': sub} | claims)}" for sub, claims in PEOPLE.items()]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *people]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 30
    while True:
        try:
            httpx.get(f"{url}/.well-known/openid-configuration").raise_for_status()
            break
        except httpx.HTTPError:
            assert process.poll() is None, "the provider did not start"
            assert time.monotonic() < until, "the provider does not answer"
            time.sleep(0.1)
    yield url
    process.terminate()
    process.wait(10)


@pytest.fixture(autouse=True)
def city(provider, settings):
    app = {"provider_id": "city", "name": "统一身份认证", "client_id": "triplehelix", "secret": "s"}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app | {"settings": {"server_url": provider}}]}}


@pytest.fixture
def officer(make_account):
    made = make_account("officer@example.com", "贺云岫", "铜带表面氧化-2026")
    yesterday = timezone.localdate() - timedelta(days=1)
    actions.appoint(account=made, role="county_officer", unit="371521", since=yesterday, actor=None, now=NOW)
    return made


def sign_on(client, sub):
    """What a browser does: to the provider, choose who one is, and back."""
    to_provider = client.post(LOGIN)
    assert to_provider.status_code == 302, to_provider.content
    back = httpx.post(to_provider.headers["Location"], data={"sub": sub})
    assert back.status_code in (302, 303), back.text
    assert back.headers["Location"].startswith("http://testserver/accounts/oidc/city/login/callback/")
    return client.get(back.headers["Location"].removeprefix("http://testserver"))


def signed_in_as(client):
    pk = client.session.get("_auth_user_id")
    return Account.objects.get(pk=pk) if pk else None


def test_an_office_holder_signs_on_by_an_address_both_sides_verified(client, officer):
    sign_on(client, "u-1")
    assert signed_in_as(client) == officer
    assert SocialAccount.objects.get().user == officer
    officer.refresh_from_db()
    assert officer.check_password("铜带表面氧化-2026")  # the password stays: the address was verified here


def test_afterwards_the_providers_number_counts_and_not_the_address(client, officer):
    sign_on(client, "u-1")
    client.logout()
    Account.objects.filter(pk=officer.pk).update(email="moved@example.com")
    EmailAddress.objects.update(email="moved@example.com")
    sign_on(client, "u-1")
    assert signed_in_as(client) == officer


@pytest.mark.parametrize("sub", ["u-2", "u-3"])
def test_an_address_the_provider_has_not_verified_opens_nothing(client, officer, sub):
    answer = sign_on(client, sub)
    assert answer.status_code == 200
    assert signed_in_as(client) is None
    assert not SocialAccount.objects.exists()


def test_an_address_not_verified_here_opens_nothing(client, officer):
    EmailAddress.objects.update(verified=False)
    sign_on(client, "u-1")
    assert signed_in_as(client) is None


def test_the_city_makes_no_accounts(client):
    sign_on(client, "u-4")
    assert signed_in_as(client) is None
    assert not Account.objects.exists()


def test_a_firms_account_is_not_opened_by_the_citys_word_on_its_address(client, make_account):
    make_account("firm@example.com")
    sign_on(client, "u-5")
    assert signed_in_as(client) is None


def test_a_firm_may_link_the_sign_on_when_it_is_signed_in(client, make_account):
    firm = make_account("firm@example.com", password="铜带表面氧化-2026")
    client.post("/accounts/login/", {"login": "firm@example.com", "password": "铜带表面氧化-2026"})
    asked = client.post(f"{LOGIN}?process=connect")
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")  # a session found open links nothing
    again = client.post(asked.headers["Location"], {"password": "铜带表面氧化-2026"}).headers["Location"]
    assert again == f"{LOGIN}?process=connect" and client.get(again).status_code == 200
    to_provider = client.post(again)
    back = httpx.post(to_provider.headers["Location"], data={"sub": "u-5"})
    client.get(back.headers["Location"].removeprefix("http://testserver"))
    assert SocialAccount.objects.get().user == firm
    client.logout()
    sign_on(client, "u-5")
    assert signed_in_as(client) == firm


def test_an_office_that_ended_no_longer_links(client, make_account):
    made = make_account("officer@example.com")
    yesterday = timezone.localdate() - timedelta(days=1)
    actions.appoint(account=made, role="auditor", unit="371500", since=yesterday, until=yesterday, actor=None, now=NOW)
    sign_on(client, "u-1")
    assert signed_in_as(client) is None


def test_the_second_factor_is_asked_for_all_the_same(client, officer):
    totp.TOTP.activate(officer, totp.generate_totp_secret())
    assert sign_on(client, "u-1").headers["Location"] == "/accounts/2fa/authenticate/"
    assert signed_in_as(client) is None


def test_when_the_provider_is_away_the_other_way_in_is_named(client, officer, settings):
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = "http://127.0.0.1:9"
    answer = client.post(LOGIN)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/")
    assert ["统一身份认证暂时连不上" in str(m) for m in get_messages(answer.wsgi_request)] == [True]
