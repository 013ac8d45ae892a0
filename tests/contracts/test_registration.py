"""Registration of a contract, and what it keeps from happening twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.contracts.words import PRICE, WAN
from triplehelix.foundation.calendar import WorkingCalendar
from triplehelix.market.contracts import actions, facts, finds, history
from triplehelix.market.contracts.access import CITY
from triplehelix.market.contracts.actions import registering
from triplehelix.market.contracts.actions.registering import Certified
from triplehelix.market.contracts.actions.results import Result
from triplehelix.market.contracts.finds import waiting_for
from triplehelix.market.contracts.models import Contract, Registration, Sale
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"number": "123"}, "number", "应像 2026-371500-000123"),
        ({"number": "2026-371500-00012X"}, "number", "应像"),
        ({"number": "2025-371500-000001"}, "number", "不是同一年"),
        ({"number": "2026-991500-000001"}, "number", "行政区划 991500 不存在"),
        ({"number": "2026-371500-000000"}, "number", "流水号不能全是零"),
        ({"certified_fen": PRICE + 1}, "certified", "不能大于合同金额"),
        ({"decided_on": date(1990, 1, 1)}, "decided_on", "签订日期以后"),
        ({"technical_fen": PRICE + 1}, "technical", "不能大于成交额"),
        ({"certified_fen": 0, "technical_fen": 0}, "certified", "大于零"),
        ({"file": None}, "file", "登记证明"),
        ({"type": "X"}, "type", "五类"),
        ({"decided_on": date(2026, 12, 1), "number": "2026-371500-000009"}, "decided_on", "今天以前"),
    ],
)
def test_a_registration_that_cannot_be_is_refused(market, change, field, says):
    sale = market.signed()
    with pytest.raises(Invalid) as why:
        market.register(sale, **change)
    assert set(why.value.errors) == {field}
    assert says in why.value.errors[field]
    assert not Registration.objects.filter(outcome="registered").exists()


def test_a_number_belongs_to_one_contract(market):
    market.register(market.signed())
    other = market.achievement = market.offered("另一项工艺")
    assert other.pk
    again = market.signed()
    with pytest.raises(Invalid, match="已经属于另一份合同"):
        market.register(again, number="2026-371500-000001")


def test_only_the_sellers_side_applies_at_an_authority_of_the_day(market):
    sale = market.signed()
    with pytest.raises(Refused, match="无权"):
        actions.submit_registration(authority="MIIT", **market.on(sale, market.clerk))
    with pytest.raises(Invalid, match="现在受理登记的机构"):
        actions.submit_registration(authority="STB", **market.on(sale, market.teller))
    row = actions.submit_registration(authority="MIIT", **market.on(sale, market.teller))
    assert row.due_on == date(2026, 4, 24)  # 10 working days after Sunday 2026-04-12


def test_refused_with_a_reason_and_applied_again(market):
    sale = market.signed()
    actions.submit_registration(authority="MIIT", **market.on(sale, market.teller))
    with pytest.raises(Invalid, match="请填写理由"):
        actions.refuse_registration(reason=" ", **market.on(sale, market.officer))
    actions.refuse_registration(reason="合同没有写明技术内容", **market.on(sale, market.officer))
    market.register(sale)
    assert list(sale.contract.registrations.values_list("outcome", flat=True)) == ["refused", "registered"]


def test_nothing_is_sold_twice(market):
    """What stood priced before sales stopped each other is not signed; what is opened anew is not published."""
    second, third = (market.pricing(market.other(number)[0]) for number in (9302, 9304))
    market.notice(second)
    first = market.signed()
    Sale.objects.filter(pk=second.pk).update(state="priced")
    Sale.objects.filter(pk=third.pk).update(state="pricing")
    sold = r"已经由 澄大合.*转让给示例9001厂，不能再转让"
    for kind in ("ASSIGN", "LICENSE"):
        with pytest.raises(Invalid, match=sold):
            market.sign(second, type=kind)
    with pytest.raises(Refused, match="这项成果已经转让，不能再交易"):
        market.notice(third)
    with pytest.raises(Refused, match=sold):
        market.opened(market.other(9303)[0])
    curious, its_clerk = market.other(9305)
    with pytest.raises(
        Refused, match=r"^这项成果已经转让，不能再转让$"
    ):  # to whom, and by which contract, is not theirs
        actions.open_sale(achievement=market.achievement, buyer=curious, actor=its_clerk, now=market.now)
    market.step(first, "terminate", market.officer, "双方协商解除")
    assert market.sign(second).type == "ASSIGN"


def test_what_is_sold_whole_stops_the_other_sales_and_tells_their_sides_and_bidders(market):
    """One in each state in which it is priced or offered; one that is being checked waits there."""
    firm, clerk = market.other(9302)
    noticed, listed = market.pricing(firm), market.pricing()
    checked = market.opened(market.other(9303)[0])
    market.notice(noticed)
    public = market.listed(listed, days=60)
    bidder, its_clerk = market.other(9304)
    market.bid(public, bidder, its_clerk)
    another = market.pricing(firm, achievement=market.offered("另一项工艺"))
    market.signed()
    states = dict(Sale.objects.values_list("pk", "state"))
    assert [states[one.pk] for one in (noticed, listed, checked, another)] == [
        "suspended", "suspended", "checking", "pricing"]  # fmt: skip
    assert public.bids.get().result == "void"
    assert "这项成果已经转让" in Message.objects.get(kind="market.bid.void", to=its_clerk.email).body
    assert "说明：这项成果已经转让" in Message.objects.get(kind="market.sale.suspend", to=clerk.email).body
    entry = Entry.objects.get(subject_kind="market.sale", subject_id=str(noticed.pk), verb="suspend")
    assert (entry.actor_account, entry.why) == (None, "这项成果已经转让")
    market.step(listed, "resume", market.officer)
    with pytest.raises(Refused, match="这项成果已经转让，不能再交易"):
        market.step(listed, "pass_rights", market.officer)


def test_a_licence_leaves_the_other_sales_alone(market):
    other = market.pricing(market.other(9302)[0])
    market.signed(type="LICENSE")
    other.refresh_from_db()
    assert other.state == "pricing"


@pytest.mark.usefixtures("forged")
def test_what_was_offered_beside_a_sale_takes_no_bids_and_is_awarded_to_nobody(market):
    """Sales that went on beside a sold one, from before it stopped them: a notice, a listing, a result."""
    noticed, called = (market.pricing(market.other(number)[0]) for number in (9302, 9303))
    listed = market.pricing()
    sold = market.signed(type="LICENSE")
    market.notice(noticed)
    public, several = market.listed(listed), market.listed(called)
    for number in (9304, 9305):
        market.bid(several, *market.other(number))
    market.bid(public, *market.other(9306))
    Contract.objects.filter(sale=sold).update(type="ASSIGN")
    with pytest.raises(Refused, match="已经转让，不再登记意向方"):
        market.bid(public, *market.other(9307))
    market.days(40)
    assert actions.end_due(now=market.now) == 0
    for sale, step in ((noticed, "end_notice"), (listed, "end_single"), (called, "end_several")):
        with pytest.raises(Refused, match="这项成果已经转让，不能再交易"):
            market.step(sale, step, market.officer)
    assert {noticed, listed, called} <= set(waiting_for(market.officer, market.today))
    Sale.objects.filter(pk=called.pk).update(state="bidding")
    result = {"exchange": "某技术交易所", "document": "成交确认〔2026〕9号", "held_on": market.today,
              "winner": several.bids.first().organisation, "price_fen": PRICE, "file": market.paper()}  # fmt: skip
    with pytest.raises(Refused, match="这项成果已经转让，不能再交易"):
        actions.record_result(said=Result(**result), **market.on(called, market.officer))


def test_a_terminated_contract_does_not_land_again_when_money_goes_back(market):
    sale = market.performing()
    market.pay(sale, PRICE)
    market.step(sale, "terminate", market.officer, "双方协商解除")
    market.pay(sale, 10 * WAN, way="out", reason="部分退款")
    assert (sale.state, sale.landed_on) == ("terminated", None)


def test_shares_are_proven_by_the_register_of_the_company(market):
    more = {"structure": "equity", "equity_company": "澄湖铜联科技有限公司", "equity_bp": 2_000}
    sale = market.performing(**more)
    with pytest.raises(Invalid) as why:
        market.pay(sale, PRICE, number="", file=None)
    assert "变更登记号" in why.value.errors["number"]
    assert "股权变更登记证明" in why.value.errors["file"]
    market.pay(sale, PRICE)
    assert sale.landed_on == market.today
    assert market.step(sale, "follow", market.teller).state == "following"


def test_a_state_alone_registers_nothing(market):
    sale = market.priced()
    with pytest.raises(Refused, match="请填写书面合同"):
        market.step(sale, "sign", market.teller)
    market.sign(sale)
    with pytest.raises(Refused, match="请选择登记机构"):
        market.step(sale, "submit_registration", market.teller)
    actions.submit_registration(authority="MIIT", **market.on(sale, market.teller))
    with pytest.raises(Refused, match="请填写登记编号"):
        market.step(sale, "register", market.officer)
    with pytest.raises(Refused, match="还没有答复"):
        market.step(sale, "refuse_registration", market.officer, "材料不全")


def test_what_a_number_of_the_funnel_opens(market):
    sale = market.performing()
    market.pay(sale, 40 * WAN)
    day, later = market.today, market.today.replace(year=2027)
    found = {"registered": None, "arrived": None, "landed_in": None}
    for name in found:
        assert list(finds.narrowed(Sale.objects.all(), **(found | {name: (day, day)}))) == [sale]
        assert not finds.narrowed(Sale.objects.all(), **(found | {name: (later, None)})).exists()
    assert list(finds.paid_sales(day, day)) == [sale]


def test_who_has_something_to_do(market, auditor):
    sale = market.signed(structure="instalments", rows=[("首付", PRICE, date(2026, 5, 1))])
    waits = lambda who: list(finds.waiting_for(who, market.today))  # noqa: E731
    assert (waits(market.teller), waits(market.clerk), waits(market.officer)) == ([sale], [], [])
    market.register(sale)
    assert (waits(market.teller), waits(market.clerk), waits(market.officer)) == ([], [], [])
    market.now = market.now.replace(month=5, day=2)
    assert (waits(market.clerk), waits(auditor)) == ([sale], [])


def test_a_revoked_registration_has_not_landed(market):
    sale = market.performing()
    market.pay(sale, PRICE)
    assert sale.landed_on == market.today
    actions.revoke_registration(reason="虚假合同", **market.on(sale, market.officer))
    sale.refresh_from_db()
    assert (sale.state, sale.landed_on) == ("revoked", None)
    assert not finds.landed().exists()
    assert not finds.contracts().exists()


def certificate(row, **more):
    """What stands there, with something else in it."""
    names = ("number", "type", "certified_fen", "technical_fen", "decided_on")
    return Certified(**({name: getattr(row, name) for name in names} | {"file": None} | more))


@pytest.fixture
def correct(market):
    def done(sale, reason="少写了一个零", who=None, **more):
        row = Registration.objects.get(contract__sale=sale, outcome="registered")
        given = market.on(sale, who or market.officer)
        return actions.correct_registration(said=certificate(row, **more), reason=reason, **given)

    return done


def test_what_was_entered_wrong_of_a_certificate_is_put_right_and_nothing_is_revoked(market, correct):
    sale = market.performing()
    market.pay(sale, 30 * WAN)
    landed, old = sale.landed_on, Registration.objects.get()
    Message.objects.all().delete()
    made = correct(sale, technical_fen=PRICE // 10, file=market.paper())
    row = Registration.objects.get()
    assert (row.technical_fen, row.number, row.outcome) == (PRICE // 10, old.number, "registered")
    assert made.changes == {"registration_technical_fen": [PRICE, PRICE // 10]}
    assert (made.ground, made.replaced, made.file) == ("registered", old.file, row.file)
    assert {old.file, row.file} <= set(finds.papers_of(sale, frozenset({CITY})))
    sale.refresh_from_db()
    assert (sale.state, sale.landed_on) == ("registered", landed)
    assert Entry.objects.get(verb="correct_registration").why == "少写了一个零"
    assert {market.teller.email, market.clerk.email} <= set(Message.objects.values_list("to", flat=True))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"number": "123"}, "number"),
        ({"number": "2025-371500-000001"}, "number"),
        ({"type": "X"}, "type"),
        ({"certified_fen": PRICE + 1}, "certified"),
        ({"technical_fen": PRICE + 1}, "technical"),
        ({"decided_on": date(2026, 4, 11)}, "decided_on"),
    ],
)
def test_a_correction_is_looked_at_like_the_certificate_itself(market, correct, change, field):
    sale = market.performing()
    with pytest.raises(Invalid) as why:
        correct(sale, **change)
    assert field in why.value.errors
    assert not sale.amendments.exists()


def test_who_corrects_a_registration_and_when(market, correct):
    sale = market.performing()
    with pytest.raises(Refused, match="没有改动"):
        correct(sale)
    with pytest.raises(Refused, match="无权"):
        correct(sale, who=market.teller, technical_fen=1)
    actions.revoke_registration(reason="合同不真实", **market.on(sale, market.officer))
    row = Registration.objects.get()
    with pytest.raises(Refused, match="不能这样办"):
        actions.correct_registration(
            said=certificate(row, technical_fen=1), reason="再改", **market.on(sale, market.officer)
        )


def test_a_number_is_taken_over_by_nobody_and_the_wrong_one_is_the_same_contracts_still(market, correct):
    """Whoever applied under the number that was entered first has applied for this contract, and says so anew."""
    first = market.performing(type="LICENSE")
    market.achievement = market.offered("另一项工艺")
    second = market.performing()
    wrong = second.contract.registrations.get().number
    with pytest.raises(Invalid, match="已经属于另一份合同"):
        correct(second, number=first.contract.registrations.get().number)
    correct(second, number="2026-371500-000777")
    for number in (wrong, f" {wrong.lower()} ", "2026-371500-000777"):
        assert facts.contract_of(named(market, number)) == second.contract.pk
    assert facts.numbers_of(second.contract.pk) == ("2026-371500-000777", wrong)
    market.pay(second, 30 * WAN)
    assert facts.fallen(named(market, wrong), None) == "技术合同登记编号已更正为 2026-371500-000777：请先更正事实"
    assert facts.fallen(named(market, "2026-371500-000777"), 30 * WAN) == ""
    assert [facts.contract_of(named(market, number)) for number in ("2026-371500-999999", "")] == [None, None]


def test_revoked_by_mistake_it_is_registered_under_its_number_again_and_no_other_contract_is(market):
    sale = market.performing(type="LICENSE")
    number = sale.contract.registrations.get().number
    actions.revoke_registration(reason="看错了合同", **market.on(sale, market.officer))
    market.achievement = market.offered("另一项工艺")
    other = market.signed(number="澄大合〔2026〕99号")
    with pytest.raises(Invalid, match="已经属于另一份合同"):
        market.register(other, number=number)
    market.register(sale, number=number)
    assert list(sale.contract.registrations.values_list("number", "outcome")) == [
        (number, "revoked"), (number, "registered")]  # fmt: skip
    market.pay(sale, 30 * WAN)
    assert (facts.fallen(named(market, number), 30 * WAN), facts.numbers_of(sale.contract.pk)) == ("", (number,))


def test_a_number_typed_by_mistake_that_is_anothers_is_that_ones_alone(market, correct):
    """But for who named it while it was the first one's."""
    first = market.performing(type="LICENSE")
    wrong = first.contract.registrations.get().number
    before = named(market, wrong)
    market.days(1)
    correct(first, number="2026-371500-000777")
    assert facts.contract_of(before) == facts.contract_of(named(market, wrong)) == first.contract.pk
    market.achievement, buyer = market.offered("另一项工艺"), market.firm
    market.firm = market.other(9501)[0]
    second = market.signed()
    market.register(second, number=wrong)
    assert facts.contract_of(named(market, wrong)) == second.contract.pk
    assert facts.contract_of(before) == facts.contract_of(replace(before, unit=market.university)) == first.contract.pk
    # The neighbour that named its own number meant its own, whenever it did.
    assert facts.contract_of(replace(before, unit=market.firm)) == second.contract.pk
    assert facts.contract_of(replace(named(market, "2026-371500-000777"), unit=buyer)) == first.contract.pk


@pytest.mark.parametrize("number", ["2026-371500-00000１", "2026-371500-00000\u0661", "2026－371500－000001",
                                    "2026-371500-000001\u200b"])  # fmt: skip
def test_a_number_in_other_digits_is_no_other_number(market, number):
    market.performing(type="LICENSE")
    market.achievement = market.offered("另一项工艺")
    second = market.signed()
    with pytest.raises(Invalid) as why:
        market.register(second, number=number)
    assert set(why.value.errors) == {"number"}


@pytest.mark.parametrize("number", ["R-9\u200b", "Ｒ-9", "\u202eR-9", "R－9"])
def test_a_slip_typed_in_other_letters_is_no_other_slip(market, number):
    sale = market.performing()
    market.pay(sale, 10 * WAN, number="R-9")
    with pytest.raises(Invalid, match="一张回单只能用一次"):
        market.pay(sale, 10 * WAN, number=number)
    voided = actions.void_receipt(number=number, reason="金额写错", **market.on(sale, market.teller))
    assert voided.number == "R-9"


def named(market, number):
    """As an application of today names it."""
    return facts.Named(number, market.firm, market.now)


def test_applied_for_while_next_years_working_days_are_missing_it_gets_its_last_day_later(
    market, until_2026, monkeypatch
):
    sale = market.signed()
    market.now = datetime(2026, 12, 28, 2, 0, tzinfo=UTC)
    made = actions.submit_registration(authority="MIIT", **market.on(sale, market.teller))
    assert (made.due_on, registering.set_due_days(now=market.now)) == (None, 0)
    known = registering.calendar()
    next_year = type(known.years[2026])(2027, {date(2027, 1, 1): "元旦"}, frozenset(), "test")
    monkeypatch.setattr(registering, "calendar", lambda: WorkingCalendar([*known.years.values(), next_year]))
    later = market.now + timedelta(days=9)
    assert (registering.set_due_days(now=later), registering.set_due_days(now=later)) == (1, 0)
    made.refresh_from_db()
    assert history.of_sale(sale, frozenset())[-1].what == "补定办理期限"
    assert made.due_on == date(2027, 1, 12)  # ten working days from 28 December, New Year's Day between them
