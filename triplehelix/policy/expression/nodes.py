"""What every expression is: a node that is computed for all cases at once, and shows itself in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from triplehelix.policy.columns import Array, Column

if TYPE_CHECKING:
    from triplehelix.policy.expression.flags import Flag


class Show(Protocol):
    """How leaves are shown: by their values in a case, or by their labels in the manual."""

    def __call__(self, leaf: "Expr", /) -> str: ...

    def taken(self, flag: "Flag", /) -> bool | None:
        """Whether a flag holds in this case; None where there is no case, and both ways are shown."""
        ...

    def computed(self, node: "Expr", /) -> str:
        """What a node comes to in this case, in brackets; "" where there is no case."""
        ...


@dataclass
class Env:
    """What an evaluation knows: the column of each fact, the value of each term, how many cases there are."""

    facts: Mapping[str, Column]
    terms: Mapping[str, Any]
    n: int
    #: Python's own integers, of any size, in place of 64 bits: for one case.
    wide: bool = False
    #: The step of each named part, and under no name of each table, for one case; in the order they are computed.
    steps: list[tuple[str, "Expr", Column]] | None = None
    done: dict[int, Column] = field(default_factory=dict)
    #: The day whose law counts: of acceptance, before it the day of asking.
    on: date | None = None

    def array(self, value: int) -> Array:
        """The same number for every case: for columns one number, which numpy repeats without making a column."""
        return np.full(self.n, value, object) if self.wide else np.array(value, np.int64)


class Expr:
    """A node. `inputs` are the nodes it is computed from."""

    inputs: tuple["Expr", ...] = ()
    #: How tightly it binds when shown, so that only needed brackets are written.
    binds = 9

    def run(self, env: Env) -> Column:
        """The value for every case, computed once however often it is used."""
        key = id(self)
        if key not in env.done:
            env.done[key] = self.compute(env)
        return env.done[key]

    def compute(self, env: Env) -> Column:
        raise NotImplementedError

    def shown(self, show: Show) -> str:
        raise NotImplementedError

    def resolved(self, show: Show) -> "Expr":
        """What stands for this node in a case: of a choice, the way taken."""
        return self

    def inner(self, part: "Expr", show: Show) -> str:
        """A part of this node, in brackets when it binds less tightly."""
        part = part.resolved(show)
        text = part.shown(show)
        return f"（{text}）" if part.binds < self.binds else text

    def walk(self) -> Iterator["Expr"]:
        """This node and everything below it, each once."""
        seen: set[int] = set()
        waiting: list[Expr] = [self]
        while waiting:
            node = waiting.pop()
            if id(node) not in seen:
                seen.add(id(node))
                yield node
                waiting += reversed(node.inputs)
