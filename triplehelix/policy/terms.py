"""What an award depends on and a city may set: amounts, rates, choices, tables, days, each from a day
on and with its source.

`mark` is where a term comes from: `policy` (the policy's own words), `found` (another published rule), `assumed` (our
proposal: shown as 待确认, never as official, and settable by the office). A term whose value is `undecided` refuses to
compute until the office has set it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, get_args

import numpy as np

from triplehelix.foundation.dated import ENDED, Dated, Open
from triplehelix.foundation.money import Fen
from triplehelix.policy.article import DeclarationError
from triplehelix.policy.columns import Codes, Numbers
from triplehelix.policy.expression import Env, Expr, Moment, Show, Value
from triplehelix.policy.expression.days import number_of
from triplehelix.policy.facts import Choice

Kind = Literal["money", "rate", "count", "choice", "table", "day"]
Mark = Literal["policy", "found", "assumed"]
#: A percentage with more decimals than this is said as a fraction.
MOST_PLACES = 4


@dataclass(frozen=True, slots=True)
class Spec:
    """What every kind of term says of itself. `codes` are a choice's or a table's keys with their names."""

    code: str
    label: str
    kind: Kind
    value: Dated[Any] | Open
    mark: Mark
    source: str
    codes: Mapping[str, str]
    #: What a count counts: 天, 项.
    unit: str = ""
    #: The largest rate there may be: one, unless the policy pays more than the whole (配套 1:1.5).
    at_most: Fraction = Fraction(1)

    @property
    def question(self) -> str:
        return self.value.question if isinstance(self.value, Open) else ""

    @property
    def settable(self) -> bool:
        """Whether the office may set it: what the policy itself fixes, it may not."""
        return self.mark != "policy" or isinstance(self.value, Open)

    def written(self, value: Any) -> str:
        """A value as people read it."""
        if self.kind == "table":
            return "；".join(f"{self.codes[key]} {shown_number(self.kind, one)}" for key, one in value.items())
        if self.kind == "choice":
            return str(self.codes[value])
        if self.kind == "day":
            return str(value.isoformat())
        shown = shown_number(self.kind, value)
        return f"{shown} {self.unit}" if self.unit else shown


def shown_number(kind: str, value: Any) -> str:
    """An amount in yuan, a rate as a percentage where that is exact (0.5%, but 2/7), a count as it is."""
    if kind in ("money", "table"):
        whole = Fraction(value)
        return str(Fen(whole.numerator)) if whole.denominator == 1 else f"{float(whole) / 100:,.4f}… 元"
    rate = Fraction(value)
    parts = rate * 100 * 10**MOST_PLACES
    if kind == "rate" and parts.denominator == 1:
        percent = f"{Decimal(parts.numerator).scaleb(-MOST_PLACES):f}"
        return f"{percent.rstrip('0').rstrip('.')}%"
    return str(rate)


class TermBase(Expr):
    """A term as a leaf of an expression."""

    spec: Spec

    @property
    def label(self) -> str:
        return self.spec.label

    def shown(self, show: Show) -> str:
        return show(self)


class Amount(TermBase, Value):
    """A term that is a number: an amount in fen, a rate, or a count."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    def compute(self, env: Env) -> Numbers:
        value = Fraction(env.terms[self.spec.code])
        return Numbers(env.array(value.numerator), value.denominator)


class Scheme(TermBase):
    """A term that chooses one of several ways; asked with `of_code`."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    @property
    def names(self) -> Mapping[str, str]:
        return self.spec.codes

    def compute(self, env: Env) -> Codes:
        return Codes(np.array(env.terms[self.spec.code]))


class Table(TermBase):
    """A term that has an amount for each code of a list; read with `by`."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    def by(self, fact: Choice) -> Value:
        """The amount for the code the fact has. Raises DeclarationError where none of its codes is the table's."""
        if not (isinstance(fact, Choice) and fact.names.keys() & self.spec.codes.keys()):
            raise DeclarationError(
                f"the table {self.spec.code} is read by a Choice of {', '.join(self.spec.codes)}, not by "
                f"{getattr(fact, 'code', fact)}"
            )
        return Read(self, fact)


class Read(Value):
    """A table's amount for a fact's code."""

    def __init__(self, table: Table, fact: Choice) -> None:
        self.table, self.fact, self.inputs = table, fact, (table, fact)

    def compute(self, env: Env) -> Numbers:
        found = self.fact.run(env)
        assert isinstance(found, Codes)
        amounts = env.terms[self.table.spec.code]
        values = env.array(0)
        for code, amount in amounts.items():
            values = np.where(found.code == code, int(amount), values)
        return Numbers(values.astype(object) if env.wide else values)

    def shown(self, show: Show) -> str:
        return f"{self.table.shown(show)}中“{self.fact.shown(show)}”一档"


class Boundary(TermBase, Moment):
    """A term that is a day: from which on, or until which, something counts."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    def compute(self, env: Env) -> Numbers:
        return Numbers(env.array(number_of(env.terms[self.spec.code])))


Term = Amount | Scheme | Table | Boundary
KINDS: dict[str, Any] = {
    "money": Amount, "rate": Amount, "count": Amount, "choice": Scheme, "table": Table,
    "day": Boundary,
}  # fmt: skip


def _made(
    kind: Kind,
    code: str,
    label: str,
    value: Dated[Any] | Open,
    mark: Mark,
    source: str,
    codes: Mapping[str, str] | None = None,
    unit: str = "",
    at_most: Fraction = Fraction(1),
) -> Any:
    if not isinstance(value, Dated | Open):
        raise DeclarationError(f"term {code} needs the day it is in force from: since((day, value)) or undecided(…)")
    if not source.strip():
        raise DeclarationError(f"term {code} needs its source")
    if mark not in get_args(Mark):
        raise DeclarationError(f"term {code}: mark is one of {', '.join(get_args(Mark))}, not {mark!r}")
    for day, one in value.steps if isinstance(value, Dated) else ():
        if one is not ENDED and (wanted := _wanted(kind, one, codes or {}, at_most)):
            raise DeclarationError(f"term {code} from {day} on: {wanted}, not {one!r}")
    return KINDS[kind](Spec(code, label, kind, value, mark, source, dict(codes or {}), unit, at_most))


def _wanted(kind: Kind, value: Any, codes: Mapping[str, str], at_most: Fraction = Fraction(1)) -> str:
    """What a value of this kind is, where it is none; "" where it is."""
    if kind == "money" and not (isinstance(value, Fen) and value >= 0):
        return 'an amount says its unit, Fen.from_unit(50, "万元"), and is not below zero'
    if kind == "rate" and not (isinstance(value, Fraction) and 0 <= value <= at_most):
        above = "" if at_most > 1 else ", or says at_most=Fraction(2) where the clause pays more than the whole (1:1.5)"
        return f"a rate is an exact part of one, Fraction(3, 10) for 30%{above}"
    if kind == "count" and not (type(value) is int and value >= 0):
        return "a count is a whole number, not below zero"
    if kind == "choice" and value not in codes:
        return f"a choice is one of {', '.join(codes)}"
    if kind == "day" and type(value) is not date:
        return "a day is date(2026, 12, 31)"
    if kind == "table":
        if not (isinstance(value, Mapping) and value.keys() == codes.keys()):
            return f"a table has an amount for each of {', '.join(codes)}"
        return next((found for one in value.values() if (found := _wanted("money", one, codes))), "")
    return ""


def money_term(code: str, label: str, value: Dated[Any] | Open, *, mark: Mark, source: str) -> Amount:
    """An amount in fen from a day on. Raises DeclarationError without a dated value or a source, as all terms do."""
    made: Amount = _made("money", code, label, value, mark, source)
    return made


def rate_term(
    code: str, label: str, value: Dated[Any] | Open, *, mark: Mark, source: str, at_most: Fraction = Fraction(1)
) -> Amount:
    """An exact rate (Fraction) from a day on, up to `at_most`: more than one only where a clause says so (1:1.5)."""
    made: Amount = _made("rate", code, label, value, mark, source, at_most=at_most)
    return made


def count_term(code: str, label: str, value: Dated[Any] | Open, *, unit: str, mark: Mark, source: str) -> Amount:
    """A whole number of `unit` from a day on: years, days, people."""
    made: Amount = _made("count", code, label, value, mark, source, unit=unit)
    return made


def choice_term(
    code: str, label: str, value: Dated[Any] | Open, codes: Mapping[str, str], *, mark: Mark, source: str
) -> Scheme:
    """One of several ways (code → name) from a day on."""
    made: Scheme = _made("choice", code, label, value, mark, source, codes)
    return made


def table_term(
    code: str, label: str, value: Dated[Any] | Open, codes: Mapping[str, str], *, mark: Mark, source: str
) -> Table:
    """An amount in fen for each code from a day on."""
    made: Table = _made("table", code, label, value, mark, source, codes)
    return made


def day_term(code: str, label: str, value: Dated[Any] | Open, *, mark: Mark, source: str) -> Boundary:
    """A day the policy names, from a day on: 截至…年12月31日."""
    made: Boundary = _made("day", code, label, value, mark, source)
    return made


def terms_of(expressions: Iterator[Expr] | list[Expr]) -> dict[str, Term]:
    """Every term these expressions rest on, by code."""
    found: dict[str, Term] = {}
    for expression in expressions:
        for node in expression.walk():
            if isinstance(node, Term):
                found.setdefault(node.spec.code, node)
    return dict(sorted(found.items()))


def value_on(spec: Spec, day: date, decided: Mapping[str, Dated[Any]]) -> Any:
    """The value in force on a day: what the office has decided where it may, else what the pack says.

    Raises Undecided and NotInForce.
    """
    if spec.settable and spec.code in decided:
        own = decided[spec.code]
        if own.steps[0][0] <= day:
            return own.on(day)
    return spec.value.on(day)
