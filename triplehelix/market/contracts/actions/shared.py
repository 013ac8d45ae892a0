"""What every writer of sales does: lock, look who asks, write one row of the trail, read lines of text."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from triplehelix.foundation.calendar import MissingYear
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.contracts.guards import decided
from triplehelix.market.contracts.models import Publication, Sale
from triplehelix.market.listings.rules import MOST_FEN
from triplehelix.records.evidence.models import File
from triplehelix.records.lines import as_number, line
from triplehelix.records.parties.models import Account
from triplehelix.records.steps import acts
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail import actions as trail

__all__ = [
    "MOST_FEN",
    "as_decided",
    "as_number",
    "go",
    "line",
    "locked",
    "locked_achievement",
    "paper",
    "price",
    "record_publication",
    "saved",
    "shown_end",
]

KIND = "market.publication"


def locked_achievement(achievement: int) -> Achievement:
    """The achievement of this number, locked: sales of it are opened and signed one after the other. It is locked
    before any of its sales."""
    rows = Achievement.objects.select_for_update(of=("self",)).select_related("organisation")
    return rows.get(pk=achievement)


def locked(sale: Sale, actor: Account | None, now: datetime, *, by: set[str], seen: int, states: set[str]) -> Sale:
    """The sale as it now stands, locked, with its parties. Raises Refused."""
    related = ("achievement", "seller", "buyer")
    return acts.locked(sale, actor, now, by=by, seen=seen, states=states, related=related)


def saved(
    sale: Sale, verb: str, actor: Account | None, now: datetime, data: Mapping[str, Any] | None = None, why: str = ""
) -> Sale:
    """Save with the next version and the day of the change, and say so in the trail."""
    sale.changed_at = now
    return acts.saved(sale, verb, actor, now, data, why)


def go(sale: Sale, step: str, actor: Account | None, now: datetime, note: str = "") -> Sale:
    """Take a step of a sale that this transaction holds locked."""
    return take(case=sale, step=step, actor=actor, now=now, seen_version=sale.version, note=note)


def as_decided(sale: Sale, *methods: str) -> None:
    """Only what the seller has proposed is published. Raises Refused."""
    if (why := decided(sale, *methods)) is not None:
        raise Refused(why)


def record_publication(public: Publication, actor: Account | None, now: datetime) -> None:
    """Say in the trail what was made public, at which price and for which days."""
    data = {
        "sale": public.sale_id, "method": public.method, "name": public.name, "fen": public.price_fen,
        "first": str(public.first), "last": str(public.last),
    }  # fmt: skip
    trail.record(kind=KIND, id=str(public.pk), verb="publish", actor=actor, now=now, data=data)


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
