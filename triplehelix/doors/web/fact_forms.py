"""The form of an award, from its declaration: one field for each fact, tables for facts that are tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.fact_words import missing, wrong_row
from triplehelix.doors.web.numbers import wholes
from triplehelix.doors.web.rows import Line
from triplehelix.policy.award import Award
from triplehelix.policy.facts import Choice, Choices, Count, Day, Fact, Listed, Money, Ratio, Text, YesNo, read_facts

#: Rows a table shows when nobody has written more; further ones come into view as the last is begun (rows.py).
ROWS = 3
SPARE = 9
MOST_ROWS = 50
#: Columns that stand in one line under their headings.
ABREAST = 4
YES_NO = [("", gettext_lazy("请选择")), ("true", gettext_lazy("是")), ("false", gettext_lazy("否"))]


@dataclass(frozen=True)
class Table:
    """A fact that is a table, as components/rows.html shows it: its bound fields line by line."""

    fact: Listed
    rows: list[Line]
    errors: Any

    @property
    def title(self) -> str:
        return self.fact.label

    @property
    def help(self) -> str:
        return self.fact.about.help

    @property
    def shape(self) -> str:
        return "abreast" if len(self.fact.columns) < ABREAST else "abreast many"

    def __iter__(self) -> Iterator[Line]:
        return iter(self.rows)


class FactForm(Form):
    """Bound with what was typed; after `is_valid()`, `given` is what the engine wants and `values` what it read."""

    def __init__(
        self,
        award: Award | None,
        data: Any = None,
        *,
        facts: Mapping[str, Any] | None = None,
        only: tuple[Fact, ...] | None = None,
        partial: bool = False,
        prefix: str = "",
    ):
        """`facts` are plain values to begin with, by key, as `Fact.plain` gives them; `only` some of the award's
        facts are asked, or facts of no award (None). `partial`: what is left empty is left out, not missed."""
        assert award is not None or only is not None
        self.award, self.start = award, facts or {}
        self.asked, self.partial = award.facts if award is not None and only is None else only or (), partial
        self.given: dict[str, Any] = {}
        self.values: dict[str, Any] = {}
        super().__init__(data, prefix=prefix or None)
        for fact in self.asked:
            if isinstance(fact, Listed):
                self._add_table(fact, data)
            else:
                self._add(fact.key, fact, self.start.get(fact.key))

    def _add(self, name: str, fact: Fact, initial: Any, *, table: bool = False) -> None:
        made = _field(fact)
        made.label, made.required = _label(fact), False
        # What may be left out is said; that the rest is wanted, is said after the engine has looked.
        made.widget.is_required = False
        made.help_text = fact.about.help
        if table and isinstance(made.widget, forms.TextInput) and not isinstance(fact, Day):
            made.widget.attrs["placeholder"] = " "  # by it forms.css sees whether a line has been begun
        made.initial = _shown(initial)
        self.fields[name] = made

    def _add_table(self, fact: Listed, data: Any) -> None:
        written = self.start.get(fact.key) or []
        counted = wholes([parts[1] for name in data or () if len(parts := str(name).split("__")) == 3])
        count = min(max([0, len(written), *(n + 1 for n in counted)]) + SPARE, MOST_ROWS)
        self.fields[fact.key] = forms.Field(required=False, widget=forms.HiddenInput, label=fact.label)
        for n in range(count):
            row = written[n] if n < len(written) else {}
            for column in _columns(fact):
                self._add(f"{fact.key}__{n}__{column.key}", column, row.get(column.key), table=True)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for fact in self.asked:
            found = self._rows(fact, cleaned) if isinstance(fact, Listed) else _sent(fact, cleaned.get(fact.key))
            if found is not None or fact.about.nullable:
                self.given[fact.key] = found
        self.values, errors = read_facts(self.asked, self.given)
        if self.partial:
            errors = {key: message for key, message in errors.items() if key in self.given}
        asked = {fact.key: fact for fact in self.asked}
        for key, message in errors.items():
            self.add_error(key if key in self.fields else None, self._said(asked.get(key), message))
        return cleaned

    def _said(self, fact: Fact | None, message: str) -> str:
        """The engine's message is for whoever sends JSON: what is missing, and where in a table, a page says itself."""
        if fact is None:
            return message
        if fact.key not in self.given:
            return missing(fact)
        found = wrong_row(self.given[fact.key], _columns(fact)) if isinstance(fact, Listed) else None
        return found or message

    def _rows(self, fact: Listed, cleaned: Mapping[str, Any]) -> list[dict[str, Any]] | None:
        rows = []
        for n in range(MOST_ROWS):
            cells = {c.key: _sent(c, cleaned.get(f"{fact.key}__{n}__{c.key}")) for c in _columns(fact)}
            filled = {key: value for key, value in cells.items() if value is not None}
            if filled:
                rows.append(filled)
        return rows or (None if fact.at_least else [])

    def lines(self) -> Iterator[forms.BoundField | Table]:
        """What the page shows, in the order of the declaration."""
        for fact in self.asked:
            if not isinstance(fact, Listed):
                # Said to the reader; that it is missing, is said after the engine has looked.
                self.fields[fact.key].required = not (fact.about.optional or fact.about.nullable)
                yield self[fact.key]
                continue
            yield Table(fact, list(self._lines(fact)), self.errors.get(fact.key, ""))

    def _lines(self, fact: Listed) -> Iterator[Line]:
        columns = _columns(fact)
        rows = [
            [(_label(c), self[f"{fact.key}__{n}__{c.key}"]) for c in columns]
            for n in range(MOST_ROWS)
            if f"{fact.key}__{n}__id" in self.fields
        ]
        held = [n for n, cells in enumerate(rows, start=1) if any(cell.value() for _label, cell in cells)]
        for n, cells in enumerate(rows, start=1):
            yield Line(n, _("第 %(n)d 行") % {"n": n}, cells, n <= max([ROWS, *held]))


def _columns(fact: Listed) -> tuple[Fact, ...]:
    return (Text("id", fact.named or _("编号")), *fact.columns)


def _label(fact: Fact) -> str:
    unit = _("元") if isinstance(fact, Money) else fact.unit
    return _("%(label)s（%(unit)s）") % {"label": fact.label, "unit": unit} if unit else fact.label


def _field(fact: Fact) -> forms.Field:
    if isinstance(fact, YesNo):
        return forms.ChoiceField(choices=YES_NO)
    if isinstance(fact, Choice):
        return forms.ChoiceField(choices=[("", _("请选择")), *fact.names.items()])
    if isinstance(fact, Choices):
        return forms.MultipleChoiceField(choices=list(fact.names.items()), widget=forms.CheckboxSelectMultiple)
    if isinstance(fact, Day):
        return forms.CharField(widget=forms.DateInput(attrs={"type": "date"}))
    numeric = {"inputmode": "decimal"} if isinstance(fact, Money | Count | Ratio) else {}
    return forms.CharField(max_length=200, widget=forms.TextInput(attrs=numeric))


def _shown(plain: Any) -> Any:
    """A plain value as its widget wants it."""
    if isinstance(plain, bool):
        return "true" if plain else "false"
    return plain


def _sent(fact: Fact, typed: Any) -> Any:
    """What was typed as JSON would send it; None for nothing."""
    if isinstance(fact, Choices):
        return list(typed or [])
    if not typed:
        return None
    if isinstance(fact, YesNo):
        return typed == "true"
    return typed.strip() if isinstance(typed, str) else typed
