"""The workflows of a sale and of a trial: who may take which step from where."""

from datetime import date

import pytest
from django.db import transaction

from tests.contracts.words import PRICE
from tests.records.matrix import matrix
from triplehelix.market.contracts import access, finds
from triplehelix.market.contracts.flow import FLOW, TRIAL
from triplehelix.market.contracts.models import Sale, Trial
from triplehelix.records.steps.actions import Refused, take

PEOPLE = ("seller", "buyer", "city", "auditor", "other", "system")


def people(market, request):
    return {
        "seller": market.teller, "buyer": market.clerk, "city": market.officer,
        "auditor": request.getfixturevalue("auditor"), "other": request.getfixturevalue("stranger"), "system": None,
    }  # fmt: skip


def may(case, step, actor, now):
    """Whether state and relation let this person take the step; what a guard says beyond that has its own tests."""
    try:
        with transaction.atomic():
            take(case=case, step=step, actor=actor, now=now, seen_version=case.version, note="原因")
            transaction.set_rollback(True)
    except Refused as why:
        return "您无权办理这一步" not in str(why) and not str(why).startswith("现在是“")
    return True


@pytest.mark.usefixtures("forged")
def test_a_step_is_taken_only_by_whom_and_whence_it_is_declared(market, request):
    """Every state × step × relation; from a wrong state the engine does not ask who it is, so there one is enough."""
    sale, who, wrong, state = market.performing(), people(market, request), [], ""
    for cell in matrix(FLOW, PEOPLE):
        if cell.state not in FLOW[cell.step].frm and cell.relation != "city":
            continue
        if cell.state != state:
            state = cell.state
            Sale.objects.filter(pk=sale.pk).update(state=state)
            sale.refresh_from_db()
        if may(sale, cell.step, who[cell.relation], market.now) is not cell.allowed:
            wrong.append(str(cell))
    assert wrong == []


def test_a_trial_moves_only_as_declared(market, request):
    sale = market.signed(structure="trial", trigger="验收合格", trial_until=date(2027, 1, 1))
    trial, who, wrong = sale.contract.trial, people(market, request), []
    for cell in matrix(TRIAL, PEOPLE):
        Trial.objects.filter(pk=trial.pk).update(state=cell.state)
        trial.refresh_from_db()
        if may(trial, cell.step, who[cell.relation], market.now) is not cell.allowed:
            wrong.append(str(cell))
    assert wrong == []


def test_the_flow_is_the_one_people_agreed_on():
    ways = {(step.code, "".join(sorted(r[0] for r in step.by)), step.to) for step in FLOW.steps}
    assert ways == {
        ("pass_rights", "c", "pricing"), ("publish_price", "c", "noticing"), ("object", "s", "objected"),
        ("dismiss", "c", "noticing"), ("uphold", "c", "pricing"), ("end_notice", "cs", "priced"),
        ("renotice", "cs", "pricing"), ("list", "c", "listed"), ("end_unsold", "cs", "unsold"),
        ("end_single", "cs", "priced"), ("end_several", "cs", "bidding"), ("announce", "c", "announced"),
        ("record_result", "c", "priced"), ("fail", "c", "unsold"), ("relist", "cs", "listed"),
        ("reprice", "cs", "pricing"), ("sign", "s", "signed"), ("submit_registration", "s", "registering"),
        ("register", "c", "registered"), ("refuse_registration", "c", "signed"), ("publish_reward", "s", "rewarding"),
        ("object_reward", "s", "reward_objected"), ("dismiss_reward", "s", "rewarding"),
        ("redo_reward", "s", "registered"), ("end_reward", "ss", "registered"), ("follow", "cs", "following"),
        ("close", "c", "closed"), ("suspend", "cs", "suspended"), ("resume", "c", "checking"),
        ("revoke", "c", "revoked"),
        ("withdraw", "cs", "withdrawn"), ("terminate", "cs", "terminated"),
    }  # fmt: skip
    assert {state.code for state in FLOW.states if state.final} == {"closed", "withdrawn", "terminated"}


def test_each_sees_the_sales_that_are_theirs(market, auditor, stranger):
    sale = market.opened(market.firm)
    for who in (market.teller, market.clerk, market.officer, auditor):
        assert list(finds.shown_to(who, market.today)) == [sale]
    for who in (None, stranger):
        assert list(finds.shown_to(who, market.today)) == []
    assert access.relations_of(sale, market.teller, market.today) == {"seller"}


def test_what_landed_is_found_by_its_day(market):
    sale = market.performing()
    market.pay(sale, PRICE)
    day = market.today
    assert list(finds.landed(day, day)) == [sale]
    assert not finds.landed(since=day.replace(year=2027)).exists()
    assert [row.moved_fen for row in finds.moved(day, day)] == [PRICE]
    assert list(finds.contracts(day, day)) == [sale]
