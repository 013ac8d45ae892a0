"""Reading a sheet without writing anything: rows fit to land, and every wrong cell."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.sheet import RowError, Table
from triplehelix.market.imports import kinds
from triplehelix.market.imports.kinds import Rows
from triplehelix.market.imports.models import Import


@dataclass(frozen=True)
class Reading:
    """What a sheet holds: `rows` are (row number as the user sees it, values), `errors` all wrong cells, `count` how
    many rows there are, good and wrong, the template's example not among them, `notes` what is no error and to be known
    before the rows land."""

    rows: Rows
    errors: list[RowError]
    count: int
    notes: list[str]


def read(case: Import, table: Table, *, now: datetime, progress: Callable[[int], None] = lambda done: None) -> Reading:
    """Check every row against the columns, against each other, and against what is stored. Writes nothing."""
    kind = kinds.of(case.what)
    checked = kind.schema(timezone.localdate(now), case.about).check(table, progress=progress)
    good = [(record.number, record.values) for record in checked.records]
    every = sorted([*good, *((record.number, record.values) for record in checked.partial)], key=lambda row: row[0])
    errors = [*checked.errors, *kind.check(case, every, now)]
    if not every and not errors:
        errors = [RowError(0, "", _("表里只有示例行，没有要导入的内容，请填写后再上传"), "no_rows")]
    return Reading(
        good, sorted(errors, key=lambda e: (e.row, e.column)), len(every), [*checked.notes, *kind.notes(good)]
    )
