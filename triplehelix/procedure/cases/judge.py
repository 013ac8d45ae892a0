"""What a case's award says of it: which facts count, what is missing, and the answer on the day whose law counts."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from triplehelix.foundation.dated import Dated
from triplehelix.foundation.money import Fen
from triplehelix.foundation.text import folded
from triplehelix.policy.award import Award
from triplehelix.policy.decision import Decision, decide_values
from triplehelix.policy.facts import Fact, read_facts
from triplehelix.policy.phases import split
from triplehelix.procedure.cases import earlier, pay
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.terms.finds import decided

#: What the program itself knows of a case: nobody types what has been paid for it, or which milestones were reached.
PAID_BEFORE, MILESTONES = "paid_before_yuan", "milestones"
#: What a panel finds, where one reviews the case: its result is entered by itself, and by nobody.
PASSED = "passed_review"


class Unreadable(ValueError):
    """Facts that are missing or cannot be read; `errors` has one message for each key."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("；".join(self.errors.values()))


def own(award: Award) -> frozenset[str]:
    """The keys of what the program itself knows: nor does anybody type what other cases have got for the same thing."""
    return frozenset({PAID_BEFORE, MILESTONES, *earlier.keys_of(award)})


def asked(award: Award) -> tuple[Fact, ...]:
    """The facts the applicant gives, or a register does."""
    return tuple(fact for fact in award.facts if fact.about.source != "derived" and fact.key not in own(award))


def has_panel(case: Case) -> bool:
    """Whether experts review the case."""
    return "review" in case.award.parts and case.lane == "ordinary"


def to_confirm(award: Award) -> tuple[Fact, ...]:
    """The facts somebody compares with a paper or a register before they count."""
    return tuple(fact for fact in asked(award) if not fact.about.optional)


def problems(case: Case) -> dict[str, str]:
    """What is wrong with the facts the applicant gives, by key."""
    facts = asked(case.award)
    keys = {fact.key for fact in facts}
    return read_facts(facts, {key: value for key, value in case.facts.items() if key in keys})[1]


def given(case: Case, *, in_full: bool = False) -> dict[str, Any]:
    """Every fact as it would be sent: the case's own, the round's (not `in_full`), and what the program knows."""
    keys = {fact.key for fact in case.award.facts}
    found = dict(case.facts)
    if case.round is not None and not in_full:
        found |= case.round.facts
    if PAID_BEFORE in keys:
        found[PAID_BEFORE] = Fen(pay.paid_or_ordered(case)).yuan
    for key, rule in earlier.keys_of(case.award).items():
        # What was taken off at the decision stays so, whatever others have been given since.
        kept = case.decision.get(key) if case.granted_fen is not None else None
        found[key] = earlier.told(case, rule) if kept is None else kept
    if MILESTONES in keys:
        rows = [
            {"id": str(one.seq), "amount_yuan": Fen(one.amount_fen).yuan, "reached": one.reached_at is not None}
            for one in case.milestones.order_by("seq")
        ]
        found[MILESTONES] = rows
    return {key: value for key, value in found.items() if key in keys}


def values(case: Case, *, in_full: bool = False) -> dict[str, Any]:
    """Every fact's value, by code. Raises Unreadable."""
    found, errors = read_facts(case.award.facts, given(case, in_full=in_full))
    if errors:
        raise Unreadable(errors)
    return found


def as_read(case: Case) -> dict[str, str]:
    """Each fact by its label, as people read it: kept with the decision, whatever becomes of the form."""
    found = values(case)
    return {fact.label: fact.written(found[fact.code]) for fact in case.award.facts}


def judged(
    case: Case, today: date, *, in_full: bool = False, terms: Mapping[str, Dated[Any]] | None = None
) -> Decision:
    """The award's answer; `in_full` without the factor of a round whose money does not suffice; `terms`: what the
    office has set, for whoever has read it already. Raises Unreadable and NotInForce."""
    read = decided() if terms is None else terms
    return decide_values(case.award, values(case, in_full=in_full), case.judged_on or today, read)


def phases(case: Case) -> list[tuple[str, Fen]]:
    """What is paid in each part of the whole, by name, where the policy fixes the parts and the whole is granted.

    Raises Undecided and NotInForce."""
    if not case.award.phases or not case.granted_fen or case.judged_on is None:
        return []
    return list(split(case.award.phases, Fen(case.granted_fen), case.judged_on, decided()))


def due(case: Case, found: Decision) -> Fen | None:
    """The part of the answer that is this case's. Usually the whole; of an award shared by several units the row of its
    own unit, and never more than the cases of the other units leave of the cap, whatever their tables say. None where
    nothing is granted. Raises Unreadable and NotInForce."""
    if found.granted is None or case.award.shared is None:
        return found.granted
    uscc = folded(case.organisation.uscc)
    row = next((share.fen for share in found.shares if folded(share.id) == uscc), Fen(0))
    if not (told := earlier.keys_of(case.award)):
        return row
    ((before, rule),) = told.items()  # units that share have one rule (policy.once)
    read, errors = read_facts(case.award.facts, given(case) | {before: Fen(earlier.taken(case, rule)).yuan})
    if errors:
        raise Unreadable(errors)
    left = decide_values(case.award, read, found.on, decided()).granted
    return min(row, left) if left is not None else None
