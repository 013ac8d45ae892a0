"""专家信用: what is seen in a panel's seats, what an officer says of it, and who is no longer drawn for it.

The rules are `procedure.review.credit`: what a machine finds is a lead and costs nothing until a person has confirmed
it.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.procedure.cases import access
from triplehelix.procedure.panels import told
from triplehelix.procedure.panels.kept import of_finding
from triplehelix.procedure.panels.models import CreditFinding, Panel, Seat
from triplehelix.procedure.review import credit
from triplehelix.records.parties.models import Account, Person
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept

KIND = "procedure.credit"
ANSWERS = dict(CreditFinding.ANSWERS)


def look(panel: Panel, now: datetime) -> None:
    """Keep what the scores handed in so far tell. The caller holds the panel's lock, so nothing is found twice.

    What was found before of the same scores grows with later cases while nobody has answered it.
    """
    seats = panel.seats.filter(submitted_at__isnull=False, void="").select_related("case").order_by("pk")
    given = [credit.Given(str(seat.expert_id), seat.case.number, seat.points, seat.comments) for seat in seats]
    _keep(panel, [*credit.identical_scores(given), *credit.contradictions(given, panel.score_sheet)], now)


def absent(seat: Seat, now: datetime) -> None:
    """An officer says that the expert neither scored nor asked to be excused. The caller holds the panel's lock."""
    _keep(seat.panel, credit.no_shows([credit.Seat(str(seat.expert_id), seat.case.number, scored=False)]), now)


def _keep(panel: Panel, found: Sequence[credit.Finding], now: datetime) -> None:
    had = list(panel.credit_findings.all())
    for one in found:
        before = [row for row in had if _same(row, one)]
        if any(row.answer or row.cases == list(one.cases) for row in before):
            continue
        row = before[0] if before else CreditFinding(panel=panel, expert_id=int(one.expert), kind=one.kind)
        row.cases, row.evidence, row.item, row.found_at = list(one.cases), one.evidence, one.item, now
        row.other_id = int(one.other) if one.other else None
        row.save()
        data = {"expert": row.expert_id, "kind": row.kind, "cases": row.cases, **kept.said(of_finding(row))}
        trail.record(kind=KIND, id=str(row.pk), verb="find", actor=None, now=now, data=data, why=row.evidence)


def _same(row: CreditFinding, found: credit.Finding) -> bool:
    """The same thing seen of the same expert, in these cases or some of them."""
    own = (str(row.expert_id), row.kind, row.item, str(row.other_id or ""))
    return own == (found.expert, found.kind, found.item, found.other) and bool({*row.cases} & {*found.cases})


@transaction.atomic
def answer(*, finding: CreditFinding, said: str, why: str, seen: str, actor: Account, now: datetime) -> CreditFinding:
    """An officer confirms a finding (`confirmed`) or not (`dismissed`), with the reason, and may say otherwise later.
    `seen` is the answer the page showed. The expert is told of what counts, and of what no longer does.

    Raises Refused: not the actor's to say, or of himself, answered by somebody else meanwhile; Invalid at `why`.
    """
    if not access.is_clerk(actor, timezone.localdate(now)):
        raise Refused(_("只有市科技局工作人员可以认定信用线索"))
    held = (
        CreditFinding.objects.select_for_update(of=("self",))
        .select_related("panel__round", "expert__account")
        .get(pk=finding.pk)
    )
    if held.expert.account_id == actor.pk:
        raise Refused(_("不能认定关于自己的线索：请另一位工作人员办理"))
    if held.answer != seen:
        raise Refused(_("别人刚刚认定过这一条，请先看最新情况"))
    if said == held.answer:
        return held
    why = " ".join(why.replace("\x00", "").split())
    if not 4 <= len(why) <= 200:
        raise Invalid({"why": _("请写明认定的理由，4 至 200 个字")})
    before, held.answer, held.why, held.answered_at, held.answered_by = held.answer, said, why, now, actor
    held.save(update_fields=["answer", "why", "answered_at", "answered_by"])
    data = {"before": before, **kept.said(of_finding(held))}
    trail.record(kind=KIND, id=str(held.pk), verb=said, actor=actor, now=now, data=data, why=why)
    if "confirmed" in (said, before):
        told.tell_of_credit(held, now)
    return held


def records(people: Iterable[Person], on: date) -> dict[int, credit.Record]:
    """The standing of these people on a day, from what was confirmed and seen in the last years; by number."""
    ids = [person.pk for person in people]
    since = on - timedelta(days=365 * credit.RULES.years)
    counted: dict[int, list[credit.Finding]] = {pk: [] for pk in ids}
    for row in CreditFinding.objects.filter(expert__in=ids, answer="confirmed", found_at__date__gt=since):
        seen = credit.Finding(
            str(row.expert_id), row.kind, tuple(row.cases), row.evidence, row.item, str(row.other_id or "")
        )
        counted[row.expert_id].append(seen)
    return {pk: credit.record(str(pk), found) for pk, found in counted.items()}


def not_drawn(people: Sequence[Person], on: date) -> dict[str, str]:
    """Those whose credit is too low to be drawn, by number as text, with why."""
    return {
        str(pk): _("专家信用 %(credit)d 分，低于 %(least)d 分")
        % {"credit": one.credit, "least": credit.RULES.draw_from}
        for pk, one in records(people, on).items()
        if not one.may_be_drawn
    }


def own(account: Account, on: date) -> tuple[credit.Record, list[CreditFinding]] | None:
    """What an expert may read of the own record: the standing and what was confirmed, the latest first; None for
    whoever is no known person."""
    person = Person.objects.filter(account=account).first()
    if person is None:
        return None
    rows = CreditFinding.objects.filter(expert=person, answer="confirmed").select_related("panel__round")
    return records([person], on)[person.pk], list(rows.order_by("-found_at", "-pk"))
