"""What a computed number is: money, a part of something, or a count. It is shown as people read it, and an award that
would pay a percentage does not construct."""

from triplehelix.policy.expression import Expr, Moment, OverRows, Product, Quotient, When
from triplehelix.policy.expression.rows import Counted
from triplehelix.policy.facts import Fact, Listed, Ratio
from triplehelix.policy.terms import Amount, Table


def power_of(node: Expr) -> int:
    """How often money is multiplied in it: 1 for an amount, 0 for a count or a part, -1 for a number per yuan."""
    if isinstance(node, Fact):
        return int(node.unit == "元")
    if isinstance(node, Amount):
        return int(node.spec.kind == "money")
    if isinstance(node, Table):
        return 1
    if isinstance(node, Product):
        return power_of(node.a) + power_of(node.b)
    if isinstance(node, Quotient):
        return power_of(node.a) - power_of(node.b)
    return max((power_of(part) for part in _parts(node)), default=0)


def kind_of(node: Expr) -> tuple[str, str]:
    """As what a number is shown (money, rate or count), and a count's unit."""
    if power_of(node) == 1:
        return "money", ""
    below = list(_below(node))
    if any(isinstance(one, Quotient | Ratio) or (isinstance(one, Amount) and one.spec.kind == "rate") for one in below):
        return "rate", ""
    units = {unit for one in below if (unit := _unit(one))}
    return "count", units.pop() if len(units) == 1 else ""


def _unit(node: Expr) -> str:
    return node.spec.unit if isinstance(node, Amount) else str(getattr(node, "unit", ""))


def _below(node: Expr) -> list[Expr]:
    """The nodes a number is made of: not what decided which way was taken."""
    found, waiting = list[Expr](), [node]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += _parts(one)
    return found


def _parts(node: Expr) -> tuple[Expr, ...]:
    if isinstance(node, When):
        return node.then, node.otherwise
    if isinstance(node, Counted):
        return ()
    if isinstance(node, OverRows):
        return (node.each,)
    if isinstance(node, Listed):
        return node.columns
    return tuple(part for part in node.inputs if not isinstance(part, Moment))
