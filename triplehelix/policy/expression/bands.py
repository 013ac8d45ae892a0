"""What clauses say most often, put together from the other parts: parts of an amount each at its own rate, a result
that depends on how far a number reaches, one rule for each code of a list.

Each is an expression like any other, so that its steps are shown and its terms can be set one by one.
"""

from collections.abc import Mapping

from triplehelix.foundation.money import Fen
from triplehelix.policy.article import DeclarationError
from triplehelix.policy.expression.flags import of_code
from triplehelix.policy.expression.nodes import Expr
from triplehelix.policy.expression.values import Value, const, least, named, when

#: 年均增长 is asked over the years of a plan; a longer row of products would leave exact columns.
MOST_YEARS = 10


def in_bands(whole: Value, *bands: tuple[Value, Value], rest: Value) -> Value:
    """超额累进: of `whole` the part up to each limit at that limit's rate, what is above the last at `rest`.

    `bands` are (limit, rate), from the lowest limit up: `in_bands(paid, (first, low), rest=high)` pays 第一档以下部分
    at low and 超过部分 at high. Each part is a step of its own in a decision. Raises DeclarationError with no limit.
    """
    if not bands:
        raise DeclarationError("in_bands needs a limit and its rate: in_bands(paid, (limit, rate), rest=rate)")
    found: Value | None = None
    below: Value | None = None
    for n, (limit, rate) in enumerate((*bands, (None, rest)), start=1):
        reached = whole if limit is None else least(whole, limit)
        part = named(f"第 {n} 档", (reached if below is None else reached - below) * rate)
        found, below = part if found is None else found + part, reached
    assert found is not None
    return found


def stepped(reached: Value, *steps: tuple[Value, Value], below: Value | None = None) -> Value:
    """全额分档: the result of the highest step that `reached` has come to, the step's own number included (民法典
    第一千二百五十九条: 以上 includes it); under the first `below`, or nothing.

    `steps` are (from, result), from the lowest up; a result may be an amount, or `reached` times a rate. Raises
    DeclarationError without any step.
    """
    if not steps:
        raise DeclarationError("stepped needs a step and its result: stepped(sum, (from, amount))")
    found = const(Fen(0)) if below is None else below
    for start, result in steps:
        found = when(reached >= start, result, found)
    return found


def chosen(code: Expr, results: Mapping[str, Value]) -> Value:
    """The rate, amount or rule for the code a fact has. Raises DeclarationError where one of its codes has none."""
    names = getattr(code, "names", {})
    if not results or results.keys() != names.keys():
        raise DeclarationError(f"chosen needs a result for each of {', '.join(names) or 'the codes of a Choice'}")
    *others, (_last, found) = results.items()
    for one, result in reversed(others):
        found = when(of_code(code, one), result, found)
    return found


def growth(now: Value, before: Value) -> Value:
    """增长率: what `now` is more than `before`, as a part of `before`; not known where that is not above zero."""
    return (now - before) / before


def compounded(before: Value, rate: Value, years: int) -> Value:
    """What `before` has become after growing by `rate` in each of so many years: 三年年均增长20%以上 is
    `now >= compounded(before, rate, 3)`, without a root. Raises DeclarationError for no whole number of years."""
    if isinstance(years, bool) or not isinstance(years, int) or not 1 <= years <= MOST_YEARS:
        raise DeclarationError(f"compounded grows over 1 to {MOST_YEARS} whole years, not {years!r}")
    found = before
    for _year in range(years):
        found = found * (const(1) + rate)
    return found
