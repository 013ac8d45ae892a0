"""What panels are read from: the pool, the cases, an expert's own seats, the ranking as it stands."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Case as Choose
from django.db.models import Count, F, Q, QuerySet, When
from django.utils.translation import gettext as _

from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.cases.states import NOT_COUNTED
from triplehelix.procedure.panels import credit, relations
from triplehelix.procedure.panels.models import CreditFinding, Panel, Seat
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


def without_seats(panel: Panel) -> QuerySet[Case]:
    """Cases that came under review after the draw."""
    return under_review(panel.round).filter(seats__isnull=True)


def loads(panel: Panel) -> dict[int, int]:
    """Expert → how many seats they hold in a panel."""
    held = panel.seats.filter(void="").order_by().values("expert")
    return {row["expert"]: row["n"] for row in held.annotate(n=Count("pk"))}


#: Seats whose expert may still write, as `Seat.is_open` says.
OPEN = Q(submitted_at__isnull=True, void="", case__state="reviewing", case__review={})


def seats_of(account: Account) -> QuerySet[Seat]:
    """What an expert is asked to score, open ones first; after them what was handed in last."""
    rows = Seat.objects.filter(expert__account=account).select_related("panel__round", "case")
    first = When(OPEN, then=0)
    return rows.order_by(Choose(first, default=1), F("submitted_at").desc(nulls_last=True), "-panel", "pk")


def open_seats(account: Account) -> QuerySet[Seat]:
    """What an expert has still to score."""
    return seats_of(account).filter(OPEN)


def not_drawn(on: date) -> list[tuple[Person, str]]:
    """Who of the pool would not be drawn today for low credit, with why."""
    people = list(pool())
    low = credit.not_drawn(people, on)
    return [(one, low[str(one.pk)]) for one in people if str(one.pk) in low]


def findings(panel: Panel) -> QuerySet[CreditFinding]:
    """What was seen of the experts of a panel, with what an officer said of it."""
    return panel.credit_findings.select_related("expert__home", "other", "answered_by")


def barred_now(panel: Panel, on: date) -> dict[int, str]:
    """Seats that would count, but whose expert may no longer judge the case (found after the draw), with why."""
    cases = list(under_review(panel.round))
    seats = list(panel.seats.filter(void="", case__in=cases).select_related("expert__home"))
    experts = {seat.expert_id: seat.expert for seat in seats}
    found = relations.barred(list(experts.values()), cases, on)
    whys = {seat.pk: found.get((str(seat.expert_id), str(seat.case_id))) for seat in seats}
    return {pk: (_("应当回避：") + why)[:200] for pk, why in whys.items() if why}


def seated(panel: Panel, barred: Mapping[int, str]) -> list[tuple[Seat, str, bool]]:
    """Each seat with why it does not count ("" where it does), and whether its case is short of experts."""
    rows = panel.seats.select_related("expert__home", "case").order_by("case", "pk")
    seats = [(seat, seat.void or barred.get(seat.pk, "")) for seat in rows]
    counted = Counter(seat.case_id for seat, why in seats if not why)
    return [(seat, why, counted[seat.case_id] < panel.per_case) for seat, why in seats]


def score_of(seat: Seat, tie_item: str, void: str) -> scores.Score:
    """A handed-in seat as the rules see it."""
    refused = frozenset(code for code, said in seat.answers.items() if said is False)
    return scores.Score(
        expert=str(seat.expert_id), total=int(seat.total or 0), tie=int(seat.points.get(tie_item, 0) or 0),
        refused=refused, void=void,
    )  # fmt: skip


def results(panel: Panel, barred: Mapping[int, str]) -> dict[int, scores.Result]:
    """The result of each case under review by its number, from what has been handed in; `barred` seats are void."""
    tie = panel.score_sheet.tie_item
    seats = panel.seats.filter(case__in=under_review(panel.round)).select_related("case", "expert")
    by_case: dict[int, list[Seat]] = {}
    for seat in seats.order_by("case", "pk"):
        by_case.setdefault(seat.case_id, []).append(seat)
    found = {}
    for pk, group in by_case.items():
        whys = {seat: seat.void or barred.get(seat.pk, "") for seat in group}
        given = [score_of(seat, tie, why) for seat, why in whys.items() if seat.submitted_at]
        awaited = sum(not seat.submitted_at and not why for seat, why in whys.items())
        found[pk] = scores.result(group[0].case.number, given, panel.score_sheet, awaited=awaited)
    return found


def ranking(panel: Panel, barred: Mapping[int, str]) -> scores.Ranking:
    """The cases under review in order, behind those that have their result; cases without enough scores last."""
    had = list(panel.round.cases.exclude(review={}))
    taken = sum(case.review["selected"] for case in had if case.state not in NOT_COUNTED)
    places = panel.round.places
    left = None if places is None else max(0, places - taken)
    return scores.rank(results(panel, barred), left, behind=max((case.review["place"] for case in had), default=0))


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


def standings(panel: Panel, barred: Mapping[int, str]) -> list[tuple[dict[str, Any], Case]]:
    """The order of the round: results as they were recorded, then what is under review as it stands now."""
    cases = {case.pk: case for case in panel.round.cases.select_related("organisation")}
    had = sorted(((case.review, case) for case in cases.values() if case.review), key=lambda one: one[0]["place"])
    return [*had, *((outcome(line), cases[line.submission]) for line in ranking(panel, barred).lines)]
