"""Hearing what became of pairs: answers to introductions and signed contracts are words about a pair."""

from collections.abc import Sequence

from django.utils import timezone

from triplehelix.market.contracts.models import Sale
from triplehelix.market.introductions import reasons
from triplehelix.market.introductions.models import Introduction
from triplehelix.market.introductions.states import RUNNING
from triplehelix.matching.feedback import actions
from triplehelix.matching.feedback.models import Judgement

NAME = "feedback"
KINDS = (Introduction.kind, Sale.kind)
#: Both accepted: fairly strong. Terms agreed, or a contract: strong.
ACCEPTED, AGREED = 3, 4
SIGNED = frozenset({"signed", "registering", "registered", "rewarding", "reward_objected", "following", "closed"})
UNDONE = frozenset({"terminated", "withdrawn", "revoked"})


def handle(subjects: Sequence[tuple[str, str]]) -> None:
    """Called inside the transaction that marks them read; reads each as it stands now."""
    for kind, id in subjects:
        if kind == Introduction.kind:
            _introduction(int(id))
        else:
            _sale(int(id))


def _introduction(pk: int) -> None:
    found = Introduction.objects.select_related("need", "achievement").filter(pk=pk).first()
    if found is None:
        return
    level, reason = level_of(found)
    if level is not None:
        actions.say(
            need=found.need, achievement=found.achievement, level=level, source="introduction",
            voice=f"introduction:{pk}", reason=reason, now=timezone.now(),
        )  # fmt: skip


def level_of(introduction: Introduction) -> tuple[int | None, str]:
    """What an introduction says of its pair as it stands, and by which reason; None says nothing."""
    if introduction.state == "agreed":
        return AGREED, "agreed"
    if introduction.state in RUNNING:
        return ACCEPTED, "accepted"
    code = {"declined": introduction.decline_reason, "broken_off": introduction.break_reason}.get(introduction.state)
    return (reasons.levels().get(code), code) if code else (None, "")


def _sale(pk: int) -> None:
    sale = Sale.objects.select_related("need", "achievement").filter(pk=pk, need__isnull=False).first()
    if sale is None or sale.need is None:
        return
    voice = f"sale:{pk}"
    is_signed = sale.state in SIGNED
    if is_signed or (sale.state in UNDONE and Judgement.objects.filter(voice=voice).exists()):
        actions.say(
            need=sale.need, achievement=sale.achievement, level=AGREED if is_signed else None, source="sale",
            voice=voice, reason="signed" if is_signed else sale.state, now=timezone.now(),
        )  # fmt: skip
