"""Amounts and conditions as expressions: one tree that computes, explains itself with a case's numbers, and reads as a
formula in the manual.

Built with ordinary operators on facts and terms::

    growth = spent - spent_before
    eligible = known(spent_before) & (growth >= threshold)
    amount = floor_yuan(share * least(growth, ceiling))
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from triplehelix.foundation.money import FLOOR_YUAN, Fen, Rounding
from triplehelix.policy.article import DeclarationError
from triplehelix.policy.columns import (
    Array,
    Codes,
    Column,
    Numbers,
    Rows,
    Truths,
    aligned,
    both_known,
    checked,
    sums,
    times,
)

__all__ = [
    "Expr", "Flag", "Value", "called", "const", "either", "floor_yuan", "holds", "known", "least", "most", "named",
    "of_code", "total", "when",
]  # fmt: skip


class Show(Protocol):
    """How leaves are shown: by their values in a case, or by their labels in the manual."""

    def __call__(self, leaf: "Expr", /) -> str: ...

    def taken(self, flag: "Flag", /) -> bool | None:
        """Whether a flag holds in this case; None where there is no case, and both ways are shown."""
        ...


@dataclass
class Env:
    """What an evaluation knows: the column of each fact, the value of each term, how many cases there are."""

    facts: Mapping[str, Column]
    terms: Mapping[str, Any]
    n: int
    #: Python's own integers, of any size, in place of 64 bits: for one case.
    wide: bool = False
    #: The step of each named part, for one case; filled in the order they are computed.
    steps: list[tuple[str, "Expr", Column]] | None = None
    done: dict[int, Column] = field(default_factory=dict)

    def array(self, value: int) -> Array:
        """The same number for every case: for columns one number, which numpy repeats without making a column."""
        return np.full(self.n, value, object) if self.wide else np.array(value, np.int64)


class Expr:
    """A node. `inputs` are the nodes it is computed from."""

    inputs: tuple["Expr", ...] = ()
    #: How tightly it binds when shown, so that only needed brackets are written.
    binds = 9

    def run(self, env: Env) -> Column:
        """The value for every case, computed once however often it is used."""
        key = id(self)
        if key not in env.done:
            env.done[key] = self.compute(env)
        return env.done[key]

    def compute(self, env: Env) -> Column:
        raise NotImplementedError

    def shown(self, show: Show) -> str:
        raise NotImplementedError

    def resolved(self, show: Show) -> "Expr":
        """What stands for this node in a case: of a choice, the way taken."""
        return self

    def inner(self, part: "Expr", show: Show) -> str:
        """A part of this node, in brackets when it binds less tightly."""
        part = part.resolved(show)
        text = part.shown(show)
        return f"（{text}）" if part.binds < self.binds else text

    def walk(self) -> Iterator["Expr"]:
        """This node and everything below it, each once."""
        seen: set[int] = set()
        waiting: list[Expr] = [self]
        while waiting:
            node = waiting.pop()
            if id(node) not in seen:
                seen.add(id(node))
                yield node
                waiting += reversed(node.inputs)


class Value(Expr):
    """A node that computes numbers: fen, or a plain ratio or count."""

    def numbers(self, env: Env) -> Numbers:
        found = self.run(env)
        assert isinstance(found, Numbers), self
        return found

    def __add__(self, other: "Value") -> "Value":
        return Sum(self, _value(other))

    def __sub__(self, other: "Value") -> "Value":
        return Difference(self, _value(other))

    def __mul__(self, other: "Value | Fraction | int") -> "Value":
        return Product(self, _value(other))

    def __rmul__(self, other: "Fraction | int") -> "Value":
        return Product(_value(other), self)

    def __ge__(self, other: "Value | Fraction | int") -> "Flag":
        return Compared(self, _value(other), "≥")

    def __gt__(self, other: "Value | Fraction | int") -> "Flag":
        return Compared(self, _value(other), ">")

    def __le__(self, other: "Value | Fraction | int") -> "Flag":
        return Compared(self, _value(other), "≤")

    def __lt__(self, other: "Value | Fraction | int") -> "Flag":
        return Compared(self, _value(other), "<")

    def equals(self, other: "Value | Fraction | int") -> "Flag":
        """Exactly equal; `==` stays what Python means by it."""
        return Compared(self, _value(other), "=")


class Flag(Expr):
    """A node that answers yes or no."""

    def truths(self, env: Env) -> Array:
        found = self.run(env)
        assert isinstance(found, Truths), self
        return found.is_true

    def __and__(self, other: "Flag") -> "Flag":
        return Both(self, other)

    def __or__(self, other: "Flag") -> "Flag":
        return Either(self, other)

    def __invert__(self) -> "Flag":
        return Negated(self)


def _value(given: "Value | Fraction | int") -> Value:
    if isinstance(given, Value):
        return given
    return const(given)


class Const(Value):
    """A number that is not the policy's to change, such as zero; what the policy sets is a term."""

    def __init__(self, value: Fraction, text: str) -> None:
        self.value, self.text = value, text

    def compute(self, env: Env) -> Numbers:
        return Numbers(env.array(self.value.numerator), self.value.denominator)

    def shown(self, show: Show) -> str:
        return self.text


def const(value: Fraction | int | Fen) -> Const:
    """A fixed number. Raises DeclarationError for a float."""
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        raise DeclarationError(f"numbers in expressions are whole or fractions, not {value!r}")
    return Const(Fraction(value), str(value))


class Sum(Value):
    binds = 4

    def __init__(self, a: Value, b: Value) -> None:
        self.a, self.b, self.inputs = a, b, (a, b)

    def compute(self, env: Env) -> Numbers:
        a, b = self.a.numbers(env), self.b.numbers(env)
        left, right, den = aligned(a, b, "加法")
        return Numbers(checked(left + right, "加法"), den, both_known(a, b))

    def shown(self, show: Show) -> str:
        return f"{self.inner(self.a, show)} + {self.inner(self.b, show)}"


class Difference(Value):
    binds = 4

    def __init__(self, a: Value, b: Value) -> None:
        self.a, self.b, self.inputs = a, b, (a, b)

    def compute(self, env: Env) -> Numbers:
        a, b = self.a.numbers(env), self.b.numbers(env)
        left, right, den = aligned(a, b, "减法")
        return Numbers(checked(left - right, "减法"), den, both_known(a, b))

    def shown(self, show: Show) -> str:
        b = self.b.resolved(show)
        text = b.shown(show)
        return f"{self.inner(self.a, show)} − {f'（{text}）' if b.binds <= self.binds else text}"


class Product(Value):
    binds = 5

    def __init__(self, a: Value, b: Value) -> None:
        self.a, self.b, self.inputs = a, b, (a, b)

    def compute(self, env: Env) -> Numbers:
        a, b = self.a.numbers(env), self.b.numbers(env)
        num, den = times(a.num, b.num, "乘法"), times(a.den, b.den, "乘法")
        return Numbers(np.asarray(num), den, both_known(a, b))

    def shown(self, show: Show) -> str:
        return f"{self.inner(self.a, show)} × {self.inner(self.b, show)}"


class Extreme(Value):
    """The least or the most of several."""

    def __init__(self, parts: tuple[Value, ...], word: str) -> None:
        self.parts, self.word, self.inputs = parts, word, parts

    def compute(self, env: Env) -> Numbers:
        best = self.parts[0].numbers(env)
        choose = np.minimum if self.word == "min" else np.maximum
        for part in self.parts[1:]:
            other = part.numbers(env)
            left, right, den = aligned(best, other, "比较")
            best = Numbers(choose(left, right), den, both_known(best, other))
        return best

    def shown(self, show: Show) -> str:
        word = {"min": "取小", "max": "取大"}[self.word]
        return f"{word}（{'，'.join(part.shown(show) for part in self.parts)}）"


def least(*parts: Value) -> Value:
    """The smallest of the parts."""
    return Extreme(parts, "min")


def most(*parts: Value) -> Value:
    """The largest of the parts."""
    return Extreme(parts, "max")


class Rounded(Value):
    """Rounded once, by the rule of the award."""

    def __init__(self, part: Value, rounding: Rounding) -> None:
        self.part, self.rounding, self.inputs = part, rounding, (part,)

    def compute(self, env: Env) -> Numbers:
        exact = self.part.numbers(env)
        step, _direction = self.rounding.value
        below = times(exact.den, step, "取整")
        if self.rounding is Rounding.HALF_UP_YUAN:
            units = (2 * exact.num + below) // times(2, below, "取整")
        else:
            units = exact.num // below
        return Numbers(np.asarray(units) * step, 1, exact.known)

    def shown(self, show: Show) -> str:
        word = {"FLOOR_YUAN": "舍去不足一元", "HALF_UP_YUAN": "四舍五入到元", "FLOOR_WAN": "舍去不足一万元"}
        return f"{self.part.shown(show)}，{word[self.rounding.name]}"


def floor_yuan(part: Value) -> Value:
    """Down to whole yuan: never pays more than the rate gives."""
    return Rounded(part, FLOOR_YUAN)


class Compared(Flag):
    """A comparison; one with an unknown number is no, whichever way it points."""

    binds = 3
    HOW: Mapping[str, Callable[[Array, Array], Array]] = {
        "≥": np.greater_equal, ">": np.greater, "≤": np.less_equal, "<": np.less, "=": np.equal,
    }  # fmt: skip

    def __init__(self, a: Value, b: Value, sign: str) -> None:
        self.a, self.b, self.sign, self.inputs = a, b, sign, (a, b)

    def compute(self, env: Env) -> Truths:
        a, b = self.a.numbers(env), self.b.numbers(env)
        left, right, _den = aligned(a, b, "比较")
        truth = np.asarray(self.HOW[self.sign](left, right), bool)
        both = both_known(a, b)
        return Truths(truth if both is None else truth & both)

    def shown(self, show: Show) -> str:
        return f"{self.inner(self.a, show)} {self.sign} {self.inner(self.b, show)}"


class Known(Flag):
    """Whether a number that may be unknown is known."""

    def __init__(self, part: Value) -> None:
        self.part, self.inputs = part, (part,)

    def compute(self, env: Env) -> Truths:
        found = self.part.numbers(env)
        return Truths(np.array(True) if found.known is None else found.known)

    def shown(self, show: Show) -> str:
        return f"已有{self.part.shown(show)}"


def known(part: Value) -> Flag:
    """Whether the number is known: what is missing is never taken as zero."""
    return Known(part)


class Both(Flag):
    binds = 2

    def __init__(self, a: Flag, b: Flag) -> None:
        self.a, self.b, self.inputs = a, b, (a, b)

    def compute(self, env: Env) -> Truths:
        return Truths(np.logical_and(self.a.truths(env), self.b.truths(env)))

    def shown(self, show: Show) -> str:
        return f"{self.inner(self.a, show)} 且 {self.inner(self.b, show)}"


class Either(Flag):
    binds = 1

    def __init__(self, a: Flag, b: Flag) -> None:
        self.a, self.b, self.inputs = a, b, (a, b)

    def compute(self, env: Env) -> Truths:
        return Truths(np.logical_or(self.a.truths(env), self.b.truths(env)))

    def shown(self, show: Show) -> str:
        return f"{self.inner(self.a, show)} 或 {self.inner(self.b, show)}"


def either(*flags: Flag) -> Flag:
    """Whether one of them holds."""
    found = flags[0]
    for flag in flags[1:]:
        found = found | flag
    return found


class Negated(Flag):
    binds = 8

    def __init__(self, part: Flag) -> None:
        self.part, self.inputs = part, (part,)

    def compute(self, env: Env) -> Truths:
        return Truths(np.logical_not(self.part.truths(env)))

    def shown(self, show: Show) -> str:
        return f"非{self.inner(self.part, show)}"


class OfCode(Flag):
    """Whether a fact that is a code is one of these."""

    def __init__(self, part: Expr, codes: Iterable[str]) -> None:
        self.part, self.codes, self.inputs = part, tuple(codes), (part,)

    def compute(self, env: Env) -> Truths:
        found = self.part.run(env)
        assert isinstance(found, Codes)
        return Truths(np.isin(found.code, self.codes))

    def shown(self, show: Show) -> str:
        names = getattr(self.part, "names", {})
        return f"{self.part.shown(show)}为“{'”“'.join(names.get(code, code) for code in self.codes)}”"


def of_code(part: Expr, *codes: str) -> Flag:
    """Whether the fact's code is one of these."""
    return OfCode(part, codes)


class Holds(Flag):
    """Whether a fact that is several codes holds the code another fact has."""

    def __init__(self, several: Expr, one: Expr) -> None:
        self.several, self.one, self.inputs = several, one, (several, one)

    def compute(self, env: Env) -> Truths:
        several, one = self.several.run(env), self.one.run(env)
        assert isinstance(several, Codes) and isinstance(one, Codes)
        pairs = zip(several.code, one.code, strict=True)
        return Truths(np.array([f" {code} " in codes for codes, code in pairs], bool))

    def shown(self, show: Show) -> str:
        return f"{self.several.shown(show)}中有{self.one.shown(show)}"


def holds(several: Expr, one: Expr) -> Flag:
    """Whether the codes of one fact hold the code of another."""
    return Holds(several, one)


class When(Value):
    """One amount where the flag holds, another where it does not."""

    binds = 0

    def __init__(self, flag: Flag, then: Value, otherwise: Value) -> None:
        self.flag, self.then, self.otherwise, self.inputs = flag, then, otherwise, (flag, then, otherwise)

    def compute(self, env: Env) -> Numbers:
        truth = self.flag.truths(env)
        if not truth.ndim:
            # A term decides for every case: the other way need not be computed.
            return (self.then if truth else self.otherwise).numbers(env)
        a, b = self.then.numbers(env), self.otherwise.numbers(env)
        left, right, den = aligned(a, b, "选择")
        known_ = None
        if a.known is not None or b.known is not None:
            every = np.ones(env.n, bool)
            known_ = np.where(truth, every if a.known is None else a.known, every if b.known is None else b.known)
        return Numbers(np.where(truth, left, right), den, known_)

    def shown(self, show: Show) -> str:
        chosen = self.resolved(show)
        if chosen is not self:
            return chosen.shown(show)
        return f"{self.flag.shown(show)}时，{self.then.shown(show)}；否则，{self.otherwise.shown(show)}"

    def resolved(self, show: Show) -> Expr:
        taken = show.taken(self.flag)
        return self if taken is None else (self.then if taken else self.otherwise).resolved(show)


def when(flag: Flag, then: Value, otherwise: Value) -> Value:
    """`then` where the flag holds, else `otherwise`."""
    return When(flag, then, otherwise)


class Named(Value):
    """A part with a name of its own: one line of the arithmetic a decision shows."""

    def __init__(self, label: str, part: Value) -> None:
        self.label, self.part, self.inputs = label, part, (part,)

    def compute(self, env: Env) -> Numbers:
        found = self.part.numbers(env)
        if env.steps is not None:
            env.steps.append((self.label, self.part, found))
        return found

    def shown(self, show: Show) -> str:
        return show(self)


def named(label: str, part: Value) -> Value:
    """Name a part, so that it stands as a step of its own."""
    return Named(label, part)


class Called(Flag):
    """A flag with a name of its own, which stands for it in the manual."""

    def __init__(self, label: str, part: Flag) -> None:
        self.label, self.part, self.inputs = label, part, (part,)

    def compute(self, env: Env) -> Truths:
        return Truths(self.part.truths(env))

    def shown(self, show: Show) -> str:
        return self.label


def called(label: str, part: Flag) -> Flag:
    """Name a flag."""
    return Called(label, part)


class Total(Value):
    """The sum of an amount over the rows of a table inside the case."""

    def __init__(self, rows: Expr, each: Value, label: str) -> None:
        self.rows, self.each, self.label, self.inputs = rows, each, label, (rows,)

    def compute(self, env: Env) -> Numbers:
        table = self.rows.run(env)
        assert isinstance(table, Rows)
        inner = within(env, table)
        amounts = self.each.numbers(inner)
        return Numbers(summed(amounts.num, table), amounts.den)

    def shown(self, show: Show) -> str:
        return self.label


def total(rows: Expr, each: Value, label: str) -> Value:
    """The sum of `each` over the rows; `label` says in words what is summed."""
    return Total(rows, each, label)


def within(env: Env, table: Rows) -> Env:
    """The surroundings in which an expression sees the rows of a table as its cases."""
    return Env(table.columns, env.terms, len(table.case), env.wide)


def summed(amounts: Array, table: Rows) -> Array:
    """Per case, the sum over its rows."""
    return amounts if table.one_each else sums(amounts, table.bounds)
