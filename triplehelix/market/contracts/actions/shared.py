"""What every writer of sales does: lock, look who asks, write one row of the trail, read lines of text."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from triplehelix.foundation.calendar import MissingYear
from triplehelix.market.contracts.models import Sale
from triplehelix.market.listings.rules import Invalid
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import Refused, relations, take
from triplehelix.records.trail import actions as trail

__all__ = ["Invalid", "go", "line", "locked", "saved", "shown_end"]

KIND = Sale.kind
MOST_FEN = 10**13


def locked(sale: Sale, actor: Account | None, now: datetime, *, by: set[str], seen: int, states: set[str]) -> Sale:
    """The sale as it now stands, locked. Raises Refused: changed since it was seen, not for this person, not now."""
    held = Sale.objects.select_for_update(of=("self",)).select_related("achievement", "seller", "buyer").get(pk=sale.pk)
    if held.version != seen:
        raise Refused(_("别人刚刚办理过这一件，请先看最新情况"))
    if not relations(held, actor, now) & (by | {"system"}):
        raise Refused(_("您无权办理这一步"))
    if states and held.state not in states:
        raise Refused(_("现在是“%(state)s”，不能这样办") % {"state": held.workflow.state(held.state).label})
    return held


def saved(
    sale: Sale, verb: str, actor: Account | None, now: datetime, data: Mapping[str, Any] | None = None, why: str = ""
) -> Sale:
    """Save with the next version, and say so in the trail."""
    sale.version += 1
    sale.changed_at = now
    sale.save()
    said = {"version": sale.version, **(data or {})}
    trail.record(kind=KIND, id=str(sale.pk), verb=verb, actor=actor, now=now, data=said, why=why)
    return sale


def go(sale: Sale, step: str, actor: Account | None, now: datetime, note: str = "") -> Sale:
    """Take a step of a sale that this transaction holds locked."""
    return take(case=sale, step=step, actor=actor, now=now, seen_version=sale.version, note=note)


def line(text: str, label: str, most: int, errors: dict[str, str], key: str, *, must: bool = True) -> str:
    """One line of text, blanks evened out; what is wrong with it goes to `errors`."""
    found = " ".join(text.replace("\x00", "").split())
    if must and not found:
        errors[key] = _("请填写%(what)s") % {"what": label}
    elif len(found) > most:
        errors[key] = _("%(what)s最多 %(most)d 个字") % {"what": label, "most": most}
    return found


def price(fen: int | None, errors: dict[str, str], key: str) -> int:
    """An amount above zero and below what a slip of the unit makes of it."""
    if fen is None or not 0 < fen <= MOST_FEN:
        errors[key] = _("金额应大于零、不超过 1000 亿元")
    return fen or 0


def paper(file: File | None, errors: dict[str, str], key: str, what: str) -> None:
    """Something is proven by a paper, or not at all."""
    if file is None:
        errors[key] = _("请上传%(what)s") % {"what": what}


def shown_end(value: Any, first: Any) -> Any:
    """The last day of a period. Raises Refused when next year's calendar is not there yet."""
    try:
        return value.end(first)
    except MissingYear as why:
        raise Refused(why.message) from why
