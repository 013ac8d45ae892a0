"""What panels are read from: the pool, the cases, an expert's own seats, the ranking as it stands."""

from collections.abc import Iterable

from django.db.models import QuerySet

from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.panels.models import Panel, Seat
from triplehelix.procedure.review import scores
from triplehelix.records.parties.models import Account, Person


def pool() -> QuerySet[Person]:
    """Everybody who may be drawn: known people of confirmed organisations with a title and a discipline."""
    known = Person.objects.filter(home__confirmed_at__isnull=False).exclude(title="").exclude(discipline="")
    return known.select_related("home").order_by("pk")


def under_review(round: Round) -> QuerySet[Case]:
    """The cases of a round that wait for a panel, by number."""
    return round.cases.filter(state="reviewing").select_related("leader__home", "organisation").order_by("pk")


def seats_of(account: Account) -> QuerySet[Seat]:
    """What an expert is asked to score, open ones first."""
    return (
        Seat.objects.filter(expert__account=account)
        .select_related("panel__round", "case")
        .order_by("submitted_at", "panel", "pk")
    )


def score_of(seat: Seat, tie_item: str) -> scores.Score:
    """A handed-in seat as the rules see it."""
    refused = frozenset(code for code, said in seat.answers.items() if said is False)
    return scores.Score(
        expert=str(seat.expert_id), total=int(seat.total or 0), tie=int(seat.points.get(tie_item, 0) or 0),
        refused=refused, void=seat.void,
    )  # fmt: skip


def results(panel: Panel) -> dict[int, scores.Result]:
    """Each case's result by its number, from what has been handed in."""
    sheet = panel.score_sheet
    seats: Iterable[Seat] = panel.seats.select_related("case", "expert").order_by("case", "pk")
    by_case: dict[int, list[Seat]] = {}
    for seat in seats:
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
    """The round in order; cases without enough scores last."""
    return scores.rank(results(panel), panel.round.places)
