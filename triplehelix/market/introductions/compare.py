"""Terms in words, and what changed from one version to the next."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.market.introductions.models import Version
from triplehelix.records.amounts import in_words

#: What people compare, in the order they read it.
NAMES = {
    "mode": gettext_lazy("合作方式"),
    "price": gettext_lazy("总价"),
    "structure": gettext_lazy("付款方式"),
    "rows": gettext_lazy("分期"),
    "royalty": gettext_lazy("提成"),
    "equity": gettext_lazy("股权"),
    "rights": gettext_lazy("权属和后续改进"),
    "delivery": gettext_lazy("交付和验收"),
    "other": gettext_lazy("其他约定"),
}


#: What is replaced as a whole: a number, a word in letters, a Chinese character, a sign.
TOKEN = re.compile(r"[0-9][0-9,.]*|[A-Za-z]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: `same`, `new`, or `gone` from the version before."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a version. `pieces` show it against the version before; without one, all of it is the same."""

    name: str
    label: Any
    text: str
    changed: bool
    pieces: tuple[Piece, ...]


def words(version: Version) -> dict[str, str]:
    """Every clause in words; one that does not apply is empty."""
    return {
        "mode": version.mode,
        "price": in_words(version.price_fen),
        "structure": str(version.get_structure_display()),
        "rows": "\n".join(_row(n, row) for n, row in enumerate(version.rows, start=1)),
        "royalty": _royalty(version),
        "equity": percent(version.equity_bp, 100) if version.equity_bp else "",
        "rights": version.rights,
        "delivery": version.delivery,
        "other": version.other,
    }  # fmt: skip


def _royalty(version: Version) -> str:
    said = {"base": version.royalty_base, "rate": percent(version.royalty_ppm, 10_000)}
    return _("%(base)s的 %(rate)s") % said if version.royalty_ppm else ""


def _row(n: int, row: dict[str, Any]) -> str:
    said = {"n": n, "name": row["name"], "fen": in_words(row["fen"]), "due": row["due"]}
    if row["due"]:
        return _("%(n)d. %(name)s：%(fen)s，%(due)s 以前") % said
    return _("%(n)d. %(name)s：%(fen)s") % said


def percent(parts: int, one: int) -> str:
    """So many parts of which `one` make a percent, as people write it: 3%, 0.25%."""
    return f"{(Decimal(parts) / one).normalize():f}%"


def clauses(version: Version, before: Version | None) -> list[Clause]:
    """The clauses that are there now or were there before, each held against the version before."""
    now, was = words(version), words(before) if before is not None else {}
    found = []
    for name, label in NAMES.items():
        old = was.get(name, "")
        if now[name] or old:
            changed = before is not None and now[name] != old
            pieces = pieces_of(old, now[name]) if changed else (Piece("same", now[name]),)
            found.append(Clause(name, label, now[name], changed, pieces))
    return found


def pieces_of(old: str, new: str) -> tuple[Piece, ...]:
    """The new text with what is new in it and what is gone from it; a text that is mostly another is shown whole."""
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < 0.5:
        whole: Sequence[tuple[str, str]] = [("gone", old), ("new", new)]
        return tuple(Piece(kind, text) for kind, text in whole if text)
    found = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            found.append(Piece("same", "".join(after[c:d])))
        else:
            found += [
                Piece(kind, text)
                for kind, text in (("gone", "".join(before[a:b])), ("new", "".join(after[c:d])))
                if text
            ]
    return tuple(found)
