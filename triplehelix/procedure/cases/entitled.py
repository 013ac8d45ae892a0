"""What a firm is owed or why not, award by award, from what the city knows of it already."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from triplehelix.policy.award import Award
from triplehelix.policy.decision import Decision, decide_values
from triplehelix.policy.facts import Fact, read_facts
from triplehelix.procedure.cases import known
from triplehelix.procedure.cases.judge import asked
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.terms.finds import decided, pack
from triplehelix.records.parties.models import Organisation


@dataclass(frozen=True)
class Entitlement:
    """One award for one firm. `answer` is None while facts are missing, or before the award is in force; of the
    facts the firm is asked for, `told` of `of` are known; what offices decide is not missing from the firm."""

    award: Award
    cases: list[Case]
    rounds: list[Round]
    missing: list[Fact]
    answer: Decision | None
    told: int
    of: int


def entitlements(organisation: Organisation, today: date) -> list[Entitlement]:
    """What concerns the firm first: its cases, then what it may apply for, then the rest."""
    own = list(
        Case.objects.filter(organisation=organisation).select_related("organisation").order_by("changed_at", "pk")
    )
    cases: dict[str, list[Case]] = {}
    for case in reversed(own):
        cases.setdefault(case.award_code, []).append(case)
    rounds: dict[str, list[Round]] = {}
    for round in Round.objects.filter(opens_on__lte=today, closes_on__gte=today, lane__in=("ordinary", "quick")):
        rounds.setdefault(round.award_code, []).append(round)
    terms = decided()
    found = [
        _one(award, organisation, own, cases.get(award.code, []), rounds.get(award.code, []), today, terms)
        for award in pack().awards
    ]
    return sorted(found, key=lambda one: (not one.cases, not one.rounds))


def _one(
    award: Award, organisation: Organisation, own: list[Case], cases: list[Case], rounds: list[Round], today: date,
    terms: Any,
) -> Entitlement:  # fmt: skip
    """`own` are all cases of the organisation, what changed last standing last; `cases` and `rounds` of this award."""
    given = known.said_in(own, award) | known.register_facts(organisation)
    given |= known.contract_facts(organisation, award)
    keys = {fact.key for fact in award.facts}
    values, errors = read_facts(award.facts, {key: value for key, value in given.items() if key in keys})
    wanted = asked(award)
    missing = [fact for fact in wanted if fact.key in errors]
    answer: Decision | None = None
    if not errors and award.in_force[0] <= today:
        answer = decide_values(award, values, today, terms)
    return Entitlement(award, cases, rounds, missing, answer, len(wanted) - len(missing), len(wanted))
