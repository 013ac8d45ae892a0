"""What every fact is: a leaf of an expression that says who tells it, what proves it and who may see it."""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from triplehelix.policy.article import DeclarationError
from triplehelix.policy.columns import Column
from triplehelix.policy.expression import Env, Expr, Show

Source = Literal["asked", "register", "derived"]
CODE = re.compile(r"^[a-z][a-z0-9_]*$")


class BadFact(ValueError):
    """A value that cannot be this fact. The message says what to send instead."""


#: Who sees a case sees what it is about; a fact may be for fewer.
ALL = ("applicant", "clerk", "county", "finance", "auditor")


@dataclass(frozen=True, slots=True)
class About:
    """What every fact says of itself. `evidence` names the paper that proves it; `seen_by` the relations that may see
    it; `optional` facts may be left out, `nullable` ones may be sent as null, which means: not known."""

    code: str
    label: str
    source: Source = "asked"
    help: str = ""
    evidence: str = ""
    seen_by: tuple[str, ...] = ALL
    optional: bool = False
    nullable: bool = False
    example: Any = None


class Fact(Expr):
    """A fact as a leaf of an expression."""

    about: About
    unit = ""

    def __init__(self, code: str, label: str, **about: Any) -> None:
        if not CODE.match(code):
            raise DeclarationError(f"fact code {code!r} must be lower-case letters, digits and _")
        if not label:
            raise DeclarationError(f"fact {code} needs a label")
        self.about = About(code, label, **about)

    @property
    def code(self) -> str:
        return self.about.code

    @property
    def key(self) -> str:
        """The name in JSON, forms and sheets; money carries its unit in it."""
        return self.about.code

    @property
    def label(self) -> str:
        return self.about.label

    @property
    def is_personal(self) -> bool:
        """Whether fewer may see it than may see the case: a person's name, a certificate's number."""
        return not set(ALL).issubset(self.about.seen_by)

    def read(self, given: Any) -> Any:
        """The value meant. Raises BadFact."""
        raise NotImplementedError

    def plain(self, value: Any) -> Any:
        """The value as JSON says it; `read` of it gives the value again."""
        return value

    def written(self, value: Any) -> str:
        """The value as people read it."""
        return "未提供" if value is None else str(value)

    def wants(self) -> str:
        """What to send, in words."""
        raise NotImplementedError

    def compute(self, env: Env) -> Column:
        return env.facts[self.about.code]

    def shown(self, show: Show) -> str:
        return show(self)


def kind_of(given: Any) -> str:
    """What was sent, in a word or two."""
    if given is None:
        return "空值 null"
    if isinstance(given, bool):
        return "是否值"
    shown = json.dumps(given, ensure_ascii=False, default=str)
    return f" {shown[:30]}{'…' if len(shown) > 30 else ''}"
