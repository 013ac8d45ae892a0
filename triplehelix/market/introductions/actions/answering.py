"""Accepting, declining with a reason, breaking off with one."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from triplehelix.market.introductions.access import ACHIEVEMENT, ASKED, MANAGER, NEED
from triplehelix.market.introductions.actions.shared import fields, go, hold, reason, saved, short, side_of
from triplehelix.market.introductions.guards import both_known, both_there
from triplehelix.market.introductions.models import WORDS_LENGTH, Introduction
from triplehelix.market.introductions.reasons import Reason
from triplehelix.market.introductions.states import RUNNING, WAITING
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import Refused

__all__ = ["accept", "break_off", "decline"]
RULES = {"words": short(500)}
assert WORDS_LENGTH >= 500


@transaction.atomic
def accept(*, introduction: Introduction, actor: Account, now: datetime, seen_version: int) -> Introduction:
    """A side accepts. When the last one has, both see each other's contact. Raises Refused."""
    held = hold(introduction, actor, now, by={ASKED}, seen=seen_version, states=WAITING)
    for guard in (both_there, both_known):
        if problem := guard(held, actor, now):
            raise Refused(problem)
    side = side_of(held, actor, now, held.unanswered_sides)
    setattr(held, f"{side}_accepted_at", now)
    if held.unanswered_sides:
        return saved(held, "accept_one", actor, now, {"side": side})
    held.save(update_fields=[f"{side}_accepted_at"])
    return go(held, "accept", actor, now)


@transaction.atomic
def decline(
    *, introduction: Introduction, reason_code: str, words: str = "", actor: Account, now: datetime, seen_version: int
) -> Introduction:
    """A side declines, with one of the eight reasons; the reason goes back to who invited. Raises Refused, Invalid at
    `reason`, `words`."""
    held = hold(introduction, actor, now, by={ASKED}, seen=seen_version, states=WAITING)
    why, cleaned = reason(reason_code, now), fields(RULES, {"words": words}, now)
    held.declined_by_side = side_of(held, actor, now, held.unanswered_sides)
    held.decline_reason, held.decline_words = why.code, cleaned["words"]
    held.save(update_fields=["declined_by_side", "decline_reason", "decline_words"])
    return go(held, "decline", actor, now, _said(why, cleaned["words"]))


@transaction.atomic
def break_off(
    *, introduction: Introduction, reason_code: str, words: str = "", actor: Account, now: datetime, seen_version: int
) -> Introduction:
    """Talks end without terms, for one of the same reasons. Raises Refused, Invalid at `reason`, `words`."""
    held = hold(introduction, actor, now, by={NEED, ACHIEVEMENT, MANAGER}, seen=seen_version, states=RUNNING)
    why, cleaned = reason(reason_code, now), fields(RULES, {"words": words}, now)
    held.broken_by_side = side_of(held, actor, now)
    held.break_reason, held.break_words = why.code, cleaned["words"]
    held.save(update_fields=["broken_by_side", "break_reason", "break_words"])
    return go(held, "break_off", actor, now, _said(why, cleaned["words"]))


def _said(why: Reason, words: str) -> str:
    return _("%(reason)s。%(words)s") % {"reason": why.label, "words": words} if words else why.label
