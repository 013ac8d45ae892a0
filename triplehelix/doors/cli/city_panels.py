"""The demo's panels: drawn by lot, scored, and what changes after the draw: an expert who withdraws, one whose tie is
found late and who has a namesake, and a substitute."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone

from triplehelix.doors.cli.city_clerks import Desk
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.panels import actions as panels
from triplehelix.procedure.panels import credit, finds
from triplehelix.procedure.panels.models import CreditFinding, Panel, Seat
from triplehelix.procedure.panels.ties import record_tie
from triplehelix.procedure.review.sheets import Item
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Account, Person
from triplehelix.records.steps.actions import Refused

HOUR = timedelta(hours=1)
NEUTRAL = "依据申报书所列的试验数据和查新结论，这一项判断有据可查，指标可以考核，理由见会议记录。"


def drawn(desk: Desk, round: Round, at: datetime, expert: Person | None) -> Panel:
    """A panel by lot. So that the demo's expert has something to score, lots are drawn until they are in."""
    for n in range(200):
        try:
            with transaction.atomic():
                panel = panels.draw_panel(
                    round=round, sheet="project", size=7, per_case=5, outside=Fraction(0), actor=desk.clerk, now=at,
                    seed=f"演示抽签 {n}",
                )  # fmt: skip
                if expert is None or panel.seats.filter(expert=expert).exists():
                    return panel
                raise LookupError
        except (LookupError, Refused):
            continue
    raise AssertionError("the demo's expert can be drawn by no seed")


def scored(case: Case, totals: list[int], at: datetime, spare: Person | None, blame: str = "") -> None:
    """As many seats as there are totals, scored so that they come to them; `spare` is left to the visitor. `blame` is
    what the first expert writes beside the full points of the first item."""
    seats = Seat.objects.filter(case=case, void="").select_related("expert", "panel").order_by("pk")
    free = [seat for seat in seats if seat.expert != spare]
    for seat, total in zip(free, totals, strict=False):
        items = seat.panel.score_sheet.items
        says = blame if seat == free[0] else ""
        points = _points(items, total, full_first=bool(says))
        words = dict.fromkeys(points, NEUTRAL) | ({items[0].code: says} if says else {})
        panels.save_scores(
            seat=Seat.objects.get(pk=seat.pk), points=points, comments=words, answers={}, submit=True,
            actor=account_of(seat.expert, at), now=at,
        )  # fmt: skip


def _points(items: Sequence[Item], total: int, *, full_first: bool) -> dict[str, int]:
    points, rest = {}, total
    for n, item in enumerate(items):
        left = sum(one.maximum for one in items[n + 1 :])
        share = item.maximum if full_first and n == 0 else round(item.maximum * total / 100)
        points[item.code] = max(rest - left, min(item.maximum, rest, share))
        rest -= points[item.code]
    return points


def looked_at(desk: Desk, case: Case, said: Mapping[str, str], at: datetime) -> None:
    """What the office says of the lead that the scores of this case gave, if it has said anything yet."""
    lead = CreditFinding.objects.filter(cases=[case.number], kind="contradiction").get()
    if said.get("answer"):
        credit.answer(finding=lead, said=said["answer"], why=said["why"], seen="", actor=desk.clerk, now=at)


def account_of(person: Person, at: datetime) -> Account:
    """The expert's account; one without a password for those who never sign in to the demo."""
    if person.account is not None:
        return person.account
    account = parties.create_account(
        email=f"expert{person.pk}@example.com", name=person.name, password=None, actor=None, now=at
    )
    parties.claim_person(person=person, account=account, actor=None, now=at)
    return account


def replaced(desk: Desk, panel: Panel, why: str, at: datetime) -> None:
    """The first expert of the panel withdraws from a case, and a substitute is drawn for it."""
    seat = panel.seats.select_related("expert").order_by("pk").first()
    assert seat is not None
    panels.declare(seat=seat, reason=why, actor=account_of(seat.expert, at), now=at)
    panels.replace(seat=seat, actor=desk.clerk, now=at + HOUR, seed="演示补抽")


def changed(desk: Desk, round: Round, data: Mapping[str, Any], spare: Person | None) -> None:
    """After the draw, on two cases: one expert withdraws; another's tie is found, who has a namesake elsewhere."""
    panel = round.panel
    open_seats = panel.seats.filter(submitted_at__isnull=True, void="").select_related("expert__home", "case")
    free = [seat for seat in open_seats.order_by("pk") if seat.expert != spare]
    first = free[0]
    at = desk.now - 20 * HOUR
    panels.declare(seat=first, reason=data["withdrawn"], actor=account_of(first.expert, at), now=at)
    other = next(seat for seat in free if seat.case_id != first.case_id and seat.expert_id != first.expert_id)
    same = data["namesake"]
    home = next(desk.organisations[one] for one in same["homes"] if desk.organisations[one] != other.expert.home)
    parties.register_person(
        name=other.expert.name, home=home, title=same["title"], discipline=same["discipline"], about="",
        actor=desk.clerk, now=at,
    )  # fmt: skip
    tie = data["tie"]
    record_tie(
        kind=tie["kind"], one=f"{other.expert.name}/{other.expert.home.name}", other=other.case.organisation.name,
        since=timezone.localdate(desk.now - 300 * 24 * HOUR), until=None, about=tie["about"], source=tie["source"],
        actor=desk.clerk, now=desk.now - 5 * HOUR,
    )  # fmt: skip
    assert other.pk in finds.barred_now(panel, timezone.localdate(desk.now))
