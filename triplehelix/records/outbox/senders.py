"""How a message leaves the house: by e-mail, or as a file where there is no mail server."""

import smtplib
from collections.abc import Callable
from contextlib import suppress
from email.utils import formataddr, parseaddr
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

from triplehelix.records.outbox.models import Message

PERMANENT = range(500, 600)


class Undeliverable(Exception):
    """The receiving side said no for good: trying again would not help."""


class Away(Exception):
    """The mail server takes no letter at all: it does not answer, has no certificate we trust, or refuses who we are.
    It would say the same to every other letter."""


Sender = Callable[[Message], None]


def _letter(message: Message) -> EmailMessage:
    headers = {"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"}
    if message.leave:
        # Mail programs show a button that opens the page, which asks; none of ours is done by a form of another site
        # (so no List-Unsubscribe-Post).
        headers["List-Unsubscribe"] = f"<{message.leave}>"
    return EmailMessage(
        subject=message.subject, body=message.body, from_email=sent_from(), to=[message.to], headers=headers
    )


def sent_from() -> str:
    """EMAIL_FROM, with the site's name before an address that stands alone: it is what a list of letters shows."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name or settings.SITE_NAME, address))


def by_email(message: Message) -> None:
    """Hand the message to the mail server of the settings.

    Raises Undeliverable when the server refuses this receiver or this letter for good (5xx), Away when it takes none
    (a refused login or sender is the operator's mistake, and worth trying again), and what smtplib or the socket raises
    otherwise.
    """
    letter = _letter(message)
    letter.connection = _opened()
    try:
        letter.send(fail_silently=False)
    except smtplib.SMTPSenderRefused as why:
        raise Away(f"{why.smtp_code} {_words(why.smtp_error)} ({why.sender})") from why
    except smtplib.SMTPRecipientsRefused as why:
        code, said = next(iter(why.recipients.values()))
        if code in PERMANENT:
            raise Undeliverable(f"{code} {_words(said)}") from why
        raise
    except smtplib.SMTPDataError as why:
        if why.smtp_code in PERMANENT:
            raise Undeliverable(f"{why.smtp_code} {_words(why.smtp_error)}") from why
        raise
    finally:
        # Taken is taken, however the server says good-bye.
        with suppress(OSError):
            letter.connection.close()


def _opened() -> BaseEmailBackend:
    """A connection that is greeted, enciphered and signed in. Raises Away."""
    connection = get_connection(fail_silently=False)
    try:
        connection.open()
        if isinstance(connection, EmailBackend) and connection.connection is not None:
            connection.connection.ehlo_or_helo_if_needed()  # smtplib leaves it to the first letter
    except (OSError, ValueError) as why:  # smtplib's are OSErrors; a login that is not ASCII is a ValueError
        with suppress(OSError):
            connection.close()
        raise Away(f"{type(why).__name__}: {why}") from why
    return connection


def _words(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said


def to_file(message: Message) -> None:
    """Write the message as VAR/outbox/<number>.eml; written again, it is the same file."""
    folder = Path(settings.VAR) / "outbox"
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{message.pk}.part"
    part.write_bytes(_letter(message).message().as_bytes())
    part.replace(folder / f"{message.pk}.eml")


SENDERS: dict[str, Sender] = {"email": by_email, "file": to_file}


def sender() -> Sender:
    """The sender of OUTBOX_SENDER."""
    return SENDERS[settings.OUTBOX_SENDER]
