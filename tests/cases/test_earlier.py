"""What was given before is taken off: later arrivals are supplemented, a project's cap holds whoever of it asks."""

from datetime import date

import pytest

from tests.cases.city import YUAN
from triplehelix.fund import actions as fund
from triplehelix.fund import check
from triplehelix.fund.models import Commitment, Purse
from triplehelix.procedure.cases import actions, earlier, eligibility, judge, pay
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.notices import actions as notices
from triplehelix.records.steps.actions import Refused

NATIONAL = {
    "project_no": "2025YFB3400001", "document_no": "鲁财教指〔2026〕18号", "award_for_project": True,
    "provincial_award_document_yuan": "600000", "project_list": "national_key_rd", "registered_in_city": True,
    "kind": "award",
}  # fmt: skip
PROVINCIAL = {"project_no": "2025CXGC010101", "awarded_before_yuan": "0", "registered_in_city": True}


def unit(yuan, firm):
    none = {"passed_outside_city_yuan": "0", "refunded_yuan": "0"}
    return [{"id": firm.uscc, "funds_arrived_last_year_yuan": yuan, **none}]


def provincial(city, deciding, yuan, of=None, **changed):
    """The case of a unit that stands alone in its table."""
    of = of or city.firm()
    year = changed.pop("year", 2026)
    return deciding("M3.2-provincial", PROVINCIAL | {"units": unit(yuan, of[0])} | changed, of, year)


@pytest.fixture
def deciding(city):
    """A case of the award at its decision: (firm and member or None, facts) → Case."""
    rounds = {}

    def made(code, facts, of=None, year=2026):
        if (code, year) not in rounds:
            rounds[code, year] = actions.open_round(
                award_code=code, lane="quick", title="配套", year=year, opens_on=date(2026, 6, 1),
                closes_on=date(2026, 12, 31), actor=city.clerk, now=city.now,
            )  # fmt: skip
        firm, member = of or city.firm()
        case = actions.start(round=rounds[code, year], organisation=firm, title="配套", actor=member, now=city.now)
        case = actions.write(case=case, facts=facts, actor=member, now=city.now, seen_version=case.version)
        case = city.account(case, member)
        Case.objects.filter(pk=case.pk).update(state="deciding")
        case.refresh_from_db()
        return case

    return made


def arrived(yuan, **changed):
    return NATIONAL | {"provincial_award_arrived_yuan": yuan} | changed


def granted(city, case):
    case = city.step(case, "decide", city.clerk)
    return case, case.granted_fen // 100


def test_the_rest_that_arrives_later_is_supplemented_and_no_more(city, deciding):
    of = city.firm()
    first, rest = deciding("M3.2-national", arrived("250000.50"), of), deciding("M3.2-national", arrived("600000"), of)
    first, one = granted(city, first)
    rest, two = granted(city, rest)
    assert (one, two) == (250_000, 350_000)
    # The first stands as it was decided, whatever came after it.
    first.refresh_from_db()
    city.notice(first, rest)
    assert {pay.commitment_of(case).amount_fen for case in (first, rest)} == {25_000_000, 35_000_000}


def test_the_same_arrival_is_matched_once_and_another_project_is_another_thing(city, deciding):
    of = city.firm()
    first, _amount = granted(city, deciding("M3.2-national", arrived("300000"), of))
    again = deciding("M3.2-national", arrived("300000.00", document_no="鲁财教指〔２０２６〕18号"), of)
    (found,) = eligibility.given_before(again)
    assert found.blocks and found.cases == (first.number,)
    with pytest.raises(Refused, match="只给一次"):
        city.step(again, "decide", city.clerk)
    for other, whose in ((arrived("300000", project_no="2025YFB3400002"), of), (arrived("300000"), None)):
        assert granted(city, deciding("M3.2-national", other, whose))[1] == 300_000


def test_a_projects_cap_is_one_for_all_its_units(city, deciding):
    first, one = granted(city, provincial(city, deciding, "2000000"))
    second, two = granted(city, provincial(city, deciding, "3000000", year=2027))
    assert (one, two) == (600_000, 400_000)
    assert earlier.given(second, *second.award.earlier) == 60_000_000
    # A decision taken back gives its part free again; what others were told stays.
    city.notice(first)
    city.step(first, "revoke", city.clerk, "项目已撤销")
    fourth = provincial(city, deciding, "1000000", year=2026)
    assert judge.given(fourth)["given_before_yuan"] == "400000.00"
    second.refresh_from_db()
    assert judge.given(second)["given_before_yuan"] == "600000.00"


def test_nobody_types_the_sum_and_what_was_paid_back_in_part_counts_with_the_rest(city, deciding):
    first, _amount = granted(city, provincial(city, deciding, "2000000"))
    again = provincial(city, deciding, "2000000", year=2027, given_before_yuan="0")
    assert "given_before_yuan" not in {fact.key for fact in judge.asked(again.award)}
    assert judge.given(again)["given_before_yuan"] == "600000.00"
    city.notice(first)
    city.days(9)
    notices.end_due(now=city.now)
    city.step(first, "order", city.finance)
    city.bank((city.payments(first)[0], ""))
    first.refresh_from_db()
    for part, left in ((100_000, "500000.00"), (500_000, "0.00")):
        first.state = "clawing"
        first.save()
        fund.refund(commitment=pay.commitment_of(first), amount_fen=part * YUAN, receipt=f"缴{part}", why="审计追回",
                    actor=city.finance, now=city.now)  # fmt: skip
        Case.objects.filter(pk=first.pk).update(state="clawed")
        first.refresh_from_db()
        assert judge.given(again)["given_before_yuan"] == left


def test_a_refund_that_a_later_supplement_counted_is_not_voided_under_it(city, deciding):
    first, _amount = granted(city, provincial(city, deciding, "2000000"))
    city.notice(first)
    city.days(9)
    notices.end_due(now=city.now)
    city.step(first, "order", city.finance)
    city.bank((city.payments(first)[0], ""))
    first.refresh_from_db()
    by = {"actor": city.clerk, "now": city.now}
    first = actions.demand_back(case=first, amount_fen=60_000_000, why="审计追回", seen_version=first.version, **by)
    by = {"actor": city.finance, "now": city.now, "receipt": "缴款书 1"}
    first = actions.record_refund(case=first, amount_fen=60_000_000, seen_version=first.version, **by)
    later, _amount = granted(city, provincial(city, deciding, "2000000", year=2027))
    assert earlier.given(later, *later.award.earlier) == 0
    with pytest.raises(Refused, match=later.number):
        actions.void_refund(case=first, reason="金额写错", seen_version=first.version, **by)
    city.step(later, "reject_decided", city.clerk, "重新核算")
    first.refresh_from_db()
    first = actions.void_refund(case=first, reason="金额写错", seen_version=first.version, **by)
    assert (first.state, pay.kept(first)) == ("clawing", 60_000_000)


def test_a_part_paid_back_does_not_let_the_same_arrival_in_again(city, deciding):
    of = city.firm()
    first, _amount = granted(city, deciding("M3.2-national", arrived("300000"), of))
    again = deciding("M3.2-national", arrived("300000"), of)
    city.notice(first)
    city.days(9)
    notices.end_due(now=city.now)
    city.step(first, "order", city.finance)
    city.bank((city.payments(first)[0], ""))
    for part, barred in ((100_000, True), (200_000, False)):
        fund.refund(commitment=pay.commitment_of(first), amount_fen=part * YUAN, receipt=f"缴{part}", why="审计追回",
                    actor=city.finance, now=city.now)  # fmt: skip
        Case.objects.filter(pk=first.pk).update(state="clawed")
        assert bool(list(eligibility.given_before(again))) == barred


def test_a_decision_made_anew_does_not_count_its_own_supplement_and_is_not_made_larger(city, deciding):
    of = city.firm()
    first, _one = granted(city, deciding("M3.2-national", arrived("250000"), of))
    rest, two = granted(city, deciding("M3.2-national", arrived("600000"), of))
    assert two == 350_000
    first.refresh_from_db()
    first = actions.correct_facts(
        case=first, facts={"project_list": "sti2030"}, why="立项文件写明", actor=city.clerk, now=city.now,
        seen_version=first.version,
    )  # fmt: skip
    first = city.step(first, "decide_again", city.clerk)
    assert first.granted_fen == 250_000 * YUAN and judge.given(rest)["given_before_yuan"] == "250000.00"
    first = actions.correct_facts(
        case=first, facts={"provincial_award_arrived_yuan": "260000"}, why="到账凭证漏算一笔", actor=city.clerk,
        now=city.now, seen_version=first.version,
    )  # fmt: skip
    with pytest.raises(Refused, match=f"{rest.number} 已按本件原来的金额补足"):
        city.step(first, "decide_again", city.clerk)


@pytest.mark.parametrize("year", ["[2026]", "(2026)", "【2026】 ", "［２０２６］"])
def test_a_number_is_the_same_in_whatever_brackets(city, deciding, year):
    of = city.firm()
    first, _amount = granted(city, deciding("M3.2-national", arrived("300000"), of))
    again = deciding("M3.2-national", arrived("300000", document_no=f"鲁财教指{year}18号"), of)
    (found,) = eligibility.given_before(again)
    assert found.cases == (first.number,) and judge.given(again)["given_before_yuan"] == "300000.00"


def test_nothing_is_not_given_as_a_support(city, deciding):
    granted(city, provincial(city, deciding, "4000000"))
    late = provincial(city, deciding, "1000000", year=2027)
    with pytest.raises(Refused, match="应给的金额是零"):
        city.step(late, "decide", city.clerk)
    assert city.step(late, "reject", city.clerk, "本项目上限已用完").state == "rejected"


@pytest.mark.parametrize(("code", "facts", "again"), [
    ("M3.2-provincial", PROVINCIAL, {"project_no": "2025cxgc 010101"}),
    ("M2.1", {"person": "王明远"}, {"person": " 王明远"}),
])  # fmt: skip
def test_a_yearly_award_is_given_once_a_year_whatever_the_books_call_it(city, deciding, code, facts, again, settings):
    of = city.firm()
    first = deciding(code, facts, of)
    settings.SECRET_KEY = "another one since"
    (found,) = eligibility.given_before(deciding(code, facts | again, of))
    assert found.cases == (first.number,) and "一年只给一次" in found.message


@pytest.fixture
def corrected(city, deciding):
    """A case whose arrived award was put right after an objection, and is public again under its new name."""
    case, _amount = granted(city, deciding("M3.2-national", arrived("300000")))
    item = city.notice(case).items.get()
    objection = notices.object_to(
        item=item, name="李真名", phone="13800000000", text="到账金额与省财政下达文件附表不符，请核对。", now=city.now
    )
    notices.answer(objection=objection, is_upheld=True, text="经核实到账多记五万元。", actor=city.clerk, now=city.now)
    actions.correct_facts(
        case=case, facts={"provincial_award_arrived_yuan": "250000"}, why="异议核实", actor=city.clerk, now=city.now
    )
    case = city.step(case, "restart", city.clerk)
    city.notice(case, number="澄科公示〔2026〕2号")
    return case


def committed():
    return sum(Purse.objects.values_list("committed_fen", flat=True))


def test_a_unique_fact_corrected_after_a_notice_is_paid_once_and_the_case_ends(city, corrected):
    case = corrected
    assert [one.amount_fen for one in Commitment.objects.order_by("pk")] == [0, 25_000_000]
    city.days(9)
    notices.end_due(now=city.now)
    # Nothing else is left to promise: the order is of the promise that stands.
    purse = pay.commitment_of(case).purse
    fund.change_purse(purse=purse, by_fen=-int(purse.free), why="调减", actor=city.finance, now=city.now)
    city.step(case, "order", city.finance)
    (payment,) = city.payments(case)
    city.bank((payment, ""))
    case.refresh_from_db()
    assert (case.state, pay.paid(case), pay.kept(case)) == ("closed", 25_000_000, 25_000_000)
    assert committed() == 25_000_000 and check.problems() == []


@pytest.mark.parametrize("ordered", [False, True])
def test_a_unique_fact_corrected_after_a_notice_leaves_no_promise_when_the_decision_is_revoked(
    city, corrected, ordered
):
    case = corrected
    if ordered:
        city.days(9)
        notices.end_due(now=city.now)
        case = city.step(case, "order", city.finance)
    case = city.step(case, "revoke", city.clerk, "项目已撤销")
    assert (case.state, committed(), pay.left_for(Case.objects.all())) == ("rejected", 0, 0)
    assert check.problems() == []
