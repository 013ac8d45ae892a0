"""The facts an award asks for: what kind of thing, in which unit, who says so, what proves it, who may see it.

A fact is read from what people and programs send (`read`), with one message per wrong value and nothing guessed: no
sign, unit or missing number is filled in.

Owns: the kinds of facts, how each is read and written, what is wrong with a value.
May use: foundation, policy.
Used by: policy, programmes, measures, market.finance, procedure, doors.
"""

from triplehelix.policy.facts.amounts import Count, Money, Number, Ratio
from triplehelix.policy.facts.one import ALL, CODE, About, BadFact, Fact
from triplehelix.policy.facts.reading import read_facts
from triplehelix.policy.facts.tables import Listed
from triplehelix.policy.facts.words import Choice, Choices, Day, Text, YesNo

__all__ = [
    "ALL", "CODE", "About", "BadFact", "Choice", "Choices", "Count", "Day", "Fact", "Listed", "Money", "Number",
    "Ratio", "Text", "YesNo", "read_facts",
]  # fmt: skip
