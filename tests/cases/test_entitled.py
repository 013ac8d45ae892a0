"""免申即享: from a sheet of data to the account, with a unit error and a returned payment on the way."""

from datetime import date

import pytest

from tests.cases.city import MILLION, YUAN, uscc
from tests.cases.words import HEAD, checked, landed, row
from triplehelix.foundation.sheet import write_csv
from triplehelix.fund import check
from triplehelix.fund.actions import Answer
from triplehelix.market.imports import actions as imports
from triplehelix.procedure.candidates import columns
from triplehelix.procedure.candidates.landing import about
from triplehelix.procedure.cases import access, actions, eligibility, guards
from triplehelix.procedure.cases.entitled import entitlements
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.notices import actions as notices
from triplehelix.procedure.terms import actions as terms
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail.models import Entry

CERTIFICATES = [
    "统一社会信用代码", "单位名称", "证书级别", "证书编号", "持证人姓名", "持证人证件号码后四位",
    "已进入市级技术转移人才库",
]  # fmt: skip


@pytest.fixture
def round(city):
    return actions.open_round(
        award_code="M5.4", lane="entitled", title="2025 年度研发投入奖励", year=2026, opens_on=date(2026, 6, 1),
        closes_on=date(2026, 12, 31), budget_fen=2 * MILLION // 10, actor=city.clerk, now=city.now,
    )  # fmt: skip


def test_whose_office_ended_since_the_check_lands_no_candidates(city, round):
    case = checked(city, round, [row(1, "6000000", "5000000")])
    other = parties.create_account(email="other@example.com", name="", password=None, actor=None, now=city.now)
    given = {"unit": "", "since": city.now.date(), "actor": None, "now": city.now}
    parties.appoint(account=other, role="city_officer", **given)
    # He goes on as operator: who imports listings for the city, and runs no rounds.
    parties.appoint(account=city.clerk, role="operator", **given)
    for office in city.clerk.offices.filter(role="city_officer"):
        parties.end_office(office=office, until=None, why="转岗", actor=None, now=city.now)
    with pytest.raises(Refused, match="不再有权导入"):
        take(case=case, step="land", actor=city.clerk, now=city.now, seen_version=case.version)
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"year": 9999}, "year"), ({"year": 1999}, "year"), ({"quota": 0}, "quota"), ({"quota": 1000}, "quota"),
        ({"places": 10_000}, "places"), ({"budget_fen": 10**20}, "budget"), ({"budget_fen": 0}, "budget"),
        ({"notice_days": 0}, "notice_days"), ({"award_code": "M9.9"}, "award"), ({"lane": "magic"}, "lane"),
    ],
)  # fmt: skip
def test_a_round_out_of_its_bounds_is_refused_at_its_field(city, changed, field):
    days = {"opens_on": date(2026, 6, 1), "closes_on": date(2026, 12, 31)}
    given = {"award_code": "M5.4", "lane": "entitled", "title": "一批", "year": 2026} | days | changed
    with pytest.raises(Invalid) as why:
        actions.open_round(**given, actor=city.clerk, now=city.now)
    assert set(why.value.errors) == {field}


def test_the_whole_way_with_a_unit_error_and_a_returned_payment(city, round):
    people = [city.firm() for _ in range(4)]
    case = landed(city, round, [
        row(1, "6000000", "5000000"),
        row(2, "3200", "2000000"),  # written in 千元, the unit left out
        row(3, "5999999", "5000000"),  # grown one yuan too little
        row(4, "120", "", reported="否", unit="万元"),
    ])  # fmt: skip
    assert case.state == "landed"
    assert case.receipt["states"] == {"confirming": 2, "held": 1, "rejected": 1}
    one, two, three, four = Case.objects.order_by("number")
    assert [c.number for c in (one, two, three, four)] == [f"M5.4-2026-000{n}" for n in (1, 2, 3, 4)]
    assert (one.granted_fen, four.granted_fen) == (50_000 * YUAN, 50_000 * YUAN)
    assert "较上年度增长不足 100 万元" in three.decision["why"] or three.decision["refused"]
    assert four.decision["way"] == "A" and one.decision["way"] == "B"

    with pytest.raises(Refused, match="不符合条件"):
        city.step(two, "release_hold", city.clerk)
    two = actions.correct_facts(
        case=two, facts={"rd_expense_yuan": "3200000"}, actor=city.clerk, now=city.now, why="107-2 表以千元填报"
    )
    two = city.step(two, "release_hold", city.clerk)
    assert (two.state, two.granted_fen) == ("confirming", 50_000 * YUAN)

    with pytest.raises(Refused, match="请先填写户名"):
        city.step(one, "confirm", people[0][1])
    for case, (_firm, member) in ((one, people[0]), (two, people[1]), (four, people[3])):
        city.account(case, member)
        assert city.step(case, "confirm", member).state == "noticing"

    # 200,000 yuan for 150,000: everybody gets the whole.
    assert actions.share_pool(round=round, actor=city.clerk, now=city.now) == 1
    assert actions.not_shared(round) == ""
    notice = city.notice(one, two, four)
    assert "已经有办件公示" in actions.not_shared(round)
    with pytest.raises(Refused, match="已经有办件公示"):
        actions.share_pool(round=round, actor=city.clerk, now=city.now)
    assert notice.last == date(2026, 6, 16)
    with pytest.raises(Refused, match="公示期还没有结束"):
        city.step(one, "end_notice", city.clerk)
    city.days(8)
    assert notices.end_due(now=city.now) == 3
    for case in (one, two, four):
        assert city.step(case, "order", city.finance).state == "paying"
    with pytest.raises(Refused, match="已经安排过拨付"):
        city.step(one, "order", city.finance)

    first, second, third = (city.payments(case)[0] for case in (one, two, four))
    city.bank((first, ""), (second, "账号与户名不符"), (third, ""))
    one.refresh_from_db(), two.refresh_from_db()
    assert (one.state, two.state) == ("closed", "pay_returned")
    city.account(two, people[1][1], "6222020200112233999")
    assert city.step(two, "new_account", people[1][1]).state == "paying"
    again = city.payments(two)[1]
    assert (again.attempt, again.account_number[-3:], again.state) == (2, "999", "ordered")
    city.bank((again, ""))
    two.refresh_from_db()
    assert two.state == "closed"
    # The bank takes one back after the case was closed: it is open again, and finance pays anew.
    third.refresh_from_db()
    late = [Answer(third.key, third.amount_fen, False, "跨行退汇")]
    actions.answer_batch(batch=third.batch, answers=late, actor=city.finance, now=city.now)
    four.refresh_from_db()
    assert four.state == "pay_returned"
    assert check.problems() == []
    assert city.step(two, "archive", city.clerk).state == "archived"


def test_the_budget_does_not_suffice_and_everybody_gets_the_same_part(city, round):
    round.budget_fen = 100_000 * YUAN
    round.save()
    for _ in range(7):
        city.firm()
    landed(city, round, [row(n, "6000000", "5000000") for n in range(1, 8)])
    factor = actions.share_pool(round=round, actor=city.clerk, now=city.now)
    assert str(factor) == "2/7"
    assert set(Case.objects.values_list("granted_fen", flat=True)) == {14_285 * YUAN}
    assert "分配系数" in " ".join(Case.objects.first().decision["facts"])


def test_a_list_is_landed_once_and_its_faults_are_told_at_their_cells(city, round):
    city.firm()
    assert landed(city, round, [row(1, "6000000", "5000000")]).state == "landed"
    case = landed(city, round, [
        row(1, "6000000", "5000000"), row(2, "-5", "1"), row(2, "0.005", "1", unit="元"), row(3, "很多", "1"),
    ])  # fmt: skip
    assert case.state == "wrong"
    said = {(e["row"], e["column"]): e["message"] for e in case.errors}
    assert "已经在本批名单里" in said[2, "统一社会信用代码"]
    assert "不能为负" in said[3, "本年度研发费用"]
    assert "不足一分" in said[4, "本年度研发费用"]
    assert (5, "本年度研发费用") in said
    assert "同一单位" in said[4, "统一社会信用代码"]
    assert Case.objects.count() == 1


def test_a_purse_without_enough_keeps_the_whole_notice_from_being_published(city, round):
    from triplehelix.fund.actions import change_purse
    from triplehelix.fund.models import Purse

    people = [city.firm() for _ in range(2)]
    landed(city, round, [row(n, "6000000", "5000000") for n in (1, 2)])
    change_purse(
        purse=Purse.objects.get(use="separate"),
        by_fen=60_000 * YUAN - 5 * MILLION,
        actor=None,
        now=city.now,
        why="调减",
    )
    cases = list(Case.objects.order_by("pk"))
    for case, (_firm, member) in zip(cases, people, strict=True):
        city.account(case, member)
        city.step(case, "confirm", member)
    with pytest.raises(Refused, match=r"只剩 10,000\.00 元"):
        city.notice(*cases)
    assert {case.state for case in Case.objects.all()} == {"noticing"}
    assert Purse.objects.get(use="separate").committed_fen == 0


def test_a_candidate_held_or_refused_is_told_why(city, round):
    city.firm()
    landed(city, round, [row(1, "3000000", "", reported="是")])
    case = Case.objects.get()
    assert case.state == "held"
    last = Entry.objects.filter(subject_kind=Case.kind, subject_id=str(case.pk)).order_by("-n").first()
    assert "缺少上年度研发费用" in last.why
    assert city.step(case, "drop", city.clerk, "企业确认没有上年数").state == "rejected"


def test_end_notice_waits_for_an_objection(city, round):
    _firm, member = city.firm()
    landed(city, round, [row(1, "6000000", "5000000")])
    case = Case.objects.get()
    city.account(case, member)
    city.step(case, "confirm", member)
    item = city.notice(case).items.get()
    city.days(7)  # the last day
    notices.object_to(
        item=item,
        name="王实名",
        phone="0635-1234567",
        text="该企业去年的研发费用里有不属于研发的设备大修费。",
        now=city.now,
    )
    city.days(1)
    assert notices.end_due(now=city.now) == 0
    case.refresh_from_db()
    assert case.state == "objected"


def test_a_firm_stands_in_one_list_with_several_matters(city):
    round = actions.open_round(
        award_code="M5.3", lane="entitled", title="2026 年技术经理人奖励", year=2026, opens_on=date(2026, 6, 1),
        closes_on=date(2026, 12, 31), actor=city.clerk, now=city.now,
    )  # fmt: skip
    city.firm()
    assert round.award.once == ("certificate_no", "level")
    rows = [[uscc(1), "第1号轴承有限公司", "中级", f"JS-2026-000{n}", f"周{n}", "0316", "是"] for n in (1, 2)]
    upload = {"what": "procedure.candidates", "publish": False, "account": city.clerk, "organisation": None}

    def checked(rows):
        case = imports.upload(
            content=write_csv(CERTIFICATES, rows), name="证书.csv", now=city.now, about=about(round), **upload
        )
        return imports.check(pk=case.pk, now=city.now)

    case = checked(rows)
    assert case.errors == []
    take(case=case, step="land", actor=city.clerk, now=city.now, seen_version=case.version)
    assert sum(imports.land(pk=case.pk, now=city.now).receipt["states"].values()) == 2
    titles = set(Case.objects.values_list("title", flat=True))
    assert titles == {"2026 年技术经理人奖励：中级"}  # a person's certificate number is not for everybody
    again = checked([*rows, rows[0]])
    said = [(one["row"], one["message"]) for one in again.errors]
    assert [row for row, _message in said] == [2, 3, 4, 4]


def test_a_certificate_rewarded_before_is_refused_without_its_number_in_what_many_read(city):
    city.firm()
    terms.settle(
        code="manager_reward", value={"初级": "1000", "中级": "2000", "高级": "3000"}, since=date(2026, 1, 1),
        document="澄科字〔2026〕4号", actor=city.clerk, now=city.now,
    )  # fmt: skip
    for year in (2026, 2027):
        round = actions.open_round(
            award_code="M5.3", lane="entitled", title=f"{year} 年技术经理人奖励", year=year,
            opens_on=date(2026, 6, 1), closes_on=date(2026, 12, 31), actor=city.clerk, now=city.now,
        )  # fmt: skip
        case = landed(
            city, round, [[uscc(1), "第1号轴承有限公司", "中级", "JS-2026-0001", "周致远", "0316", "是"]], CERTIFICATES
        )
        assert case.state == "landed"
        Case.objects.filter(year=2026).update(state="closed", granted_fen=YUAN)
    again = Case.objects.get(year=2027)
    assert again.state == "rejected"
    told = Entry.objects.filter(subject_kind=Case.kind, subject_id=str(again.pk)).order_by("-n").first()
    for said in (again.decision["why"], told.why):
        assert "“中级”已经申报过（M5.3-2026-0001），不论哪一年只给一次" in said
        assert "JS-2026" not in said
    # Who looks at the case itself is told the certificate.
    (found,) = eligibility.given_before(again)
    assert "JS-2026-0001" in found.message


def test_a_barred_firm_is_held_with_the_document_and_is_not_paid_before_its_bar_has_ended(city, round):
    people = [city.firm() for _ in range(2)]
    barred = {"since": date(2026, 6, 1), "until": date(2026, 6, 19), "reason": "失信被执行人",
              "document": "澄信联〔2026〕5号"}  # fmt: skip
    actions.bar(who=uscc(1), actor=city.clerk, now=city.now, **barred)
    case = landed(city, round, [row(n, "6000000", "5000000") for n in (1, 2)])
    assert case.receipt["states"] == {"held": 1, "confirming": 1}
    held, other = Case.objects.order_by("pk")
    told = Entry.objects.filter(subject_kind=Case.kind, subject_id=str(held.pk)).order_by("-n").first()
    assert "失信被执行人（澄信联〔2026〕5号）" in told.why
    with pytest.raises(Refused, match="澄信联〔2026〕5号"):
        city.step(held, "release_hold", city.clerk)
    # Barred after it was put on the list: it is not made public.
    city.account(other, people[1][1])
    city.step(other, "confirm", people[1][1])
    actions.bar(who=uscc(2), actor=city.clerk, now=city.now, **barred)
    with pytest.raises(Refused, match="澄信联〔2026〕5号"):
        city.notice(other)
    city.days(11)
    assert city.step(held, "release_hold", city.clerk).state == "confirming"


def test_an_award_with_rows_of_its_own_is_not_made_from_a_list(city):
    with pytest.raises(Invalid) as refused:
        actions.open_round(
            award_code="M3.2-provincial", lane="entitled", title="省重大专项配套", year=2026, opens_on=date(2026, 6, 1),
            closes_on=date(2026, 12, 31), actor=city.clerk, now=city.now,
        )  # fmt: skip
    assert "逐行填表" in refused.value.errors["lane"]


def test_a_candidate_nobody_has_checked_is_nobodys_to_confirm(city, round):
    """Who typed in the public code first sees neither the list nor the figures, and takes no award of the real firm."""
    first = parties.create_account(email="first@example.com", name="先来的", password=None, actor=None, now=city.now)
    claim = parties.claim_organisation(
        account=first, uscc=uscc(1), name="第1号轴承有限公司", unit="371521", now=city.now
    )  # fmt: skip
    told = Message.objects.count()
    landed(city, round, [row(1, "6000000", "5000000")])
    case = Case.objects.get()
    assert case.state == "confirming"
    assert not access.visible(Case.objects.all(), first, city.now.date()).exists()
    assert access.relations_of(case, first, city.now.date()) == frozenset()
    assert not Message.objects.filter(to=first.email).exclude(pk__lte=told).exists()
    with pytest.raises(Refused):
        city.step(case, "decline", first)
    with pytest.raises(Refused):
        city.account(case, first)
    parties.confirm_organisation(organisation=case.organisation, actor=city.county, now=city.now,
                                 members={claim.pk: True})  # fmt: skip
    city.account(case, first)
    assert city.step(case, "confirm", first).state == "noticing"


def test_nothing_takes_effect_for_whom_nobody_has_checked(city, round):
    landed(city, round, [row(1, "6000000", "5000000")])
    case = Case.objects.get()
    assert "先由工作人员核实" in (guards.organisation_confirmed(case, None, city.now) or "")
    for step in ("confirm", "decline"):
        assert guards.organisation_confirmed in case.workflow[step].guards


def test_what_a_firm_is_owed_asks_for_its_cases_once(city, django_assert_num_queries):
    """However many awards the pack has: its cases, the open rounds, what the office has set, a claim for each award."""
    firm, member = city.firm()
    awards = len(pack().awards)
    for year in (2025, 2026):
        open_one = actions.open_round(
            award_code="M5.3", lane="quick", title="证书奖励", year=year, opens_on=date(2026, 1, 1),
            closes_on=date(2026, 12, 31), actor=city.clerk, now=city.now,
        )  # fmt: skip
        actions.start(round=open_one, organisation=firm, title="证书", actor=member, now=city.now)
        with django_assert_num_queries(3 + awards):
            entitlements(firm, city.now.date())


def test_the_day_of_a_decision_is_read_as_offices_write_it(city):
    column = columns.schema_of(pack().award("M1.2"), date(2026, 6, 1)).by_key["decision_date"]
    assert {column.read(text) for text in ("2026-05-20", "2026/5/20", "2026年5月20日")} == {"2026-05-20"}
    with pytest.raises(ValueError, match="46162”是 Excel 的日期序号（2026-05-20）"):
        column.read("46162")


def test_a_name_no_register_holds_is_told_at_its_cell(city, round):
    case = checked(city, round, [[uscc(8), "某" * 121, *row(8, "6000000", "5000000")[2:]]])
    assert [(one["row"], one["column"]) for one in case.errors] == [(2, "单位名称")]
    assert "最多 120 个字" in case.errors[0]["message"]


def test_a_unit_of_the_heading_or_the_cell_that_is_not_the_rows_is_no_amount(city, round):
    """A heading that says 元 over a row that says 万元: one of them is ten thousand times too much."""
    head = ["本年度研发费用（元）" if one == "本年度研发费用" else one for one in HEAD]
    rows = [
        row(1, "6000000", "5000000"), row(2, "6000000", "5000000", unit="元"), row(3, "600", "500", unit="万元"),
        row(4, "600", "500万元", unit="元"),
    ]  # fmt: skip
    case = checked(city, round, rows, head)
    said = {(one["row"], one["column"]): one["message"] for one in case.errors}
    assert said == {
        (4, "本年度研发费用"): "这里的单位是元，本行“金额单位”写的是万元，请核对",
        (5, "上年度研发费用"): "这里的单位是万元，本行“金额单位”写的是元，请核对",
    }
    case = landed(city, round, rows[:2], head)
    assert [one.facts["rd_expense_yuan"] for one in Case.objects.order_by("pk")] == ["6000000.00"] * 2
