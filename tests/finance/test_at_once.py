"""Two clerks at the same moment: one loan of a firm is subsidised, and a year's premium cap is not passed."""

from datetime import UTC, datetime
from threading import Event
from time import sleep

import pytest
from django.db import transaction

from tests.finance.test_money import insured
from tests.finance.words import WAN, YUAN, Finance
from tests.fund.test_race import at_once
from tests.market.conftest import account, office
from triplehelix.market.finance import actions, rules
from triplehelix.market.finance.models import Application, Claim, Payment
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused


@pytest.fixture
def finance(transactional_db):
    return Finance(officer=office(account("officer"), "city_officer"))


def test_two_loans_of_one_firm_at_once_one_is_subsidised(finance):
    """§9 row 5.2: two loans subsidised."""
    first, second = (finance.subsidised(1_000_000 * YUAN, days=50) for _n in range(2))
    found = at_once(lambda: finance.claim(first), lambda: finance.claim(second))
    assert sorted(type(one).__name__ for one in found) == ["Claim", "Refused"]
    assert Claim.objects.count() == 1
    with pytest.raises(Refused, match="对另一笔贷款贴过息"):
        finance.claim(second if Claim.objects.get().loan == first.contract else first)
    made = Claim.objects.get()
    actions.void(claim=made, why="改选另一笔", actor=finance.clerk, now=finance.now)
    finance.claim(second)


def test_two_premiums_at_once_stay_within_the_years_cap(finance):
    cases = [insured(finance, 400_000 * YUAN) for _n in range(2)]
    at_once(*[lambda case=case: finance.claim(case, "premium") for case in cases])
    assert sorted(Claim.objects.values_list("amount_fen", flat=True)) == [100_000 * YUAN, 200_000 * YUAN]


def test_one_payment_entered_by_two_is_written_once(finance):
    case = finance.filed()
    values = {"kind": "principal", "amount_fen": YUAN, "on": finance.today, "number": "P-1"}
    given = finance.on(case, finance.teller)
    found = at_once(*[lambda: actions.record_payment(values=values, **given)] * 2)
    assert len([one for one in found if isinstance(one, Payment)]) == 1
    assert len([one for one in found if isinstance(one, Refused | Invalid)]) == 1


def test_one_payment_voided_by_two_is_voided_once(finance):
    case = finance.filed()
    finance.pay(case, "principal", YUAN, number="P-1")
    given = finance.on(case, finance.teller) | {"number": "P-1"}
    found = at_once(*[lambda why=why: actions.void_payment(reason=why, **given) for why in ("多记", "重复")])
    assert sorted(type(one).__name__ for one in found) == ["Payment", "Refused"]
    assert Payment.objects.get().void_why in ("多记", "重复")


def test_a_payment_voided_while_its_interest_is_claimed_leaves_no_claim_of_it(finance):
    """Whoever is second has not seen the first, and looks again."""
    case = finance.subsidised(1_000_000 * YUAN)
    void = {"number": Payment.objects.get().number, "reason": "重复"}
    claim = {"kind": "interest", "base_fen": None, "decided": {}} | finance.on(case, finance.clerk)
    given = finance.on(case, finance.teller)
    found = at_once(lambda: actions.claim(**claim), lambda: actions.void_payment(**void, **given))
    assert [type(one) for one in found].count(Refused) == 1
    if Claim.objects.exists():
        actions.void_payment(**void, **finance.on(case, finance.teller))
    assert not Claim.objects.filter(void_why="").exists()


def test_one_recovery_voided_by_two_is_voided_once(finance):
    case = finance.filed()
    finance.lost(case, YUAN)
    finance.step(case, "compensate", finance.officer)
    values = {"amount_fen": YUAN, "on": finance.today, "number": "Z-1"}
    actions.record_recovery(values=values, **finance.on(case, finance.teller))
    given = [finance.on(case, who) | {"number": "Z-1"} for who in (finance.teller, finance.officer)]
    found = at_once(*[lambda one=one: actions.void_recovery(reason="重复", **one) for one in given])
    assert sorted(type(one).__name__ for one in found) == ["Recovery", "Refused"]


def test_one_contract_corrected_by_two_is_corrected_once(finance):
    case = finance.granted()
    values = {name: getattr(case.contract, name) for name in rules.LOAN}
    given = {"reason": "写错", "applied": lambda loan: []} | finance.on(case, finance.teller)
    found = at_once(
        *[lambda fen=fen: actions.correct_contract(values=values | {"amount_fen": fen}, **given) for fen in (1, 2)]
    )
    assert sorted(type(one).__name__ for one in found) == ["Loan", "Refused"]


def test_a_contract_corrected_while_it_is_paid_back_bears_what_was_paid(finance):
    """3,000,000 paid back and 300,000 as the right amount do not both stand."""
    case = finance.granted()
    values = {name: getattr(case.contract, name) for name in rules.LOAN} | {"amount_fen": 300_000 * YUAN}
    paid = {"kind": "principal", "amount_fen": 3_000_000 * YUAN, "on": finance.today, "number": "P-1"}
    given = finance.on(case, finance.teller)
    at_once(
        lambda: actions.correct_contract(values=values, reason="多写一个零", applied=lambda loan: [], **given),
        lambda: actions.record_payment(values=paid, **given),
    )
    assert Application.objects.get(pk=case.pk).contract.owed_fen in (0, 300_000 * YUAN)


def test_two_loans_of_a_firm_and_of_what_it_has_taken_over_at_once_one_is_subsidised(finance):
    """What is given once is given to all of them once: the two claims wait for each other, though of two payees."""
    taken_over, clerk = finance.firm_of(8802, "铜带厂")
    own = finance.subsidised(1_000_000 * YUAN, days=50)
    finance.prove(taken_over)
    other = finance.filed(firm=taken_over, clerk=clerk, contract={"amount_fen": 10_000 * WAN, "rate_ppm": 200_000})
    finance.days(50)
    finance.pay(other, "interest", 500_000 * YUAN)
    parties.end_organisation(
        organisation=taken_over, ending="merged", on=finance.today, document="合并公告", successor=finance.firm,
        actor=None, now=finance.now,
    )  # fmt: skip
    found = at_once(lambda: finance.claim(own), lambda: finance.claim(other))
    assert sorted(type(one).__name__ for one in found) == ["Claim", "Refused"], found


def test_a_year_s_proof_confirmed_while_the_year_is_gone_through_keeps_the_filing(finance):
    """The list of what nobody has proven is made once, and worked through for minutes."""
    case = finance.filed()
    proof = finance.proven(by=finance.clerk)
    over, gone = datetime(2027, 1, 4, 2, 0, tzinfo=UTC), Event()

    def confirm():
        with transaction.atomic():
            Application.objects.select_for_update().get(pk=case.pk)  # the program has come to it, and waits
            gone.set()
            sleep(0.5)
            actions.answer_qualification(qualification=proof, is_right=True, actor=finance.officer, now=over)

    def check():
        gone.wait(10)
        return actions.check_filings(now=over)

    _confirmed, revoked = at_once(confirm, check)
    case.refresh_from_db()
    assert (revoked, case.state) == (0, "filed")
