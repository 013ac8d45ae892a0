"""Amounts: arithmetic on exact numbers, choices between them, rounding."""

from fractions import Fraction

import numpy as np

from triplehelix.foundation.money import FLOOR_YUAN, ROUNDINGS, Fen, Rounding
from triplehelix.policy.article import DeclarationError
from triplehelix.policy.columns import Numbers, aligned, both_known, checked, times
from triplehelix.policy.expression.flags import Compared, Flag
from triplehelix.policy.expression.nodes import Env, Expr, Show


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

    def __truediv__(self, other: "Value | Fraction | int") -> "Value":
        """Exactly divided; by what is zero or below, the answer is not known."""
        return Quotient(self, _value(other))

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


class Quotient(Value):
    """One number divided by another: a share, a rate of growth, so much per head. Where the divisor is not above zero,
    it is not known: a growth from nothing is no number, and no amount rests on it."""

    binds = 5

    def __init__(self, a: Value, b: Value) -> None:
        self.a, self.b, self.inputs = a, b, (a, b)

    def compute(self, env: Env) -> Numbers:
        a, b = self.a.numbers(env), self.b.numbers(env)
        sound = np.asarray(b.num > 0, bool)
        num, den = times(a.num, b.den, "除法"), times(np.where(sound, b.num, 1), a.den, "除法")
        both = both_known(a, b)
        return Numbers(
            np.asarray(num), np.asarray(den), np.broadcast_to(sound if both is None else sound & both, env.n)
        )

    def shown(self, show: Show) -> str:
        b = self.b.resolved(show)
        text = b.shown(show)
        return f"{self.inner(self.a, show)} ÷ {f'（{text}）' if b.binds <= self.binds else text}"


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
    """Rounded by the rule the award declares."""

    def __init__(self, part: Value, rounding: Rounding) -> None:
        self.part, self.rounding, self.inputs = part, rounding, (part,)

    def compute(self, env: Env) -> Numbers:
        exact = self.part.numbers(env)
        step, _direction = self.rounding.value
        below = times(exact.den, step, "取整")
        units = exact.num // below
        if self.rounding.is_half_up:
            units = (2 * exact.num + below) // times(2, below, "取整")
        return Numbers(np.asarray(units) * step, 1, exact.known)

    def shown(self, show: Show) -> str:
        return f"{self.part.shown(show)}，{self.words}"

    @property
    def words(self) -> str:
        """The rule as a clause says it."""
        (unit,) = (unit for unit, both in ROUNDINGS.items() if self.rounding in both)
        if self.rounding.is_half_up:
            return f"四舍五入到{unit}"
        return f"舍去不足一{unit}"


def floor_yuan(part: Value) -> Value:
    """Down to whole yuan: never pays more than the rate gives."""
    return Rounded(part, FLOOR_YUAN)


def down_to(part: Value, unit: str) -> Value:
    """Down to whole 分, 元, 百元, 千元 or 万元. Raises DeclarationError for another unit."""
    return Rounded(part, _rounding(unit)[0])


def half_up_to(part: Value, unit: str) -> Value:
    """四舍五入 to 分, 元, 百元, 千元 or 万元. Raises DeclarationError for another unit."""
    return Rounded(part, _rounding(unit)[1])


def _rounding(unit: str) -> tuple[Rounding, Rounding]:
    if unit not in ROUNDINGS:
        raise DeclarationError(f"an amount is rounded to {', '.join(ROUNDINGS)}, not {unit!r}")
    return ROUNDINGS[unit]


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
