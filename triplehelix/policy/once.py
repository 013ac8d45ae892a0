"""How an award says what is one and the same matter: given once, given before, given under another award."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from triplehelix.policy.article import DeclarationError
from triplehelix.policy.facts import Choice, Choices, Count, Fact, Money

#: How often an award is given: to a payee once a year for what `once` names, once in a lifetime for it (a loss is lost
#: once), or once in a lifetime for whatever it is; `one`: for what `once` names once, whoever is paid (a certificate).
OncePer = Literal["year", "matter", "payee", "one"]
#: Whose cases are looked at: those of the same payee, or everybody's.
Whose = Literal["own", "all"]
#: Over which awards a cap holds that does not name them.
Among = Literal["", "chapter", "policy"]
#: Lanes in which somebody applies: next year he may apply again.
APPLIED_FOR = frozenset({"quick", "ordinary"})


@dataclass(frozen=True, slots=True)
class Earlier:
    """Which earlier grants count against a new one: those of the award and of `awards`, with these facts (by code)
    alike, of the payee alone or of everybody, ever or in the year of the case.

    The program fills in the fact `tells`, and nobody types it: what the grants come to, or where `what` names a fact
    of theirs, what that said in each: a count or an amount summed up, codes as a list.
    """

    by: tuple[str, ...]
    whose: Whose
    tells: str = "given_before"
    what: str = ""
    this_year: bool = False
    #: A cap over several awards: each of them names the others, so that it holds whichever is applied for first.
    awards: tuple[str, ...] = ()
    #: A cap over every award of the chapter, or of the whole policy: which those are, the pack knows (registry).
    among: Among = ""

    def __post_init__(self) -> None:
        if self.among not in get_args(Among):
            raise DeclarationError(f'earlier: among is "chapter" or "policy", not {self.among!r}')

    @property
    def alike(self) -> tuple[object, ...]:
        """What the rules of awards that count each other have in common."""
        return self.by, self.whose, self.this_year, self.what, self.among


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
    code: str, lanes: Iterable[str], known: set[str], once: tuple[str, ...], per: OncePer,
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
    for rule in excludes:
        if unknown := set(rule.by) - known:
            raise DeclarationError(f"{code}: excludes names no fact: {', '.join(sorted(unknown))}")


def check_earlier(code: str, facts: Mapping[str, Fact], earlier: tuple[Earlier, ...], *, is_shared: bool) -> None:
    """Whether what earlier grants tell fits the facts it is told in: found out at the first decision, it would stop
    every case. Raises DeclarationError."""
    if not isinstance(earlier, tuple):
        raise DeclarationError(f"{code}: earlier is a row of rules: earlier=(Earlier(…),)")
    for rule in earlier:
        if unknown := {*rule.by, rule.tells, *filter(None, [rule.what])} - facts.keys():
            raise DeclarationError(f"{code}: earlier grants need the facts {', '.join(sorted(unknown))}")
        if wrong := _untold(facts[rule.tells], facts.get(rule.what)):
            raise DeclarationError(f"{code}: {wrong}")
    told = [rule.tells for rule in earlier]
    if len(set(told)) < len(told):
        raise DeclarationError(f"{code}: two rules of earlier tell one fact: give each its own (tells=…)")
    if named := [rule.among for rule in earlier if rule.among and rule.what]:
        raise DeclarationError(f'{code}: among="{named[0]}" counts money, and what="…" a fact only some awards ask for')
    if is_shared and len(earlier) > 1:
        raise DeclarationError(f"{code} is shared among units: what is left for them is told by one rule of earlier")


def _untold(told: Fact, what: Fact | None) -> str:
    """Why the fact cannot tell what earlier cases were given, or said in `what`; "" where it can."""
    if what is None:
        return "" if isinstance(told, Money) else f"{told.code} tells a sum of grants: make it Money({told.code!r}, …)"
    if isinstance(what, Money | Count):
        wanted = type(what)
        right = type(told) is wanted and told.unit == what.unit
        return "" if right else f"{told.code} tells a sum of {what.code}: make it {wanted.__name__}, in {what.unit}"
    if not isinstance(what, Choice):
        return f"what={what.code!r}: only a Money, a Count or a Choice can be told of earlier cases"
    right = isinstance(told, Choices) and told.names == what.names
    return "" if right else f"{told.code} tells the codes of {what.code}: make it Choices with the same names"
