"""How an answer was reached, in words: what was compared, each line of the arithmetic, of a table each row."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from triplehelix.foundation.money import Fen
from triplehelix.policy.case_columns import column_of_one
from triplehelix.policy.columns import Numbers
from triplehelix.policy.expression import Compared, Env, Expr, Flag, Moment, Named, OverRows, Quotient, When
from triplehelix.policy.expression.days import day_of_number
from triplehelix.policy.expression.rows import Counted
from triplehelix.policy.facts import Fact, Listed
from triplehelix.policy.kinds import kind_of
from triplehelix.policy.terms import Term, shown_number

#: Of a long table so many rows are shown one by one.
MOST_ROWS = 20
#: A part that is no exact percentage is shown as it is, and to so many places beside it.
PLACES = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the arithmetic: `基数 = 3,000,000.00 元 − 0.00 元 = 3,000,000.00 元`."""

    label: str
    formula: str
    result: str

    def __str__(self) -> str:
        return f"{self.label} = " + (self.result if self.formula == self.result else f"{self.formula} = {self.result}")


class Symbols:
    """Leaves by their names, and every way shown: the formula, not a case."""

    def __call__(self, leaf: Expr, /) -> str:
        if isinstance(leaf, Fact):
            return leaf.label
        if isinstance(leaf, Term):
            return leaf.spec.label
        assert isinstance(leaf, Named)
        return leaf.label

    def taken(self, flag: Flag, /) -> None:
        return None

    def computed(self, node: Expr, /) -> str:
        return ""


class InCase:
    """Leaves by their values in one case, and only the ways taken."""

    def __init__(self, env: Env, values: Mapping[str, Any]) -> None:
        self.env, self.values = env, values

    def __call__(self, leaf: Expr, /) -> str:
        if isinstance(leaf, Fact):
            return leaf.written(self.values[leaf.code]) if leaf.code in self.values else leaf.label
        if isinstance(leaf, Term):
            return leaf.spec.written(self.env.terms[leaf.spec.code])
        assert isinstance(leaf, Named)
        return written_number(leaf.part, leaf.numbers(self.env))

    def taken(self, flag: Flag, /) -> bool:
        return bool(flag.truths(self.env).any())

    def computed(self, node: Expr, /) -> str:
        found = node.run(self.env)
        assert isinstance(found, Numbers)
        if isinstance(node, Moment):
            is_known = found.known is None or found.known[0]
            return f"（{day_of_number(int(found.num[0])) if is_known else '未知'}）"
        return f"（{written_number(node, found)}）"


class InComparison(InCase):
    """The same with a part's name before its number: 研发投入增长率（10%） ≥ 20%."""

    def __call__(self, leaf: Expr, /) -> str:
        shown = super().__call__(leaf)
        return f"{leaf.label}（{shown}）" if isinstance(leaf, Named) else shown


def path(expressions: Iterable[Expr], env: Env) -> list[Expr]:
    """The nodes an answer rests on: those of the conditions, and of the ways the amount took."""
    found: dict[int, Expr] = {}
    waiting: list[Expr] = list(expressions)
    while waiting:
        node = waiting.pop()
        if id(node) in found:
            continue
        found[id(node)] = node
        if isinstance(node, When):
            waiting += [node.flag, node.then if node.flag.truths(env).any() else node.otherwise]
        else:
            waiting += node.inputs
    return list(found.values())


def lines(amount: Expr, env: Env, values: Mapping[str, Any], granted: Fen, path: list[Expr]) -> tuple[Line, ...]:
    """The arithmetic of one case, what a line rests on above it; the amount itself last."""
    found = list(_steps(env, values, path))
    if not isinstance(amount, Named):
        found.append(Line("金额", amount.shown(InCase(env, values)), str(granted)))
    return tuple(found)


def compared(test: Flag, show: InCase) -> str:
    """What a condition compared in this case; where it is not met, after the steps it rests on, which of one that is
    met stand in the arithmetic. "" where it compares nothing, or something fewer may see than the case."""
    nodes = list(test.walk())
    if any(isinstance(node, Fact) and node.is_personal for node in nodes):
        return ""
    named = InComparison(show.env, show.values)
    found = [node.shown(named) for node in nodes if isinstance(node, Compared)]
    rests_on = () if not found or show.taken(test) else _steps(show.env, show.values, nodes)
    return "；".join([*map(str, rests_on), *found])


def unknown(amount: Expr, env: Env, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The labels of the facts without which the amount is not known: those not told, and what would have to be above
    zero to be divided by."""
    found = amount.run(env)
    assert isinstance(found, Numbers)
    if found.known is None or found.known[0]:
        return ()
    on = path([amount], env)
    labels = [node.label for node in on if isinstance(node, Fact) and values.get(node.code, "") is None]
    each = [node for one in on if isinstance(one, OverRows) for part in one.parts for node in part.walk()]
    divided = [node.b.shown(Symbols()) for node in (*on, *each) if isinstance(node, Quotient)]
    return tuple(dict.fromkeys(labels or [f"大于零的“{one}”" for one in divided]))


def _steps(env: Env, values: Mapping[str, Any], path: list[Expr]) -> Iterator[Line]:
    """A line for every named part the path leads through, and for every table before what is made of it."""
    taken = {node.part for node in path if isinstance(node, Named)} | {n for n in path if isinstance(n, OverRows)}
    show, left_out = InCase(env, values), set[tuple[int, str]]()
    for label, part, column in env.steps or ():
        if not isinstance(column, Numbers) or part not in taken:
            continue
        if isinstance(part, OverRows) and not label:
            yield from _rows(part, env, values, left_out)
        elif column.known is None or column.known[0]:
            formula = part.label if isinstance(part, OverRows) else part.shown(show)
            yield Line(label, formula, written_number(part, column))


def _rows(node: OverRows, env: Env, values: Mapping[str, Any], left_out: set[tuple[int, str]]) -> Iterator[Line]:
    """What each row of a table comes to, where that is more than a number of the row's own; none of a table that fewer
    may see than the case. Why a row does not count is said once, whatever is made of the others."""
    table = node.rows
    if not isinstance(table, Listed) or table.is_personal or (isinstance(node.each, Fact) and node.where is None):
        return
    rows = values.get(table.code) or ()
    for row in rows[:MOST_ROWS]:
        own = {column.code: column_of_one(column, row[column.code]) for column in table.columns}
        inner = Env({**env.facts, **own}, env.terms, 1, wide=True, on=env.on)
        show, label = InCase(inner, {**values, **row}), f"{node.label}〔{row['id']}〕"
        if node.where is None or show.taken(node.where):
            if not isinstance(node, Counted):
                each = node.each.part if isinstance(node.each, Named) else node.each
                yield Line(label, each.shown(show), written_number(each, each.numbers(inner)))
        elif (once := (id(node.where), row["id"])) not in left_out:
            left_out.add(once)
            said = _why_not(node.where, show)
            yield Line(label, said, said)
    if len(rows) > MOST_ROWS:
        said = f"还有 {len(rows) - MOST_ROWS} 行，略"
        yield Line(node.label, said, said)


def _why_not(where: Flag, show: InCase) -> str:
    """Why a row does not count: what was compared in vain, or else the condition."""
    in_vain = [node.shown(show) for node in where.walk() if isinstance(node, Compared) and not show.taken(node)]
    return f"不计：{'；'.join(in_vain)}，不成立" if in_vain else f"不计：不符合“{where.shown(Symbols())}”"


def written_number(part: Expr, column: Numbers) -> str:
    """A computed number of one case for people: money in yuan, a part as a percentage, a count with its unit."""
    if column.known is not None and not column.known[0]:
        return "未知"
    exact = Fraction(int(column.num[0]), int(column.den if isinstance(column.den, int) else column.den[0]))
    kind, unit = kind_of(part)
    shown = shown_number(kind, exact)
    if kind == "rate" and "/" in shown:
        return f"{shown}（约 {_about(exact)}%）"
    return f"{shown} {unit}" if unit else shown


def _about(exact: Fraction) -> str:
    """A part in percent, cut off after PLACES: what is shown never reaches a threshold the part itself has not."""
    hundredths = abs(exact.numerator) * 100 * 10**PLACES // exact.denominator
    whole, rest = divmod(hundredths, 10**PLACES)
    return f"{'−' if exact < 0 else ''}{whole}.{rest:0{PLACES}d}"
