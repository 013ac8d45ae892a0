"""Whoever has a part in a case does not handle it; what a panel found binds; what has fallen below stops it."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from tests.cases.city import SINCE, YUAN
from tests.cases.test_ground import subsidised
from tests.cases.words import applied, scored, to_review
from triplehelix.market.finance import actions as finance
from triplehelix.procedure.cases import access, actions
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.panels import actions as panels
from triplehelix.procedure.panels import relations, ties
from triplehelix.procedure.panels.models import Seat
from triplehelix.records.parties.models import Person
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry

INTEREST = {"loan_no": "JK-2026-0008", "filed": True, "used_for_research": True, "only_loan_subsidised": True,
            "interest_paid_yuan": "100000"}  # fmt: skip


def filed(city, of=None):
    """A case of interest that has been handed in."""
    made = actions.open_round(
        award_code="M5.2-interest", lane="quick", title="贴息", year=2026, opens_on=date(2026, 6, 1),
        closes_on=date(2026, 12, 31), actor=city.clerk, now=city.now,
    )  # fmt: skip
    firm, member = of or city.firm()
    case = actions.start(round=made, organisation=firm, title="贴息", actor=member, now=city.now)
    case = actions.write(case=case, facts=INTEREST, actor=member, now=city.now, seen_version=case.version)
    return city.step(city.account(case, member), "submit", member)


def checked(city, case):
    case = city.step(case, "accept", city.clerk)
    case = actions.confirm_facts(
        case=case, keys=list(INTEREST), actor=city.clerk, now=city.now, seen_version=case.version
    )
    return city.step(case, "check", city.clerk)


def reviewed(city, round, *points):
    """A case whose panel has settled with these points."""
    case, member = applied(city, round)
    to_review(city, case, member)
    panel = panels.draw_panel(round=round, sheet="project", size=5, per_case=5, outside=Fraction(1, 2),
                              actor=city.clerk, now=city.now, seed="s")  # fmt: skip
    scored(city, case, *points)
    panels.settle(panel=panel, actor=city.clerk, now=city.now)
    case.refresh_from_db()
    return case, panel


@pytest.mark.parametrize("office", ["clerk", "county", "finance"])
def test_an_officer_who_acts_for_the_applicant_is_only_the_applicant(city, office):
    firm, member = city.firm()
    case, officer, day = filed(city, (firm, member)), getattr(city, office), city.now.date()
    assert office in access.relations_of(case, officer, day)
    city.parties.add_member(account=officer, organisation=firm, role="admin", since=SINCE, actor=None, now=city.now)
    assert access.relations_of(case, officer, day) == {"applicant", "unit_admin"}
    held = access.relations(officer, day)
    assert not Case.objects.filter(held[office], pk=case.pk).exists()
    assert access.visible(Case.objects.all(), officer, day).get() == case, "as its own"
    with pytest.raises(Refused):
        city.step(case, "accept", officer)


@pytest.mark.parametrize("office", ["clerk", "county", "finance"])
@pytest.mark.parametrize("way", ["leaves", "merged"])
def test_an_officer_who_has_acted_for_the_applicant_does_not_handle_what_was_begun_meanwhile(city, office, way):
    """He hands it in for the firm, leaves the firm, and accepts it for the city: not even the day after."""
    firm, member = city.firm()
    heir, _other = city.firm()
    officer = getattr(city, office)
    seat = city.parties.add_member(
        account=officer, organisation=firm, role="clerk", since=SINCE, actor=None, now=city.now
    )
    case = filed(city, (firm, officer))
    if way == "leaves":
        city.parties.end_membership(membership=seat, until=None, actor=None, now=city.now)
    else:
        city.parties.end_organisation(
            organisation=firm, ending="merged", on=city.now.date(), document="合并公告", successor=heir, actor=None,
            now=city.now,
        )  # fmt: skip
    case.refresh_from_db()
    for days in (0, 1, 400):
        day = city.now.date() + timedelta(days=days)
        assert access.relations_of(case, officer, day) == frozenset()
        assert not access.visible(Case.objects.all(), officer, day).exists()
    if way == "leaves":
        city.now += timedelta(days=1)
        later = actions.start(round=case.round, organisation=firm, title="另一笔", actor=member, now=city.now)
        Case.objects.filter(pk=later.pk).update(state="accepting")
        later.refresh_from_db()
        assert office in access.relations_of(later, officer, city.now.date())
        assert access.visible(Case.objects.all(), officer, city.now.date()).get() == later


@pytest.mark.usefixtures("experts")
def test_who_has_acted_for_an_applicant_of_the_round_runs_no_review_of_it(city, round):
    case, member = applied(city, round)
    to_review(city, case, member)
    seat = city.parties.add_member(
        account=city.clerk, organisation=case.organisation, role="clerk", since=SINCE, actor=None, now=city.now
    )
    city.parties.end_membership(membership=seat, until=None, actor=None, now=city.now)
    with pytest.raises(Refused, match="另一位工作人员"):
        panels.draw_panel(round=round, sheet="project", size=5, per_case=5, outside=Fraction(1, 2),
                          actor=city.clerk, now=city.now, seed="s")  # fmt: skip


@pytest.mark.usefixtures("experts")
def test_an_expert_who_acts_for_the_firm_judges_none_of_its_cases(city, round):
    case, _member = applied(city, round)
    expert = Person.objects.exclude(account=None).select_related("home").first()
    assert relations.barred([expert], [case], date(2026, 6, 9)) == {}
    city.parties.add_member(
        account=expert.account, organisation=case.organisation, role="clerk", since=SINCE, actor=None, now=city.now
    )
    assert list(relations.barred([expert], [case], date(2026, 6, 9))) == [(str(expert.pk), str(case.pk))]


@pytest.mark.usefixtures("experts")
def test_a_case_the_panel_did_not_support_passes_no_review(city, round):
    case, _panel = reviewed(city, round, 60, 60, 60, 60, 60)
    assert (case.review["selected"], case.facts["passed_review"]) == (False, False)
    with pytest.raises(Refused, match="评审结论不是建议支持"):
        city.step(case, "reviewed", city.clerk)
    with pytest.raises(Invalid, match="没有这一项事实"):
        actions.correct_facts(case=case, facts={"passed_review": True}, actor=city.clerk, now=city.now, why="局里意见")
    assert city.step(case, "reject_review", city.clerk, "评审没有建议支持").state == "rejected"


@pytest.mark.usefixtures("experts")
def test_a_conflict_found_after_the_result_has_the_case_reviewed_anew(city, round):
    case, panel = reviewed(city, round, 85, 84, 83, 82, 81)
    city.step(case, "reviewed", city.clerk)
    seat = Seat.objects.filter(case=case).first()
    ties.record_tie(kind="kinship.spouse", one=seat.expert.name, other="周工", since=date(2020, 1, 1), until=None,
                    about="", source="举报核实", actor=city.clerk, now=city.now)  # fmt: skip
    with pytest.raises(Refused, match="写明理由"):
        city.step(case, "review_anew", city.clerk)
    case = city.step(case, "review_anew", city.clerk, "评审专家与负责人是夫妻")
    assert (case.state, case.review, "passed_review" in case.facts) == ("reviewing", {}, False)
    assert Entry.objects.get(subject_kind=Case.kind, subject_id=str(case.pk), verb="review").data["mean"] == "83.00"
    panels.replace(seat=seat, actor=city.clerk, now=city.now, seed="again")
    fresh = Seat.objects.get(case=case, void="", submitted_at=None)
    assert fresh.expert_id != seat.expert_id
    scored(city, case, 84, only=[fresh.pk])
    panels.settle(panel=panel, actor=city.clerk, now=city.now)
    case.refresh_from_db()
    assert (case.review["valid"], case.review["selected"]) == (5, True)


def test_whoever_is_barred_meanwhile_gets_neither_decision_nor_money(city):
    firm, member = city.firm()
    case = checked(city, filed(city, (firm, member)))
    bar = {
        "who": firm.name,
        "reason": "骗取财政资金",
        "document": "澄信联〔2026〕5号",
        "actor": city.clerk,
        "now": city.now,
    }
    held = actions.bar(since=date(2026, 6, 1), until=date(2029, 6, 1), **bar)
    with pytest.raises(Refused, match="不得申报：骗取财政资金"):
        city.step(case, "decide", city.clerk)
    held.until = date(2026, 6, 2)
    held.save()
    case = city.step(case, "decide", city.clerk)
    city.notice(case)
    city.days(9)
    case = city.step(case, "end_notice", city.clerk)
    actions.bar(since=date(2026, 6, 3), until=date(2029, 6, 1), **bar)
    with pytest.raises(Refused, match="不得申报：骗取财政资金"):
        city.step(case, "order", city.finance)
    assert city.step(case, "revoke", city.clerk, "列入失信名单").state == "rejected"


def test_a_claim_is_found_however_its_number_is_typed(city, bank):
    loan, case = subsidised(city, bank)
    assert case.granted_fen is None
    number = case.facts["loan_no"]
    finance.revoke(why="资金用于理财", **bank.on(loan, city.clerk))
    facts = case.facts | {"loan_no": f" {number.lower()}\u200b", "interest_paid_yuan": "1250000"}
    Case.objects.filter(pk=case.pk).update(facts=facts)
    with pytest.raises(Refused, match="计算已作废"):
        city.step(case, "decide", city.clerk)
    assert case.granted_fen != 500_000 * YUAN
