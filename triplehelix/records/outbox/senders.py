"""How a message leaves the house: by e-mail, or as a file where there is no mail server."""

import smtplib
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from triplehelix.records.outbox.models import Message

PERMANENT = range(500, 600)


class Undeliverable(Exception):
    """The receiving side said no for good: trying again would not help."""


Sender = Callable[[Message], None]


def _letter(message: Message) -> EmailMessage:
    return EmailMessage(
        subject=message.subject,
        body=message.body,
        to=[message.to],
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
    )


def by_email(message: Message) -> None:
    """Hand the message to the mail server of the settings.

    Raises Undeliverable when the server refuses this receiver or this letter for good (5xx), and what smtplib or the
    socket raises otherwise: a refused greeting, login or sender is the operator's mistake, and worth trying again.
    """
    letter = _letter(message)
    letter.connection = get_connection(fail_silently=False)
    try:
        letter.send(fail_silently=False)
    except smtplib.SMTPRecipientsRefused as why:
        code, said = next(iter(why.recipients.values()))
        if code in PERMANENT:
            raise Undeliverable(f"{code} {_words(said)}") from why
        raise
    except smtplib.SMTPDataError as why:
        if why.smtp_code in PERMANENT:
            raise Undeliverable(f"{why.smtp_code} {_words(why.smtp_error)}") from why
        raise


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
