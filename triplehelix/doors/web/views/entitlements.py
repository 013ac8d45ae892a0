"""My entitlements: what a firm is owed or why not, award by award, with the missing fact named."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from triplehelix.doors.web.requests import Request
from triplehelix.policy.award import Award
from triplehelix.policy.decision import Decision, decide_values
from triplehelix.policy.facts import read_facts
from triplehelix.procedure.cases import known, lanes
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.terms.finds import decided, pack
from triplehelix.records.parties.finds import organisations_of
from triplehelix.records.parties.models import Organisation


@require_GET
def index(request: Request) -> HttpResponse:
    """Every award against what the city knows of my organisation."""
    today = timezone.localdate()
    own = list(organisations_of(request.user, today))
    chosen = next((o for o in own if str(o.pk) == request.GET.get("organisation")), own[0] if own else None)
    rows = _rows(chosen, today) if chosen is not None else []
    context = {"organisations": own, "organisation": chosen, "rows": rows}
    return render(request, "web/entitlements.html", context)


def _rows(organisation: Organisation, today: Any) -> list[dict[str, Any]]:
    """What concerns the firm first: its cases, then what it may apply for, then the rest."""
    cases: dict[str, list[Case]] = {}
    for case in Case.objects.filter(organisation=organisation).select_related("organisation"):
        cases.setdefault(case.award_code, []).append(case)
    rounds: dict[str, list[Round]] = {}
    for round in Round.objects.filter(opens_on__lte=today, closes_on__gte=today):
        rounds.setdefault(round.award_code, []).append(round)
    terms = decided()
    rows = [
        _row(award, organisation, cases.get(award.code, []), rounds.get(award.code, []), today, terms)
        for award in pack().awards
    ]
    return sorted(rows, key=lambda row: (not row["cases"], not row["rounds"]))


def _row(
    award: Award, organisation: Organisation, cases: list[Case], rounds: list[Round], today: Any, terms: Any
) -> dict[str, Any]:
    given = known.said_before(organisation, award) | known.register_facts(organisation)
    keys = {fact.key for fact in award.facts}
    values, errors = read_facts(award.facts, {key: value for key, value in given.items() if key in keys})
    missing = [fact for fact in award.facts if fact.key in errors]
    answer: Decision | None = None
    if not errors and award.in_force[0] <= today:
        answer = decide_values(award, values, today, terms)
    return {
        "award": award,
        "lanes": [lanes.NAMES[lane] for lane in award.lanes],
        "cases": cases,
        "rounds": [one for one in rounds if one.lane in ("ordinary", "quick")],
        "missing": missing,
        "answer": answer,
        "told": len(keys) - len(missing),
        "of": len(keys),
    }
