"""How an award says what is one and the same matter: given once, given before, given under another award."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from triplehelix.policy.article import DeclarationError

#: How often an award is given: to a payee once a year for what `once` names, once in a lifetime for it (a loss is lost
#: once), or once in a lifetime for whatever it is; `one`: for what `once` names once, whoever is paid (a certificate).
OncePer = Literal["year", "matter", "payee", "one"]
#: Whose cases are looked at: those of the same payee, or everybody's.
Whose = Literal["own", "all"]
#: Lanes in which somebody applies: next year he may apply again.
APPLIED_FOR = frozenset({"quick", "ordinary"})


@dataclass(frozen=True, slots=True)
class Earlier:
    """Which earlier grants of an award count against a new one: those with these facts (by code) alike, of the payee
    alone or of everybody, ever or in the year of the case.

    The program fills in the fact `tells`, and nobody types it: what the grants come to, or where `what` names a fact
    of theirs, what that said in each.
    """

    by: tuple[str, ...]
    whose: Whose
    tells: str = "given_before"
    what: str = ""
    this_year: bool = False


@dataclass(frozen=True, slots=True)
class Excludes:
    """A case of one of these awards (the award's own code: by another name of the same matter) with these facts alike
    leaves no place for this one. `why` is told with the number of the earlier case. Raises DeclarationError."""

    awards: tuple[str, ...]
    by: tuple[str, ...]
    why: str
    whose: Whose = "all"

    def __post_init__(self) -> None:
        if not (self.awards and self.by and self.why.strip()):
            raise DeclarationError("what excludes an award needs the awards, the facts alike and the reason told")


def check_once(
    code: str, lanes: Iterable[str], known: set[str], once: tuple[str, ...], per: OncePer, earlier: Earlier | None,
    excludes: tuple[Excludes, ...],
) -> None:  # fmt: skip
    """Whether an award says of what it is given once, in facts it asks for. Raises DeclarationError."""
    if unknown := set(once) - known:
        raise DeclarationError(f"{code}: once names no fact: {', '.join(sorted(unknown))}")
    if per in ("matter", "one") and not once:
        raise DeclarationError(f"{code}: given once per matter, but once names no fact that tells matters apart")
    if not once and per != "payee" and (applied := APPLIED_FOR & set(lanes)):
        raise DeclarationError(
            f"{code} is applied for ({', '.join(sorted(applied))}), but once names no fact that tells one matter from "
            f"another, so the same matter could be paid again next year: let once name its contract, audit or project "
            f'number, or say once_per="payee" for what a payee gets once in a lifetime'
        )
    if earlier is not None:
        asked = {*earlier.by, earlier.tells, *filter(None, [earlier.what])}
        if unknown := asked - known:
            raise DeclarationError(f"{code}: earlier grants need the facts {', '.join(sorted(unknown))}")
    for rule in excludes:
        if unknown := set(rule.by) - known:
            raise DeclarationError(f"{code}: excludes names no fact: {', '.join(sorted(unknown))}")
