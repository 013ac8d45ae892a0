"""A declaration as data: everything an award's answer follows from, and nothing else.

Wording (labels, help, notes, refusal texts, worked cases) is left out: correcting a sentence is no other law. What is
here is kept with the trail, so that the rule of a decision can be read when the program has long been another.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from triplehelix.foundation.dated import ENDED, Dated, Open
from triplehelix.policy.expression import Expr
from triplehelix.policy.facts import Fact, Listed
from triplehelix.policy.once import Earlier
from triplehelix.policy.terms import Spec, Term

if TYPE_CHECKING:
    from triplehelix.policy.award import Award

#: What a node says of itself in words, and what follows from the rest.
WORDS = frozenset({"label", "text", "named", "inputs", "about"})


def as_data(award: "Award") -> dict[str, Any]:
    """The rule of an award as plain data: facts, conditions, ways, amount, terms with their days, how often."""
    found = {
        "code": award.code,
        "articles": [article.ref for article in award.articles],
        "in_force": _plain(award.in_force),
        "instrument": award.instrument,
        "use": award.use,
        "facts": [_fact(fact) for fact in award.facts],
        "conditions": [[one.code, _plain(one.test), one.holds] for one in award.conditions],
        "ways": [[way.code, _plain(way.test)] for way in award.ways.ways] if award.ways else [],
        "amount": _plain(award.amount),
        "terms": {code: _term(term.spec) for code, term in award.terms.items()},
        "once": [*award.once, award.once_per],
        "earlier": [*award.earlier[0].by, award.earlier[0].whose] if award.earlier else [],
    }
    # Further rules, and other awards they count, stand beside it: cases are bound to the digests there were before.
    found |= {"counted": counted} if (counted := _counted(award)) else {}
    found |= {"each_once": list(award.each_once)} if award.each_once else {}
    return found | ({"phases": [phase.part.spec.code for phase in award.phases]} if award.phases else {})


def digest(data: Mapping[str, Any]) -> str:
    """SHA-256 of a declaration as data."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _counted(award: "Award") -> list[dict[str, Any]]:
    """How earlier grants count, where that is more than one rule or one award's own grants."""
    if len(award.earlier) < 2 and not any(rule.awards or rule.among for rule in award.earlier):
        return []
    return [_rule(rule) for rule in award.earlier]


def _rule(rule: Earlier) -> dict[str, Any]:
    """One rule. A cap over a whole chapter is the same law whichever awards have come to the chapter since."""
    found = {name: _plain(getattr(rule, name)) for name in rule.__dataclass_fields__ if name != "among"}
    return found | {"awards": [], "among": rule.among} if rule.among else found


def _fact(fact: Fact) -> dict[str, Any]:
    about = fact.about
    found = {
        "key": fact.key, "kind": type(fact).__name__, "unit": fact.unit, "source": about.source,
        "optional": about.optional, "nullable": about.nullable, **_own(fact),
    }  # fmt: skip
    return found | ({"columns": [_fact(one) for one in fact.columns]} if isinstance(fact, Listed) else {})


def _term(spec: Spec) -> dict[str, Any]:
    value = {"open": True} if isinstance(spec.value, Open) else _plain(spec.value)
    return {"kind": spec.kind, "value": value, "mark": spec.mark, "codes": sorted(spec.codes)}


def _own(node: Any) -> dict[str, Any]:
    """What a node holds beside its words."""
    own = {name: one for name, one in sorted(vars(node).items()) if name not in WORDS}
    # Of a list of codes the codes are the rule, their names are words.
    return {name: sorted(one) if name == "names" else _plain(one) for name, one in own.items()}


def _plain(value: Any) -> Any:
    """A part of a declaration as JSON says it. Raises TypeError for a kind of part nobody has thought of."""
    if isinstance(value, Fact):
        return {"fact": value.code}
    if isinstance(value, Term):
        return {"term": value.spec.code}
    if isinstance(value, Expr):
        return {"op": type(value).__name__, **_own(value)}
    if isinstance(value, Dated):
        return [[_plain(day), _plain(one)] for day, one in value.steps]
    if value is ENDED:
        return "ended"
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | str):
        return int(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in (value if isinstance(value, list | tuple) else sorted(value))]
    raise TypeError(f"a declaration cannot say a {type(value).__name__}")
