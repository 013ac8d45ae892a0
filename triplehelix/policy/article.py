"""An article of the policy, cited as it is printed: 三（二）."""

import re
from dataclasses import dataclass

CHAPTERS, NUMBERS = "一二三四五六七八九十", "一二三四五六七八九十"
REF = re.compile(rf"^[{CHAPTERS}]（[{NUMBERS}]）$")


class DeclarationError(ValueError):
    """A measure, award or one of its parts that cannot be right as declared; raised where it is written."""


@dataclass(frozen=True, slots=True)
class Article:
    """Where the policy says it, and in which words. `quote` is the clause itself, not a paraphrase.

    Raises DeclarationError for a reference that is not of the form 三（二）, or without its words.
    """

    ref: str
    quote: str

    def __post_init__(self) -> None:
        if not REF.match(self.ref):
            raise DeclarationError(f"an article is cited like 三（二）, not {self.ref!r}")
        if not self.quote.strip():
            raise DeclarationError(f"article {self.ref} needs the words of the clause")

    @property
    def number(self) -> str:
        """`3.2` for 三（二）: how measures are numbered."""
        return f"{CHAPTERS.index(self.ref[0]) + 1}.{NUMBERS.index(self.ref[2]) + 1}"

    def __str__(self) -> str:
        return self.ref
