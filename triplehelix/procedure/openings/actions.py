"""The only writers of openings: the program, from the trail and from the calendar."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.money import Fen
from triplehelix.market.contracts import facts as sales
from triplehelix.market.contracts import money
from triplehelix.market.contracts.models import Sale
from triplehelix.policy.award import Award
from triplehelix.policy.facts import Fact, Money
from triplehelix.procedure.cases import actions as cases
from triplehelix.procedure.cases.eligibility import SALE_LANDED, number_in
from triplehelix.procedure.cases.flow import LAPSED_FROM
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.states import NOT_SUPPORTED
from triplehelix.procedure.openings import finds
from triplehelix.procedure.openings.models import Opening
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.outbox import actions as outbox
from triplehelix.records.parties.reference import regions
from triplehelix.records.steps.actions import take
from triplehelix.records.steps.acts import saved, tell
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept

#: A case that has come to its end, without the money or without what was left of it: nothing to take back or to doubt.
ENDED = frozenset({*NOT_SUPPORTED, "terminated", "clawed"})


@transaction.atomic
def look_at(*, sale: int, now: datetime) -> None:
    """Make the openings of a sale say what the sale is now. Asked again, it changes nothing.

    Landed: the firm's opening exists and, while a round is open, its case. Not landed any more: what waits and what
    nobody has accepted is taken back; a case that was accepted stays and is marked for a clerk to look at. So is one
    that was handed in with more money than there is since a refund. What the clerk then ends begins anew with the sale.
    """
    held = Sale.objects.select_for_update(of=("self",)).select_related("achievement", "buyer").get(pk=sale)
    has_landed = held.landed_on is not None and held.buyer_id is not None
    for award in pack().awards:
        if award.opened_by is None or award.opened_by.event != SALE_LANDED:
            continue
        found = Opening.objects.select_for_update(of=("self",)).filter(award_code=award.code, sale=held).first()
        if has_landed:
            _landed(held, award, found, now)
        elif found is not None:
            _not_landed(found, now)


def open_waiting(*, now: datetime) -> int:
    """Open a case for everything that waits and has a round by now. Answers how many."""
    return sum(_open_one(pk, now) for pk in finds.waiting().values_list("pk", flat=True))


@transaction.atomic
def _open_one(pk: int, now: datetime) -> bool:
    held = Opening.objects.select_for_update(of=("self",)).get(pk=pk)
    return held.state == "waiting" and _open(held, now)


def facts_of(sale: Sale, award: Award) -> dict[str, Any]:
    """What a landed sale tells of an award's facts, by key, as it would be sent."""
    assert award.opened_by is not None
    contract = sale.contract
    registered = contract.registrations.filter(outcome="registered").first()
    number = registered.number if registered is not None else ""
    fact = next((award.fact(code) for code, what in award.opened_by.tells.items() if what == "registration"), None)
    known: dict[str, Any] = {
        "registration": number,
        "price": Fen(contract.price_fen).yuan,
        "paid": Fen(money.arrived(contract)).yuan,
        "in_city": contract.site in regions(),
        "first": fact is None or not _claimed(sale, award, fact),
    }
    return {award.fact(code).key: known[what] for code, what in award.opened_by.tells.items()}


def _claimed(sale: Sale, award: Award, fact: Fact) -> bool:
    """Whether a case names the contract that is not this opening's. Under another number it is the same contract: what
    was claimed under any of them counts."""
    numbers, others = sales.numbers_of(sale.contract.pk), Case.objects.filter(award_code=award.code)
    others = others.exclude(state__in=ENDED).exclude(opening__sale=sale).select_related("organisation")
    named = others.filter(**{f"facts__{fact.key}__in": numbers})
    return any(sales.contract_of(number_in(one, fact)) == sale.contract.pk for one in named)


def _landed(sale: Sale, award: Award, found: Opening | None, now: datetime) -> None:
    facts = facts_of(sale, award)
    if found is None:
        assert sale.buyer is not None
        found = Opening(
            award_code=award.code, sale=sale, organisation_id=sale.buyer.standing_id, facts=facts,
            state=Opening.workflow.start, created_at=now, changed_at=now,
        )  # fmt: skip
        found.save(force_insert=True)
        data = {"award": award.code, "sale": sale.pk, "organisation": found.organisation_id}
        data |= kept.said(found.kept_values())
        trail.record(kind=Opening.kind, id=str(found.pk), verb="earn", actor=None, now=now, data=data)
    if found.state == "doubtful" and found.case is not None and found.case.state in ENDED:
        found = _step(found, "take_back", now)
    if found.state == "taken_back":
        found = _step(found, "again", now)
    too_high = _says_more(found, facts)
    if found.state == "doubtful" and not too_high:
        found = _step(found, "restore", now)
    elif found.state == "opened" and too_high:
        found = _step(found, "doubt", now)
    _refill(found, facts, now)
    if found.state == "waiting" and not _open(found, now):
        _tell_it_waits(found, now)


def _says_more(opening: Opening, facts: dict[str, Any]) -> bool:
    """Whether a case handed in names a higher amount than the sale does now: more would be paid than is owed."""
    case = opening.case
    if case is None or case.state == "draft" or case.state in ENDED:
        return False
    amounts = [
        fact for fact in case.award.facts if isinstance(fact, Money) and fact.key in facts and fact.key in case.facts
    ]
    return any(fact.read(facts[fact.key]) < fact.read(case.facts[fact.key]) for fact in amounts)


def _refill(opening: Opening, facts: dict[str, Any], now: datetime) -> None:
    """More has been paid since: a draft nobody has changed follows."""
    if opening.facts == facts:
        return
    if opening.case is not None and opening.state == "opened":
        papers = finds.proofs(opening.sale, opening.award)
        cases.refill(case=opening.case, before=opening.facts, facts=facts, papers=papers, now=now)
    opening.facts, opening.changed_at = facts, now
    saved(opening, "refill", None, now, {"facts": facts})


def _open(opening: Opening, now: datetime) -> bool:
    """A case in the round that is open today, if one is."""
    round = finds.open_round_for(opening.award_code, timezone.localdate(now))
    if round is None:
        return False
    opening.case = cases.begin(
        round=round, organisation=opening.organisation.standing, title=opening.sale.achievement.title,
        facts=opening.facts, papers=finds.proofs(opening.sale, opening.award), now=now,
    )  # fmt: skip
    opening.save(update_fields=["case"])
    _step(opening, "open", now)
    return True


def _not_landed(opening: Opening, now: datetime) -> None:
    case = opening.case
    if opening.state == "waiting":
        _step(opening, "take_back", now)
    elif case is not None and opening.state in ("opened", "doubtful"):
        case.refresh_from_db()
        if case.state in LAPSED_FROM:
            take(case=case, step="lapse", actor=None, now=now, seen_version=case.version,
                 note=_("合同不再符合落地条件：登记被撤销、款项退回或合同终止"))  # fmt: skip
        if case.state in (*LAPSED_FROM, *ENDED):
            _step(opening, "take_back", now)
        elif opening.state == "opened":
            _step(opening, "doubt", now)


def _step(opening: Opening, step: str, now: datetime) -> Opening:
    opening.changed_at = now
    opening.save(update_fields=["changed_at"])
    return take(case=opening, step=step, actor=None, now=now, seen_version=opening.version)


def _tell_it_waits(opening: Opening, now: datetime) -> None:
    """Said once: the firm has earned it, and need do nothing until a round opens."""
    if outbox.told(kind=f"{Opening.kind}.waits", cause_kind=Opening.kind, cause_id=str(opening.pk), since=None):
        return
    tell(opening, "waits", ("firm",), lambda: (
        _("合同已成功落地：%(opening)s") % {"opening": opening},
        _("现在没有开放的批次。批次一开放，系统会自动建立办件、填好已知的事实，您只要补全并提交。") + "\n",
    ), now)  # fmt: skip
