"""Signing up, in and out: mail by the outbox, lock-out, second factors, idle sessions."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.utils import timezone

from tests.records.conftest import NOW
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import actions, sessions
from triplehelix.records.parties.models import Account, ApiKey
from triplehelix.records.trail.models import Entry

pytestmark = pytest.mark.django_db
PASSWORD = "铜带表面氧化-2026"
OWN_PAGE = "/accounts/email/"  # asks who is not signed in to do so


def sign_up(client, email="Zhang@Example.com", password=PASSWORD):
    given = {"email": email, "name": " 张 三 ", "password1": password, "password2": password}
    return client.post("/accounts/signup/", given)


def sign_in(client, email="zhang@example.com", password=PASSWORD):
    return client.post("/accounts/login/", {"login": email, "password": password})


def is_in(client):
    return client.get(OWN_PAGE).status_code == 200


@pytest.fixture
def zhang(make_account):
    return make_account("zhang@example.com", "张三", PASSWORD)


@pytest.fixture
def officer(zhang):
    actions.appoint(
        account=zhang,
        role="city_officer",
        unit="371500",
        since=timezone.localdate() - timedelta(1),
        actor=None,
        now=NOW,
    )
    return zhang


def test_sign_up_asks_for_proof_of_the_address_and_nothing_else(client):
    answer = sign_up(client)
    assert answer.status_code == 302
    made = Account.objects.get()
    assert (made.email, made.name) == ("zhang@example.com", "张 三")
    assert [entry.verb for entry in Entry.objects.filter(subject_kind="parties.account")] == ["sign_up"]
    assert not is_in(client)
    assert sign_in(client).headers["Location"] == "/accounts/confirm-email/"
    message = Message.objects.order_by("pk").first()
    assert (message.to, message.secret, message.cause_id) == ("zhang@example.com", True, str(made.pk))
    link = re.search(r"http://testserver(/accounts/confirm-email/\S+/)", message.body)[1]
    client.post(link)
    assert EmailAddress.objects.get().verified
    sign_in(client)
    assert is_in(client)


def test_sign_up_does_not_say_who_has_an_account(client, zhang):
    known, new = sign_up(client), sign_up(client, "li@example.com")
    assert (known.status_code, known.headers["Location"]) == (new.status_code, new.headers["Location"])
    assert Account.objects.count() == 2
    assert {message.to for message in Message.objects.all()} == {"zhang@example.com", "li@example.com"}


@pytest.mark.parametrize("password", ["短", "1234567890123", "password123", "zhang@example.com"])
def test_weak_passwords_are_refused(client, password):
    assert sign_up(client, password=password).status_code == 200
    assert not Account.objects.exists()


def test_sign_up_can_be_closed(client, settings):
    settings.SIGNUP_OPEN = False
    sign_up(client)
    assert not Account.objects.exists()


def test_five_wrong_passwords_lock_the_account_for_a_while(client, zhang, make_account):
    make_account("li@example.com", "李四", PASSWORD)
    for _ in range(5):
        assert sign_in(client, password="wrong").status_code == 200
    assert sign_in(client).status_code == 200  # the right one is not even looked at
    assert not is_in(client)
    assert sign_in(client, "li@example.com").status_code == 302  # others are not locked out with it


def test_a_switched_off_account_cannot_sign_in_and_its_session_ends(client, zhang):
    sign_in(client)
    assert is_in(client)
    actions.set_active(account=zhang, active=False, actor=None, now=NOW)
    assert not is_in(client)
    sign_in(client)
    assert not is_in(client)


# Sessions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("staff", "minutes", "ended"),
    [(True, 29, False), (True, 30, False), (True, 31, True), (False, 31, False), (False, 60 * 24 * 7 + 1, True)],
)
def test_how_long_a_session_may_rest(staff, minutes, ended):
    session = {}
    assert not sessions.idle_too_long(session, staff=staff, now=NOW)
    sessions.note_use(session, now=NOW)
    assert sessions.idle_too_long(session, staff=staff, now=NOW + timedelta(minutes=minutes)) is ended


def test_use_is_noted_at_most_twice_a_minute():
    session = {}
    sessions.note_use(session, now=NOW)
    first = dict(session)
    sessions.note_use(session, now=NOW + timedelta(seconds=29))
    assert session == first
    sessions.note_use(session, now=NOW + timedelta(seconds=30))
    assert session != first


def rest(client, minutes):
    session = client.session
    session[sessions.SEEN] -= minutes * 60
    session.save()


def test_an_office_holder_must_sign_in_again_after_half_an_hour(client, officer):
    sign_in(client)
    assert is_in(client)
    rest(client, 29)
    assert is_in(client)
    rest(client, 31)
    assert not is_in(client)


def test_others_stay_signed_in(client, zhang):
    sign_in(client)
    assert is_in(client)
    rest(client, 31)
    assert is_in(client)


def test_who_is_appointed_while_signed_in_is_staff_within_minutes(zhang):
    session = {}
    assert not sessions.is_staff(session, zhang, now=NOW)
    actions.appoint(account=zhang, role="auditor", unit="371500", since=NOW.date(), actor=None, now=NOW)
    assert not sessions.is_staff(session, zhang, now=NOW + timedelta(minutes=4))
    assert sessions.is_staff(session, zhang, now=NOW + timedelta(minutes=5))


# Second factors ---------------------------------------------------------------------------------------------------


def code_of(secret):
    return totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))


def test_the_second_factor_is_asked_for_and_its_secret_is_encrypted(client, zhang):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(zhang, secret)
    stored = Authenticator.objects.get().data["secret"]
    assert stored.startswith("gAAAA")
    assert secret not in stored
    assert sign_in(client).headers["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(client)
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert not is_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert is_in(client)


def test_office_holders_may_be_required_to_have_one(client, officer, settings):
    sign_in(client)
    assert "2fa" not in client.get("/").headers.get("Location", "")
    settings.STAFF_TOTP_REQUIRED = True
    assert client.get("/").headers["Location"] == "/accounts/2fa/totp/activate/"
    assert client.get(OWN_PAGE).status_code == 200  # the way to get one stays open
    totp.TOTP.activate(officer, totp.generate_totp_secret())
    assert "2fa" not in client.get("/").headers.get("Location", "")


def test_a_key_from_before_the_office_opens_nothing_without_one(client, zhang, settings, officer):
    _key, text = actions.create_api_key(account=zhang, name="报表程序", now=timezone.now())
    asked = {"headers": {"Authorization": f"Bearer {text}"}}
    assert client.get("/api/me", **asked).status_code == 200
    settings.STAFF_TOTP_REQUIRED = True
    assert client.get("/api/me", **asked).status_code == 401
    totp.TOTP.activate(officer, totp.generate_totp_secret())
    assert client.get("/api/me", **asked).status_code == 200


def test_others_are_not_required_to(client, zhang, settings):
    settings.STAFF_TOTP_REQUIRED = True
    sign_in(client)
    assert "2fa" not in client.get("/").headers.get("Location", "")


# What outlives a session ------------------------------------------------------------------------------------------


def test_another_address_is_not_added_in_a_session_somebody_found_open(client, zhang):
    sign_in(client)
    given = {"email": "thief@example.com", "action_add": ""}
    assert client.post(OWN_PAGE, given)["Location"].startswith("/accounts/reauthenticate/")
    assert client.post("/accounts/reauthenticate/", {"password": "guessed-it-2026"}).status_code == 200
    assert not EmailAddress.objects.filter(email="thief@example.com").exists()
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post(OWN_PAGE, given | {"email": "zhang.san@example.com"})
    assert EmailAddress.objects.filter(email="zhang.san@example.com", verified=False).exists()


def test_a_key_is_not_made_in_one_and_is_made_once_the_password_was_given(client, zhang):
    sign_in(client)
    to = client.post("/account/keys/", {"name": "报表程序"})["Location"]
    assert to == "/accounts/reauthenticate/?next=%2Faccount%2Fkeys%2F"
    assert not zhang.api_keys.exists()
    made = client.post(to, {"password": PASSWORD, "next": "/account/keys/"})
    assert zhang.api_keys.get().name == "报表程序"
    assert f"th_{zhang.api_keys.get().prefix}_" in made.content.decode()


def test_what_changes_at_an_account_is_told_by_mail(client, zhang):
    """Whoever has the password, or a session left open, cannot do it behind the owner's back."""
    sign_in(client)
    to = client.post("/account/keys/", {"name": "报表程序"})["Location"]
    client.post(to, {"password": PASSWORD, "next": "/account/keys/"})
    told = Message.objects.get(kind="account.key")
    assert told.to == "zhang@example.com" and "“报表程序”" in told.body and "/account/" in told.body
    assert ApiKey.objects.get().digest not in told.body
    new = "另一个足够长的密码 7"
    given = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post("/accounts/password/change/", given).status_code == 302
    told = Message.objects.get(kind="account.password_changed")
    assert told.to == "zhang@example.com"
    assert "您的密码现已被修改" in told.body and "127.0.0.1" in told.body and "接口密钥" in told.body
