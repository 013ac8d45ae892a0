"""What a computed number is: money, a part of something, or a count. It is shown as people read it, and an award that
would pay a percentage does not construct."""

from triplehelix.policy.article import DeclarationError
from triplehelix.policy.expression import Expr, Moment, OverRows, Product, Quotient, When
from triplehelix.policy.expression.rows import Counted
from triplehelix.policy.expression.values import Const
from triplehelix.policy.facts import Fact, Listed, Number, Ratio
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


def check_amount(code: str, amount: Expr) -> None:
    """Whether an amount in which something is divided still comes to money: a part of it, taken for the sum itself,
    would pay a few fen. Raises DeclarationError."""
    nodes = list(amount.walk())
    if not any(isinstance(node, Quotient) for node in nodes):
        return
    alike = (node for node in nodes if not isinstance(node, Product | Quotient))
    powers = ({power_of(part) for part in _parts(node) if not isinstance(part, Const)} for node in alike)
    if power_of(amount) != 1 or any(len(found) > 1 for found in powers):
        raise DeclarationError(
            f"{code}: its amount divides money by money (or takes it twice) and puts what comes of it in the place "
            f"of a sum: multiply the part by an amount, or divide by a count"
        )


def divisors(amount: Expr) -> list[tuple[Listed | None, Number]]:
    """The facts that something in the amount is divided by, with the table of those that are columns of one."""
    found: list[tuple[Listed | None, Number]] = []
    for node in amount.walk():
        if isinstance(node, Quotient):
            found += [(None, one) for one in node.b.walk() if isinstance(one, Number)]
        if isinstance(node, OverRows) and isinstance(node.rows, Listed):
            own = {id(column) for column in node.rows.columns}
            below = [one for part in node.parts for _table, one in divisors(part)]
            found += [(node.rows if id(one) in own else None, one) for one in below]
    return found


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
