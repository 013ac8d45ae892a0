"""A message leaves with its cause, once where all goes well, again where it does not; against a real SMTP server."""

import email
import socket
from datetime import timedelta
from email import policy
from io import StringIO

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.core.exceptions import ValidationError
from django.core.mail.backends.smtp import EmailBackend
from django.core.management import call_command
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.records.cases import Thread
from tests.records.conftest import NOW
from triplehelix.records.outbox import actions, senders, tasks
from triplehelix.records.outbox.models import Message


def tell(to="clerk@example.com", subject="需求已发布", body="您好：\n需求已经发布。\n", **more):
    return actions.tell(
        kind="test", to=to, subject=subject, body=body, cause_kind="market.need", cause_id="7", now=NOW, **more
    )


class Post:
    """A mail server on loopback that keeps what it takes; `answers` are said before it takes anything again."""

    def __init__(self):
        self.letters, self.answers = [], []

    async def handle_DATA(self, server, session, envelope):
        if self.answers:
            return self.answers.pop(0)
        self.letters.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"


class Server(Controller):
    def factory(self):
        return SMTP(self.handler, enable_SMTPUTF8=True, loop=self.loop)


@pytest.fixture
def post(settings):
    made = Post()
    with socket.socket() as probe:  # the controller cannot be given port 0
        probe.bind(("127.0.0.1", 0))
        host, port = probe.getsockname()
    server = Server(made, hostname=host, port=port)
    server.start()
    settings.OUTBOX_SENDER = "email"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = host, port, 5
    made.server = server
    yield made
    if made.server is not None:
        made.server.stop()


@pytest.fixture
def files(settings, tmp_path):
    settings.OUTBOX_SENDER, settings.VAR = "file", tmp_path
    return tmp_path / "outbox"


def send_all(now=NOW):
    count = 0
    while actions.send_next(now=now):
        count += 1
    return count


@pytest.mark.django_db
def test_a_message_arrives_as_it_was_written(post):
    message = tell(subject="标题\n带换行 🙂")
    assert send_all() == 1
    letter = post.letters[0]
    assert (letter["To"], letter["Subject"], letter["Message-ID"]) == (message.to, "标题 带换行 🙂", message.message_id)
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content().replace("\r\n", "\n") == message.body
    message.refresh_from_db()
    assert (message.state, message.sent_at, message.attempts) == ("sent", NOW, 1)
    assert send_all(NOW + timedelta(days=1)) == 0
    assert len(post.letters) == 1


@pytest.mark.django_db
def test_a_message_whose_cause_did_not_happen_does_not_exist(post):
    with pytest.raises(RuntimeError), transaction.atomic():
        tell()
        raise RuntimeError
    assert send_all() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("to", ["", "clerk", "a@b\nBcc: c@example.com"])
def test_what_is_no_address_is_refused(to):
    with pytest.raises(ValidationError):
        tell(to=to)


@pytest.mark.django_db
def test_a_server_that_is_busy_is_asked_again_later(post):
    post.answers = ["451 busy", "421 going down"]
    message = tell()
    assert send_all() == 1
    message.refresh_from_db()
    assert (message.state, message.attempts, message.next_try) == ("queued", 1, NOW + timedelta(minutes=1))
    assert "busy" in message.last_error
    assert send_all() == 0  # not before its time
    assert send_all(NOW + timedelta(minutes=1)) == 1
    assert send_all(NOW + timedelta(minutes=3)) == 1
    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == ("sent", 3, "")
    assert [letter["Message-ID"] for letter in post.letters] == [message.message_id]


@pytest.mark.django_db
def test_a_server_that_is_down_fails_the_message_in_the_end(post, caplog):
    message = tell()
    post.server.stop()
    post.server = None
    now = NOW
    for wait in actions.WAITS:
        assert send_all(now) == 1
        now += timedelta(minutes=wait)
    assert send_all(now) == 1
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("failed", actions.TRIES)
    assert f"通知 {message.pk} 试了 {actions.TRIES} 次仍未发出" in caplog.text
    assert send_all(now + timedelta(days=9)) == 0
    assert actions.retry_failed(message=message, now=now).state == "queued"


@pytest.mark.django_db
def test_what_did_not_go_out_is_listed_and_sent_again(post):
    message = tell(to="nobody@example.com")
    send_all()
    said = StringIO()
    call_command("outbox", stdout=said)
    assert "没有发出去 1 封" in said.getvalue() and "nobody@example.com" in said.getvalue()
    assert "550 no such user" in said.getvalue()
    call_command("outbox", "--retry", stdout=said)
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 0)
    call_command("outbox", stdout=said)
    assert said.getvalue().endswith("等待发送 1 封，没有发出去 0 封\n")


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["recipient", "content"])
def test_a_refusal_for_good_is_not_repeated(post, how):
    message = tell(to="nobody@example.com" if how == "recipient" else "clerk@example.com")
    post.answers = ["554 we do not want this"]
    send_all()
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("failed", 1)
    assert message.last_error.startswith("55")


@pytest.mark.django_db
def test_a_refused_sender_is_the_operators_mistake_and_tried_again(post, monkeypatch):
    message = tell()
    monkeypatch.setattr(Post, "handle_MAIL", refused_sender, raising=False)
    send_all()
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 1)


async def refused_sender(*_given):
    return "550 sender not allowed"


@pytest.mark.django_db
def test_one_refused_message_does_not_hold_up_the_next(post):
    tell(to="nobody@example.com")
    tell()
    assert send_all() == 2
    assert [letter["To"] for letter in post.letters] == ["clerk@example.com"]


class DiesAfterSending(EmailBackend):
    """The process is killed when the mail server has taken the letter and nobody has noted it down."""

    def send_messages(self, messages):
        super().send_messages(messages)
        raise SystemExit("killed")


@pytest.mark.django_db(transaction=True)
def test_killed_between_sending_and_noting_it_is_sent_again_under_the_same_id(post, settings):
    message = tell()
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.DiesAfterSending"
    with pytest.raises(SystemExit):
        actions.send_next(now=NOW)
    settings.EMAIL_BACKEND = backend
    message.refresh_from_db()
    assert message.state == "queued"
    assert send_all() == 0  # nobody touches it while its sender may still live
    assert send_all(NOW + actions.HOLD) == 1
    assert [letter["Message-ID"] for letter in post.letters] == [message.message_id] * 2
    message.refresh_from_db()
    assert message.state == "sent"


@pytest.mark.django_db(transaction=True)
def test_a_sender_that_was_too_slow_does_not_overwrite_what_the_next_one_noted(files, monkeypatch):
    """Taken over after HOLD: the first says at last that it failed, and the message stays sent."""
    message = tell()

    def slow(_message):
        monkeypatch.undo()
        assert actions.send_next(now=NOW + actions.HOLD)
        raise OSError("timed out")

    monkeypatch.setitem(senders.SENDERS, "file", slow)
    assert actions.send_next(now=NOW)
    message.refresh_from_db()
    assert (message.state, message.last_error, message.attempts) == (Message.SENT, "", 2)


@pytest.mark.django_db(transaction=True)
def test_many_senders_send_each_message_once(post):
    for n in range(24):
        tell(to=f"clerk{n}@example.com")
    assert sum(thread.result() for thread in [Thread(send_all) for _ in range(4)]) == 24
    assert sorted(letter["To"] for letter in post.letters) == sorted(f"clerk{n}@example.com" for n in range(24))
    assert set(Message.objects.values_list("state", "attempts")) == {("sent", 1)}


@pytest.mark.django_db
def test_without_a_mail_server_messages_are_files(files):
    message = tell()
    assert send_all() == 1
    assert [path.name for path in files.iterdir()] == [f"{message.pk}.eml"]
    letter = email.message_from_bytes((files / f"{message.pk}.eml").read_bytes(), policy=policy.default)
    assert (letter["To"], letter["Subject"]) == (message.to, message.subject)


@pytest.mark.django_db
def test_a_secret_body_is_erased_once_it_is_sent(files):
    message, plain = tell(secret=True), tell()
    send_all()
    message.refresh_from_db()
    plain.refresh_from_db()
    assert (message.body, bool(plain.body)) == ("", True)


@pytest.mark.django_db(transaction=True)
def test_a_committed_message_wakes_a_worker_and_the_task_sends_it(files):
    with connection.cursor() as cursor:  # no models of ours: nothing empties the queue between tests
        cursor.execute("DELETE FROM procrastinate_jobs")
    with transaction.atomic():
        tell()
        tell()
        assert not ProcrastinateJob.objects.exists()
    assert [job.task_name for job in ProcrastinateJob.objects.all()] == ["outbox.send_due"]
    tasks.send_due()
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.django_db(transaction=True)
def test_the_letters_of_one_act_ask_for_a_worker_once_also_after_a_part_was_taken_back(files):
    asked = []

    def count(execute, sql, params, many, context):
        asked.append("procrastinate_defer" in str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count), transaction.atomic():
        with pytest.raises(LookupError), transaction.atomic():
            tell(to="first@example.com")
            raise LookupError
        with transaction.atomic():
            tell()
        for _n in range(3):
            tell()
    assert asked.count(True) == 1
    assert Message.objects.count() == 4
    assert ProcrastinateJob.objects.get().task_name == tasks.send_due.name


@pytest.mark.django_db
def test_sent_messages_are_forgotten_in_time_and_others_are_kept(files):
    old, queued = tell(), tell()
    Message.objects.filter(pk=old.pk).update(state="sent", sent_at=NOW - timedelta(days=200))
    assert actions.forget_sent(before=NOW - timedelta(days=180)) == 1
    assert list(Message.objects.all()) == [queued]
