"""What follows from an award's declaration for one case: granted, refused, or waiting for a decision; and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np

from triplehelix.foundation.dated import Dated, NotInForce, Undecided
from triplehelix.foundation.money import Fen
from triplehelix.policy import working
from triplehelix.policy.award import Award, Condition
from triplehelix.policy.case_columns import column_of_one
from triplehelix.policy.columns import Rows
from triplehelix.policy.expression import Env, Expr, OverRows, within
from triplehelix.policy.facts import Listed, read_facts
from triplehelix.policy.terms import Term, value_on
from triplehelix.policy.working import Line

Decided = Mapping[str, Dated[Any]]
#: From the policy's own words to what nobody official has said.
RANK = {"policy": 0, "decided": 1, "found": 2, "assumed": 3}


class BadFacts(ValueError):
    """Facts that cannot be read; `errors` has one message for each key."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("；".join(f"{key}：{message}" for key, message in self.errors.items()))


@dataclass(frozen=True, slots=True)
class Checked:
    """One condition and how this case stands to it."""

    code: str
    label: str
    clause: str
    is_met: bool
    message: str
    holds: bool
    #: What was compared, in this case's numbers and days; "" where nothing is, or fewer may see it than the case.
    working: str = ""
    #: What it stands on beside the clause: the least official of what it says itself and of the terms it compares with.
    mark: str = "policy"
    source: str = ""

    @property
    def refusal(self) -> str:
        """What is told where it is not met: the refusal, and what it was found by."""
        return f"{self.message}〔{self.working}〕" if self.working else self.message


@dataclass(frozen=True, slots=True)
class Used:
    """A term as it was used: its value, the day it is in force from, where it comes from."""

    code: str
    label: str
    value: str
    since: date
    mark: str
    source: str


@dataclass(frozen=True, slots=True)
class Question:
    """A term nobody has decided."""

    code: str
    label: str
    question: str


@dataclass(frozen=True, slots=True)
class Share:
    """What one unit of a shared award gets."""

    id: str
    fen: Fen


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer. `granted` is None when the case is refused or a term is open; it may be 0 fen."""

    award: Award
    on: date
    facts: Mapping[str, Any]
    granted: Fen | None
    checks: tuple[Checked, ...]
    open: tuple[Question, ...]
    terms: tuple[Used, ...]
    lines: tuple[Line, ...]
    shares: tuple[Share, ...]
    way: str
    #: Facts (labels) that the amount rests on and nobody has told: what is missing is not zero, and nothing is granted.
    unknown: tuple[str, ...] = ()

    @property
    def refused(self) -> tuple[Checked, ...]:
        """The conditions that are not met, in the order declared."""
        return tuple(check for check in self.checks if not check.is_met)

    @property
    def is_held(self) -> bool:
        """Whether nothing but a clerk's look stands in the way."""
        return bool(self.refused) and all(check.holds for check in self.refused)


def decide(award: Award, given: Mapping[str, Any], on: date, decided: Decided | None = None) -> Decision:
    """The answer for facts as they are sent (keys as in the form), on a day.

    `decided` are the terms the office has set, by code. Raises BadFacts, and NotInForce for a day outside the award.
    """
    values, errors = read_facts(award.facts, given)
    if errors:
        raise BadFacts(errors)
    return decide_values(award, values, on, decided)


def decide_values(award: Award, values: Mapping[str, Any], on: date, decided: Decided | None = None) -> Decision:
    """The same for facts already read. Raises NotInForce."""
    must_be_in_force(award, on)
    terms, used, questions = _terms(award, on, decided or {})
    columns = {fact.code: column_of_one(fact, values[fact.code]) for fact in award.facts}
    env = Env(columns, terms, 1, wide=True, steps=[], on=on)
    open_codes = {question.code for question in questions}
    checks = [
        _check(condition, env, values, used)
        for condition in award.conditions
        if not _rests_on(condition.test, open_codes)
    ]
    way, missed = "", list[Checked]()
    if not any(check.holds and not check.is_met for check in checks):
        # Held for a clerk's look, nobody can say yet which way applies.
        way, missed = _way(award, env, open_codes)
    checks += missed
    refused = any(not check.is_met for check in checks)
    granted: Fen | None = None
    lines: tuple[Line, ...] = ()
    shares: tuple[Share, ...] = ()
    unknown: tuple[str, ...] = ()
    if not refused and not questions:
        unknown = working.unknown(award.amount, env, values)
    if not refused and not questions and not unknown:
        amount = award.amount.numbers(env)
        exact = Fraction(int(amount.num[0]), int(amount.den if isinstance(amount.den, int) else amount.den[0]))
        granted = Fen(exact.numerator // exact.denominator)
        path = working.path(award.expressions, env)
        lines, shares = working.lines(award.amount, env, values, granted, path), _shares(award, env)
        relied_on = {node.spec.code for node in path if isinstance(node, Term)}
        used = tuple(term for term in used if term.code in relied_on)
    return Decision(award, on, values, granted, tuple(checks), questions, used, lines, shares, way, unknown)


def rows_counted(
    award: Award, code: str, values: Mapping[str, Any], on: date, decided: Decided | None = None
) -> frozenset[str] | None:
    """The ids of a table's rows that count in the amount of a case; None where that is not told apart, or a term is
    open. Raises NotInForce."""
    must_be_in_force(award, on)
    terms, _used, questions = _terms(award, on, decided or {})
    nodes = [node for node in award.amount.walk() if isinstance(node, OverRows) and node.rows is award.fact(code)]
    if questions or not nodes or any(node.where is None for node in nodes):
        return None
    columns = {fact.code: column_of_one(fact, values[fact.code]) for fact in award.facts}
    env = Env(columns, terms, 1, wide=True, on=on)
    table = columns[code]
    assert isinstance(table, Rows)
    flags = [np.broadcast_to(node.where.truths(within(env, table)), len(table.names)) for node in nodes if node.where]
    return frozenset(name for n, name in enumerate(table.names) if any(flag[n] for flag in flags))


def must_be_in_force(award: Award, on: date) -> None:
    """Raises NotInForce for a day before the award's first or after its last."""
    first, last = award.in_force
    if on < first:
        raise NotInForce(f"{award.code} 自 {first} 起施行，{on} 尚未生效", on)
    if last is not None and on > last:
        raise NotInForce(f"{award.code} 施行到 {last} 为止，{on} 已经失效", on)


def _terms(award: Award, on: date, decided: Decided) -> tuple[dict[str, Any], tuple[Used, ...], tuple[Question, ...]]:
    values: dict[str, Any] = {}
    used, questions = [], []
    for code, term in award.terms.items():
        spec = term.spec
        try:
            values[code] = value_on(spec, on, decided)
        except Undecided as why:
            questions.append(Question(code, spec.label, why.question))
            continue
        own = spec.settable and code in decided and decided[code].steps[0][0] <= on
        dated = decided[code] if own else spec.value
        assert isinstance(dated, Dated)
        begun = max(day for day, _value in dated.steps if day <= on)
        mark, source = ("decided", dated.source_on(on)) if own else (spec.mark, spec.source)
        used.append(Used(code, spec.label, spec.written(values[code]), begun, mark, source))
    return values, tuple(used), tuple(questions)


def _rests_on(expression: Expr, codes: set[str]) -> bool:
    """Whether a condition cannot be judged because a term in it is open."""
    return any(isinstance(n, Term) and n.spec.code in codes for n in expression.walk())


def _check(condition: Condition, env: Env, values: Mapping[str, Any], used: tuple[Used, ...]) -> Checked:
    met = bool(condition.test.truths(env).any())
    return Checked(
        condition.code, condition.label, condition.article.ref, met, "" if met else condition.refusal, condition.holds,
        working.compared(condition.test, working.InCase(env, values)),
        *ground(condition, {one.code: (one.mark, one.source) for one in used}),
    )  # fmt: skip


def ground(condition: Condition, terms: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """The mark and source of what a condition stands on: of its own and of its terms' (by code), the least official."""
    codes = {node.spec.code: None for node in condition.test.walk() if isinstance(node, Term)}
    marks = [(condition.mark, condition.source), *(terms[code] for code in codes if code in terms)]
    return max(marks, key=lambda one: RANK[one[0]])


def _way(award: Award, env: Env, open_codes: set[str]) -> tuple[str, list[Checked]]:
    """The way that applies, and a check that fails when none does."""
    if award.ways is None or any(_rests_on(way.test, open_codes) for way in award.ways.ways):
        return "", []
    found = [way for way in award.ways.ways if way.test.truths(env).any()]
    if found:
        label = f"符合条件 {found[0].code}：{found[0].label}"
        return found[0].code, [Checked("way", label, award.ways.article.ref, True, "", False)]
    label = "符合其一：" + "；".join(f"{way.code} {way.label}" for way in award.ways.ways)
    return "", [Checked("way", label, award.ways.article.ref, False, award.ways.refusal, False)]


def _shares(award: Award, env: Env) -> tuple[Share, ...]:
    shared = award.shared
    if shared is None:
        return ()
    assert isinstance(shared.table, Listed)
    split = shared.split(env)
    return tuple(Share(name, Fen(int(fen))) for name, fen in zip(split.rows.names, split.amounts, strict=True))
