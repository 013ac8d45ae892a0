"""Which organisation an affiliation as written means: its name or one of its aliases, somewhere in the text."""

import re
from collections.abc import Iterable

from triplehelix.foundation.text import normalise

LEAST = 4


def folded(text: str) -> str:
    """Without width, case, blanks and punctuation, as names of organisations are compared."""
    return re.sub(r"[\W_]+", "", normalise(text).casefold())


class Known:
    """Names of organisations, folded, with whom they mean; the longest name that stands in a text wins."""

    def __init__(self, names: Iterable[tuple[str, int]]) -> None:
        found = {folded(name): pk for name, pk in names}
        self.names = sorted(((n, pk) for n, pk in found.items() if len(n) >= LEAST), key=lambda one: -len(one[0]))
        self.seen: dict[str, int | None] = {}

    def of(self, affiliation: str) -> int | None:
        """The organisation of an affiliation as written, or None."""
        if affiliation not in self.seen:
            text = folded(affiliation)
            self.seen[affiliation] = next((pk for name, pk in self.names if name in text), None)
        return self.seen[affiliation]
