"""Addresses of the other pages of a list."""

from typing import Any

from django.core.paginator import Page
from django.http import QueryDict


def links(page: "Page[Any]", query: QueryDict, name: str) -> dict[str, Any]:
    """`links`: (number or …, address or "") of each page shown; `before`, `after`: addresses, "" where none is.

    `name` is the list's word in the address; everything else of `query` stays, so that turning one list of a page
    leaves another where it is.
    """

    def address(number: int) -> str:
        turned = query.copy()
        turned[name] = str(number)
        return f"?{turned.urlencode()}"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return {
        "links": [(n, address(n) if isinstance(n, int) else "") for n in numbers],
        "before": address(page.previous_page_number()) if page.has_previous() else "",
        "after": address(page.next_page_number()) if page.has_next() else "",
    }
