"""Reading a sheet without writing anything: rows fit to land, and every wrong cell."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from triplehelix.foundation.sheet import RowError, Table
from triplehelix.market.imports import kinds
from triplehelix.market.imports.kinds import Rows

if TYPE_CHECKING:
    from triplehelix.market.imports.models import Import


@dataclass(frozen=True)
class Reading:
    """What a sheet holds: `rows` are (row number as the user sees it, values), `errors` all wrong cells."""

    rows: Rows
    errors: list[RowError]


def read(
    case: "Import", table: Table, *, now: datetime, progress: Callable[[int], None] = lambda done: None
) -> Reading:
    """Check every row against the columns, against each other, and against what is stored. Writes nothing."""
    kind = kinds.of(case.what)
    checked = kind.schema(timezone.localdate(now), case.about).check(table, progress=progress)
    good = [(record.number, record.values) for record in checked.records]
    every = sorted([*good, *((record.number, record.values) for record in checked.partial)], key=lambda row: row[0])
    errors = [*checked.errors, *kind.check(case, every, now)]
    return Reading(good, sorted(errors, key=lambda e: (e.row, e.column)))
