"""What may be done with a deal beside its steps: the pages and the API offer the same."""

from collections.abc import Iterable

from triplehelix.foundation.workflow import Step
from triplehelix.market.equity.access import FUND
from triplehelix.market.equity.models import Deal

#: Steps that are taken by an act: they need more than a sentence.
BY_ACT = frozenset({"convert", "exit"})


def offered(deal: Deal, held: frozenset[str]) -> list[str]:
    """The acts of the fund in this state: what is to become shares is converted before it is left."""
    if FUND not in held:
        return []
    if deal.state == "agreed" and deal.converts:
        return ["convert"]
    return ["exit"] if deal.state in ("agreed", "converted") else []


def steps(deal: Deal, may: Iterable[Step]) -> list[Step]:
    """Of the steps somebody may take those taken without an act: plain equity has no condition that could fail."""
    return [one for one in may if one.code not in BY_ACT and (one.code != "lapse" or deal.converts)]
