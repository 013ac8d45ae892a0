"""An official document as plain data: what it says, not how it looks. Pages and docx are drawn from it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from triplehelix.foundation.coded import Coded
from triplehelix.procedure.letters.words import clean


class BadLetter(Coded, ValueError):
    """A document that may not be written: a refusal without a reason. `code` is stable, `message` is Chinese.

    Codes: reasons, days, sum, amount.
    """


@dataclass(frozen=True, slots=True)
class Block:
    """One part of the body.

    text: a paragraph.    heading: `一、…` first level, `（一）…` second level.
    list: one item a row, in its only cell; who draws it numbers them.
    table: `head` above `rows`, `text` is a caption; without a head it is drawn without lines (signatures).
    """

    kind: Literal["text", "heading", "list", "table"]
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    head: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Whatever is given, a letter holds only what can be seen."""
        object.__setattr__(self, "text", clean(self.text))
        object.__setattr__(self, "rows", tuple(tuple(clean(cell) for cell in row) for row in self.rows))
        object.__setattr__(self, "head", tuple(clean(cell) for cell in self.head))


@dataclass(frozen=True, slots=True)
class Annex:
    """A long table behind the letter, on landscape pages of its own. `shares` are the columns' parts of its width."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", clean(self.title))
        object.__setattr__(self, "head", tuple(map(clean, self.head)))
        object.__setattr__(self, "rows", tuple(tuple(map(clean, row)) for row in self.rows))


@dataclass(frozen=True, slots=True)
class Letter:
    """An official document. `kind`: notice, decision, agreement, payment, list; `day` is the 成文日期.

    An empty `addressee` means everybody (a notice) or both sides (an agreement); an empty `number` leaves out the head
    with the red line. `annexes` follow on pages of their own; `attachments` name them, and whatever else is enclosed.
    """

    kind: str
    title: str
    number: str
    addressee: str
    blocks: tuple[Block, ...]
    issuer: str
    day: date
    attachments: tuple[str, ...] = ()
    contact: str = ""
    annexes: tuple[Annex, ...] = ()

    def __post_init__(self) -> None:
        for name in ("title", "number", "addressee", "issuer", "contact"):
            object.__setattr__(self, name, clean(getattr(self, name)))
        object.__setattr__(self, "attachments", tuple(clean(one) for one in self.attachments))
