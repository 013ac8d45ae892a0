"""What a step of an introduction changes beside its state."""

from datetime import datetime

from django.utils import timezone

from triplehelix.market.introductions import terms
from triplehelix.market.introductions.models import Introduction
from triplehelix.records.parties.models import Account


def touch(introduction: Introduction, actor: Account | None, now: datetime) -> None:
    """Something has moved: the introduction does not count as stuck."""
    introduction.moved_at = now


def open_contacts(introduction: Introduction, actor: Account | None, now: datetime) -> None:
    """From here on the two sides see each other's contact."""
    introduction.accepted_at = now


def ask(introduction: Introduction, actor: Account | None, now: datetime) -> None:
    """Asked once more: a new term to answer."""
    introduction.times_asked += 1
    introduction.asked_at = now
    introduction.answer_by = terms.answer_by(timezone.localdate(now))


def end(introduction: Introduction, actor: Account | None, now: datetime) -> None:
    """Nothing more is to come of it."""
    introduction.ended_at = now
