"""What a case was opened for is taken back below: the case goes no further, and the clerks are told."""

from datetime import date

import pytest

from tests.finance.words import WAN, YUAN
from triplehelix.doors.web import finance_shown
from triplehelix.market.finance import actions as finance
from triplehelix.market.finance import rules
from triplehelix.procedure.cases import actions, eligibility, follower, known, pay
from triplehelix.procedure.cases.models import Case
from triplehelix.records.outbox.models import Message
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import followers


def applied(city, bank, loan, code, who, organisation):
    """An application for what was computed for the loan, waiting for its decision."""
    return submitted(city, draft(city, bank, code, who, organisation), who)


def draft(city, bank, code, who, organisation, year=2026, **facts):
    """An application filled in from what was computed, with these facts typed over it."""
    city.now = bank.now
    opened = actions.open_round(
        award_code=code, lane="quick", title=f"{year}", year=year, opens_on=date(2026, 6, 1),
        closes_on=date(2027, 12, 31), actor=city.clerk, now=city.now,
    )  # fmt: skip
    case = actions.start(round=opened, organisation=organisation, title="申请", actor=who, now=city.now)
    case = actions.write(case=case, facts=case.facts | facts, actor=who, now=city.now, seen_version=case.version)
    return city.account(case, who)


def submitted(city, case, who):
    case = city.step(case, "submit", who)
    Case.objects.filter(pk=case.pk).update(state="deciding")
    return case


def subsidised(city, bank):
    loan = bank.filed(contract={"amount_fen": 10_000 * WAN, "rate_ppm": 200_000})
    bank.days(10)
    bank.pay(loan, "interest", 100_000 * YUAN)
    bank.claim(loan)
    return loan, applied(city, bank, loan, "M5.2-interest", bank.clerk, bank.firm)


def test_a_filing_revoked_stops_the_case_before_its_decision(city, bank):
    loan, case = subsidised(city, bank)
    finance.revoke(why="资金用于理财", **bank.on(loan, city.clerk))
    with pytest.raises(Refused, match="计算已作废：备案已撤销"):
        city.step(case, "decide", city.clerk)
    assert "ground_gone" in {one.code for one in eligibility.barring(case, city.now)}
    # The filing stands again, the firm computes anew: so does the case.
    finance.restore(why="查无此事", **bank.on(loan, city.clerk))
    with pytest.raises(Refused, match="计算已作废"):
        city.step(case, "decide", city.clerk)
    bank.claim(loan)
    assert city.step(case, "decide", city.clerk).granted_fen == 40_000 * YUAN


def test_a_filing_revoked_after_the_decision_stops_promise_and_payment(city, bank):
    loan, case = subsidised(city, bank)
    case = city.step(case, "decide", city.clerk)
    finance.revoke(why="资金用于理财", **bank.on(loan, city.clerk))
    with pytest.raises(Refused, match="计算已作废"):
        city.notice(case)
    Case.objects.filter(pk=case.pk).update(state="paying")
    with pytest.raises(Refused, match="计算已作废"):
        city.step(case, "order", city.finance)


def test_the_clerks_are_told_once(city, bank):
    loan, case = subsidised(city, bank)
    while followers.drain(follower.NAME):
        pass
    assert not Message.objects.filter(kind=follower.KIND).exists()
    finance.revoke(why="资金用于理财", **bank.on(loan, city.clerk))
    for _n in range(2):
        followers.drain(follower.NAME)
        follower.handle([(loan.kind, str(loan.pk))])
    told = Message.objects.get(kind=follower.KIND)
    assert told.to == city.clerk.email
    assert case.number in told.subject and "备案已撤销" in told.body


def test_an_application_for_more_than_the_contract_bears_goes_no_further(city, bank):
    _loan, case = subsidised(city, bank)
    Case.objects.filter(pk=case.pk).update(facts=case.facts | {"interest_paid_yuan": "100000.01"})
    with pytest.raises(Refused, match=r"只能按 100,000\.00 元 计算"):
        city.step(case, "decide", city.clerk)


def test_a_loss_recovered_in_part_is_not_paid_in_full_and_what_was_paid_is_owed_back(city, bank):
    """Loss 1,000,000: the city bears 350,000; 400,000 recovered leave it 210,000."""
    loan = bank.filed()
    bank.lost(loan, 100 * WAN)
    bank.step(loan, "compensate", city.clerk)
    bank.claim(loan, "loss", bank.teller)
    case = applied(city, bank, loan, "M5.2-loss", bank.teller, bank.bank.organisation)
    got = {"amount_fen": 40 * WAN, "on": bank.today, "number": "Z1"}
    finance.record_recovery(values=got, **bank.on(loan, bank.teller))
    with pytest.raises(Refused, match=r"追回 400,000\.00 元"):
        city.step(case, "decide", city.clerk)
    bank.claim(loan, "loss", bank.teller)
    with pytest.raises(Refused, match=r"只能按 600,000\.00 元 计算"):
        city.step(case, "decide", city.clerk)
    why = "又追回 40 万元"
    case = actions.correct_facts(
        case=case, facts={"principal_loss_yuan": "600000"}, actor=city.clerk, now=city.now, why=why
    )
    case = city.step(case, "decide", city.clerk)
    assert case.granted_fen == 21 * WAN
    assert finance_shown.owed_back(loan.contract) == 0
    order(case, city)
    assert finance_shown.owed_back(loan.contract) == 0
    finance.record_recovery(values=got | {"number": "Z2"}, **bank.on(loan, bank.teller))
    assert finance_shown.owed_back(loan.contract) == 14 * WAN


def test_a_year_of_a_guarantee_bears_one_case_whatever_year_it_is_applied_for(city, bank):
    """In force from 2026 to 2027, computed once: rounds of two years, and one payment until the next year begins."""
    loan = bank.guaranteed(contract={"last_on": date(2027, 12, 1)})
    bank.claim(loan, "guarantee", bank.surety)
    drafts = [
        draft(city, bank, "M5.2-guarantee", bank.surety, bank.guarantor.organisation, year=year)
        for year in (2026, 2027)
    ]  # fmt: skip
    one = submitted(city, drafts[0], bank.surety)
    with pytest.raises(Refused, match=f"共 1 笔，已有办件 {one.number}"):
        submitted(city, drafts[1], bank.surety)
    # Handed in before this was asked, it is not decided; nor does it stop the one that was first.
    Case.objects.filter(pk=drafts[1].pk).update(state="deciding")
    with pytest.raises(Refused, match="一笔计算只申请一次"):
        city.step(drafts[1], "decide", city.clerk)
    one = city.step(one, "decide", city.clerk)
    Case.objects.filter(pk=drafts[1].pk).update(granted_fen=one.granted_fen)
    assert [bool(eligibility.ground_gone(Case.objects.get(pk=each.pk))) for each in drafts] == [False, True]
    Case.objects.filter(pk=drafts[1].pk).update(granted_fen=None)
    # The next year of the guarantee has begun and is computed: it bears the next case, of its own days.
    bank.days(370)
    second = bank.claim(loan, "guarantee", bank.surety)
    city.now = bank.now
    with pytest.raises(Refused, match="一笔计算只申请一次"):
        city.step(drafts[1], "decide", city.clerk)
    days = {key: second.facts[key] for key in ("guarantee_year", "guarantee_days", "guarantee_year_days")}
    asked = actions.correct_facts(case=drafts[1], facts=days, actor=city.clerk, now=city.now, why="第二个担保年度")
    assert city.step(asked, "decide", city.clerk).granted_fen == second.amount_fen < one.granted_fen


def test_a_case_taken_back_leaves_the_claim_to_another(city, bank):
    bank.claim(bank.guaranteed(), "guarantee", bank.surety)
    given = (city, bank, "M5.2-guarantee", bank.surety, bank.guarantor.organisation)
    one, again = draft(*given), draft(*given, year=2027)
    city.step(submitted(city, one, bank.surety), "withdraw", bank.surety)
    assert submitted(city, again, bank.surety).state == "accepting"


def test_a_contract_applied_for_is_not_corrected_before_the_case_is_taken_back(city, bank):
    """Under another number its second application would not be seen to be one."""
    loan = bank.guaranteed()
    bank.claim(loan, "guarantee", bank.surety)
    case = submitted(city, draft(city, bank, "M5.2-guarantee", bank.surety, bank.guarantor.organisation), bank.surety)
    right = {name: getattr(loan.contract, name) for name in rules.LOAN} | {"number": "DB-1"}

    def correct():
        given = {"values": right, "reason": "合同号写错", "applied": known.applied_for}
        return finance.correct_contract(**given, **bank.on(loan, bank.surety))

    with pytest.raises(Refused, match=f"已经按这份合同申报（{case.number}）"):
        correct()
    finance.void(claim=loan.contract.claims.get(), why="重新计算", actor=bank.surety, now=bank.now)
    with pytest.raises(Refused, match=f"已经按这份合同申报（{case.number}）"):
        correct()
    city.step(case, "withdraw", bank.surety)
    assert correct().number == "DB-1"


@pytest.mark.parametrize("policy_year", [2, 3])
def test_a_premium_is_subsidised_for_the_year_it_was_computed_for(city, bank, policy_year):
    bank.claim(bank.insured(premium_fen=100_000 * YUAN), "premium")
    case = draft(city, bank, "M5.2-insurance", bank.clerk, bank.firm, policy_year=policy_year)
    with pytest.raises(Refused, match=f"“第几年投保”申请的是“{policy_year}.*”，合同是按“1.*”计算的"):
        submitted(city, case, bank.clerk)


def test_a_bank_does_not_make_a_loan_an_early_one_by_saying_so(city, bank):
    loan = bank.filed()
    bank.lost(loan, 100 * WAN)
    bank.step(loan, "compensate", city.clerk)
    bank.claim(loan, "loss", bank.teller)
    said = {"early_stage_credit": True}
    case = draft(city, bank, "M5.2-loss", bank.teller, bank.bank.organisation, **said)
    with pytest.raises(Refused, match="“早期研发信用贷款”"):
        submitted(city, case, bank.teller)
    case = actions.write(case=case, facts=case.facts | {"early_stage_credit": False}, actor=bank.teller, now=city.now,
                         seen_version=Case.objects.get(pk=case.pk).version)  # fmt: skip
    assert city.step(submitted(city, case, bank.teller), "decide", city.clerk).granted_fen == 35 * WAN


def order(case, city):
    """Ordered and paid."""
    payment = pay.order(case, pay.WHOLE, case.granted_fen, city.finance, city.now)
    city.bank((payment, ""))


def test_a_proof_found_to_be_none_stops_the_case_and_the_clerks_are_told(city, bank):
    _loan, case = subsidised(city, bank)
    proof = bank.firm.qualifications.get()
    finance.answer_qualification(qualification=proof, is_right=False, why="名单里没有", actor=city.clerk, now=bank.now)
    with pytest.raises(Refused, match="计算已作废"):
        city.step(case, "decide", city.clerk)
    while followers.drain(follower.NAME):
        pass
    assert city.clerk.email in Message.objects.filter(kind=follower.KIND).values_list("to", flat=True)
