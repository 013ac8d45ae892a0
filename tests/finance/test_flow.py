"""The workflow of a finance case, and what an institution sees of it: nothing, until a firm agrees in writing."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from tests.contracts.test_flow import may
from tests.finance.words import WAN, WISH
from tests.records.matrix import matrix
from triplehelix.foundation.calendar import WorkingCalendar
from triplehelix.market.finance import access, actions, finds
from triplehelix.market.finance import acts as offers
from triplehelix.market.finance.flow import FLOW
from triplehelix.market.finance.history import of_application
from triplehelix.market.finance.models import Application, Consent, Lead
from triplehelix.market.finance.papers import seen_by_institution
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties import numbers
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry

PEOPLE = ("firm", "institution", "city", "auditor", "other", "other_bank", "system")


@pytest.mark.usefixtures("forged")
def test_a_step_is_taken_only_by_whom_and_whence_it_is_declared(finance, request):
    """Every state × step × relation, with a consent that holds."""
    case, wrong = finance.filed(), []
    who = {
        "firm": finance.clerk, "institution": finance.teller, "city": finance.officer, "system": None,
        "auditor": request.getfixturevalue("auditor"), "other": request.getfixturevalue("stranger"),
        "other_bank": finance.other_teller,
    }  # fmt: skip
    for cell in matrix(FLOW, PEOPLE):
        Application.objects.filter(pk=case.pk).update(state=cell.state)
        case.refresh_from_db()
        if may(case, cell.step, who[cell.relation], finance.now) is not cell.allowed:
            wrong.append(str(cell))
    assert wrong == []


class TestNotYet:
    """What the matrix leaves out: why somebody who may take a step cannot take it yet."""

    def refused(self, finance, case, step, who, says):
        with pytest.raises(Refused, match=says):
            finance.step(case, step, who)

    def test_a_reason_is_chosen_and_a_contract_entered_first(self, finance):
        case = finance.handling()
        self.refused(finance, case, "decline", finance.teller, "请选择婉拒原因")
        self.refused(finance, case, "grant", finance.teller, "请先登记合同")

    def test_nothing_is_overdue_of_what_is_paid_back(self, finance):
        case = finance.filed()
        finance.pay(case, "principal", case.loan.owed_fen)
        self.refused(finance, case, "fall_due", finance.teller, "本金已还清")

    def test_what_caught_up_says_how(self, finance):
        case = finance.filed()
        finance.step(case, "fall_due", finance.teller)
        self.refused(finance, case, "catch_up", finance.teller, "请写明情况")
        assert finance.step(case, "catch_up", finance.teller, "已归还").state == "filed"

    @pytest.mark.usefixtures("forged")
    def test_a_filing_is_back_only_when_it_stands_again(self, finance):
        case = finance.granted()
        Application.objects.filter(pk=case.pk).update(state="unfiled")
        self.refused(finance, case, "refile", finance.officer, "备案还没有恢复")


def test_the_flow_is_the_one_of_the_domain():
    ways = {(step.code, "".join(sorted(r[0] for r in step.by)), step.to) for step in FLOW.steps}
    assert ways == {
        ("consent", "f", "consented"), ("retract", "fs", "lead"), ("accept", "i", "handling"),
        ("decline", "i", "refused"), ("grant", "i", "granted"), ("file", "c", "filed"), ("unfile", "cs", "unfiled"),
        ("refile", "c", "filed"), ("fall_due", "ci", "overdue"), ("catch_up", "ci", "filed"), ("repay", "ci", "repaid"),
        ("compensate", "c", "compensated"), ("recover", "ci", "recovered"), ("withdraw", "f", "withdrawn"),
        *((f"unsettle_{state}", "i", state) for state in ("granted", "filed", "overdue", "unfiled")),
        ("unrecover", "ci", "compensated"),
    }  # fmt: skip
    assert {state.code for state in FLOW.states if state.final} == {"repaid", "recovered", "refused", "withdrawn"}


def sees(finance, who):
    return list(finds.shown_to(who, finance.today))


class TestConsent:
    """Per institution, for a purpose, with a text and an end; revoked or lapsed, nothing of the firm is seen."""

    def test_only_the_institution_agreed_to_sees_the_case(self, finance, auditor, stranger):
        lead = finance.lead()
        first, second = (
            actions.pick(lead=lead, institution=one, actor=finance.clerk, now=finance.now)
            for one in (finance.bank, finance.other_bank)
        )
        for nobody in (finance.teller, finance.other_teller, stranger, None):
            assert sees(finance, nobody) == []
        finance.agree(first)
        assert sees(finance, finance.teller) == [first]
        assert sees(finance, finance.other_teller) == []
        assert set(sees(finance, finance.clerk)) == set(sees(finance, auditor)) == {first, second}
        assert Message.objects.filter(kind="market.finance.consent").values_list("to", flat=True).get() == (
            finance.teller.email
        )

    def test_the_words_agreed_to_are_kept_whole(self, finance):
        case = finance.picked()
        made = finance.agree(case, fields=["standing"])
        assert made.version == "2026-1"
        assert "澄湖甲银行" in made.text and str(made.until) in made.text and "联系人" not in made.text
        assert made.fields == ["identity", "wish", "standing"]
        assert made.given_by == finance.clerk
        for change in ({"text": "另一份"}, {"until": made.until + timedelta(days=1)}, {"fields": ["contact"]}):
            with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
                Consent.objects.filter(pk=made.pk).update(**change)

    def test_what_is_seen_is_exactly_what_was_agreed_to(self, finance):
        case = finance.picked()
        consent = finance.agree(case, fields=[])
        found = seen_by_institution(case, consent)
        assert set(found) == {"identity", "wish"}
        assert "13900000000" not in str(found)
        found = seen_by_institution(case, finance.agree(case, fields=["contact"]))
        assert found["contact"]["contact_phone"] == "13900000000"

    @pytest.mark.parametrize(
        ("change", "field"),
        [({"agreed": False}, "agreed"), ({"fields": ["passwords"]}, "fields"), ({"until": None}, "until")],
    )
    def test_a_consent_that_is_none_is_refused(self, finance, change, field):
        case = finance.picked()
        change = {"until": finance.today + timedelta(days=366)} if field == "until" else change
        with pytest.raises(Invalid) as why:
            finance.agree(case, **change)
        assert list(why.value.errors) == [field]
        assert not Consent.objects.exists()

    def test_revoked_it_ends_at_once_and_may_be_given_again(self, finance):
        case = finance.handling()
        actions.revoke_consent(why="另行考虑", **finance.on(case, finance.clerk))
        case.refresh_from_db()
        assert case.state == "lead"
        assert sees(finance, finance.teller) == []
        with pytest.raises(Refused, match="待授权"):
            finance.step(case, "accept", finance.teller)
        with pytest.raises(Refused):
            actions.open_papers(case=case, actor=finance.teller, now=finance.now)
        assert Message.objects.filter(kind="market.finance.retract", to=finance.teller.email).exists()
        finance.agree(case)
        assert sees(finance, finance.teller) == [case]

    def test_on_its_last_day_it_holds_and_the_day_after_it_does_not(self, finance):
        case = finance.picked()
        finance.agree(case, until=finance.today + timedelta(days=10))
        finance.days(10)
        assert sees(finance, finance.teller) == [case]
        assert actions.ask_to_renew(now=finance.now) == 1
        assert actions.ask_to_renew(now=finance.now) == 0
        assert actions.lapse_due(now=finance.now) == 0
        finance.days(1)
        assert sees(finance, finance.teller) == []
        assert actions.lapse_due(now=finance.now) == 1
        case.refresh_from_db()
        assert case.state == "lead"

    @pytest.mark.parametrize("how", ["revoked", "lapsed"])
    def test_after_a_grant_the_bank_services_the_loan_and_sees_nothing_of_the_firm(self, finance, how):
        finance.prove()
        case = finance.filed()
        if how == "revoked":
            actions.revoke_consent(**finance.on(case, finance.clerk))
        else:
            finance.days(301)
            assert actions.lapse_due(now=finance.now) == 1
        case.refresh_from_db()
        assert case.state == "filed"
        assert sees(finance, finance.teller) == sees(finance, finance.officer) == [case]
        assert sees(finance, finance.other_teller) == []
        with pytest.raises(Refused, match="没有在有效期内的授权"):
            actions.open_papers(case=case, actor=finance.teller, now=finance.now)
        finance.pay(case, "principal", 200 * WAN)
        finance.lost(case, 100 * WAN)
        finance.step(case, "compensate", finance.officer)
        assert finance.claim(case, "loss", finance.teller).amount_fen == 35 * WAN
        got = {"amount_fen": 40 * WAN, "on": finance.today, "number": "Z1"}
        actions.record_recovery(values=got, **finance.on(case, finance.teller))
        assert finance.step(case, "recover", finance.teller, "其余无法追回").state == "recovered"

    def test_every_opening_stands_in_the_trail(self, finance):
        case = finance.consented()
        assert not actions.is_open(case, finance.teller, finance.now)
        for _n in range(2):
            actions.open_papers(case=case, actor=finance.teller, now=finance.now)
        rows = Entry.objects.filter(subject_kind=Application.kind, subject_id=str(case.pk), verb="open")
        assert [row.actor for row in rows] == ["teller8901"] * 2
        assert rows[0].data["fields"] == ["identity", "wish", "contact"]
        assert actions.is_open(case, finance.teller, finance.now + timedelta(minutes=29))
        assert not actions.is_open(case, finance.teller, finance.now + timedelta(minutes=31))
        assert not actions.is_open(case, finance.clerk, finance.now)
        with pytest.raises(Refused):
            actions.open_papers(case=case, actor=finance.other_teller, now=finance.now)


class TestLead:
    def test_a_visitor_starts_a_wish_and_the_firm_alone_decides_who_sees_it(self, finance, county):
        given = {"organisation": finance.firm, "values": WISH, "now": finance.now}
        lead = actions.start(actor=county, origin="visit", institutions=[finance.bank], **given)
        assert (lead.origin, lead.created_by) == ("visit", county)
        case = lead.applications.get()
        assert (case.state, sees(finance, finance.teller)) == ("lead", [])
        with pytest.raises(Refused):
            actions.start(actor=county, **given)
        with pytest.raises(Refused):
            finance.agree(case, county)
        finance.agree(case)

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"amount_fen": 0}, "amount_fen"), ({"months": 0}, "months"), ({"about": "短"}, "about"),
            ({"kind": "gift"}, "kind"), ({"collateral": "gold"}, "collateral"),
        ],
    )  # fmt: skip
    def test_a_wish_that_cannot_be_is_refused_at_its_field(self, finance, change, field):
        with pytest.raises(Invalid) as why:
            finance.lead(**change)
        assert list(why.value.errors) == [field]
        assert not Lead.objects.exists()

    @pytest.mark.parametrize("use", ["relending", "securities", "consumption"])
    def test_money_is_not_for_relending_securities_or_consumption(self, finance, use):
        with pytest.raises(Invalid) as why:
            finance.lead(purpose=use)
        assert "工作指引" in why.value.errors["purpose"]
        case = finance.handling()
        with pytest.raises(Invalid) as why:
            finance.grant(case, use=use)
        assert "工作指引" in why.value.errors["use"]

    def test_a_bank_is_not_asked_for_insurance_nor_twice(self, finance):
        lead = finance.lead(kind="insurance")
        with pytest.raises(Invalid):
            actions.pick(lead=lead, institution=finance.bank, actor=finance.clerk, now=finance.now)
        case = finance.picked()
        with pytest.raises(Invalid):
            actions.pick(lead=case.lead, institution=finance.bank, actor=finance.clerk, now=finance.now)


def test_a_declined_firm_is_told_the_coded_reason(finance):
    case = finance.consented()
    with pytest.raises(Refused):
        finance.step(case, "decline", finance.teller)
    with pytest.raises(Invalid):
        actions.decline(code="", text="", **finance.on(case, finance.teller))
    actions.decline(code="figures", text="请在二季度报表后再申请", **finance.on(case, finance.teller))
    told = Message.objects.get(kind="market.finance.decline")
    assert told.to == finance.clerk.email
    assert "财务状况暂不符合要求。请在二季度报表后再申请" in told.body


def test_answers_have_a_term_of_working_days(finance):
    case = finance.consented()
    assert str(case.due_on) == "2026-03-30"
    case = finance.step(case, "accept", finance.teller)
    assert str(case.due_on) == "2026-04-21"  # twenty working days, over 清明


def test_a_term_that_could_not_be_set_begins_when_the_calendar_is_there(finance, monkeypatch):
    case = finance.consented()
    Application.objects.update(due_on=None)
    finance.days(1)
    with monkeypatch.context() as without:
        without.setattr(numbers, "calendar", lambda: WorkingCalendar([]))
        assert actions.set_missing_days(now=finance.now) == 0
    assert (actions.set_missing_days(now=finance.now), actions.set_missing_days(now=finance.now)) == (1, 0)
    case.refresh_from_db()
    assert str(case.due_on) == "2026-03-31"
    assert "补定办理期限" in str(of_application(case, frozenset({"firm"})))
    case = finance.step(case, "accept", finance.teller)
    actions.decline(code="figures", text="", **finance.on(case, finance.teller))
    assert actions.set_missing_days(now=finance.now) == 0  # nobody owes an answer any more


def test_a_loan_is_settled_when_nothing_is_owed(finance):
    case = finance.filed()
    with pytest.raises(Refused, match="3,000,000"):
        finance.step(case, "repay", finance.teller)
    with pytest.raises(Invalid):
        finance.pay(case, "principal", 300 * WAN + 1)
    finance.pay(case, "principal", 300 * WAN)
    assert finance.step(case, "repay", finance.teller).state == "repaid"


def test_overdue_compensated_recovered(finance):
    case = finance.filed()
    finance.pay(case, "principal", 200 * WAN)
    finance.step(case, "fall_due", finance.teller)
    with pytest.raises(Refused, match="损失"):
        finance.step(case, "compensate", finance.officer)
    values = {"principal_fen": 100 * WAN, "document": "认定书", "on": finance.today}
    with pytest.raises(Invalid):
        actions.report_loss(
            values=values | {"principal_fen": 101 * WAN}, decided={}, **finance.on(case, finance.teller)
        )
    actions.report_loss(values=values, decided={}, **finance.on(case, finance.teller))
    finance.step(case, "compensate", finance.officer)
    got = {"amount_fen": 40 * WAN, "on": finance.today, "number": "Z1"}
    actions.record_recovery(values=got, **finance.on(case, finance.teller))
    with pytest.raises(Invalid):
        actions.record_recovery(
            values=got | {"amount_fen": 61 * WAN, "number": "Z2"}, **finance.on(case, finance.teller)
        )
    assert finance.step(case, "recover", finance.teller, "其余无法追回").state == "recovered"


def test_what_was_paid_back_since_a_loss_was_reported_is_not_compensated(finance):
    """The page offers the bank to report it anew, on what is still owed."""
    case = finance.filed()
    finance.step(case, "fall_due", finance.teller)
    values = {"principal_fen": 100 * WAN, "document": "认定书", "on": finance.today}
    actions.report_loss(values=values, decided={}, **finance.on(case, finance.teller))
    finance.pay(case, "principal", 280 * WAN)
    with pytest.raises(Refused, match="损失大于尚欠本金"):
        finance.step(case, "compensate", finance.officer)
    case.refresh_from_db()
    assert "loss" in {act.code for act in offers.offered(case, frozenset({"institution"}))}
    again = actions.report_loss(
        values=values | {"principal_fen": 20 * WAN}, decided={}, **finance.on(case, finance.teller)
    )
    assert (again.principal_fen, again.city_fen) == (20 * WAN, 7 * WAN)
    finance.step(case, "compensate", finance.officer)


def test_what_was_got_back_is_not_claimed(finance):
    finance.prove()
    case = finance.filed()
    finance.lost(case, 100 * WAN)
    finance.step(case, "compensate", finance.officer)
    got = {"on": finance.today, "number": "Z1", "amount_fen": 40 * WAN}
    actions.record_recovery(values=got, **finance.on(case, finance.teller))
    made = finance.claim(case, "loss", finance.teller)
    assert (made.base_fen, made.amount_fen) == (60 * WAN, 21 * WAN)
    # What is got back later reduces it: computed anew, as often as it happens.
    actions.record_recovery(values=got | {"number": "Z2", "amount_fen": 20 * WAN}, **finance.on(case, finance.teller))
    made.refresh_from_db()
    assert made.void_why == "以后又追回 200,000.00 元，请重新计算"
    assert finance.claim(case, "loss", finance.teller).amount_fen == 14 * WAN
    actions.record_recovery(values=got | {"number": "Z3", "amount_fen": 40 * WAN}, **finance.on(case, finance.teller))
    with pytest.raises(Refused, match="损失已全部追回"):
        finance.claim(case, "loss", finance.teller)


def test_a_contract_number_and_a_voucher_serve_once(finance):
    first, second = finance.granted(), finance.handling()
    with pytest.raises(Invalid) as why:
        finance.grant(second, number=first.contract.number)
    assert list(why.value.errors) == ["number"]
    finance.pay(first, "principal", WAN, number="P-1")
    with pytest.raises(Invalid) as why:
        finance.pay(first, "principal", WAN, number="P-1")
    assert list(why.value.errors) == ["number"]


def test_lists_take_the_same_questions_for_one_row_and_for_three(finance, django_assert_num_queries):
    for more in (1, 2):
        for _n in range(more):
            finance.granted()
        with django_assert_num_queries(2):
            for case in finds.on_desk(finance.teller, finance.today):
                assert str(case.contract.number) and str(case.institution)
        with django_assert_num_queries(3):
            for lead in finds.leads(finance.clerk, finance.today):
                assert [str(case.institution) for case in lead.applications.all()]


def test_relations_follow_the_desk(finance):
    case = finance.consented()
    assert access.relations_of(case, finance.teller, finance.today) == {"institution"}
    actions.end_institution(institution=finance.bank, actor=finance.officer, now=finance.now, why="停止合作")
    with pytest.raises(Invalid):
        actions.pick(lead=finance.lead(), institution=finance.bank, actor=finance.clerk,
                     now=finance.now + timedelta(days=1))  # fmt: skip


def test_an_institution_that_was_ended_keeps_its_loans_and_no_open_wishes(finance):
    open_wish, loan = finance.consented(), finance.granted()
    actions.end_institution(institution=finance.bank, actor=finance.officer, now=finance.now, why="停止合作")
    tomorrow = finance.now + timedelta(days=1)
    assert access.relations_of(open_wish, finance.teller, tomorrow.date()) == frozenset()
    assert list(finds.on_desk(finance.teller, tomorrow.date())) == [loan]
    with pytest.raises(Refused, match="没有在有效期内的授权"):
        actions.open_papers(case=open_wish, actor=finance.teller, now=tomorrow)


def test_who_waits_for_an_institution_that_was_ended_is_told(finance):
    open_wish, loan = finance.consented(), finance.granted()
    actions.end_institution(institution=finance.bank, actor=finance.officer, now=finance.now, why="停止合作")
    letter = Message.objects.get(kind="market.finance.institution_end")
    assert (letter.to, letter.cause_id) == (finance.clerk.email, str(open_wish.pk)), "a loan goes on: nobody is told"
    assert open_wish.number in letter.subject and loan.number not in letter.body
    assert Message.objects.get(kind="finance.institution.end").to == finance.teller.email


@pytest.mark.parametrize(("field", "year"), [("first_on", 206), ("first_on", 26), ("last_on", 9226)])
def test_a_year_that_is_a_slip_of_the_keys_is_no_day_of_a_contract(finance, field, year):
    case = finance.handling()
    wrong = finance.contract(**{field: finance.today.replace(year=year)})
    with pytest.raises(Invalid) as why:
        actions.grant(values=wrong, **finance.on(case, finance.teller))
    assert list(why.value.errors) == [field]


@pytest.mark.parametrize("side", ["firm", "bank"])
def test_an_officer_who_has_left_a_side_handles_none_of_its_cases_of_meanwhile(finance, officer, side):
    case = finance.granted()
    organisation = finance.firm if side == "firm" else finance.bank.organisation
    given = {"actor": None, "now": finance.now}
    seat = parties.add_member(account=officer, organisation=organisation, role="clerk", since=finance.today, **given)
    parties.end_membership(membership=seat, until=None, **given)
    finance.days(1)
    assert case.relations_of(officer, finance.now) == frozenset()
    finance.days(1)
    assert finance.picked().relations_of(officer, finance.now) == {"city"}


@pytest.mark.parametrize("way", ["itself", "merged"])
def test_nobody_asks_itself_for_a_loan(finance, way):
    """What is subsidised is interest paid to somebody else."""
    firm, clerk = finance.bank.organisation, finance.teller
    if way == "merged":
        firm, clerk = finance.firm, finance.clerk
        parties.end_organisation(
            organisation=finance.bank.organisation, ending="merged", on=finance.today, document="合并公告",
            successor=firm, actor=None, now=finance.now,
        )  # fmt: skip
    with pytest.raises(Invalid) as why:
        actions.pick(lead=finance.lead(clerk, firm), institution=finance.bank, actor=clerk, now=finance.now)
    assert list(why.value.errors) == ["institutions"]
