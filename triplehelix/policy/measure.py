"""A measure of the policy: its article, the awards it promises, and what it makes people keep a register of or owe."""

import re
from dataclasses import dataclass

from triplehelix.policy.article import Article, DeclarationError
from triplehelix.policy.award import Award

#: M<chapter>.<number> as the first article says them: M3.2, M7.29.
CODE = re.compile(r"^M[1-9][0-9]?\.[1-9][0-9]?$")


@dataclass(frozen=True, slots=True)
class Register:
    """A register a measure keeps: what one row is, its fields, and what may not be entered. `source` as for duties: a
    policy seldom says what stands in a register, so that it is our proposal unless something else is named."""

    name: str
    fields: tuple[str, ...]
    checks: tuple[str, ...]
    source: str = "assumed"


@dataclass(frozen=True, slots=True)
class Duty:
    """What somebody owes under a measure: who, what, by when; `source` as for terms."""

    who: str
    what: str
    due: str
    source: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of how the measure runs, with its days where somebody sets them ("" where nobody does); `source` says
    who, as for duties: `assumed` is our own proposal. Raises DeclarationError for days without a source."""

    name: str
    days: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if bool(self.days) != bool(self.source.strip()):
            raise DeclarationError(f"the stage {self.name} says its days and their source together, or neither")


@dataclass(frozen=True)
class Measure:
    """One of the numbered measures. Raises DeclarationError for a code that does not match its article, or for a
    measure that promises nothing, registers nothing and owes nothing."""

    code: str
    name: str
    article: Article
    who: str
    stages: tuple[Stage, ...]
    awards: tuple[Award, ...] = ()
    registers: tuple[Register, ...] = ()
    duties: tuple[Duty, ...] = ()
    questions: tuple[str, ...] = ()
    traps: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not CODE.match(self.code) or self.code != f"M{self.article.number}":
            raise DeclarationError(f"{self.code} stands on {self.article.ref}, which is M{self.article.number}")
        if not (self.awards or self.registers or self.duties):
            raise DeclarationError(f"{self.code} promises, registers and owes nothing")
        if strangers := [award.code for award in self.awards if award.measure != self.code]:
            raise DeclarationError(f"{self.code} holds awards of another measure: {', '.join(strangers)}")
        if not self.stages:
            raise DeclarationError(f"{self.code} has no stages")

    @property
    def place(self) -> tuple[int, int]:
        """Chapter and number, by which measures stand in the order of the policy: (7, 29)."""
        chapter, number = self.code[1:].split(".")
        return int(chapter), int(number)
