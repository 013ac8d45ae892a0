"""The workflow of an introduction: who may take which step from where, and who sees it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.contracts.test_flow import may
from tests.market.conftest import account, office
from tests.records.matrix import matrix
from triplehelix.market.introductions import access, finds
from triplehelix.market.introductions.flow import FLOW
from triplehelix.market.introductions.models import Introduction
from triplehelix.market.introductions.states import FINAL, MET

PEOPLE = ("need", "achievement", "asked", "inviter", "manager", "called", "city", "auditor", "other", "system")


def one_who(table, request, relation):
    """Somebody who has just this relation, and the introduction put so that he has it."""
    more = {"need_accepted_at": table.now, "achievement_accepted_at": table.now, "manager": None,
            "manager_agreed_at": None, "invited_by_side": "manager", "invited_by": None}  # fmt: skip
    who = {
        "need": table.clerk, "achievement": table.teacher, "asked": table.teacher, "inviter": table.clerk,
        "manager": table.manager, "called": table.manager, "city": table.officer,
        "auditor": request.getfixturevalue("auditor"), "other": request.getfixturevalue("stranger"), "system": None,
    }[relation]  # fmt: skip
    if relation == "manager":
        more |= {"manager": table.manager, "manager_agreed_at": table.now}
    if relation == "called":
        more["manager"] = table.manager
    if relation == "asked":
        more["achievement_accepted_at"] = None
    if relation == "inviter":
        more["invited_by_side"] = "need"
    return who, more


@pytest.mark.usefixtures("forged")
def test_a_step_is_taken_only_by_whom_and_whence_it_is_declared(table, request):
    """Every state × step × relation; a person who is one of the two sides is that side as well."""
    made, wrong = table.invited(), []
    Introduction.objects.update(decline_reason="price", break_reason="price", declined_by_side="need")
    for cell in matrix(FLOW, PEOPLE):
        who, more = one_who(table, request, cell.relation)
        if cell.state in MET:
            more |= {"need_accepted_at": table.now, "achievement_accepted_at": table.now, "accepted_at": table.now}
            if cell.relation == "asked":
                continue  # nobody is asked any more
        Introduction.objects.filter(pk=made.pk).update(state=cell.state, **more)
        made.refresh_from_db()
        also = {"asked": {"achievement"}, "inviter": {"need"}, "manager": {"inviter"}}.get(cell.relation, set())
        step = FLOW[cell.step]
        allowed = cell.state in step.frm and bool(step.by & ({cell.relation} | also))
        if may(made, cell.step, who, table.now) is not allowed:
            wrong.append(str(cell))
    assert wrong == []


def test_the_flow_is_the_one_people_agreed_on():
    ways = {(step.code, "".join(sorted(r[:2] for r in step.by)), step.to) for step in FLOW.steps}
    assert ways == {
        ("accept", "acne", "accepted"), ("decline", "as", "declined"), ("expire", "sy", "unanswered"),
        ("ask_again", "inma", "invited"), ("take_back", "in", "taken_back"), ("talk", "acmane", "talking"),
        ("sign_intent", "acmane", "intended"), ("negotiate", "acmane", "negotiating"), ("agree", "acne", "agreed"),
        ("break_off", "acmane", "broken_off"), ("unsign", "acmane", "talking"),
        ("untalk", "acmane", "accepted"),
    }  # fmt: skip
    assert {s.code for s in FLOW.states if s.final} == {"agreed", "declined", "taken_back", "broken_off"}


def test_each_sees_the_introductions_that_are_theirs(table, auditor, stranger):
    made = table.invited()
    operator = office(account("operator"), "operator")
    for who in (table.clerk, table.teacher, table.officer, operator, auditor):
        assert list(finds.shown_to(who, table.today)) == [made]
    for who in (None, stranger, table.manager):
        assert list(finds.shown_to(who, table.today)) == []
    assert access.relations_of(made, table.clerk, table.today) == {"need", "inviter"}
    assert access.relations_of(made, table.teacher, table.today) == {"achievement", "asked"}


def test_a_manager_whose_office_ended_sees_it_no_more(table):
    made = table.invited("manager")
    assert list(finds.shown_to(table.manager, table.today)) == [made]
    table.manager.offices.update(until=table.today - timedelta(days=1))
    assert list(finds.shown_to(table.manager, table.today)) == []


def test_the_database_refuses_a_decline_without_a_reason(table):
    made = table.invited()
    with pytest.raises(IntegrityError, match="introduction_declined_with_a_reason"), transaction.atomic():
        Introduction.objects.filter(pk=made.pk).update(state="declined")
    with pytest.raises(IntegrityError, match="introduction_met_when_both_accepted"), transaction.atomic():
        Introduction.objects.filter(pk=made.pk).update(state="talking")


def test_the_states_a_constraint_takes_for_final_are_those_of_the_workflow():
    assert tuple(state.code for state in FLOW.states if state.final) == FINAL
