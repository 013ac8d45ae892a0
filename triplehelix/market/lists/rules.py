"""What a list is by the city's reference data: its kinds and whose entries they hold, and the days of its terms."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from triplehelix.foundation.codes import CodeError, CodeList
from triplehelix.market.lists.period import Period
from triplehelix.records.parties import reference
from triplehelix.records.parties.rules import Invalid

__all__ = ["SCOPES", "Kind", "Terms", "Wanted", "city_name", "kind_of", "kinds", "place_name", "terms"]
SCOPES = ("city", "chain", "unit")


@dataclass(frozen=True, slots=True)
class Kind:
    """`name` 企业需求清单, `short` 需求清单 (in the number), `types` of organisations whose entries it holds."""

    code: str
    name: str
    short: str
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """Calendar days. `confirmed_within`: an entry confirmed longer ago stays out; `ask_before`: the owner is asked
    that long before; `ask_again`: nobody is asked twice within."""

    confirmed_within: int
    ask_before: int
    ask_again: int


#: The codes of list_terms.
DAYS = tuple(one.name for one in fields(Terms))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which list. `scope` city, chain or unit; `place` the code of the chain or unit, empty for the city."""

    kind: str
    scope: str
    place: str
    period: Period


def kinds() -> CodeList:
    """The kinds of lists the city has. Raises BadReference."""
    return reference.code_list_with("list_kinds", {"short": str, "types": list})


def kind_of(code: str) -> Kind:
    """Raises KeyError for a kind the city does not have."""
    entry = kinds()[code]
    return Kind(code, entry.name, str(entry.more["short"]), tuple(entry.more["types"]))


def terms() -> Terms:
    """The days in force, from the pack (list_terms): proposals of the platform, not words of the policy."""
    listed = reference.code_list_with("list_terms", {"days": int}, DAYS)
    return Terms(*(int(listed[name].more["days"]) for name in DAYS))


def city_name() -> str:
    """The city of the pack: the one region without another above it."""
    return next(entry.name for entry in reference.regions() if not entry.parent)


def place_name(scope: str, place: str) -> str:
    """How the scope is named in a title: 澄湖市, 澄湖市有色金属产业链, 谷阳县."""
    if scope == "chain":
        return f"{city_name()}{reference.chains().label(place)}产业链"
    return reference.units().label(place) if scope == "unit" else city_name()


def wanted(given: Mapping[str, Any], on: date) -> Wanted:
    """The list asked for by words of a form or an address. Raises Invalid with a message at each wrong field."""
    errors: dict[str, str] = {}
    kind, scope, place = (str(given.get(name, "")).strip() for name in ("kind", "scope", "place"))
    if kind not in kinds():
        errors["kind"] = _("请选择清单种类")
    if scope not in SCOPES:
        errors["scope"] = _("请选择范围：全市、一条产业链，或一个县（市区）、开发区")
    elif scope == "city":
        place = ""
    else:
        try:
            codes = reference.chains() if scope == "chain" else reference.units()
            place = codes.get(place, on=on).code if place else ""
        except CodeError as why:
            errors["place"] = why.message
        else:
            if not place:
                errors["place"] = _("请选择产业链") if scope == "chain" else _("请选择县（市区）或开发区")
    period = None
    try:
        period = Period.parse(str(given.get("period", "")))
    except ValueError as why:
        errors["period"] = str(why)
    else:
        if late := _out_of_time(period, on):
            errors["period"] = late
    if errors or period is None:
        raise Invalid(errors)
    return Wanted(kind, scope, place, period)


def _out_of_time(period: Period, on: date) -> str:
    """A list says what holds now: not of a period that has not begun, nor of one long over."""
    days = terms().confirmed_within
    if period.first > on:
        return _("%(period)s还没有开始，不能发布；请选择本期或上一期") % {"period": period.label}
    if (on - period.last).days > days:
        said = {"period": period.label, "days": days}
        return _("%(period)s结束已超过 %(days)d 天，现在的内容不再是那一期的；请选择本期或上一期") % said
    return ""
