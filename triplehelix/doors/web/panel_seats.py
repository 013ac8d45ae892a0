"""The seats of a panel as its page lists them: by where each stands, some at a time. A large round has a thousand."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext_lazy, pgettext_lazy

from triplehelix.doors.web.requests import Request
from triplehelix.procedure.panels.models import Seat

PER_PAGE = 50
#: The word in the address, and what it is called.
VIEWS = {
    "open": gettext_lazy("待评"),
    "done": gettext_lazy("已提交"),
    "void": pgettext_lazy("state", "作废"),
    "over": gettext_lazy("不用评了"),
}


@dataclass(frozen=True)
class Row:
    """A seat: why it does not count, if so; whether its case is short of experts; which of `VIEWS` it belongs to."""

    seat: Seat
    why: str
    short: bool

    @property
    def view(self) -> str:
        if self.why:
            return "void"
        if self.seat.submitted_at:
            return "done"
        return "open" if self.seat.in_review else "over"


@dataclass(frozen=True)
class Seats:
    """One page of them, which are shown, and how many there are of each."""

    page: "Page[Row]"
    view: str
    tabs: list[tuple[str, Any, int]]
    total: int


def chosen(request: Request, seated: Sequence[tuple[Seat, str, bool]]) -> Seats:
    """As the address asks (`seat`, `seats`); what is not known is ignored."""
    rows = [Row(*one) for one in seated]
    counts = Counter(row.view for row in rows)
    view = request.GET.get("seat", "")
    view = view if view in VIEWS else ""
    page = Paginator([row for row in rows if view in ("", row.view)], PER_PAGE).get_page(request.GET.get("seats"))
    tabs = [(code, label, counts[code]) for code, label in VIEWS.items() if counts[code] or code == view]
    return Seats(page, view, tabs, len(rows))
