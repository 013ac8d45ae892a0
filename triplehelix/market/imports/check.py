"""Reading a sheet without writing anything: rows fit to land, and every wrong cell."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.sheet import RowError, Table
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.imports.columns import SCHEMAS
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.models import Organisation

MODELS: dict[str, type[Listing]] = {"market.need": Need, "market.achievement": Achievement}
LEAST_TEXT = 30


@dataclass(frozen=True)
class Reading:
    """What a sheet holds: `rows` are (row number as the user sees it, values), `errors` all wrong cells."""

    rows: list[tuple[int, dict[str, Any]]]
    errors: list[RowError]


def read(
    table: Table,
    *,
    what: str,
    publish: bool,
    own: Organisation | None,
    now: datetime,
    progress: Callable[[int], None] = lambda done: None,
) -> Reading:
    """Check every row against the columns, against each other, and against what is stored. Writes nothing."""
    checked = SCHEMAS[what](timezone.localdate(now)).check(table, progress=progress)
    good = [(record.number, record.values) for record in checked.records]
    every = sorted([*good, *((record.number, record.values) for record in checked.partial)], key=lambda row: row[0])
    errors = [
        *checked.errors,
        *_twice(every),
        *_stored(MODELS[what], every),
        *_foreign(every, own),
        *(_thin(every) if publish else ()),
    ]
    return Reading(good, sorted(errors, key=lambda e: (e.row, e.column)))


def _twice(rows: Iterable[tuple[int, dict[str, Any]]]) -> Iterable[RowError]:
    seen: dict[tuple[Any, Any], int] = {}
    for row, values in rows:
        key = (values.get("uscc"), values.get("number"))
        if all(key) and (first := seen.setdefault(key, row)) != row:
            yield RowError(
                row, "编号", _("编号 %(number)s 与第 %(row)d 行重复") % {"number": key[1], "row": first}, "twice"
            )


def _stored(model: type[Listing], rows: list[tuple[int, dict[str, Any]]]) -> Iterable[RowError]:
    codes = {values["uscc"] for _row, values in rows if values.get("uscc")}
    taken = set(
        model._default_manager.filter(organisation__uscc__in=codes)
        .exclude(number="")
        .values_list("organisation__uscc", "number")
    )
    for row, values in rows:
        if (values.get("uscc"), values.get("number")) in taken:
            number = values["number"]
            yield RowError(
                row, "编号", _("编号 %(number)s 已经在系统里；要修改请到那一条去改") % {"number": number}, "stored"
            )


def _foreign(rows: Iterable[tuple[int, dict[str, Any]]], own: Organisation | None) -> Iterable[RowError]:
    if own is None:
        return
    for row, values in rows:
        if values.get("uscc") and values["uscc"] != own.uscc:
            yield RowError(
                row, "统一社会信用代码", _("您只能导入本单位（%(uscc)s）的内容") % {"uscc": own.uscc}, "foreign"
            )


def _thin(rows: Iterable[tuple[int, dict[str, Any]]]) -> Iterable[RowError]:
    for row, values in rows:
        if 0 < len(values.get("text") or "") < LEAST_TEXT:
            yield RowError(row, "内容", _("要直接发布，内容至少 %(least)d 个字") % {"least": LEAST_TEXT}, "thin")
