"""Two officers take the same step at the same moment: one does it, the other is told."""

from datetime import date
from threading import Event
from time import sleep

import pytest
from django.db import transaction

from tests.cases import city as words
from tests.cases.city import MILLION, NOW, City, account_for
from tests.cases.words import member_of
from tests.fund.test_race import at_once
from triplehelix.fund import actions as fund
from triplehelix.fund import check
from triplehelix.fund.models import Payment, Purse
from triplehelix.procedure.cases import actions
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.numbers import next_number
from triplehelix.records.parties import actions as parties
from triplehelix.records.steps.actions import Refused, take


@pytest.fixture
def city(transactional_db):
    fund.appropriate(year=2026, document="澄财教〔2026〕1号", actor=None, now=NOW)
    fund.open_purse(year=2026, use="separate", amount_fen=5 * MILLION, actor=None, now=NOW)
    officers = {role: account_for(f"{role}@example.com", role) for role in ("city_officer", "finance_officer")}
    return City(
        clerk=officers["city_officer"], finance=officers["finance_officer"], county=None, auditor=None, parties=parties,
        since=words.SINCE,
    )  # fmt: skip


@pytest.fixture
def case(city):
    round = actions.open_round(
        award_code="M5.4", lane="entitled", title="研发投入奖励", year=2026, opens_on=date(2026, 6, 1),
        closes_on=date(2026, 12, 31), actor=city.clerk, now=NOW,
    )  # fmt: skip
    firm, member = city.firm()
    made = Case.objects.create(
        number="M5.4-2026-0001", round=round, award_code="M5.4", lane="entitled", year=2026, organisation=firm,
        title="研发投入奖励", state="screening", created_at=NOW, changed_at=NOW,
        facts={"above_scale": True, "accurate": True, "rd_expense_yuan": "1000000", "rd_expense_last_year_yuan": None,
               "reported_before": False},
    )  # fmt: skip
    city.step(made, "invite", city.clerk)
    city.account(made, member)
    made.refresh_from_db()
    return made


@pytest.mark.parametrize("turn", range(3))
def test_one_takes_the_step_and_the_other_is_told(city, case, turn):
    member = member_of(case)

    def confirm():
        return take(case=case, step="confirm", actor=member, now=NOW, seen_version=case.version)

    found = at_once(confirm, confirm)
    refused = [one for one in found if isinstance(one, Refused)]
    assert len(refused) == 1 and "别人刚刚办理过" in str(refused[0])
    case.refresh_from_db()
    assert case.state == "noticing"


def test_two_finance_officers_order_one_payment(city, case):
    Case.objects.filter(pk=case.pk).update(state="paying")
    case.refresh_from_db()

    def order():
        return take(case=case, step="order", actor=city.finance, now=NOW, seen_version=case.version)

    found = at_once(order, order, order)
    assert sum(isinstance(one, Refused) for one in found) == 2
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(("why", "becomes"), [("", "closed"), ("账户不存在", "pay_returned")])
def test_the_bank_answers_while_the_firm_saves_its_account(city, case, why, becomes):
    """The account waits for the answer; and whoever holds the case meanwhile, payment and case say the same."""
    member = member_of(case)
    Case.objects.filter(pk=case.pk).update(state="paying")
    case.refresh_from_db()
    take(case=case, step="order", actor=city.finance, now=NOW, seen_version=case.version)
    payment = Payment.objects.get()
    batch = actions.send_batch(payments=[payment], actor=city.finance, now=NOW)
    answer = fund.Answer(payment.key, payment.amount_fen, not why, why)
    saving = Event()

    def save():
        with transaction.atomic():
            Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
            saving.set()
            sleep(0.3)  # the request ends a moment later
            city.account(case, member, "6222020200112233446")

    def bank():
        saving.wait(5)
        return actions.answer_batch(batch=batch, answers=[answer], actor=city.finance, now=NOW)

    saved, answered = at_once(save, bank)
    assert isinstance(saved, Refused) and not isinstance(answered, Exception)
    case.refresh_from_db()
    assert case.state == becomes


def _ordered(city, case):
    Case.objects.filter(pk=case.pk).update(state="paying")
    case.refresh_from_db()
    return take(case=case, step="order", actor=city.finance, now=NOW, seen_version=case.version)


@pytest.mark.parametrize("turn", range(3))
def test_a_decision_is_taken_back_while_its_payment_is_ordered(city, case, turn):
    """One of the two; an order never stands for a case that has ended."""
    Case.objects.filter(pk=case.pk).update(state="paying")
    case.refresh_from_db()

    def step(code, actor):
        return lambda: take(case=case, step=code, actor=actor, now=NOW, seen_version=case.version, note="依据已失效")

    found = at_once(step("revoke", city.clerk), step("order", city.finance))
    assert sum(isinstance(one, Refused) for one in found) == 1
    case.refresh_from_db()
    assert Payment.objects.filter(state="ordered").count() == (case.state == "paying")
    assert check.problems() == []


@pytest.mark.parametrize("turn", range(3))
def test_a_decision_is_taken_back_while_its_payment_goes_to_the_bank(city, case, turn):
    """The bank's file holds the payment and the case goes on, or the case has ended and the file was not made."""
    case = _ordered(city, case)
    payment = Payment.objects.get()

    def revoke():
        return take(case=case, step="revoke", actor=city.clerk, now=NOW, seen_version=case.version, note="依据已失效")

    def send():
        return actions.send_batch(payments=[payment], actor=city.finance, now=NOW)

    found = at_once(revoke, send)
    assert sum(isinstance(one, Refused) for one in found) == 1
    case.refresh_from_db()
    payment.refresh_from_db()
    assert (case.state, payment.state) in {("rejected", "returned"), ("paying", "sent")}
    assert Purse.objects.get().ordered_fen == (payment.amount_fen if payment.state == "sent" else 0)
    assert check.problems() == []


def test_the_account_is_changed_while_its_payment_is_ordered(city, case):
    """The order goes to the account that was saved, whichever came first."""
    member = member_of(case)
    Case.objects.filter(pk=case.pk).update(state="paying")
    case.refresh_from_db()

    def order():
        return take(case=case, step="order", actor=city.finance, now=NOW, seen_version=case.version)

    found = at_once(order, lambda: city.account(case, member, "6222020200112233446"))
    assert sum(isinstance(one, Refused) for one in found) == 1
    case.refresh_from_db()
    assert all(one.account_number == case.account_number for one in Payment.objects.all())


def test_numbers_are_given_once(city, case):
    from django.db import transaction

    def numbered():
        with transaction.atomic():
            number = next_number("M5.4", 2026)
            Case.objects.create(
                number=number, award_code="M5.4", lane="quick", year=2026, organisation=case.organisation, title=number,
                state="draft", created_at=NOW, changed_at=NOW,
            )  # fmt: skip
            return number

    assert sorted(at_once(*[numbered] * 6)) == [f"M5.4-2026-000{n}" for n in range(2, 8)]


@pytest.mark.parametrize("turn", range(3))
def test_two_units_of_one_project_never_get_more_than_its_cap(city, turn):
    """Each alone would get 600,000 yuan of a project's million; at whatever moment, each gets its share."""
    round = actions.open_round(
        award_code="M3.2-provincial", lane="quick", title="配套", year=2026, opens_on=date(2026, 6, 1),
        closes_on=date(2026, 12, 31), actor=city.clerk, now=NOW,
    )  # fmt: skip
    firms = [city.firm()[0] for _n in range(2)]
    row = {"funds_arrived_last_year_yuan": "2000000", "passed_outside_city_yuan": "0", "refunded_yuan": "0"}
    units = [row | {"id": firm.uscc} for firm in firms]
    facts = {"project_no": "2025CXGC010101", "units": units, "awarded_before_yuan": "0", "registered_in_city": True}
    made = [
        Case.objects.create(
            number=f"M3.2-2026-000{n}", round=round, award_code="M3.2-provincial", lane="quick", year=2026,
            organisation=firm, title="配套", state="deciding", created_at=NOW, changed_at=NOW, facts=facts,
        )
        for n, firm in enumerate(firms, start=1)
    ]  # fmt: skip

    def decide(case):
        return lambda: take(case=case, step="decide", actor=city.clerk, now=NOW, seen_version=case.version)

    assert [one for one in at_once(*map(decide, made)) if isinstance(one, Exception)] == []
    assert sorted(Case.objects.values_list("granted_fen", flat=True)) == [50_000_000, 50_000_000]


@pytest.mark.parametrize("turn", range(3))
def test_a_decision_made_larger_while_its_supplement_is_decided(city, turn):
    """Whichever is first: together they never come to more than the document says."""
    round = actions.open_round(
        award_code="M3.2-national", lane="quick", title="配套", year=2026, opens_on=date(2026, 6, 1),
        closes_on=date(2026, 12, 31), actor=city.clerk, now=NOW,
    )  # fmt: skip
    firm, _member = city.firm()
    facts = {
        "project_no": "2025YFB3400001", "document_no": "鲁财教指〔2026〕18号", "award_for_project": True,
        "kind": "award", "provincial_award_document_yuan": "600000", "project_list": "sti2030",
        "registered_in_city": True,
    }  # fmt: skip
    first, rest = (
        Case.objects.create(
            number=f"M3.2-2026-000{n}", round=round, award_code="M3.2-national", lane="quick", year=2026,
            organisation=firm, title="配套", state="deciding", created_at=NOW, changed_at=NOW,
            facts=facts | {"provincial_award_arrived_yuan": arrived},
        )
        for n, arrived in ((1, "250000"), (2, "600000"))
    )  # fmt: skip
    first = take(case=first, step="decide", actor=city.clerk, now=NOW, seen_version=first.version)
    first.facts |= {"provincial_award_arrived_yuan": "300000"}
    first.save()

    def step(case, code):
        return lambda: take(case=case, step=code, actor=city.clerk, now=NOW, seen_version=case.version)

    at_once(step(first, "decide_again"), step(rest, "decide"))
    given = dict(Case.objects.values_list("number", "granted_fen"))
    assert sum(given.values()) == 60_000_000, given


@pytest.mark.parametrize("turn", range(3))
@pytest.mark.parametrize("code", ["M5.2-insurance", "M3.2-provincial"])
def test_two_decisions_at_once_do_not_both_get_the_rest_of_a_cap(city, code, turn):
    """A firm's premiums of the year, a project's units whose tables do not agree: each would get the whole alone."""
    firms = [city.firm()[0] for _n in range(2)]
    none = {"passed_outside_city_yuan": "0", "refunded_yuan": "0"}
    tables = [
        [{"id": firm.uscc, "funds_arrived_last_year_yuan": yuan, **none}
         for firm, yuan in zip(pair, ("9000000", "1"), strict=True)]
        for pair in (firms, firms[::-1])
    ]  # fmt: skip
    project = {"project_no": "2025CXGC010101", "awarded_before_yuan": "0", "registered_in_city": True}
    premium = {"in_scheme": True, "premium_paid_yuan": "1000000", "policy_year": 1}
    facts = {
        "M5.2-insurance": [premium | {"policy_no": f"BX-{n}"} for n in range(2)],
        "M3.2-provincial": [project | {"units": table} for table in tables],
    }[code]  # fmt: skip
    cases = [
        Case.objects.create(
            number=f"{code}-2026-000{n}", award_code=code, lane="quick", year=2026, title="申报", state="deciding",
            organisation=firms[0 if code == "M5.2-insurance" else n], created_at=NOW, changed_at=NOW, facts=given,
        )
        for n, given in enumerate(facts)
    ]  # fmt: skip

    def decide(case):
        return lambda: take(case=case, step="decide", actor=city.clerk, now=NOW, seen_version=case.version)

    found = at_once(*map(decide, cases))
    most = {"M5.2-insurance": 300_000, "M3.2-provincial": 1_000_000}[code]
    assert sum(case.granted_fen or 0 for case in Case.objects.all()) == most * 100
    assert sum(isinstance(one, Refused) for one in found) <= 1


def test_of_three_projects_of_one_leader_decided_at_once_two_are_granted(city):
    firm, _member = city.firm()
    leader = parties.register_person(
        name="周工", home=firm, title="", discipline="", about="", actor=None, now=NOW
    )  # fmt: skip
    opened = actions.open_round(
        award_code="M5.2-loss", lane="quick", title="风险补偿", year=2026, opens_on=date(2026, 6, 1),
        closes_on=date(2026, 12, 31), actor=city.clerk, now=NOW,
    )  # fmt: skip
    made = [
        Case.objects.create(
            number=f"M5.2-2026-{n}", round=opened, award_code="M5.2-loss", lane="quick", year=2026, organisation=firm,
            title="风险补偿", state="deciding", created_at=NOW, changed_at=NOW, leader=leader,
            facts={"loan_no": f"JK-{n}", "filed": True, "early_stage_credit": False, "principal_loss_yuan": "100000"},
        )
        for n in range(3)
    ]  # fmt: skip

    def decide(case):
        with transaction.atomic():
            take(case=case, step="decide", actor=city.clerk, now=NOW, seen_version=case.version)
            sleep(0.3)

    found = at_once(*[lambda case=case: decide(case) for case in made])
    refused = [one for one in found if isinstance(one, Refused)]
    assert len(refused) == 1 and "上限 2 项" in str(refused[0])
    assert Case.objects.filter(state="noticing").count() == 2


def test_two_notices_of_one_number_at_once_are_one(city, case):
    """Of cases in no round together, whose clerks wait for nobody."""
    firm, member = city.firm()
    other = Case.objects.create(
        number="M5.4-2026-0002", award_code="M5.4", lane="entitled", year=2026, organisation=firm, title=case.title,
        state="screening", created_at=NOW, changed_at=NOW, facts=case.facts,
    )  # fmt: skip
    city.step(other, "invite", city.clerk)
    city.account(other, member)
    for one in (case, other):
        city.step(one, "confirm", member_of(one))
    found = at_once(*[lambda one=one: city.notice(one, days=7) for one in (case, other)])
    wrong = [one for one in found if isinstance(one, Exception)]
    assert [(type(one).__name__, set(getattr(one, "errors", ()))) for one in wrong] == [("Invalid", {"number"})], found
