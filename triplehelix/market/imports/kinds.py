"""What can be imported: a registry, so that a room above teaches imports its own sheet and this room need not know it.

Whoever registers gives the columns, the checks across rows, and the writer; the dry run, the marked workbook, the
confirmation, the receipt and the pages are the same for all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from triplehelix.foundation.sheet import RowError, Schema, Table
from triplehelix.market.imports import access
from triplehelix.market.imports.models import Import
from triplehelix.records.evidence.models import File

#: (row number as the user sees it, values by column key)
Rows = list[tuple[int, dict[str, Any]]]


@dataclass(frozen=True)
class Kind:
    """One kind of sheet. `schema` gets the day and the import's `about`; `check` every row that could be read at all;
    `write` the good rows, inside the transaction that lands them, and answers what the receipt says beside the count.
    """

    what: str
    name: Any
    schema: Callable[[date, str], Schema]
    check: Callable[[Import, Rows, datetime], Iterable[RowError]]
    write: Callable[[Import, Rows, datetime], dict[str, Any]]
    #: How the file becomes a table, for kinds that take other files than sheets. Raises SheetError.
    table: Callable[[File], Table] | None = None
    #: Whether who uploaded may still land it on this day.
    still_may: Callable[[Import, date], bool] = access.still_may
    #: Whether some of its rows may be confidential: its sheets lie encrypted.
    sealed: bool = False
    #: What is no error of the good rows and should be known before they land, a sentence each.
    notes: Callable[[Rows], Iterable[str]] = lambda rows: ()


_known: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Called once by each room when the program starts."""
    _known[kind.what] = kind


def of(what: str) -> Kind:
    """The kind of this name. Raises KeyError."""
    return _known[what]


def names() -> dict[str, Any]:
    """What the sheets of each kind hold, in words."""
    return {what: kind.name for what, kind in _known.items()}


def sealed() -> list[str]:
    """The kinds whose sheets lie encrypted."""
    return sorted(what for what, kind in _known.items() if kind.sealed)
