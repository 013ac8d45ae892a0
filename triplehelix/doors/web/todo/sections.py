"""The shape of what waits: sections of lines, each with the one thing to press."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

T = TypeVar("T")
#: Of one kind a page shows no more lines; "10+" says that there are more.
SHOWN = 10
#: So many where there is no other page with all of them.
MANY = 100


@dataclass(frozen=True)
class Line:
    """One thing that waits. `of` has a state, shown as a chip; `due` turns amber `near` working days before it.

    `clock`: `of` is a diagnosis, whose term runs; `mine`: the answer awaited is the reader's.
    """

    title: str
    url: str
    note: str = ""
    of: Any = None
    due: date | None = None
    near: int = 3
    press: str = ""
    number: str = ""
    clock: bool = False
    mine: bool = False


@dataclass(frozen=True)
class Section:
    """Lines of one kind, or only how many there are; `url` is where all of them stand, `row` how one is drawn."""

    title: str
    number: str
    url: str = ""
    word: str = ""
    rows: Sequence[Any] = field(default=())
    row: str = "web/components/todo_line.html"


def line(name: str, of: Any, title: object, note: object = "", **more: Any) -> Line:
    """A line of a thing with a page of its own: `name` is its address, with the primary key."""
    return Line(title=str(title), note=str(note), url=reverse(name, args=[of.pk]), of=of, **more)


def turn(name: str) -> str:
    """The address of a list, narrowed to what is its reader's turn."""
    return f"{reverse(name)}?view=mine"


def cut(rows: "QuerySet[Any, T] | Sequence[T]", most: int = SHOWN) -> tuple[list[T], str]:
    """As many as are shown (`most`), and how many there are in words; asks for one more, so that it need not count."""
    found = list(rows[: most + 1])
    return found[:most], f"{most}+" if len(found) > most else str(len(found))


def listed(
    title: str,
    rows: "QuerySet[Any, T] | Sequence[T]",
    of: Callable[[T], Any] = lambda one: one,
    *,
    url: str = "",
    word: str = "",
    most: int = SHOWN,
    **more: Any,
) -> Iterator[Section]:
    """A section of these rows, `most` of them; none where nothing waits. The link to where all of them stand says so,
    or what is done there (`word`)."""
    shown, number = cut(rows, most)
    if shown:
        yield Section(title, number, url, word or _("全部") if url else "", [of(one) for one in shown], **more)


def gathered(title: str, parts: Iterable[tuple[Collection[Line], str]], url: str) -> Iterator[Section]:
    """A section of lines from several places, each already `cut`."""
    given = [(list(lines), number) for lines, number in parts]
    lines = [one for found, _number in given for one in found]
    if lines:
        more = "+" if any(number.endswith("+") for _found, number in given) else ""
        yield Section(title, f"{len(lines)}{more}", url, _("全部"), lines)


def counted(title: str, number: int, url: str, word: str) -> Iterator[Section]:
    """Only how many wait, where the work itself has a page of its own."""
    if number:
        yield Section(title, str(number), url, word)
