"""One column that a sheet may have: its headings, and how its cells are read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

SHOWN = 30

Parse = Callable[[str], Any]


@dataclass(frozen=True)
class Column:
    """One column: `heading` is what the template shows, `aliases` what else it may be called.

    `parse` gets the cell's text without blanks at its ends, never empty, and answers the value or raises ValueError
    with a sentence for the user; without it the text is the value and must be one of `choices`, if there are any.
    `choices` fill the template's drop-down. In a column that is not `dated`, a day is what Excel has made of 3-1.
    An `amount` may stand under its heading with another unit (预算（元）), or below a remark that names one (单位：元):
    `parse` gets that unit behind the number.
    """

    key: str
    heading: str
    aliases: Sequence[str] = ()
    required: bool = False
    parse: Parse | None = None
    help: str = ""
    choices: Sequence[str] = ()
    example: str = ""
    dated: bool = False
    amount: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (self.heading, *self.aliases)

    @property
    def may_be_nothing(self) -> bool:
        """Whether a dash is an empty cell: of amounts and days that may be missing; as a text 无 says something."""
        return not self.required and (self.amount or self.dated)

    def read(self, text: str) -> Any:
        """The value of a cell that is not empty. Raises ValueError."""
        if self.parse is not None:
            return self.parse(text)
        if self.choices and text not in self.choices:
            raise ValueError(f"“{text[:SHOWN]}”不在可选范围内，可填：{'、'.join(self.choices)}")
        return text
