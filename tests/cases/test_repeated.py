"""Paid once: not again next year, not by another name, award or payee, not beyond a cap somebody typed."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps

from tests.cases.city import YUAN
from triplehelix.fund import actions as fund
from triplehelix.fund import check
from triplehelix.procedure.cases import actions, effects, eligibility, judge, pay
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.notices import actions as notices
from triplehelix.procedure.terms import actions as terms
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.verify import verify

LOAN = {
    "loan_no": "JK-2026-0008", "filed": True, "used_for_research": True, "only_loan_subsidised": True,
    "interest_paid_yuan": "100000",
}  # fmt: skip
NATIONAL = {
    "project_no": "2025YFB3400001", "document_no": "鲁财教指〔2026〕18号", "award_for_project": True,
    "provincial_award_document_yuan": "300000", "provincial_award_arrived_yuan": "300000",
    "project_list": "national_key_rd", "registered_in_city": True, "kind": "award",
}  # fmt: skip
PROVINCIAL = {"project_no": "2025CXGC010101", "awarded_before_yuan": "0", "registered_in_city": True}
POST = {
    "registered_in_city": True, "has_firm_and_school": True, "audited_cost_yuan": "1000000",
    "agreement_no": "2026-3", "audit_no": "鲁天专审字〔2026〕第 21 号",
}  # fmt: skip
PREMIUM = {"in_scheme": True, "premium_paid_yuan": "1000000", "policy_year": 1}
HOLDER = {"level": "中级", "in_city_pool": True, "person": "周致远", "id_tail": "0316"}
LAB = {
    "platform_type": "KEY_LAB", "accreditation_no": "聊科字〔2026〕8号", "platform_name": "聊城市精密轴承重点实验室",
}  # fmt: skip


def units(*given):
    """The rows of a project's units: (firm, yuan arrived last year)."""
    none = {"passed_outside_city_yuan": "0", "refunded_yuan": "0"}
    return [{"id": firm.uscc, "funds_arrived_last_year_yuan": yuan, **none} for firm, yuan in given]


def paid(city, *cases):
    """All of them made public and paid; yuan in the firms' accounts, the books and the trail in order."""
    city.notice(*cases, number=f"澄科公示〔2026〕{cases[0].pk}号")
    city.days(9)
    notices.end_due(now=city.now)
    for case in cases:
        city.step(case, "order", city.finance)
        city.bank((city.payments(case)[0], ""))
        case.refresh_from_db()
    assert check.problems() == [] and verify() == []
    return [pay.paid(case) // YUAN for case in cases]


def refused(city, case, match):
    with pytest.raises(Refused, match=match):
        city.step(case, "decide", city.clerk)
    assert "given_before" in {one.code for one in eligibility.barring(case, city.now)}


@pytest.mark.usefixtures("post_terms")
@pytest.mark.parametrize(("year", "again"), [
    (2027, {}), (2026, {}),
    (2027, {"audit_no": "鲁天专审字〔2027〕第 1 号"}),  # the same project, audited anew
    (2027, {"agreement_no": "2027-9"}),  # the same audit under another agreement
])  # fmt: skip
def test_a_finished_project_is_not_subsidised_again(city, deciding, year, again):
    of = city.firm()
    first = deciding("M3.2-city-post", POST, of)
    actions.correct_facts(case=first, facts={"invoices_in_window": True}, actor=city.clerk, now=city.now, why="审计")
    city.step(first, "decide", city.clerk)
    second = deciding("M3.2-city-post", POST | again, of, year=year, title="另一个题目")
    actions.correct_facts(case=second, facts={"invoices_in_window": True}, actor=city.clerk, now=city.now, why="审计")
    refused(city, second, first.number)


@pytest.mark.parametrize(("code", "other"), [
    ("M3.1", "M3.2-city-grant"), ("M3.2-city-grant", "M3.2-city-post"), ("M3.2-city-post", "M3.1"),
])  # fmt: skip
def test_a_joint_project_is_supported_in_one_way_and_once(city, deciding, code, other):
    of, fact = city.firm(), {"agreement_no": "联合协议〔2026〕3号"}

    def lane(code):
        return "quick" if code == "M3.2-city-post" else "ordinary"

    first = deciding(code, fact, of, lane=lane(code))
    again = deciding(code, {"agreement_no": "联合协议(2026)3号"}, of, year=2027, lane=lane(code))
    elsewhere = deciding(other, fact, of, lane=lane(other))
    for case in (again, elsewhere):
        (found,) = eligibility.given_before(case)
        assert found.cases[0] == first.number
    assert "就高不重复" in found.message
    # Firms number their own agreements: another's is another's.
    assert list(eligibility.given_before(deciding(other, fact, lane=lane(other)))) == []


def test_an_item_of_the_list_is_paid_for_once_to_a_winner_and_bid_for_by_many(city, deciding):
    of = city.firm()
    first = deciding("M3.2-city-challenge", {"list_no": "2026-LCJB-08"}, of, lane="ordinary")
    again = deciding("M3.2-city-challenge", {"list_no": "2026-lcjb-08"}, of, year=2027, lane="ordinary")
    assert [one.cases for one in eligibility.given_before(again)] == [(first.number,)]
    bid = deciding("M3.2-city-challenge", {"list_no": "2026-LCJB-08"}, lane="ordinary")
    assert list(eligibility.given_before(bid)) == []


def test_a_firms_yearly_cap_is_counted_and_not_typed(city, deciding):
    of = city.firm()
    fund.appropriate(year=2027, document="澄财教〔2027〕1号", actor=None, now=city.now)
    typed = PREMIUM | {"premium_subsidy_this_year_yuan": "0"}
    first = deciding("M5.2-insurance", typed | {"policy_no": "BX-1", "premium_paid_yuan": "580000"}, of)
    assert "premium_subsidy_this_year_yuan" not in {fact.key for fact in judge.asked(first.award)}
    second, third = (deciding("M5.2-insurance", typed | {"policy_no": f"BX-{n}"}, of) for n in (2, 3))
    other = deciding("M5.2-insurance", typed | {"policy_no": "BX-4"})
    later = deciding("M5.2-insurance", typed | {"policy_no": "BX-5"}, of, year=2027)
    first, second = (city.step(case, "decide", city.clerk) for case in (first, second))
    with pytest.raises(Refused, match="已到每家企业最高额"):
        city.step(third, "decide", city.clerk)
    # Another firm and another year have caps of their own.
    assert [city.step(one, "decide", city.clerk).granted_fen for one in (other, later)] == [300_000 * YUAN] * 2
    assert paid(city, first, second) == [290_000, 10_000]


def test_a_policys_year_is_subsidised_once_whoever_asks(city, deciding):
    first = deciding("M5.2-insurance", PREMIUM | {"policy_no": "BX-1"})
    refused(city, deciding("M5.2-insurance", PREMIUM | {"policy_no": "BX－1"}), first.number)


@pytest.fixture
def reward(city):
    terms.settle(
        code="manager_reward", value={"初级": "1000", "中级": "2000", "高级": "3000"}, since=date(2026, 1, 1),
        document="澄科字〔2026〕4号", actor=city.clerk, now=city.now,
    )  # fmt: skip


@pytest.mark.usefixtures("reward")
def test_a_person_is_rewarded_once_for_a_level_whatever_is_typed(city, deciding):
    of = city.firm()
    first = deciding("M5.3", HOLDER | {"certificate_no": "JS-1", "paid_levels": []}, of)
    # Another certificate of the level, in another firm and year; the same certificate as of another level.
    again = deciding("M5.3", HOLDER | {"certificate_no": "JS-2", "paid_levels": []}, year=2027)
    raised = deciding("M5.3", HOLDER | {"certificate_no": "JS-1", "level": "高级"}, of)
    refused(city, again, f"{first.number}.*每人每级别只奖励一次")
    refused(city, raised, f"{first.number}.*一张证书只奖励一次")
    city.step(raised, "reject", city.clerk, "证书是中级")
    first = city.step(first, "decide", city.clerk)
    higher = deciding("M5.3", HOLDER | {"certificate_no": "JS-3", "level": "高级"})
    namesake = deciding("M5.3", HOLDER | {"certificate_no": "JS-4", "id_tail": "8824"})
    assert judge.given(higher)["paid_levels"] == ["中级"] and judge.given(namesake)["paid_levels"] == []
    higher, namesake = (city.step(one, "decide", city.clerk) for one in (higher, namesake))
    assert paid(city, first, higher, namesake) == [2_000, 3_000, 2_000]


@pytest.mark.usefixtures("reward")
def test_a_level_rewarded_between_look_and_decision_is_not_rewarded_again(city, deciding):
    """Two clerks at once: the second had found nothing, and has its turn when the first is done."""
    first = deciding("M5.3", HOLDER | {"certificate_no": "JS-1"})
    again = deciding("M5.3", HOLDER | {"certificate_no": "JS-2"})
    city.step(first, "decide", city.clerk)
    with pytest.raises(Refused, match="这一级别已经奖励过"):
        effects.decide(again, city.clerk, city.now)


@pytest.mark.parametrize("order", [("national", "provincial"), ("provincial", "national")])
def test_a_project_with_national_and_provincial_funds_is_matched_by_one(city, deciding, order):
    of = city.firm()
    made = {
        "national": lambda: deciding("M3.2-national", NATIONAL, of),
        "provincial": lambda: deciding(
            "M3.2-provincial", PROVINCIAL | {"project_no": NATIONAL["project_no"], "units": units((of[0], "3000000"))},
            of,
        ),
    }  # fmt: skip
    first, second = (made[name]() for name in order)
    first = city.step(first, "decide", city.clerk)
    refused(city, second, f"{first.number}.*就高不重复")
    # The firm chooses the other: the first is taken back, and then it may.
    city.step(first, "reject_decided", city.clerk, "企业选择另一项")
    assert city.step(second, "decide", city.clerk).granted_fen


def test_one_loan_is_subsidised_once_whoever_asks(city, deciding):
    first, again = deciding("M5.2-interest", LOAN), deciding("M5.2-interest", LOAN | {"loan_no": "jk－2026－0008"})
    first = city.step(first, "decide", city.clerk)
    refused(city, again, f"{first.number}.*一笔贷款只贴息一次")
    assert city.step(deciding("M5.2-interest", LOAN | {"loan_no": "JK-2026-0009"}), "decide", city.clerk).granted_fen


def test_one_accreditation_is_supported_once_whichever_partner_asks(city, deciding):
    first, again = (deciding("M1.1", LAB, lane="ordinary") for _n in range(2))
    (found,) = eligibility.given_before(again)
    assert found.blocks and found.cases == (first.number,)
    another = deciding("M1.1", LAB | {"platform_name": "聊城市轴承润滑重点实验室"}, lane="ordinary")
    assert list(eligibility.given_before(another)) == []


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\u200d", "\ufeff", "\u2060", "\u00ad", "\u202e", "\ufe0f", "\u3164", "\u034f"]
)
def test_a_character_nobody_sees_does_not_make_another_matter(city, deciding, unseen):
    of, typed = city.firm(), f"鲁财教{unseen}指〔2026〕18号{unseen}"
    first = deciding("M3.2-national", NATIONAL, of)
    again = deciding("M3.2-national", NATIONAL | {"document_no": typed}, of)
    assert judge.values(again)["document_no"] == NATIONAL["document_no"]
    refused(city, again, first.number)


def test_the_units_of_a_project_share_its_cap_each_in_its_own_case(city, deciding):
    one, two = city.firm(), city.firm()
    table = PROVINCIAL | {"units": units((one[0], "3000000"), (two[0], "1000000"))}
    first, second = deciding("M3.2-provincial", table, one), deciding("M3.2-provincial", table, two)
    first, second = (city.step(case, "decide", city.clerk) for case in (first, second))
    assert [case.granted_fen for case in (first, second)] == [750_000 * YUAN, 250_000 * YUAN]
    assert first.decision["granted_fen"] == 750_000 * YUAN and "份额 = 750,000.00 元" in first.decision["steps"][-1]
    assert paid(city, first, second) == [750_000, 250_000]


def test_a_unit_the_table_leaves_out_or_that_is_not_in_it(city, deciding):
    one, two = city.firm(), city.firm()
    first = deciding("M3.2-provincial", PROVINCIAL | {"units": units((one[0], "3000000"))}, one)
    second = deciding("M3.2-provincial", PROVINCIAL | {"units": units((one[0], "3000000"))}, two)
    with pytest.raises(Refused, match=f"还有单位申报了同一项目（{two[0]} {second.number}）"):
        city.step(first, "decide", city.clerk)
    with pytest.raises(Refused, match=f"没有本单位.*{two[0].uscc}"):
        city.step(second, "decide", city.clerk)


def test_tables_that_differ_never_come_to_more_than_the_cap(city, deciding):
    """Paid before anybody knew of the second unit: that one gets what is left, though its share would be more."""
    one, two = city.firm(), city.firm()
    first = deciding("M3.2-provincial", PROVINCIAL | {"units": units((one[0], "3000000"))}, one)
    first = city.step(first, "decide", city.clerk)
    assert first.granted_fen == 900_000 * YUAN
    table = PROVINCIAL | {"units": units((one[0], "3000000"), (two[0], "1000000"))}
    second = city.step(deciding("M3.2-provincial", table, two), "decide", city.clerk)
    assert second.granted_fen == 100_000 * YUAN
    # The first is corrected: it gets its share, and the second what the rule gives it.
    for case, now in ((first, 750_000), (second, 250_000)):
        actions.correct_facts(case=case, facts={"units": table["units"]}, actor=city.clerk, now=city.now, why="漏列")
        assert city.step(case, "decide_again", city.clerk).granted_fen == now * YUAN


def test_the_rest_of_a_cap_is_shared_in_the_next_year(city, deciding):
    one, two = city.firm(), city.firm()
    first = deciding("M3.2-provincial", PROVINCIAL | {"units": units((one[0], "2000000"))}, one)
    assert city.step(first, "decide", city.clerk).granted_fen == 600_000 * YUAN
    table = PROVINCIAL | {"units": units((one[0], "1000000"), (two[0], "3000000"))}
    later = [deciding("M3.2-provincial", table, of, year=2027) for of in (one, two)]
    later = [city.step(case, "decide", city.clerk) for case in later]
    assert [case.granted_fen for case in later] == [100_000 * YUAN, 300_000 * YUAN]


def test_what_is_compared_is_kept_with_the_case_and_looked_up(city, deciding, django_assert_num_queries):
    of = city.firm()
    many = [deciding("M5.1", {"contract_no": f"2026-371500-{n:06d}"}, of) for n in range(3)]
    for case in many:
        (name,) = case.keys
        assert name.endswith("contract_no") and len(case.keys[name]) == 32
    with django_assert_num_queries(2):  # the other numbers of the contract, the cases
        assert list(eligibility.given_before(many[-1])) == []
    # A case from before keys were kept, or from before the award named this fact, is compared itself.
    Case.objects.filter(pk=many[0].pk).update(keys={})
    again = deciding("M5.1", {"contract_no": "2026－371500－000000"})
    assert [one.cases for one in eligibility.given_before(again)] == [(many[0].number,)]
    # The migration fills what it finds.
    import_module("triplehelix.procedure.cases.migrations.0004_keys").fill(apps, None)
    assert Case.objects.get(pk=many[0].pk).keys == many[0].keys


def test_every_award_that_is_applied_for_says_what_is_one_matter():
    for award in pack().awards:
        assert award.once or award.lanes == ("entitled",), award.code
