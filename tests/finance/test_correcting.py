"""A contract typed wrong is corrected while nothing final stands on it, and everything is computed anew."""

import pytest

from tests.finance.words import WAN, YUAN
from triplehelix.market.finance import actions, acts, rules
from triplehelix.market.finance.models import Application, Loss
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry

WHY = "金额多写了一个零"


def correct(finance, case, who=None, reason=WHY, **change):
    case = Application.objects.get(pk=case.pk)
    values = {name: getattr(case.contract, name) for name in rules.LOAN} | change
    given = {"values": values, "reason": reason, "applied": lambda loan: []}
    actions.correct_contract(**given, **finance.on(case, who or finance.teller))
    return Application.objects.get(pk=case.pk)


def wrong(finance, case, **change):
    """The fields it is refused at, and why."""
    with pytest.raises(Invalid) as why:
        correct(finance, case, **change)
    return why.value.errors


def test_a_contract_is_corrected_with_the_reason_and_what_it_said_is_kept(finance):
    case = finance.granted()
    number = case.contract.number
    for who in (finance.clerk, finance.officer, finance.other_teller):
        with pytest.raises(Refused, match="无权"):
            correct(finance, case, who, amount_fen=30 * WAN)
    with pytest.raises(Refused, match="和登记的完全一样"):
        correct(finance, case)
    assert set(wrong(finance, case, amount_fen=0, reason=" ")) == {"amount_fen", "reason"}
    assert set(wrong(finance, case, use="securities")) == {"use"}
    assert set(wrong(finance, case, last_on=case.contract.first_on)) == {"last_on"}
    taken = finance.granted().contract.number
    assert set(wrong(finance, case, number=taken)) == {"number"}
    now = correct(finance, case, amount_fen=30 * WAN, rate_ppm=34_500)
    assert (now.contract.owed_fen, now.contract.rate_ppm, now.contract.number) == (30 * WAN, 34_500, number)
    said = Entry.objects.get(verb="correct_contract")
    assert said.data["was"] == {"amount_fen": 300 * WAN, "rate_ppm": 36_000}
    assert said.data["now"] == {"amount_fen": 30 * WAN, "rate_ppm": 34_500}
    assert (said.why, now.version) == (WHY, said.data["version"])
    letters = Message.objects.filter(kind="market.finance.correct_contract")
    assert set(letters.values_list("to", flat=True)) == {finance.clerk.email, finance.officer.email}
    assert "金额由 3,000,000.00 元 改为 300,000.00 元；年利率（费率）由 3.6% 改为 3.45%" in letters[0].body


def test_what_was_computed_of_it_is_computed_anew(finance):
    """鲁科担: half a percent of 5,000,000 are 25,000 yuan, of 500,000 they are 2,500."""
    case = finance.guaranteed()
    made = finance.claim(case, "guarantee", finance.surety)
    assert made.amount_fen == 25_000 * YUAN
    correct(finance, case, finance.surety, amount_fen=50 * WAN)
    made.refresh_from_db()
    assert made.void_why == f"合同已更正（{WHY}），请重新计算"
    assert finance.claim(case, "guarantee", finance.surety).amount_fen == 2_500 * YUAN


def test_payments_that_stand_fit_the_contract_or_are_voided_first(finance):
    """3,000,000 at 3.6 % bear 27,000 in 90 days, at 0.36 % no more than 2,700."""
    case = finance.granted()
    first = finance.today
    finance.days(90)
    finance.pay(case, "interest", 27_000 * YUAN, number="P-1")
    assert "登记错的付息请先作废" in wrong(finance, case, rate_ppm=3_600)["rate_ppm"]
    actions.void_payment(number="P-1", reason="写错", **finance.on(case, finance.teller))
    correct(finance, case, rate_ppm=3_600)
    with pytest.raises(Invalid, match=r"超过这笔贷款能产生的利息"):
        finance.pay(case, "interest", 2_700 * YUAN + 1)
    finance.pay(case, "principal", 100 * WAN, number="P-2")
    assert "少于已归还的本金 1,000,000" in wrong(finance, case, amount_fen=99 * WAN)["amount_fen"]
    finance.days(1)
    assert "凭证 P-2" in wrong(finance, case, first_on=finance.today)["first_on"]
    now = correct(finance, case, amount_fen=100 * WAN)
    assert (now.contract.owed_fen, now.contract.first_on) == (0, first)
    finance.step(case, "repay", finance.teller)
    assert "已经结清" in wrong(finance, case, amount_fen=200 * WAN)["amount_fen"]
    assert correct(finance, case, number="JK-X").state == "repaid"


def test_a_filing_waits_or_stands_on_what_was_filed(finance):
    finance.prove()
    case = finance.granted()
    actions.submit(**finance.on(case, finance.teller))
    with pytest.raises(Refused, match="备案正在等结果"):
        correct(finance, case, amount_fen=200 * WAN)
    finance.land(finance.outcome(case))
    with pytest.raises(Refused, match="请市科技局先撤销备案"):
        correct(finance, case, amount_fen=200 * WAN)
    finance.lost(case, 300 * WAN)
    actions.revoke(why="合同登记错", **finance.on(case, finance.officer))
    # What the bank could not report at the filing it cannot slip in behind it.
    early = {"early_stage": True, "security": "none", "use": "research"}
    assert set(wrong(finance, case, **early)) == {"early_stage"}
    correct(finance, case, amount_fen=200 * WAN)
    assert not Loss.objects.exists() and Entry.objects.get(verb="correct_contract").data["loss"]["fen"] == 300 * WAN
    actions.restore(why="合同已更正", **finance.on(case, finance.officer))
    finance.lost(case, 200 * WAN)
    finance.step(case, "compensate", finance.officer)
    made = finance.claim(case, "loss", finance.teller)
    assert (made.base_fen, made.amount_fen) == (200 * WAN, 70 * WAN)  # the city bears 35 %
    with pytest.raises(Refused, match="本金损失已经分担"):
        correct(finance, case, amount_fen=300 * WAN)


@pytest.mark.usefixtures("forged")
def test_it_is_offered_to_the_institution_until_a_loss_is_shared(finance):
    case = finance.filed()
    for relation, wanted in (("institution", True), ("firm", False), ("city", False)):
        assert ("correct_contract" in {one.code for one in acts.offered(case, frozenset({relation}))}) is wanted
    Application.objects.filter(pk=case.pk).update(state="compensated")
    case.refresh_from_db()
    assert "correct_contract" not in {one.code for one in acts.offered(case, frozenset({"institution"}))}
