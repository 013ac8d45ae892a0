"""What a visit brings, as the form and the API hand it over, and what may stand in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from triplehelix.market.listings.rules import MOST_FEN, clean, day_to_come, unmarked
from triplehelix.market.visits.models import Ask
from triplehelix.records.parties.models import Organisation
from triplehelix.records.parties.rules import Invalid, Rule, long, phone, short

#: A visit is recorded soon after; a day further back is a slip of the pen.
OLDEST = timedelta(days=366)
MOST_PEOPLE = 10_000


@dataclass(frozen=True)
class Given:
    """One visit. `organisation` or, for a firm not yet registered, `uscc` and `name`. `need` are values of a need,
    `talent` and `finance` of an ask (text, post, count, level · amount_fen, purpose · needed_by); None: there is none.
    `hand_in` asks to publish the need at once."""

    organisation: Organisation | None
    visited_on: date
    uscc: str = ""
    name: str = ""
    met_name: str = ""
    met_phone: str = ""
    about: str = ""
    need: Mapping[str, Any] | None = None
    talent: Mapping[str, Any] | None = None
    finance: Mapping[str, Any] | None = None
    hand_in: bool = False

    def as_data(self) -> dict[str, Any]:
        """All of it as plain data, for the fingerprint of what was sent; the firm by its code, which is the same before
        and after it is registered."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "organisation"}
        return plain | {"uscc": self.organisation.uscc if self.organisation else self.uscc}


def _count(value: int | None, on: date) -> int | None:
    if value is not None and not 1 <= value <= MOST_PEOPLE:
        raise ValueError(_("人数应在 1 到 %(most)d 之间") % {"most": MOST_PEOPLE})
    return value


def _amount(value: int | None, on: date) -> int | None:
    if value is not None and not 1 <= value <= MOST_FEN:
        raise ValueError(_("金额应大于零、不超过 1000 亿元"))
    return value


def _visited(value: date, on: date) -> date:
    if value > on:
        raise ValueError(_("走访日期还没有到"))
    if value < on - OLDEST:
        raise ValueError(_("走访日期太早：只补记一年以内的走访"))
    return value


VISIT: Mapping[str, Rule] = {
    "visited_on": _visited, "met_name": short(40), "met_phone": phone, "about": unmarked(long(2000)),
}  # fmt: skip
ASK: dict[str, Rule] = {"text": unmarked(long(2000)), "needed_by": day_to_come}
ASKS: Mapping[str, Mapping[str, Rule]] = {
    Ask.TALENT: {**ASK, "post": short(120), "count": _count, "level": short(120)},
    Ask.FINANCE: {**ASK, "amount_fen": _amount, "purpose": short(120)},
}


def cleaned(given: Given, on: date) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The visit's own values and those of its asks. Raises Invalid with every wrong field at once."""
    errors: dict[str, str] = {}
    said: dict[str, Any] = {}
    try:
        said = clean(VISIT, {name: getattr(given, name) for name in VISIT}, on=on)
    except Invalid as why:
        errors |= why.errors
    asks = []
    for what, rules in ASKS.items():
        values = getattr(given, what)
        if values is None:
            continue
        try:
            made = clean(rules, values, on=on)
        except Invalid as why:
            errors |= {f"{what}_{name}": message for name, message in why.errors.items()}
            continue
        if not made.get("text"):
            errors[f"{what}_text"] = _("请写清楚要什么")
        asks.append(made | {"what": what})
    if given.need is None and not asks and not errors and not said.get("about"):
        errors["about"] = _("这次走访什么也没有记：请写一项诉求，或写走访情况")
    if errors:
        raise Invalid(errors)
    return said, asks
