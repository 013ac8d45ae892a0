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

from triplehelix.policy.expression.bands import chosen, in_bands, stepped
from triplehelix.policy.expression.flags import Flag, called, either, holds, known, of_code
from triplehelix.policy.expression.nodes import Env, Expr, Show
from triplehelix.policy.expression.values import (
    Named,
    Value,
    When,
    const,
    floor_yuan,
    least,
    most,
    named,
    summed,
    total,
    when,
    within,
)

__all__ = [
    "Env", "Expr", "Flag", "Named", "Show", "Value", "When", "called", "chosen", "const", "either", "floor_yuan",
    "holds", "in_bands", "known", "least", "most", "named", "of_code", "stepped", "summed", "total", "when", "within",
]  # fmt: skip
