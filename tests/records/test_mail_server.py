"""What mail servers do: STARTTLS, TLS from the start, a login, certificates, and every way of not taking a letter."""

import datetime
import email
import smtplib
import socket
import ssl
import threading
import time
from datetime import timedelta
from email import policy
from email.header import decode_header, make_header
from io import StringIO

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.management import CommandError, call_command

from tests.records.conftest import NOW
from tests.records.test_outbox import Post, send_all, tell
from triplehelix.records.outbox import actions
from triplehelix.records.outbox.models import Message

pytestmark = pytest.mark.django_db
USER, PASSWORD = "no-reply@market.example.gov.cn", "4Kx-9vQ"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of the city's own authority, for `localhost`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    day = datetime.datetime(2020, 1, 1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(day)
        .not_valid_after(day.replace(year=2100))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(key.private_bytes(*form) + made.public_bytes(serialization.Encoding.PEM))
    return path


class Strict(Post):
    """Takes letters of those who have signed in."""

    tried = 0

    def authenticate(self, server, session, envelope, mechanism, data):
        self.tried += 1
        return AuthResult(success=(data.login.decode(), data.password.decode()) == (USER, PASSWORD), handled=False)


@pytest.fixture
def serve(settings, certificate):
    """Starts the mail server `how` (starttls, ssl, plain) and points the site's settings at it."""
    started = []

    def start(how, post=None):
        post = post or Strict()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)

        class Server(Controller):
            def factory(self):
                more = {"tls_context": context, "require_starttls": True} if how == "starttls" else {}
                return SMTP(
                    self.handler, loop=self.loop, authenticator=post.authenticate, auth_required=how == "starttls",
                    auth_require_tls=how == "starttls", **more,
                )  # fmt: skip

        port = free_port()
        server = Server(post, hostname="localhost", port=port, ssl_context=context if how == "ssl" else None)
        server.start()
        started.append(server)
        site(settings, port)
        settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = how == "starttls", how == "ssl"
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = USER, PASSWORD
        return post

    yield start
    for server in started:
        server.stop()


def site(settings, port):
    settings.OUTBOX_SENDER = "email"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "localhost", port, 2


@pytest.mark.parametrize("how", ["starttls", "ssl", "plain"])
def test_a_letter_goes_over_each_kind_of_connection_with_a_login(serve, how, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # how an operator names the city's own authority
    post = serve(how)
    tell()
    assert send_all() == 1
    assert len(post.letters) == 1 and Message.objects.get().state == "sent"


@pytest.mark.parametrize("how", ["starttls", "ssl"])
def test_a_certificate_nobody_vouches_for_is_refused_and_told(serve, how):
    post = serve(how)
    message = tell()
    send_all()
    message.refresh_from_db()
    assert post.letters == [] and message.state == "queued"
    assert message.last_error.startswith(Message.AWAY) and "CERTIFICATE_VERIFY_FAILED" in message.last_error


def test_a_wrong_password_is_tried_once_a_minute_and_not_with_every_letter(serve, settings):
    post = serve("plain")
    settings.EMAIL_HOST_PASSWORD = "wrong"
    for n in range(5):
        tell(to=f"clerk{n}@example.com")
    assert send_all() == 1
    assert send_all(NOW + timedelta(seconds=59)) == 0
    assert send_all(NOW + timedelta(minutes=1)) == 1
    assert post.tried == 2 * 2  # smtplib tries two ways of a login each time
    assert {said[:9] for said in Message.objects.values_list("last_error", flat=True)} == {Message.AWAY}
    settings.EMAIL_HOST_PASSWORD = PASSWORD
    assert send_all(NOW + timedelta(minutes=4)) == 5
    assert sum(Message.objects.values_list("attempts", flat=True)) == 7  # those that only waited were not counted


def test_the_operator_is_told_why_letters_wait(serve, settings, client):
    serve("plain")
    settings.EMAIL_HOST_PASSWORD = "wrong"
    tell()
    tell(to="other@example.com")
    send_all()
    said = StringIO()
    call_command("outbox", stdout=said)
    assert "等待重试 2 封：邮件服务器不收信：SMTPAuthenticationError" in said.getvalue()
    assert client.get("/health/").json()["mail"] == "away"


def test_a_letter_for_a_test_goes_the_same_way_and_is_in_no_queue(serve, settings):
    post = serve("plain")
    said = StringIO()
    call_command("outbox", "--test", "operator@example.gov.cn", stdout=said)
    assert "邮件服务器已收下" in said.getvalue() and post.letters[0]["To"] == "operator@example.gov.cn"
    settings.EMAIL_HOST_PASSWORD = "wrong"
    with pytest.raises(CommandError, match="SMTPAuthenticationError"):
        call_command("outbox", "--test", "operator@example.gov.cn", stdout=said)
    with pytest.raises(CommandError, match="不是邮箱地址"):
        call_command("outbox", "--test", "operator", stdout=said)
    assert not Message.objects.exists()


# Servers that break off ---------------------------------------------------------------------------------------------


class Rude:
    """A mail server that says its lines and, at a given command, does something else: `drop`, `hang` or an answer."""

    def __init__(self, at, how):
        self.at, self.how, self.letters = at, how, []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                talk, _address = self.socket.accept()
            except OSError:
                return
            with talk:
                self._talk(talk)

    def _talk(self, talk):
        lines = talk.makefile("rwb")

        def say(text):
            lines.write(text.encode() + b"\r\n")
            lines.flush()

        say("220 rude")
        while line := lines.readline():
            word = line.split()[0].decode().lower() if line.split() else ""
            if word == self.at:
                if self.how == "drop":
                    return
                if self.how == "hang":
                    time.sleep(4)
                    return
                say(self.how)
                continue
            if word == "data":
                say("354 go on")
                body = b""
                while (part := lines.readline()) not in (b".\r\n", b""):
                    body += part.removeprefix(b".")  # RFC 5321, 4.5.2
                if self.at == "." and self.how == "drop":
                    return
                self.letters.append(body)
            say("221 bye" if word == "quit" else "250 ok")


@pytest.fixture
def rude(settings):
    made = []

    def start(at, how):
        server = Rude(at, how)
        made.append(server)
        site(settings, server.port)
        settings.EMAIL_HOST = "127.0.0.1"
        return server

    yield start
    for server in made:
        server.socket.close()


@pytest.mark.parametrize("how", ["drop", "hang", "500 what"])
def test_a_letter_that_was_taken_is_sent_once_however_the_server_says_good_bye(rude, how):
    server = rude("quit", how)
    message = tell()
    assert send_all() == 1
    message.refresh_from_db()
    assert (message.state, message.last_error, len(server.letters)) == ("sent", "", 1)


@pytest.mark.parametrize(
    ("at", "how", "away"),
    [
        ("ehlo", "drop", True), ("ehlo", "hang", True), ("mail", "550 sender not allowed", True),
        ("mail", "421 too many connections", True), ("mail", "drop", False), ("rcpt", "drop", False),
        ("rcpt", "450 greylisted, come back later", False), ("rcpt", "421 going down", False), ("data", "drop", False),
        ("data", "hang", False), (".", "drop", False),
    ],
)  # fmt: skip
def test_what_was_not_taken_is_tried_again(rude, at, how, away):
    server = rude(at, how)
    message = tell()
    send_all()
    message.refresh_from_db()
    assert (message.state, message.attempts, server.letters) == ("queued", 1, [])
    assert message.last_error.startswith(Message.AWAY) == away
    server.at = ""
    assert send_all(NOW + timedelta(minutes=1)) == 1
    message.refresh_from_db()
    assert (message.state, len(server.letters)) == ("sent", 1)


def test_a_letter_the_server_stumbles_over_holds_up_no_other(rude, monkeypatch):
    server = rude("mail", "drop")
    tell(to="first@example.com")
    monkeypatch.setattr(smtplib.SMTP, "mail", once(server, smtplib.SMTP.mail))
    tell(to="second@example.com")
    assert send_all() == 2
    assert [one.decode().count("second@") for one in server.letters] == [1]


def once(server, mail):
    """The server breaks off at the first MAIL only."""

    def said(*given, **more):
        try:
            return mail(*given, **more)
        finally:
            server.at = ""

    return said


# The letter itself --------------------------------------------------------------------------------------------------


def test_the_letter_as_it_goes_over_the_wire(rude, settings):
    server = rude("", "")
    settings.SITE_NAME = "三螺旋 · 澄湖市（演示）"
    settings.DEFAULT_FROM_EMAIL = "no-reply@market.example.gov.cn"
    tell(
        subject="“铜排表面三个月就发黑”有 3 条新的：" + "很长的标题" * 20, body="长" * 2000 + "\n.\nFrom x\n",
        leave="https://market.example.gov.cn/saved/end/abc/",
    )  # fmt: skip
    send_all()
    raw = server.letters[0]
    assert raw.isascii() and all(len(line) <= 998 for line in raw.splitlines())
    letter = email.message_from_bytes(raw, policy=policy.compat32)
    assert str(make_header(decode_header(letter["From"]))) == (
        "三螺旋 · 澄湖市（演示） <no-reply@market.example.gov.cn>"
    )
    assert all(len(line) <= 78 for line in letter["Subject"].splitlines())
    assert letter["Date"] and letter["Message-ID"].endswith("@market.example.gov.cn>")
    assert letter["Content-Type"] == 'text/plain; charset="utf-8"'
    assert letter["List-Unsubscribe"] == "<https://market.example.gov.cn/saved/end/abc/>"
    assert letter.get_payload(decode=True).decode().replace("\r\n", "\n").rstrip() == "长" * 2000 + "\n.\nFrom x"


def test_a_letter_nobody_subscribed_to_has_no_button_to_end_it(rude):
    server = rude("", "")
    tell(leave="/saved/end/abc/")  # the site does not know its own name
    send_all()
    assert b"List-Unsubscribe" not in server.letters[0]


def test_a_name_in_the_setting_is_kept_as_it_is(rude, settings):
    server = rude("", "")
    settings.DEFAULT_FROM_EMAIL = "科技大市场 <no-reply@market.example.gov.cn>"
    tell()
    send_all()
    letter = email.message_from_bytes(server.letters[0])
    assert str(make_header(decode_header(letter["From"]))) == settings.DEFAULT_FROM_EMAIL


def test_a_dozen_slow_answers_fit_into_the_time_a_letter_is_held():
    from triplehelix.config import settings as ours

    assert timedelta(seconds=12 * ours.EMAIL_TIMEOUT) < actions.HOLD
