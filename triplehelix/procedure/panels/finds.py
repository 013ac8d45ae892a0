"""What panels are read from: the pool, the cases, an expert's own seats, the ranking as it stands."""

from typing import Any

from django.db.models import QuerySet

from triplehelix.procedure.cases.eligibility import NOT_COUNTED
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.panels.models import Panel, Seat
from triplehelix.procedure.review import scores
from triplehelix.records.parties.models import Account, Person


def pool() -> QuerySet[Person]:
    """Everybody who may be drawn: known people of confirmed organisations with a title and a discipline."""
    known = Person.objects.filter(home__confirmed_at__isnull=False).exclude(title="").exclude(discipline="")
    return known.select_related("home").order_by("pk")


def under_review(round: Round) -> QuerySet[Case]:
    """The cases of a round that wait for a panel's result, by number."""
    return (
        round.cases.filter(state="reviewing", review={}).select_related("leader__home", "organisation").order_by("pk")
    )


def seats_of(account: Account) -> QuerySet[Seat]:
    """What an expert is asked to score, open ones first."""
    return (
        Seat.objects.filter(expert__account=account)
        .select_related("panel__round", "case")
        .order_by("submitted_at", "panel", "pk")
    )


def open_seats(account: Account) -> QuerySet[Seat]:
    """What an expert has still to score."""
    still = seats_of(account).filter(submitted_at__isnull=True, void="")
    return still.filter(case__state="reviewing", case__review={})


def score_of(seat: Seat, tie_item: str) -> scores.Score:
    """A handed-in seat as the rules see it."""
    refused = frozenset(code for code, said in seat.answers.items() if said is False)
    return scores.Score(
        expert=str(seat.expert_id), total=int(seat.total or 0), tie=int(seat.points.get(tie_item, 0) or 0),
        refused=refused, void=seat.void,
    )  # fmt: skip


def results(panel: Panel) -> dict[int, scores.Result]:
    """The result of each case under review by its number, from what has been handed in."""
    sheet = panel.score_sheet
    seats = panel.seats.filter(case__in=under_review(panel.round)).select_related("case", "expert")
    by_case: dict[int, list[Seat]] = {}
    for seat in seats.order_by("case", "pk"):
        by_case.setdefault(seat.case_id, []).append(seat)
    return {
        pk: scores.result(
            group[0].case.number,
            [score_of(seat, sheet.tie_item) for seat in group if seat.submitted_at is not None],
            sheet,
        )
        for pk, group in by_case.items()
    }


def ranking(panel: Panel) -> scores.Ranking:
    """The cases under review in order, behind those that have their result; cases without enough scores last."""
    had = list(panel.round.cases.exclude(review={}))
    taken = sum(case.review["selected"] for case in had if case.state not in NOT_COUNTED)
    places = panel.round.places
    left = None if places is None else max(0, places - taken)
    return scores.rank(results(panel), left, behind=max((case.review["place"] for case in had), default=0))


def outcome(line: scores.Ranked) -> dict[str, Any]:
    """A line of the ranking as it is recorded with the case and shown."""
    got = line.result
    return {
        "mean": None if got.mean is None else str(got.mean),
        "untrimmed": None if got.untrimmed is None else str(got.untrimmed),
        "valid": got.valid, "voided": got.voided, "spread": got.spread, "place": line.place, "fundable": got.fundable,
        "selected": line.selected, "reconsider": got.reconsider, "reasons": list(got.reasons),
        "decided_by": line.decided_by,
    }  # fmt: skip


def standings(panel: Panel) -> list[tuple[dict[str, Any], Case]]:
    """The order of the round: results as they were recorded, then what is under review as it stands now."""
    cases = {case.pk: case for case in panel.round.cases.select_related("organisation")}
    had = sorted(((case.review, case) for case in cases.values() if case.review), key=lambda one: one[0]["place"])
    return [*had, *((outcome(line), cases[line.submission]) for line in ranking(panel).lines)]
