"""A list as a workbook: every row the address narrows it to, or none, and a page that says how to narrow it.

A part of the rows would be taken for all of them by whoever adds them up.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from triplehelix.doors.handed import XLSX, attachment
from triplehelix.foundation.sheet import Sheet, write_xlsx

#: Rows held at a time by a sheet that is written as they come.
CHUNK = 2_000
#: More are not read on one sheet, and hold a worker for long.
MOST_ROWS = 20_000


def workbook(
    request: HttpRequest, rows: "QuerySet[Any]", sheets: Callable[["QuerySet[Any]"], Iterable[Sheet]], name: str, *,
    back: str, most: int | None = None,
) -> HttpResponse:  # fmt: skip
    """The rows as the file `name`.xlsx. `back` is the address of the list as it is narrowed now; `most` how many rows
    it may have, where that is not MOST_ROWS."""
    most = MOST_ROWS if most is None else most
    if (count := rows.count()) > most:
        return render(request, "web/export_refused.html", {"count": count, "most": most, "back": back}, status=422)
    return attachment(write_xlsx(sheets(rows)), f"{name}.xlsx", XLSX)


def address(request: HttpRequest, page: str) -> str:
    """The address of the page a list is narrowed on, with what it is narrowed by now."""
    return f"{page}?{request.GET.urlencode()}" if request.GET else page
