"""A payment or recovery entered wrongly is voided: it is kept with its reason, and everything is counted without it."""

import pytest
from django.db import DatabaseError, transaction

from tests.finance.words import WAN, YUAN
from triplehelix.market.finance import actions, acts, facts
from triplehelix.market.finance.models import Application, Payment, Recovery
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry

WRONG = "金额多写了一个零"


def void(finance, case, number, who=None, reason=WRONG):
    return actions.void_payment(number=number, reason=reason, **finance.on(case, who or finance.teller))


def recovered(finance, case, fen, number="Z1", who=None):
    values = {"amount_fen": fen, "on": finance.today, "number": number}
    return actions.record_recovery(values=values, **finance.on(case, who or finance.teller))


def void_recovery(finance, case, number="Z1", who=None, reason=WRONG):
    return actions.void_recovery(number=number, reason=reason, **finance.on(case, who or finance.teller))


def told(what):
    return set(Message.objects.filter(kind=f"market.finance.{what}").values_list("to", flat=True))


def compensated(finance):
    """3,000,000 lent, 2,000,000 paid back, 1,000,000 lost and shared."""
    finance.prove()
    case = finance.filed()
    finance.pay(case, "principal", 200 * WAN, number="P-1")
    finance.lost(case, 100 * WAN)
    finance.step(case, "compensate", finance.officer)
    return case


def test_a_payment_entered_wrongly_is_voided_and_its_voucher_serves_anew(finance):
    """3,000,000 lent; 300,000 paid back and typed as 3,000,000: owed is 2,700,000 and not nothing."""
    case = finance.filed()
    wrong = finance.pay(case, "principal", 300 * WAN, number="P-1")
    assert case.contract.owed_fen == 0
    for who in (finance.clerk, finance.officer, finance.other_teller):
        with pytest.raises(Refused, match="无权"):
            void(finance, case, "P-1", who)
    for change, field in (({"number": "P-9"}, "number"), ({"number": "P-1", "reason": " "}, "reason")):
        with pytest.raises(Invalid) as why:
            void(finance, case, **change)
        assert set(why.value.errors) == {field}
    void(finance, case, "P-1")
    assert case.contract.owed_fen == 300 * WAN
    with pytest.raises(Invalid, match="没有这张凭证，或已经作废"):
        void(finance, case, "P-1")
    right = finance.pay(case, "principal", 30 * WAN, number="P-1")
    assert case.contract.owed_fen == 270 * WAN
    assert [(one.amount_fen, one.void_why) for one in case.contract.payments.order_by("pk")] == [
        (300 * WAN, WRONG), (30 * WAN, "")]  # fmt: skip
    said = Entry.objects.get(verb="void_payment")
    assert (said.data["number"], said.data["fen"], said.data["kind"], said.why) == (
        "P-1",
        300 * WAN,
        "principal",
        WRONG,
    )
    for number in ("P-1", "Ｐ－１", "P-1\u200b"):
        with pytest.raises(Invalid, match="凭证号 P-1 已经登记过"):
            finance.pay(case, "principal", WAN, number=number)
    # What was voided stays voided, nothing else of a payment changes, and none goes away.
    for row, change in ((wrong, {"void_why": ""}), (wrong, {"void_why": "x"}), (right, {"amount_fen": 1}),
                        (right, {"void_why": "x", "number": "P-2"})):  # fmt: skip
        with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
            Payment.objects.filter(pk=row.pk).update(**change)
    for row in (wrong, right):
        with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
            Payment.objects.filter(pk=row.pk)._raw_delete("default")


def test_what_may_still_be_paid_is_counted_without_what_was_voided(finance):
    """3,000,000 at 3.6 % bear 300 yuan a day: 27,000 in 90 days, whatever was typed and voided before."""
    case = finance.filed()
    finance.days(90)
    finance.pay(case, "interest", 20_000 * YUAN, number="P-1")
    with pytest.raises(Invalid, match="超过这笔贷款能产生的利息"):
        finance.pay(case, "interest", 7_000 * YUAN + 1, number="P-2")
    void(finance, case, "P-1")
    finance.pay(case, "interest", 27_000 * YUAN, number="P-2")
    assert case.contract.paid("interest") == 27_000 * YUAN


def test_interest_subsidised_above_what_was_paid_is_computed_anew(finance):
    """Paid 600,000 and 400,000: a subsidy of the first stays when the second is voided, one of both does not."""
    case = finance.subsidised(600_000 * YUAN)
    finance.pay(case, "interest", 400_000 * YUAN, number="P-2")
    kept = finance.claim(case, base=600_000 * YUAN)
    void(finance, case, "P-2")
    kept.refresh_from_db()
    assert (kept.void_why, told("void_payment")) == ("", set())
    actions.void(claim=kept, why="重新计算", actor=finance.clerk, now=finance.now)
    finance.pay(case, "interest", 400_000 * YUAN, number="P-2")
    both = finance.claim(case)
    assert both.base_fen == 1_000_000 * YUAN
    void(finance, case, "P-2")
    both.refresh_from_db()
    assert both.void_why == "付息 P-2（400,000.00 元）登记错、已作废，请重新计算"
    assert told("void_payment") == {finance.clerk.email}
    assert WRONG in Message.objects.get(kind="market.finance.void_payment").body
    assert facts.offered(finance.firm, pack().award(both.award)) == {}
    finance.pay(case, "interest", 40_000 * YUAN, number="P-2")
    assert finance.claim(case).base_fen == 640_000 * YUAN


@pytest.mark.parametrize("kind", ["principal", "interest"])
def test_a_loan_settled_by_what_was_entered_wrongly_is_settled_no_more(finance, kind):
    case = finance.filed()
    finance.days(90)
    finance.pay(case, "interest", 270 * YUAN, number="P-1")
    finance.pay(case, "principal", 300 * WAN, number="P-2")
    finance.step(case, "repay", finance.teller)
    void(finance, case, {"interest": "P-1", "principal": "P-2"}[kind])
    case.refresh_from_db()
    assert (case.state, case.contract.owed_fen) == ("filed", 300 * WAN if kind == "principal" else 0)
    assert told("unsettle_filed") == {finance.clerk.email, finance.officer.email}
    fen = 300 * WAN if kind == "principal" else 27_000 * YUAN
    finance.pay(case, kind, fen, number="P-3")
    assert finance.step(case, "repay", finance.teller).state == "repaid"


@pytest.mark.parametrize("was", ["granted", "filed", "overdue", "unfiled"])
@pytest.mark.parametrize("meanwhile", ["", "filed", "revoked"])
def test_it_goes_back_to_where_it_was_as_its_filing_stands_today(finance, was, meanwhile):
    case = finance.granted()
    actions.submit(**finance.on(case, finance.teller))
    if was != "granted":
        finance.land(finance.outcome(case))
    if was == "overdue":
        finance.step(case, "fall_due", finance.teller)
    if was == "unfiled":
        actions.revoke(why="资金用于理财", **finance.on(case, finance.officer))
    finance.pay(case, "principal", 300 * WAN, number="P-1")
    finance.step(case, "repay", finance.teller)
    if meanwhile == "filed" and was == "granted":
        finance.land(finance.outcome(case))
    if meanwhile == "revoked" and was in ("filed", "overdue"):
        actions.revoke(why="资金用于理财", **finance.on(case, finance.officer))
    void(finance, case, "P-1")
    case.refresh_from_db()
    wanted = {("granted", "filed"): "filed", ("filed", "revoked"): "unfiled", ("overdue", "revoked"): "unfiled"}
    assert case.state == wanted.get((was, meanwhile), was)


def test_nothing_leads_out_of_a_settled_loan_but_a_payment_voided(finance):
    case = finance.filed()
    finance.pay(case, "principal", 300 * WAN, number="P-1")
    finance.step(case, "repay", finance.teller)
    with pytest.raises(Refused, match="请先作废登记错的还款"):
        finance.step(case, "unsettle_filed", finance.teller)
    assert {"unsettle_filed", "unrecover"} <= acts.BY_ACT
    other = compensated(finance)
    finance.step(other, "recover", finance.teller, "其余无法追回")
    with pytest.raises(Refused, match="请先作废登记错的追偿"):
        finance.step(other, "unrecover", finance.teller)


def test_after_a_compensation_payments_stand(finance):
    """The loss was shared on what had been paid back."""
    case = compensated(finance)
    with pytest.raises(Refused, match="已补偿"):
        void(finance, case, "P-1")


def test_a_recovery_entered_wrongly_is_voided_and_the_loss_claimed_anew(finance):
    """Lost 1,000,000: recovered 40,000 and typed as 400,000 the city bears 336,000 and not 210,000."""
    case = compensated(finance)
    wrong = recovered(finance, case, 40 * WAN)
    made = finance.claim(case, "loss", finance.teller)
    assert (made.base_fen, made.amount_fen) == (60 * WAN, 21 * WAN)
    finance.step(case, "recover", finance.teller, "其余无法追回")
    with pytest.raises(Refused, match="无权"):
        void_recovery(finance, case, who=finance.clerk)
    for change, field in (({"number": "Z9"}, "number"), ({"reason": " "}, "reason")):
        with pytest.raises(Invalid) as why:
            void_recovery(finance, case, **change)
        assert set(why.value.errors) == {field}
    void_recovery(finance, case)
    case, made = Application.objects.get(pk=case.pk), type(made).objects.get(pk=made.pk)
    assert (case.state, case.contract.still_lost_fen) == ("compensated", 100 * WAN)
    assert made.void_why == "追偿 Z1（400,000.00 元）登记错、已作废，请重新计算"
    assert (told("void_recovery"), told("unrecover")) == ({finance.officer.email}, {finance.clerk.email})
    with pytest.raises(Invalid, match="没有这张凭证，或已经作废"):
        void_recovery(finance, case)
    right = recovered(finance, case, 4 * WAN)
    made = finance.claim(case, "loss", finance.teller)
    assert (made.base_fen, made.amount_fen) == (96 * WAN, 336_000 * YUAN)
    # What can still be got back is counted without it.
    recovered(finance, case, 96 * WAN, number="Z2")
    assert case.contract.still_lost_fen == 0
    said = Entry.objects.get(verb="void_recovery")
    assert (said.data["number"], said.data["fen"], said.why) == ("Z1", 40 * WAN, WRONG)
    for row, change in ((wrong, {"void_why": ""}), (wrong, {"void_why": "x"}), (right, {"amount_fen": 1})):
        with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
            Recovery.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
        Recovery.objects.filter(pk=wrong.pk)._raw_delete("default")


def test_the_city_may_void_a_recovery_too_and_the_institution_is_told(finance):
    case = compensated(finance)
    recovered(finance, case, 40 * WAN, who=finance.officer)
    void_recovery(finance, case, who=finance.officer)
    case.refresh_from_db()
    assert (case.state, told("void_recovery")) == ("compensated", {finance.teller.email})


def test_an_act_is_offered_while_there_is_something_to_void(finance):
    def offered(case, relation):
        case.refresh_from_db()
        return {act.code for act in acts.offered(case, frozenset({relation}))} & {"void_payment", "void_recovery"}

    case = finance.filed()
    assert offered(case, "institution") == set()
    finance.pay(case, "principal", 200 * WAN, number="P-1")
    assert (offered(case, "institution"), offered(case, "city")) == ({"void_payment"}, set())
    finance.lost(case, 100 * WAN)
    assert offered(case, "institution") == {"void_payment"}
    finance.step(case, "compensate", finance.officer)
    assert offered(case, "institution") == set()
    recovered(finance, case, 40 * WAN)
    assert offered(case, "institution") == offered(case, "city") == {"void_recovery"}
    void_recovery(finance, case)
    assert offered(case, "institution") == set()
