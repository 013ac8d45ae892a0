"""Facts the program tells by itself, under codes of its own, and what each has to be for that.

One declared otherwise passes every worked case, which says what it likes, and then stops every application: nobody can
type it, and what the program tells cannot be read.
"""

from collections.abc import Callable, Iterable, Mapping

from triplehelix.policy.article import DeclarationError
from triplehelix.policy.facts import Fact, Listed, Money, Ratio, YesNo


def _stages(fact: Fact) -> bool:
    columns = {one.code: type(one) for one in fact.columns} if isinstance(fact, Listed) else {}
    return columns == {"amount": Money, "reached": YesNo}


FACTOR = (
    'Ratio("pool_factor", …, source="derived", optional=True): there is none while the money suffices, so the amount '
    "takes when(known(factor), factor, const(1))"
)
#: By code: what is asked of it, and how it is written.
TOLD: Mapping[str, tuple[Callable[[Fact], bool], str]] = {
    "registered_in_city": (lambda fact: isinstance(fact, YesNo), 'YesNo("registered_in_city", …, source="register")'),
    "passed_review": (lambda fact: isinstance(fact, YesNo), 'YesNo("passed_review", …, source="derived")'),
    "paid_before": (lambda fact: isinstance(fact, Money), 'Money("paid_before", …, source="register")'),
    "milestones": (_stages, 'Listed("milestones", …, (Money("amount", …), YesNo("reached", …)))'),
    "pool_factor": (lambda fact: isinstance(fact, Ratio) and fact.about.optional, FACTOR),
}


def check_told(code: str, facts: Iterable[Fact]) -> None:
    """Whether the facts an award declares under these codes can be told. Raises DeclarationError."""
    for fact in facts:
        if fact.code in TOLD and not TOLD[fact.code][0](fact):
            written = TOLD[fact.code][1]
            raise DeclarationError(f"{code}: the program itself tells {fact.code}: write it {written}")
