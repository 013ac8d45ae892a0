"""Amounts and conditions as expressions: one tree that computes, explains itself with a case's numbers, and reads as a
formula in the manual.

Built with ordinary operators on facts and terms::

    growth = spent - spent_before
    eligible = known(spent_before) & (growth >= threshold)
    amount = floor_yuan(share * least(growth, ceiling))

Owns: numbers and conditions as one tree, what they compute and how they are said.
May use: foundation, policy.
Used by: policy, programmes, measures.
"""

from triplehelix.policy.expression.bands import chosen, compounded, growth, in_bands, stepped
from triplehelix.policy.expression.days import (
    Moment,
    after,
    days_between,
    judged_day,
    months_between,
    year_of,
    years_between,
)
from triplehelix.policy.expression.flags import Compared, Flag, called, either, holds, known, of_code
from triplehelix.policy.expression.nodes import Env, Expr, Show
from triplehelix.policy.expression.rows import OverRows, Total, counted, largest, summed, total, within
from triplehelix.policy.expression.values import (
    Difference,
    Named,
    Product,
    Quotient,
    Value,
    When,
    const,
    down_to,
    floor_yuan,
    half_up_to,
    least,
    most,
    named,
    when,
)

__all__ = [
    "Compared", "Difference", "Env", "Expr", "Flag", "Moment", "Named", "OverRows", "Product", "Quotient", "Show",
    "Total", "Value", "When", "after", "called", "chosen", "compounded", "const", "counted", "days_between", "down_to",
    "either", "floor_yuan", "growth", "half_up_to", "holds", "in_bands", "judged_day", "known", "largest", "least",
    "months_between", "most", "named", "of_code", "stepped", "summed", "total", "when", "within", "year_of",
    "years_between",
]  # fmt: skip
