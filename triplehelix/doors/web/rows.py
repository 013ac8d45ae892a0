"""Lines of a form, as many as are needed.

All there may ever be are in the page; one that is not needed yet comes into view when the one before it is begun
(forms.css). So nothing is asked of the server for one more, and a file that was chosen stays chosen. No script: a
browser that does not know :has() shows them all.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

LINE = re.compile(r"([a-z]+)_(\d+)(?:_(\w+))?", re.ASCII)
#: The fields of a line, by name: each line has its own.
Columns = Mapping[str, Callable[[], forms.Field]]


@dataclass(frozen=True)
class Line:
    """One line. `cells` are (label within the line, field); one not `seen` waits for the line before it."""

    n: int
    name: str
    cells: list[tuple[Any, BoundField]]
    seen: bool

    @property
    def is_bad(self) -> bool:
        return any(cell.errors for _label, cell in self.cells)


class Rows:
    """The lines of one kind in a form: fields `<column>_<n>` from 1 to `most`, none of them required.

    `named` is what a line is called, with %(n)d; `shape` the class in forms.css; `least` how many are shown at any
    rate; `start` what the first ones begin with; `told` the column at which the action's messages are said that name
    none.
    """

    #: What is said above all lines: of a table among an award's facts (fact_forms.py), and of no other.
    help = errors = ""

    def __init__(
        self, form: forms.Form, columns: Columns, *, title: Any, named: str, shape: str, most: int, least: int = 2,
        start: Sequence[Mapping[str, Any]] = (), told: str = "",
    ) -> None:  # fmt: skip
        self.form, self.title, self.named, self.shape, self.most, self.least = form, title, named, shape, most, least
        self.names, self.told = tuple(columns), told or next(iter(columns))
        self.labels: dict[str, Any] = {}
        self.places: list[int] = []
        for n in range(1, most + 1):
            known = start[n - 1] if n <= len(start) else {}
            for name, make in columns.items():
                form.fields[f"{name}_{n}"] = self._field(n, name, make(), known.get(name))

    def _field(self, n: int, name: str, field: forms.Field, start: Any) -> forms.Field:
        self.labels[name] = field.label
        field.label = _("%(line)s：%(what)s") % {"line": self.named % {"n": n}, "what": field.label}
        field.required, field.initial = False, start
        if isinstance(field.widget, forms.TextInput) and not isinstance(field.widget, forms.DateInput):
            field.widget.attrs["placeholder"] = " "  # by it forms.css sees whether a line has been begun
        return field

    def __iter__(self) -> Iterator[Line]:
        lines = [[(self.labels[name], self.form[f"{name}_{n}"]) for name in self.names]
                 for n in range(1, self.most + 1)]  # fmt: skip
        held = [n for n, cells in enumerate(lines, start=1) if any(cell.value() or cell.errors for _l, cell in cells)]
        last = max([self.least, *held])
        for n, cells in enumerate(lines, start=1):
            yield Line(n, self.named % {"n": n}, cells, n <= last)

    def typed(self, cleaned: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What stands in each line that holds anything, by column, with its number as `n`; a blank line between two is
        none. Asked once, in `clean`: the actions count the lines they are given, and `at` finds them again."""
        found: list[dict[str, Any]] = [
            {"n": n} | {name: cleaned.get(f"{name}_{n}") for name in self.names} for n in range(1, self.most + 1)
        ]
        found = [row for row in found if any(row[name] not in (None, "") for name in self.names)]
        self.places = [row["n"] for row in found]
        return found

    def at(self, n: int, column: str | None = None) -> str:
        """The field at which a message about the n-th line given to the action is said."""
        place = self.places[n - 1] if 1 <= n <= len(self.places) else 1
        return f"{column if column in self.names else self.told}_{place}"


def place(rows: Mapping[str, Rows], name: str) -> str | None:
    """The field of an action's `<kind>_<n>` or `<kind>_<n>_<column>`, where lines of that kind are asked; None for any
    other name."""
    found = LINE.fullmatch(name)
    return rows[found[1]].at(int(found[2]), found[3]) if found is not None and found[1] in rows else None
