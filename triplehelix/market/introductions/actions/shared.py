"""What every writer of introductions does: lock, see which side acts, write one row of the trail."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.introductions import reasons
from triplehelix.market.introductions.access import ACHIEVEMENT, MANAGER, NEED
from triplehelix.market.introductions.models import Introduction
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid, Rule, clean, long, short
from triplehelix.records.steps import acts
from triplehelix.records.steps.actions import Refused, take

__all__ = ["Refused", "clean", "day", "fields", "go", "hold", "long", "reason", "saved", "short", "side_of", "tell"]

KIND = Introduction.kind
#: Subject and body of a letter.
Words = Callable[[], tuple[str, str]]
RELATED = ("need__organisation", "achievement__organisation", "manager", "invited_by")


def hold(
    introduction: Introduction, actor: Account | None, now: datetime, *, by: Collection[str], seen: int,
    states: Collection[str] = (),
) -> Introduction:  # fmt: skip
    """The introduction as it now stands, locked, with its sides at hand. Raises Refused."""
    return acts.locked(introduction, actor, now, by=by, seen=seen, states=states, related=RELATED)


def saved(
    introduction: Introduction, verb: str, actor: Account | None, now: datetime, data: Mapping[str, Any] | None = None,
    why: str = "",
) -> Introduction:  # fmt: skip
    """Save with the next version and the moment it moved, and say so in the trail."""
    introduction.moved_at = now
    return acts.saved(introduction, verb, actor, now, data, why)


def go(introduction: Introduction, step: str, actor: Account | None, now: datetime, note: str = "") -> Introduction:
    """Take a step of an introduction that this transaction holds locked."""
    return take(case=introduction, step=step, actor=actor, now=now, seen_version=introduction.version, note=note)


def tell(introduction: Introduction, what: str, words: Words, actor: Account, now: datetime) -> None:
    """A letter to both sides and their manager, but to whoever did it; `words` are asked in each reader's language."""
    acts.tell(introduction, what, (NEED, ACHIEVEMENT, MANAGER), words, now, but=actor)


def side_of(introduction: Introduction, actor: Account | None, now: datetime, among: Collection[str] = ()) -> str:
    """For which side somebody acts: need, achievement or manager. Raises Refused for somebody of neither."""
    held = introduction.relations_of(actor, now)
    for side in (NEED, ACHIEVEMENT, MANAGER):
        if side in held and (not among or side in among):
            return side
    raise Refused(_("您无权办理这一步"))


def reason(code: str, now: datetime) -> reasons.Reason:
    """The reason chosen. Raises Invalid at `reason` for none, or for one not in force."""
    for one in reasons.offered(timezone.localdate(now)):
        if one.code == code:
            return one
    raise Invalid({"reason": _("请选择八类原因之一")})


def fields(rules: Mapping[str, Rule], values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Values fit to be stored. Raises Invalid with every wrong field at once."""
    return clean(rules, values, on=timezone.localdate(now))


def day(*, needed: bool) -> Rule:
    """A day that has come already."""

    def rule(value: date | None, on: date) -> date | None:
        if value is None and needed:
            raise ValueError(_("请填写日期"))
        if value is not None and value > on:
            raise ValueError(_("日期还没有到"))
        return value

    return rule
