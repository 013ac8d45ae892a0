"""A promise of money as it is declared: who gets how much for what, on which article, with cases worked by hand.

The declaration is the only place where a measure's rule is written. The form, the materials list, the self-check, the
list of candidates, the letter, the manual page and the tests come from it.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal, get_args

from triplehelix.policy import declared
from triplehelix.policy.article import Article, DeclarationError
from triplehelix.policy.expression import Expr, Flag, Value
from triplehelix.policy.facts import Fact, Listed
from triplehelix.policy.kinds import check_amount
from triplehelix.policy.once import Earlier, Excludes, OncePer, check_earlier, check_once
from triplehelix.policy.phases import Phase, check_phases
from triplehelix.policy.plan import Planned, check_rounds
from triplehelix.policy.shares import Shared
from triplehelix.policy.terms import Mark, Term, terms_of
from triplehelix.policy.told import check_told

CODE = re.compile(r"^M[1-9][0-9]?\.[1-9][0-9]?(-[a-z]+)*$")
#: The columns that hold a code have so many characters.
MOST_CODE = 30

#: How an award is handled: 免申即享 candidates from data, 快申快享 a short application, 普通申报 the whole procedure,
#: 一事一议 a decision document and milestones.
Lane = Literal["entitled", "quick", "ordinary", "by_decision"]
LANES: Mapping[Lane, str] = {
    "entitled": "免申即享", "quick": "快申快享", "ordinary": "普通申报", "by_decision": "一事一议",
}  # fmt: skip
#: The parts of the standard procedure, in their order (domain §2.1); an ordinary application names those it passes.
PARTS = (
    "call", "unit_review", "recommend", "accept", "check", "review", "site", "decide", "notice", "agreement", "pay",
    "midterm", "acceptance", "evaluate",
)  # fmt: skip
#: What a payment is, in the terms of the field.
Instrument = Literal[
    "grant", "post_subsidy", "challenge", "match", "reward", "loan_interest", "guarantee_fee", "insurance_premium",
    "risk_comp", "grant_invest", "invest_then_equity", "voucher",
]  # fmt: skip
#: A code of the purposes of the fund, which the pack lists (reference/fund.toml [uses]).
USE = re.compile(r"^[a-z][a-z0-9_]*$")

#: What may happen elsewhere and open a case of an award, and what is known of it then, by name.
EVENTS: Mapping[str, frozenset[str]] = {
    # 成功落地 of a technical contract: its registration number, amounts in yuan, whether it is carried out in the city,
    # and whether nobody has claimed the same award for it before.
    "sale_landed": frozenset({"registration", "price", "paid", "in_city", "first"}),
}


@dataclass(frozen=True, slots=True)
class Opener:
    """An event that opens a case of the award by itself, and which facts (by code) it already tells."""

    event: str
    tells: Mapping[str, str]

    def __post_init__(self) -> None:
        if self.event not in EVENTS:
            raise DeclarationError(f"nothing is known of the event {self.event}")
        if unknown := set(self.tells.values()) - EVENTS[self.event]:
            raise DeclarationError(f"{self.event} does not tell {', '.join(sorted(unknown))}")


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must be so. `refusal` is told when it is not, and says what to do where something can be done.

    `holds` True: not refused for good, but stopped until a clerk has looked. `mark` and `source` as for terms: where it
    comes from, if the clause does not say it itself. A condition that is another clause's names that one as its source.
    """

    code: str
    label: str
    test: Flag
    refusal: str
    article: Article
    holds: bool = False
    mark: Mark = "policy"
    source: str = ""

    def __post_init__(self) -> None:
        if not self.refusal.strip() or not self.label.strip():
            raise DeclarationError(f"condition {self.code} needs a label and a refusal text")
        if self.mark not in get_args(Mark):
            raise DeclarationError(
                f"condition {self.code}: mark is one of {', '.join(get_args(Mark))}, not {self.mark!r}"
            )
        if self.mark != "policy" and not self.source.strip():
            raise DeclarationError(f"condition {self.code} is not the policy's own: it needs its source")


@dataclass(frozen=True, slots=True)
class Way:
    """One of several ways to qualify, told apart in the decision: A, B."""

    code: str
    label: str
    test: Flag


@dataclass(frozen=True, slots=True)
class Ways:
    """The first of them that applies to a case is the one; when none does, the award is refused."""

    ways: tuple[Way, ...]
    refusal: str
    article: Article


@dataclass(frozen=True, slots=True)
class Example:
    """A case worked by hand: facts as they are sent, and what must come out.

    `on` None: the first day the award is in force. `granted_fen` None: nothing is granted, because of `refused`
    (condition codes) or `open` (term codes).
    """

    title: str
    facts: Mapping[str, Any]
    granted_fen: int | None
    on: date | None = None
    refused: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    way: str = ""
    shares: Mapping[str, int] = field(default_factory=dict)
    decided: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Award:
    """One promise of money. Raises DeclarationError when a part is missing: an article, an example, conditions.

    `in_force` are the first and the last day (None: open) the award can be decided on; `once` are the facts that, with
    the award and the payee, make a payment unique, and `once_per` for how long; `each_once` are tables of which no row,
    by its id, counts in two cases, whoever asks (每引进1名博士); `earlier` grants are taken off a later one; `excludes`
    names what leaves no place for it (就高不重复); `materials` what to hand in beside the facts' own proof, `if_any`
    what only some have, `anonymous` the one of the materials that experts read (活页).
    """

    code: str
    name: str
    articles: tuple[Article, ...]
    facts: tuple[Fact, ...]
    conditions: tuple[Condition, ...]
    amount: Value
    examples: tuple[Example, ...]
    lanes: tuple[Lane, ...]
    instrument: Instrument
    use: str
    payee: str
    in_force: tuple[date, date | None]
    ways: Ways | None = None
    once: tuple[str, ...] = ()
    once_per: OncePer = "year"
    earlier: tuple[Earlier, ...] = ()
    each_once: tuple[str, ...] = ()
    excludes: tuple[Excludes, ...] = ()
    materials: tuple[str, ...] = ()
    if_any: tuple[str, ...] = ()
    anonymous: str = ""
    notes: tuple[str, ...] = ()
    #: The parts of the standard procedure an ordinary application passes through.
    parts: tuple[str, ...] = ()
    #: Of an ordinary application with an agreement: the parts in which the whole is paid, where the policy fixes them.
    phases: tuple[Phase, ...] = ()
    #: The rounds of every year, where the policy plans them; an officer opens each. How money is asked for is no part
    #: of the rule it follows from.
    rounds: tuple[Planned, ...] = ()
    #: What opens a case without anybody asking for it (procedure.openings).
    opened_by: Opener | None = None

    def __post_init__(self) -> None:
        missing = [name for name in ("articles", "facts", "conditions", "examples", "lanes") if not getattr(self, name)]
        if missing:
            raise DeclarationError(f"{self.code} has no {', '.join(missing)}")
        if not CODE.match(self.code) or len(self.code) > MOST_CODE:
            raise DeclarationError(
                f"an award is named like M3.2-national, in at most {MOST_CODE} characters, not {self.code!r}"
            )
        if self.measure != f"M{self.articles[0].number}":
            raise DeclarationError(f"{self.code} stands on {self.articles[0].ref}, which is M{self.articles[0].number}")
        self._check_words()
        self._check_names()
        self._check_places()

    def _check_words(self) -> None:
        """What is chosen from a few words: a wrong one would only be found by the page that shows it."""
        chosen: list[tuple[str, str, Collection[str]]] = [("lanes", one, LANES) for one in self.lanes]
        chosen += [("parts", one, PARTS) for one in self.parts]
        chosen += [("instrument", self.instrument, get_args(Instrument))]
        chosen += [("once_per", self.once_per, get_args(OncePer))]
        for name, word, words in chosen:
            if word not in words:
                raise DeclarationError(f"{self.code}: {name} is one of {', '.join(words)}, not {word!r}")
        if not USE.match(self.use):
            raise DeclarationError(f"{self.code}: use is a code of [uses] in reference/fund.toml, not {self.use!r}")

    def _check_names(self) -> None:
        declared = {id(fact) for fact in self.facts}
        for node in (node for expression in self.expressions for node in expression.walk()):
            if isinstance(node, Fact) and id(node) not in declared:
                twin = any(node.code == fact.code for fact in self.facts)
                said = (
                    "is another than the one of that code in its facts: import one" if twin else "it does not declare"
                )
                raise DeclarationError(f"{self.code} uses the fact {node.code}, which {said}")
        for names in ([c.code for c in self.conditions], [f.key for f in self.facts]):
            if twice := {name for name in names if names.count(name) > 1}:
                raise DeclarationError(f"{self.code} declares {', '.join(sorted(twice))} twice")
        facts = {fact.code: fact for fact in self.facts}
        known = set(facts)
        check_once(self.code, self.lanes, known, self.once, self.once_per, self.excludes)
        check_told(self.code, self.facts)
        check_phases(self.code, self.phases, self.parts if "ordinary" in self.lanes else (), known, self.in_force[0])
        check_earlier(self.code, facts, self.earlier, is_shared=self.shared is not None)
        if wrong := [one for one in self.each_once if not isinstance(facts.get(one), Listed)]:
            raise DeclarationError(f"{self.code}: each_once names {', '.join(wrong)}, which is no Listed fact of it")
        if self.anonymous and (self.anonymous not in self.materials or "review" not in self.parts):
            raise DeclarationError(f"{self.code}: {self.anonymous} is no paper that anybody reviews")
        if self.opened_by is not None and (unknown := set(self.opened_by.tells) - known):
            raise DeclarationError(f"{self.code}: opened_by tells no fact: {', '.join(sorted(unknown))}")

    def _check_places(self) -> None:
        """What fits together: days, the way to the money, an example to start from, the clauses told with refusals."""
        first, last = self.in_force
        if last is not None and last < first:
            raise DeclarationError(f"{self.code}: in_force ends on {last}, before it begins on {first}")
        if "ordinary" in self.lanes and not {"accept", "decide"} <= set(self.parts):
            raise DeclarationError(f"{self.code}: parts of an ordinary application are at least accept and decide")
        check_amount(self.code, self.amount)
        if all(example.refused for example in self.examples):
            raise DeclarationError(f"{self.code}: every example is refused; the form starts from one that is not")
        own = {article.ref for article in self.articles}
        check_rounds(self.code, self.rounds, own)
        told = [one.article.ref for one in self.conditions] + ([self.ways.article.ref] if self.ways else [])
        if strange := [ref for ref in dict.fromkeys(told) if ref not in own]:
            raise DeclarationError(f"{self.code}: {'、'.join(strange)} is cited, but not among its articles")

    def day_of(self, example: Example) -> date:
        """The day an example of this award is decided on."""
        return example.on or self.in_force[0]

    @cached_property
    def expressions(self) -> list[Expr]:
        """Every expression of the declaration."""
        found: list[Expr] = [condition.test for condition in self.conditions]
        found += [way.test for way in self.ways.ways] if self.ways else []
        return [*found, self.amount, *(phase.part for phase in self.phases)]

    @cached_property
    def terms(self) -> dict[str, Term]:
        """Every term the award rests on, by code."""
        return terms_of(self.expressions)

    @cached_property
    def declaration(self) -> str:
        """SHA-256 of the rule as data: another number is another law, other wording is not."""
        return declared.digest(declared.as_data(self))

    @cached_property
    def shared(self) -> Shared | None:
        """How the amount is shared among units, if it is."""
        return next((node for node in self.amount.walk() if isinstance(node, Shared)), None)

    @property
    def measure(self) -> str:
        """The measure it belongs to: M3.2."""
        return self.code.split("-")[0]

    def fact(self, code: str) -> Fact:
        """The fact of this code. Raises KeyError."""
        for fact in self.facts:
            if fact.code == code:
                return fact
        raise KeyError(f"{self.code} asks for no fact {code}")
