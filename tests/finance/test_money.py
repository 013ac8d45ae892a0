"""The arithmetic by hand: interest a loan can bear, subsidies by the declared measures, losses shared to the fen."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tests.finance.words import WAN, YUAN
from triplehelix.foundation.dated import since
from triplehelix.foundation.money import Fen
from triplehelix.market.finance import actions, finds, money, terms
from triplehelix.market.finance import acts as offers
from triplehelix.market.finance.models import Application, Claim
from triplehelix.policy.decision import decide
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused

DAY = date(2026, 6, 30)
FIRST = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("interest_yuan", "granted_yuan"), [(1_250_000, 500_000), (1_250_001, 500_000), (1_000_000, 400_000)]
)
def test_the_subsidy_is_forty_percent_of_the_interest_paid_up_to_half_a_million(finance, interest_yuan, granted_yuan):
    made = finance.claim(finance.subsidised(interest_yuan * YUAN))
    assert (made.base_fen, made.amount_fen) == (interest_yuan * YUAN, granted_yuan * YUAN)
    assert made.payee == finance.firm
    assert any("40%" in line or "2/5" in line for line in made.steps)


def test_interest_paid_is_floored_to_the_yuan(finance):
    assert finance.claim(finance.subsidised(100_003)).amount_fen == 400 * YUAN  # 1000.03 × 40 % = 400.012


def test_no_more_interest_is_claimed_than_was_paid(finance):
    case = finance.subsidised(1_000_000 * YUAN)
    with pytest.raises(Invalid) as why:
        finance.claim(case, base=1_000_001 * YUAN)
    assert "超过实际支付的 1,000,000.00 元" in why.value.errors["base_fen"]
    assert finance.claim(case, base=500_000 * YUAN).amount_fen == 200_000 * YUAN


def test_more_interest_than_the_loan_can_bear_is_refused_with_the_arithmetic(finance):
    """3,000,000 yuan at 3.6 % for 180 days bear 3,000,000 × 3.6 % × 180 ÷ 360 = 54,000 yuan."""
    case = finance.filed()
    finance.days(180)
    with pytest.raises(Invalid) as why:
        finance.pay(case, "interest", 54_000 * YUAN + 1)
    said = why.value.errors["amount_fen"]
    assert "3,000,000.00 元 × 3.6% × 180 天 ÷ 360 = 54,000.00 元" in said
    finance.pay(case, "interest", 54_000 * YUAN)


def test_principal_paid_back_bears_no_interest_any_more(finance):
    case = finance.filed()
    finance.days(90)
    finance.pay(case, "principal", 150 * WAN)
    finance.days(90)
    with pytest.raises(Invalid) as why:
        finance.pay(case, "interest", 54_000 * YUAN)
    assert "1,500,000.00 元 × 3.6% × 90 天" in why.value.errors["amount_fen"]
    finance.pay(case, "interest", 40_500 * YUAN)
    # Principal entered late, for an earlier day, is looked at together with the interest already there.
    with pytest.raises(Invalid):
        finance.pay(case, "principal", 150 * WAN, on=finance.today - timedelta(days=170))


def test_without_interest_there_is_nothing_to_subsidise(finance):
    with pytest.raises(Invalid):
        finance.claim(finance.filed())


@given(
    amount=st.integers(1, 10**12), ppm=st.integers(0, 240_000),
    repaid=st.lists(st.tuples(st.integers(0, 400), st.integers(1, 10**10)), max_size=5), days=st.integers(0, 400),
)  # fmt: skip
def test_interest_never_exceeds_the_whole_amount_for_the_whole_time(amount, ppm, repaid, days):
    left, rows = amount, []
    for day, fen in sorted(repaid):
        fen = min(fen, left)
        left -= fen
        rows.append((FIRST + timedelta(days=day), fen))
    held = money.stretches(amount, FIRST, FIRST + timedelta(days=days), rows)
    assert sum(row.days for row in held) == days
    assert all(row.owed_fen >= 0 for row in held)
    found = money.bearable(held, ppm, 360)
    assert 0 <= found <= money.bearable([money.Stretch(amount, days)], ppm, 360)


def test_a_loss_of_a_million_is_350_350_300(settings):
    yuan = 1_000_000 * YUAN
    assert money.split_loss(yuan, early=False, on=DAY, decided={}) == (35_000_000, 35_000_000, 30_000_000)
    assert money.split_loss(yuan, early=True, on=DAY, decided={}) == (45_000_000, 45_000_000, 10_000_000)


@given(loss=st.integers(1, 10**13), early=st.booleans())
def test_shares_of_any_loss_add_up_to_it(loss, early):
    shares = money.split_loss(loss, early=early, on=DAY, decided={})
    assert sum(shares) == loss
    for share, rate in zip(shares, money.loss_rates(early=early, on=DAY, decided={}), strict=True):
        assert abs(share - loss * rate) < 1


EARLY = {"early_stage": True, "security": "none"}


@pytest.mark.parametrize(
    "contract", [{"security": "ip"}, {"security": "surety"}, {"security": ""}, {"use": "industry"}]
)  # fmt: skip
def test_only_a_research_loan_on_credit_alone_is_an_early_one(finance, contract):
    case = finance.handling()
    with pytest.raises(Invalid) as why:
        finance.grant(case, **(EARLY | contract))
    assert "须用于研发" in why.value.errors["early_stage"]


@pytest.mark.parametrize(("confirmed", "city"), [(True, 450_000), (False, 350_000)])
def test_the_city_bears_more_of_an_early_loan_only_if_it_has_confirmed_it(finance, confirmed, city):
    finance.prove()
    case = finance.granted(contract=EARLY)
    assert not case.contract.counts_as_early  # the bank's word alone
    actions.submit(**finance.on(case, finance.teller))
    finance.land(finance.outcome(case, early=confirmed))
    case = Application.objects.get(pk=case.pk)
    assert finance.lost(case, 100 * WAN).city_fen == city * YUAN
    finance.step(case, "compensate", finance.officer)
    assert finance.claim(case, "loss", finance.teller).amount_fen == city * YUAN
    told = Message.objects.filter(kind=f"{case.kind}.file", to=finance.teller.email).get()
    assert ("没有核定" in told.body) is not confirmed


def test_the_city_is_told_of_a_loss_and_finds_it_until_it_is_compensated(finance):
    """Nobody else can compensate it."""
    case = finance.filed()
    finance.lost(case, 100 * WAN)
    told = Message.objects.get(kind=f"{case.kind}.loss")
    assert told.to == finance.officer.email
    assert "1,000,000.00 元" in told.body and "350,000.00 元" in told.body
    assert list(finds.waiting_for(finance.officer, finance.today)) == [case]
    finance.step(case, "compensate", finance.officer)
    assert not finds.waiting_for(finance.officer, finance.today)


def test_an_overdue_loan_without_a_loss_waits_for_the_bank_and_not_for_the_city(finance):
    case = finance.step(finance.filed(), "fall_due", finance.teller)
    assert list(finds.waiting_for(finance.teller, finance.today)) == [case]
    assert not finds.waiting_for(finance.officer, finance.today)


def test_what_no_bank_has_reported_is_not_confirmed(finance):
    case = finance.granted()
    actions.submit(**finance.on(case, finance.teller))
    with pytest.raises(Invalid) as why:
        finance.land(finance.outcome(case, early=True))
    assert "没有把合同" in why.value.errors["row_2"]


def test_the_citys_share_is_the_declared_one_also_when_the_office_sets_another():
    decided = {"loss_city_share": since((FIRST, Fraction(1, 4)))}
    assert money.split_loss(100, early=False, on=DAY, decided=decided) == (45, 25, 30)


def test_a_guarantor_gets_half_a_percent_a_year_and_a_fifth_of_what_it_paid_out(finance):
    case = finance.guaranteed()
    assert finance.claim(case, "guarantee", finance.surety).amount_fen == 25_000 * YUAN
    with translation.override("en"):  # the claim is read by everybody
        paid_out = finance.claim(case, "payout", finance.surety, base=1_234_567)
    assert paid_out.steps[0].startswith("代偿 12,345.67 元 × ")
    assert paid_out.amount_fen == 2_469 * YUAN  # a fifth of 12,345.67 is 2,469.134
    assert paid_out.payee == finance.guarantor.organisation
    with pytest.raises(Refused):
        finance.claim(case, "payout", finance.surety, base=1_000)


def test_a_guarantee_above_half_a_percent_gets_nothing(finance):
    case = finance.guaranteed(contract={"rate_ppm": 5_001})
    with pytest.raises(Refused, match="年担保费率超过"):
        finance.claim(case, "guarantee", finance.surety)


@pytest.mark.parametrize("kind", ["guarantee", "payout"])
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"contract": {"security": "property"}}, "有其他反担保"), ({"scheme": ""}, "不属于鲁科担"),
        ({"contract": {"rate_ppm": 30_000}}, "年担保费率超过"),
    ],
)  # fmt: skip
def test_only_what_is_lukedan_is_paid_as_such(finance, kind, change, told):
    """Counter-security by intangibles or none, and at most half a percent a year: domain §4.1."""
    case = finance.guaranteed(**change)
    with pytest.raises(Refused, match=told):
        finance.claim(case, kind, finance.surety, base=WAN)


@pytest.mark.parametrize(
    ("last", "days", "begun"),
    [
        (date(2026, 6, 30), 0, 1), (date(2027, 1, 1), 365, 1), (date(2027, 1, 2), 364, 1), (date(2027, 1, 2), 365, 2),
        (date(2029, 1, 1), 900, 3), (date(2029, 1, 1), 9_000, 3),
    ],
)  # fmt: skip
def test_a_year_of_a_contract_begins_when_the_contract_outlasts_the_anniversary(last, days, begun):
    assert money.years_begun(FIRST, last, FIRST + timedelta(days=days)) == begun


@pytest.mark.parametrize(
    ("last", "year", "days"),
    [
        (date(2026, 1, 31), 1, (30, 365)), (date(2027, 1, 1), 1, (365, 365)), (date(2027, 1, 1), 2, (0, 365)),
        (date(2029, 1, 1), 3, (366, 366)), (date(2028, 3, 1), 3, (60, 366)), (date(2026, 1, 1), 1, (0, 365)),
    ],
)  # fmt: skip
def test_the_first_day_of_a_guarantee_counts_and_the_last_does_not(last, year, days):
    assert money.days_in_force(FIRST, last, year) == days


def test_a_contract_of_29_february_has_its_anniversary_on_1_march():
    first, last = date(2028, 2, 29), date(2032, 2, 29)
    found = [money.days_in_force(first, last, year) for year in (1, 2, 3, 4, 5)]
    assert found == [(366, 366), (365, 365), (365, 365), (365, 365), (0, 366)]


@given(
    first=st.dates(date(2024, 1, 1), date(2032, 12, 31)), lasts=st.integers(1, 3_000), after=st.integers(0, 4_000),
)  # fmt: skip
def test_the_days_of_all_years_of_a_guarantee_are_the_days_of_its_contract(first, lasts, after):
    last = first + timedelta(days=lasts)
    found = [money.days_in_force(first, last, year) for year in range(1, 11)]
    assert sum(days for days, _whole in found) == lasts
    assert all(0 <= days <= whole and whole in (365, 366) for days, whole in found)
    # Every year that has begun has days of its own.
    begun = money.years_begun(first, last, first + timedelta(days=after))
    assert all(days > 0 for days, _whole in found[:begun])


def test_a_guarantee_of_thirty_days_gets_thirty_days_of_the_year(finance):
    """5,000,000 × 0.5 % × 30 ÷ 365 = 2,054.79, three times in a row; a whole year would be 25,000."""
    for _n in range(3):
        case = finance.guaranteed(contract={"last_on": finance.today + timedelta(days=30)})
        made = finance.claim(case, "guarantee", finance.surety)
        assert made.amount_fen == 2_054 * YUAN
        days = {"guarantee_year": 1, "guarantee_days": 30, "guarantee_year_days": 365}
        assert made.facts | days == made.facts
        finance.days(30)


@given(
    guaranteed=st.integers(1, 10**12), days=st.integers(1, 366), whole=st.sampled_from([365, 366]),
)  # fmt: skip
def test_days_never_bring_more_than_the_year_nor_more_than_their_part(guaranteed, days, whole):
    award = terms.award_for("guarantee")
    given = {
        "guarantee_no": "D1", "in_scheme": True, "light_security": True, "guaranteed_yuan": Fen(guaranteed).yuan,
        "guarantee_fee": "0.5%", "guarantee_year": 1, "guarantee_days": days, "guarantee_year_days": whole,
    }  # fmt: skip
    granted = decide(award, given, DAY, {}).granted
    exact = Fraction(guaranteed * min(days, whole), 200 * whole)
    assert granted % 100 == 0
    assert granted <= exact < granted + 100


def test_the_last_year_of_a_guarantee_is_paid_by_its_days(finance):
    """From 23 March 2026 to 1 May 2027: a whole year, then 39 days, 5,000,000 × 0.5 % × 39 ÷ 366 = 2,663.93."""
    case = finance.guaranteed(contract={"last_on": date(2027, 5, 1)})
    assert finance.claim(case, "guarantee", finance.surety).amount_fen == 25_000 * YUAN
    finance.days(370)
    finance.agree(case)
    second = finance.claim(case, "guarantee", finance.surety)
    assert (second.facts["guarantee_year"], second.facts["guarantee_days"]) == (2, 39)
    assert (second.facts["guarantee_year_days"], second.amount_fen) == (366, 2_663 * YUAN)


def test_a_guarantee_settled_early_is_computed_anew_by_the_days_there_were(finance):
    """30 of 365 days: what was computed for the year is void, 2,054 yuan take its place."""
    case = finance.guaranteed()
    finance.claim(case, "guarantee", finance.surety)
    finance.days(30)
    case = finance.step(case, "repay", finance.surety)
    assert "提前结清" in Claim.objects.get().void_why
    assert "claim_guarantee" in {act.code for act in offers.offered(case, frozenset({"institution"}))}
    made = finance.claim(case, "guarantee", finance.surety)
    assert (made.facts["guarantee_days"], made.amount_fen) == (30, 2_054 * YUAN)


def test_a_guarantee_settled_on_its_last_day_keeps_what_was_computed(finance):
    case = finance.guaranteed(contract={"last_on": finance.today + timedelta(days=30)})
    finance.claim(case, "guarantee", finance.surety)
    finance.days(30)
    finance.step(case, "repay", finance.surety)
    assert not Claim.objects.get().void_why


def test_an_earlier_year_taken_back_is_the_next_to_be_computed(finance):
    case = finance.guaranteed(contract={"last_on": date(2027, 5, 1)})
    first = finance.claim(case, "guarantee", finance.surety)
    finance.days(370)
    finance.agree(case)
    finance.claim(case, "guarantee", finance.surety)
    actions.void(claim=first, why="算错", actor=finance.surety, now=finance.now)
    finance.days(-100)  # in the calendar year of the first
    assert finance.claim(case, "guarantee", finance.surety).facts["guarantee_year"] == 1


def test_what_was_computed_before_days_were_kept_stays_and_is_the_first_year(finance):
    case = finance.guaranteed(contract={"last_on": date(2027, 5, 1)})
    old = finance.claim(case, "guarantee", finance.surety)
    days = ("guarantee_year", "guarantee_days", "guarantee_year_days")
    old.facts = {key: value for key, value in old.facts.items() if key not in days}
    old.save()
    finance.days(370)
    finance.agree(case)
    assert finance.claim(case, "guarantee", finance.surety).facts["guarantee_year"] == 2
    finance.step(case, "repay", finance.surety)
    assert [bool(row.void_why) for row in Claim.objects.order_by("pk")] == [False, True]


def test_a_guarantee_that_has_ended_gives_nothing_in_later_years(finance):
    case = finance.guaranteed(contract={"last_on": finance.today + timedelta(days=90)})
    finance.days(200)
    finance.claim(case, "guarantee", finance.surety)  # it was in force this year
    finance.days(365)
    finance.agree(case)
    with pytest.raises(Refused, match="2027 年不在担保期内"):
        finance.claim(case, "guarantee", finance.surety)
    case.refresh_from_db()
    assert "claim_guarantee" not in {act.code for act in offers.offered(case, frozenset({"institution"}))}


def test_a_guarantee_settled_early_ended_on_that_day(finance):
    case = finance.guaranteed(contract={"last_on": finance.today + timedelta(days=1_000)})
    finance.step(case, "repay", finance.surety)
    finance.days(285)
    with pytest.raises(Refused, match="不在担保期内"):
        finance.claim(case, "guarantee", finance.surety)


def test_a_year_of_a_guarantee_over_two_calendar_years_is_subsidised_once(finance):
    case = finance.guaranteed(contract={"last_on": finance.today + timedelta(days=365)})
    finance.claim(case, "guarantee", finance.surety)
    finance.days(300)
    finance.agree(case)
    with pytest.raises(Refused, match="已经开始的 1 个担保年度都计算过"):
        finance.claim(case, "guarantee", finance.surety)


def insured(finance, premium, first_on=None):
    days = {"first_on": first_on, "last_on": first_on + timedelta(days=365)} if first_on else {}
    return finance.insured(premium_fen=premium, **days)


def test_premiums_half_in_the_first_year_three_tenths_later_300_000_a_year(finance):
    first = insured(finance, 400_000 * YUAN)
    assert finance.claim(first, "premium").amount_fen == 200_000 * YUAN
    second = insured(finance, 400_000 * YUAN)
    assert finance.claim(second, "premium").amount_fen == 100_000 * YUAN  # what is left of the 300,000
    with pytest.raises(Refused, match="最高额"):
        finance.claim(insured(finance, 10_000 * YUAN), "premium")


def test_an_ordinary_policy_before_takes_nothing_off_the_first_of_the_scheme(finance):
    finance.insured(scheme="", premium_fen=50_000 * YUAN)
    finance.days(400)
    claim = finance.claim(finance.insured(premium_fen=100_000 * YUAN), "premium")
    assert (claim.facts["policy_year"], claim.amount_fen) == (1, 50_000 * YUAN)


def test_a_firm_under_a_new_code_is_not_insured_for_the_first_time_again(finance):
    """Nor is who has taken over a firm that was: half is for the first year, of the same firm once."""
    old, clerk = finance.firm_of(8802, "铜带厂")
    product = finance.product(finance.insurer, (), scheme="lukebao", name="研发保险旧")
    contract = {"rate_ppm": 1_000, "premium_fen": 100_000 * YUAN}
    finance.granted(finance.insurer, kind="insurance", teller=finance.underwriter, contract=contract, product=product,
                    firm=old, clerk=clerk)  # fmt: skip
    finance.days(400)
    parties.end_organisation(
        organisation=old, ending="renumbered", on=finance.today, document="换发营业执照", successor=finance.firm,
        actor=None, now=finance.now,
    )  # fmt: skip
    claim = finance.claim(insured(finance, 100_000 * YUAN), "premium")
    assert (claim.facts["policy_year"], claim.amount_fen) == (2, 30_000 * YUAN)


def test_only_lukebao_has_its_premium_subsidised(finance):
    with pytest.raises(Refused, match="不属于鲁科保"):
        finance.claim(finance.insured(scheme=""), "premium")
    unnamed = finance.granted(finance.insurer, kind="insurance", teller=finance.underwriter,
                              contract={"premium_fen": YUAN, "rate_ppm": 1_000})  # fmt: skip
    with pytest.raises(Refused, match="不属于鲁科保"):
        finance.claim(unnamed, "premium")


def test_what_secures_a_guarantee_is_as_signed_not_as_wished(finance):
    case = finance.guaranteed(collateral="property", contract={"security": "ip"})
    assert finance.claim(case, "guarantee", finance.surety).facts["light_security"] is True
    for wrong in ({"security": ""}, {"security": "gold"}):
        with pytest.raises(Invalid) as why:
            finance.guaranteed(contract=wrong)
        assert list(why.value.errors) == ["security"]


@pytest.mark.parametrize(
    ("day", "told"), [(date(2025, 12, 20), "还没有分担办法"), (date(2025, 11, 30), "早于放款日 2025-12-01")]
)
def test_a_loss_of_a_day_that_cannot_be_is_said_at_its_field(finance, day, told):
    case = finance.granted(contract={"first_on": date(2025, 12, 1), "last_on": date(2026, 6, 1)})
    actions.submit(**finance.on(case, finance.teller))
    finance.land(finance.outcome(case))
    finance.step(case, "fall_due", finance.teller)
    with pytest.raises(Invalid) as why:
        values = {"principal_fen": YUAN, "document": "认定书", "on": day}
        actions.report_loss(values=values, decided={}, **finance.on(case, finance.teller))
    assert told in why.value.errors["on"]


def test_the_second_year_of_insurance_is_a_later_year(finance):
    insured(finance, 100_000 * YUAN, first_on=date(2025, 3, 1))
    case = insured(finance, 100_000 * YUAN)
    assert finance.claim(case, "premium").amount_fen == 30_000 * YUAN


def test_a_premium_is_subsidised_once_and_a_guarantee_every_year(finance):
    policy = insured(finance, 100_000 * YUAN)
    surety = finance.guaranteed(contract={"last_on": finance.today + timedelta(days=730)})
    finance.claim(policy, "premium")
    finance.claim(surety, "guarantee", finance.surety)
    with pytest.raises(Refused, match="都计算过"):
        finance.claim(surety, "guarantee", finance.surety)
    finance.days(365)
    finance.agree(surety)
    with pytest.raises(Refused, match="只计算一次"):
        finance.claim(policy, "premium")
    finance.claim(surety, "guarantee", finance.surety)
    assert Claim.objects.count() == 3


@pytest.mark.parametrize(("year", "offered"), [(2026, False), (2027, True)])
def test_the_page_offers_a_guarantees_subsidy_once_a_year(finance, monkeypatch, year, offered):
    case = finance.guaranteed(contract={"last_on": finance.today + timedelta(days=730)})
    finance.claim(case, "guarantee", finance.surety)
    monkeypatch.setattr(offers.timezone, "localdate", lambda *a: date(year, 3, 24))
    acts = {act.code for act in offers.offered(case, frozenset({"institution"}))}
    assert ("claim_guarantee" in acts) == offered


def test_what_the_city_bears_of_a_loss_is_the_measures_amount(finance):
    """Shared to the fen; what is applied for is the measure's amount, down to the yuan."""
    finance.prove()
    case = finance.filed()
    loss = finance.lost(case, 100_000_010)
    assert (loss.province_fen, loss.city_fen, loss.bank_fen) == (35_000_004, 35_000_003, 30_000_003)
    finance.step(case, "compensate", finance.officer)
    assert finance.claim(case, "loss", finance.teller).amount_fen == 350_000 * YUAN
    assert Claim.objects.get().payee == finance.bank.organisation
