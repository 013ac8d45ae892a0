"""Conditions: comparisons of numbers, codes, and what `&`, `|` and `~` make of them."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from triplehelix.policy.article import DeclarationError
from triplehelix.policy.columns import Array, Codes, Truths, aligned, both_known
from triplehelix.policy.expression.nodes import Env, Expr, Show

if TYPE_CHECKING:
    from triplehelix.policy.expression.values import Value


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


class Compared(Flag):
    """A comparison; one with an unknown number is no, whichever way it points."""

    binds = 3
    HOW: Mapping[str, Callable[[Array, Array], Array]] = {
        "≥": np.greater_equal, ">": np.greater, "≤": np.less_equal, "<": np.less, "=": np.equal,
    }  # fmt: skip

    def __init__(self, a: "Value", b: "Value", sign: str) -> None:
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

    def __init__(self, part: "Value") -> None:
        self.part, self.inputs = part, (part,)

    def compute(self, env: Env) -> Truths:
        found = self.part.numbers(env)
        return Truths(np.array(True) if found.known is None else found.known)

    def shown(self, show: Show) -> str:
        return f"已有{self.part.shown(show)}"


def known(part: "Value") -> Flag:
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
    """Whether the code of a Choice (or of a choice term) is one of these. Raises DeclarationError for a code it cannot
    have: the condition would never hold, and nobody would see why."""
    names = getattr(part, "names", None)
    if names is None or not codes or not names.keys() >= set(codes):
        called = getattr(part, "code", "") or type(part).__name__
        offered = ", ".join(names) if names else "no codes: it is no Choice"
        raise DeclarationError(f"of_code({called}, {', '.join(map(repr, codes))}): {called} has {offered}")
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
