"""An article of the policy, cited as it is printed: 三（二）, or 第十二条第二款 where articles are numbered through."""

import re
from dataclasses import dataclass

ONES = "一二三四五六七八九"
#: One to ninety-nine as a policy prints it: 七, 十二, 三十.
NUMERAL = rf"(?:[{ONES}]?十[{ONES}]?|[{ONES}])"
IN_CHAPTER = re.compile(rf"^({NUMERAL})（({NUMERAL})）$")
THROUGH = re.compile(rf"^第({NUMERAL})条(?:第{NUMERAL}款)?(?:第{NUMERAL}项|（{NUMERAL}）)?$")


class DeclarationError(ValueError):
    """A measure, award or one of its parts that cannot be right as declared; raised where it is written."""


@dataclass(frozen=True, slots=True)
class Article:
    """Where the policy says it, and in which words. `quote` is the clause itself, not a paraphrase.

    三（二） says its chapter; 第十二条 does not, and `chapter` (1 to 99) says it. Raises DeclarationError for a
    reference of neither form, a chapter that is missing or said twice, and a clause without its words.
    """

    ref: str
    quote: str
    chapter: int = 0

    def __post_init__(self) -> None:
        if not (IN_CHAPTER.match(self.ref) or THROUGH.match(self.ref)):
            raise DeclarationError(f"an article is cited like 三（二） or 第十二条第二款, not {self.ref!r}")
        if THROUGH.match(self.ref) and not 1 <= self.chapter <= 99:
            raise DeclarationError(f"{self.ref} does not say its chapter: Article({self.ref!r}, …, chapter=3)")
        if IN_CHAPTER.match(self.ref) and self.chapter:
            raise DeclarationError(f"{self.ref} says its chapter itself: leave out chapter={self.chapter}")
        if not self.quote.strip():
            raise DeclarationError(f"article {self.ref} needs the words of the clause")

    @property
    def number(self) -> str:
        """`3.2` for 三（二）, `3.12` for 第十二条 in chapter 3: how measures are numbered."""
        if found := IN_CHAPTER.match(self.ref):
            return f"{read_numeral(found[1])}.{read_numeral(found[2])}"
        found = THROUGH.match(self.ref)
        assert found
        return f"{self.chapter}.{read_numeral(found[1])}"

    def __str__(self) -> str:
        return self.ref


def read_numeral(text: str) -> int:
    """12 for 十二; `text` matches NUMERAL."""
    tens, ten, ones = text.rpartition("十")
    return (ONES.find(tens) + 1 if tens else 1) * 10 * bool(ten) + (ONES.find(ones) + 1 if ones else 0)


def numeral(number: int) -> str:
    """十二 for 12; 1 to 99."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else ONES[tens - 1]) + "十" * bool(tens) + (ONES[ones - 1] if ones else "")
