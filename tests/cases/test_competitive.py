"""普通申报: from the call to the panel, a notice that an objection restarts, an agreement, milestones, acceptance."""

from datetime import date, datetime, timedelta
from datetime import timezone as zone
from fractions import Fraction
from itertools import pairwise

import pytest
from django.utils import timezone, translation

from tests.cases.city import MILLION, SINCE, YUAN, account_for
from tests.cases.words import FULL, SOUND, SUMMARY, applied, decided, reach, scored, to_review
from triplehelix.fund import check
from triplehelix.fund.models import Refund
from triplehelix.fund.selfreview import grade_of
from triplehelix.procedure.cases import access, actions, eligibility, guards, pay, waiting
from triplehelix.procedure.cases.matter import named
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.documents import official
from triplehelix.procedure.notices import actions as notices
from triplehelix.procedure.panels import actions as panels
from triplehelix.procedure.panels import finds
from triplehelix.procedure.panels.models import Seat
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.parties.models import Account, Office, Organisation, Person
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused


@pytest.mark.usefixtures("experts")
def test_the_whole_way_with_an_objection_that_restarts_the_notice(city, round):
    case, member = applied(city, round)
    assert to_review(city, case, member).state == "reviewing"
    panel = panels.draw_panel(
        round=round, sheet="project", size=5, per_case=5, outside=Fraction(1, 2), actor=city.clerk, now=city.now,
        seed="一个固定的种子",
    )  # fmt: skip
    assert len(panel.draw["panel"]) == 5 and panel.assignment["optimal"]
    with pytest.raises(Refused, match="还有没提交的评分"):
        panels.settle(panel=panel, actor=city.clerk, now=city.now)
    scored(city, case, 85, 84, 83, 82, 81)
    panels.settle(panel=panel, actor=city.clerk, now=city.now)
    case.refresh_from_db()
    assert case.review["mean"] == "83.00" and case.review["selected"] and case.facts["passed_review"] is True

    city.step(case, "reviewed", city.clerk)
    with pytest.raises(Refused, match="缺少决定书载明的支持金额"):
        city.step(case, "decide", city.clerk)
    actions.correct_facts(
        case=case, facts={"approved_yuan": "300000"}, actor=city.clerk, now=city.now, why="局党组会议纪要〔2026〕9号"
    )
    case = city.step(case, "decide", city.clerk)
    assert case.granted_fen == 300_000 * YUAN

    first = city.notice(case)
    notices.object_to(
        item=first.items.get(),
        name="李真名",
        phone="13800000000",
        text="申报书所列的合作单位并未签署联合攻关协议，请核实。",
        now=city.now,
    )
    case.refresh_from_db()
    assert case.state == "objected"
    with pytest.raises(Refused, match="还有异议没有答复"):
        city.step(case, "restart", city.clerk)
    objection = case.objections.get()
    notices.answer(
        objection=objection,
        is_upheld=True,
        text="经核实，支持金额应按实际合作部分核减，已更正。",
        actor=city.clerk,
        now=city.now,
    )
    actions.correct_facts(
        case=case, facts={"approved_yuan": "250000"}, actor=city.clerk, now=city.now, why="异议核实报告"
    )
    case = city.step(case, "restart", city.clerk)
    assert (case.state, case.granted_fen) == ("noticing", 250_000 * YUAN)
    city.days(1)
    second = city.notice(case, number="澄科公示〔2026〕2号")
    assert second.first > first.first and second.last > first.last
    assert [item.amount_fen for item in case.notice_items.order_by("pk")] == [300_000 * YUAN, 250_000 * YUAN]
    city.days(9)
    assert notices.end_due(now=city.now) == 1

    case.refresh_from_db()
    case = actions.sign_agreement(
        case=case, number="澄科计〔2026〕01", signed_on=date(2026, 6, 15), ends_on=date(2027, 6, 30), actor=city.clerk,
        now=city.now, seen_version=case.version,
    )  # fmt: skip
    with pytest.raises(Invalid, match="金额合计"):
        actions.plan_milestones(
            case=case, rows=[("启动", 100_000 * YUAN, date(2026, 12, 31))], actor=city.clerk, now=city.now,
            seen_version=case.version,
        )  # fmt: skip
    rows = [("完成工艺试验", 150_000 * YUAN, date(2026, 12, 31)), ("台架寿命试验", 100_000 * YUAN, date(2027, 6, 30))]
    actions.plan_milestones(case=case, rows=rows, actor=city.clerk, now=city.now, seen_version=case.version)
    case = city.step(case, "sign", city.clerk)
    paper = official.of_case(case, "agreement", frozenset({"clerk"}))
    duties = next(block.rows for lead, block in pairwise(paper.blocks) if lead.text == "乙方应当：")
    assert duties == (
        ("按照批准的申报材料完成任务，达到各里程碑的要求，并提交证明材料。",),
        ("任务执行过程中接受中期检查。",),
        ("任务完成后申请验收，提交验收材料。",),
        ("资金支出后提交绩效自评。",),
    ), "the notes of an award explain its rule; they are nobody's duty, and some are our own reading"
    with pytest.raises(Refused, match="没有已通过而未拨付的里程碑"):
        city.step(case, "pay_stage", city.clerk)
    for n, milestone in enumerate(case.milestones.all()):
        reach(
            city,
            case,
            milestone,
            member,
            f"第 {n + 1} 个里程碑：硬化层深度实测 4.2 毫米，变形 0.08 毫米，附第三方报告。",
        )
        city.step(case, "pay_stage", city.clerk)
        city.bank((city.payments(case)[-1], ""))
    case = city.step(case, "finish", city.clerk)
    city.step(case, "accept_results", city.clerk, "专家组验收意见：指标全部达到")
    case.refresh_from_db()
    case = actions.evaluate(
        case=case, output=45, benefit=25, satisfaction=9, text="建成一条热处理示范线，订单两千万元，用户反馈良好。",
        actor=member, now=city.now, seen_version=case.version,
    )  # fmt: skip
    assert (case.evaluation["total"], grade_of(case.evaluation["total"])) == (89, "良")
    case = city.step(case, "evaluate", member)
    assert case.state == "closed"
    assert check.problems() == []

    actions.demand_back(
        case=case,
        amount_fen=100_000 * YUAN,
        why="审计发现台架试验数据不实",
        actor=city.clerk,
        now=city.now,
        seen_version=case.version,
    )
    case.refresh_from_db()
    assert case.state == "clawing"
    case = actions.record_refund(
        case=case,
        amount_fen=100_000 * YUAN,
        receipt="缴款书 0001",
        actor=city.finance,
        now=city.now,
        seen_version=case.version,
    )
    assert case.state == "clawed" and Refund.objects.get().amount_fen == 100_000 * YUAN


@pytest.mark.usefixtures("experts")
def test_a_conflict_found_after_scoring_voids_the_score_and_a_substitute_is_drawn(city, round):
    case, member = applied(city, round)
    to_review(city, case, member)
    panel = panels.draw_panel(
        round=round, sheet="project", size=5, per_case=5, outside=Fraction(0), actor=city.clerk, now=city.now
    )
    scored(city, case, 92, 88, 85, 81, 65)
    seat = Seat.objects.order_by("pk").first()
    panels.void_score(seat=seat, reason="评分后发现与申报单位有合作课题", actor=city.clerk, now=city.now)
    with pytest.raises(Refused, match="有效评分只有 4 份"):
        panels.settle(panel=panel, actor=city.clerk, now=city.now)
    substitute = panels.replace(seat=seat, actor=city.clerk, now=city.now)
    assert substitute.expert_id not in [int(pk) for pk in panel.draw["panel"]]
    with pytest.raises(Refused, match="已经补齐"):
        panels.replace(seat=seat, actor=city.clerk, now=city.now)
    seats = Seat.objects.filter(pk=substitute.pk)
    words = dict.fromkeys(FULL, "这一项的判断依据申报书第三章给出的工艺试验数据和查新报告，理由充分，可以考核。")
    panels.save_scores(
        seat=seats.get(),
        points=FULL,
        comments=words,
        answers={},
        submit=True,
        actor=substitute.expert.account,
        now=city.now,
    )
    ranking = panels.settle(panel=panel, actor=city.clerk, now=city.now)
    assert ranking.lines[0].result.voided == 1


@pytest.mark.usefixtures("experts")
def test_an_expert_scores_only_their_own_seat_saves_drafts_and_may_withdraw(city, round):
    case, member = applied(city, round)
    to_review(city, case, member)
    panels.draw_panel(
        round=round, sheet="project", size=5, per_case=5, outside=Fraction(0), actor=city.clerk, now=city.now
    )
    one, two = Seat.objects.order_by("pk")[:2]
    with pytest.raises(Refused, match="不是您的评审任务"):
        panels.save_scores(
            seat=one, points={}, comments={}, answers={}, submit=False, actor=two.expert.account, now=city.now
        )
    saved = panels.save_scores(
        seat=one,
        points={"innovation": "20"},
        comments={},
        answers={},
        submit=False,
        actor=one.expert.account,
        now=city.now,
    )
    assert saved.points == {"innovation": 20} and saved.submitted_at is None
    with pytest.raises(Invalid) as wrong:
        panels.save_scores(
            seat=one,
            points={"innovation": 26},
            comments={},
            answers={},
            submit=True,
            actor=one.expert.account,
            now=city.now,
        )
    assert "满分 25 分" in wrong.value.errors["innovation"] and "team" in wrong.value.errors
    with translation.override("en"):  # what is recorded is not in the language of who acts
        panels.declare(seat=one, reason="曾任该企业技术顾问", actor=one.expert.account, now=city.now)
    assert list(finds.seats_of(two.expert.account)) == [two]
    one.refresh_from_db()
    assert one.void.startswith("专家主动回避")


def test_what_is_given_once_is_not_applied_for_again_under_another_number_or_year(city):
    firm, member = city.firm()
    cases = []
    for year in (2026, 2027):
        opened = actions.open_round(
            award_code="M5.2-interest", lane="quick", title=f"{year} 年贴息", year=year, opens_on=date(2026, 6, 1),
            closes_on=date(2026, 6, 30), actor=city.clerk, now=city.now,
        )  # fmt: skip
        case = actions.start(round=opened, organisation=firm, title="贴息", actor=member, now=city.now)
        facts = {"loan_no": f"JK-{year}", "filed": True, "used_for_research": True, "only_loan_subsidised": True,
                 "interest_paid_yuan": "100000"}  # fmt: skip
        case = actions.write(case=case, facts=facts, actor=member, now=city.now, seen_version=case.version)
        cases.append(city.account(case, member))
    first, second = cases
    city.step(first, "submit", member)
    with pytest.raises(Refused, match="本单位已申报过这一事项"):
        city.step(second, "submit", member)
    # Two that were submitted at the same moment: the older goes on, the other is stopped at its decision.
    Case.objects.filter(pk__in=(first.pk, second.pk)).update(state="deciding")
    with pytest.raises(Refused, match="本单位已申报过这一事项"):
        city.step(second, "decide", city.clerk)
    city.step(first, "decide", city.clerk)
    # What was taken back, or paid back, bars nobody.
    for state in ("withdrawn", "clawed"):
        Case.objects.filter(pk=first.pk).update(state=state)
        second.refresh_from_db()
        assert "given_before" not in {one.code for one in eligibility.barring(second, city.now)}


LIFETIME = {
    "M5.2-loss": {"loan_no": "JK-1", "filed": True, "early_stage_credit": False, "principal_loss_yuan": "1000000"},
    "M5.2-insurance": {
        "policy_no": "BX-1", "in_scheme": True, "premium_paid_yuan": "100000", "policy_year": 1,
        "premium_subsidy_this_year_yuan": "0",
    },
    "M5.1": {
        "event": "名校直通车", "contract_no": "2026-371500-000123", "contract_yuan": "1000000",
        "contract_paid_yuan": "400000", "site_in_city": True, "first_claim": True,
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "number"), [("M5.2-loss", "loan_no"), ("M5.2-insurance", "policy_no"), ("M5.1", "contract_no")]
)
def test_a_matter_is_given_for_once_in_whatever_year(city, code, number):
    """A loan's loss, a policy year's premium, a contract that landed: next year's round does not pay them again."""
    firm, member = city.firm()

    def applied_in(year, **changed):
        city.now = city.now.replace(year=year)
        opened = actions.open_round(
            award_code=code, lane="quick", title=f"{year} {changed}", year=year, opens_on=date(year, 6, 1),
            closes_on=date(year, 6, 30), actor=city.clerk, now=city.now,
        )  # fmt: skip
        case = actions.start(round=opened, organisation=firm, title="申报", actor=member, now=city.now)
        facts = LIFETIME[code] | changed
        case = actions.write(case=case, facts=facts, actor=member, now=city.now, seen_version=case.version)
        return city.account(case, member)

    first = applied_in(2026)
    city.step(first, "submit", member)
    again, other = applied_in(2027), applied_in(2027, **{number: "另一号"})
    with pytest.raises(Refused, match="不论哪一年只给一次"):
        city.step(again, "submit", member)
    Case.objects.filter(pk__in=(first.pk, again.pk)).update(state="deciding")
    again.refresh_from_db()
    assert "不论哪一年只给一次" in guards.would_be_granted(again, city.clerk, city.now)
    assert [one.code for one in eligibility.barring(other, city.now)] == []


@pytest.mark.parametrize(
    ("code", "facts", "number"),
    [
        ("M5.3", {"level": "中级", "in_city_pool": True, "paid_levels": []}, "certificate_no"),
        ("M5.1", LIFETIME["M5.1"], "contract_no"),
    ],
)
def test_a_number_serves_once_whoever_brings_it_and_however_it_is_typed(city, code, facts, number):
    made = []
    for year, typed in ((2026, "JS-2026-0001"), (2027, "js－2026－0001"), (2027, "JS-2026-0002")):
        city.now = city.now.replace(year=year)
        firm, member = city.firm()
        opened = actions.open_round(
            award_code=code, lane="quick", title=typed, year=year, opens_on=date(year, 6, 1),
            closes_on=date(year, 6, 30), actor=city.clerk, now=city.now,
        )  # fmt: skip
        case = actions.start(round=opened, organisation=firm, title="申报", actor=member, now=city.now)
        made.append(actions.write(case=case, facts=facts | {number: typed}, actor=member, now=city.now,
                                  seen_version=case.version))  # fmt: skip
    first, again, other = made
    Case.objects.filter(pk=first.pk).update(state="deciding")
    (found,) = eligibility.given_before(again)
    assert found.blocks and found.cases == (first.number,)
    assert not list(eligibility.given_before(other))


def test_a_leader_of_two_projects_is_granted_no_third_however_many_were_applied_for_at_once(city, round):
    round.quota = 9
    round.save()
    firm, member = city.firm()
    made = []
    for n in range(3):
        case = actions.start(round=round, organisation=firm, title=f"课题{n}", actor=member, now=city.now)
        case = actions.write(case=case, facts=SOUND | {"agreement_no": f"2026-{n}"}, summary=f"{SUMMARY}{n}",
                             leader="周工", actor=member, now=city.now, seen_version=case.version)  # fmt: skip
        case = to_review(city, city.account(case, member), member)
        facts = case.facts | {"passed_review": True, "approved_yuan": "100000"}
        Case.objects.filter(pk=case.pk).update(state="deciding", facts=facts)
        made.append(case)
    first, second, third = made
    for case in (first, second):
        city.step(case, "decide", city.clerk)
    with pytest.raises(Refused, match=f"周工.*{first.number}、{second.number}.*上限 2 项"):
        city.step(third, "decide", city.clerk)
    # One that is not granted after all makes room; those under way do not stop each other.
    city.step(first, "withdraw", member)
    third = city.step(third, "decide", city.clerk)
    Case.objects.filter(pk=first.pk).update(state="running")
    Case.objects.filter(pk=second.pk).update(state="running")
    assert "上限 2 项" in (guards.is_decided(third, city.clerk, city.now) or "")
    third.state = "running"
    assert guards.is_decided(third, city.clerk, city.now) is None


def test_one_meeting_decides_for_several_institutes_and_for_each_once(city):
    """The minutes of one meeting may settle two of them: the number bars only whom it was used for."""
    made = []
    for name in ("澄湖先进铜材研究院有限公司", "澄湖轴承研究院有限公司"):
        firm, _member = city.firm(name)
        case = actions.open_by_decision(
            award_code="M1.2", year=2026, organisation=firm, title=name, actor=city.clerk, now=city.now
        )
        facts = case.facts | {"decision_no": "市政府常务会〔2026〕15号"}
        Case.objects.filter(pk=case.pk).update(facts=facts, state="deciding")
        made.append(Case.objects.get(pk=case.pk))
    assert [list(eligibility.given_before(case)) for case in made] == [[], []]


def test_the_books_name_a_matter_without_what_few_may_see(city):
    """A certificate's number is for the unit, the clerk and the auditor; the fund is read by more."""
    award = pack().award("M5.3")
    numbers = ("JS-2026-0001", "js－2026－0001", "JS-2026-0002")
    typed = [{"certificate_no": number, "level": "中级"} for number in numbers]
    one, again, other = (named(award, facts) for facts in typed)
    assert one == again != other
    assert one.startswith("中级；#") and "0001" not in one
    plain = pack().award("M5.1")
    assert named(plain, LIFETIME["M5.1"]) == "2026-371500-000123"


@pytest.mark.parametrize(("ended", "bars"), [("2024-03-29", False), ("2024-03-30", False), ("2024-03-31", True)])
def test_a_failed_project_bars_its_leader_for_two_years_to_the_day(city, round, ended, bars):
    case, member = applied(city, round)
    again = actions.start(round=round, organisation=case.organisation, title="另一个题目", actor=member, now=city.now)
    leader = Person.objects.get(name="周工")
    Case.objects.filter(pk=again.pk).update(leader=leader)
    noon = timezone.make_aware(datetime.fromisoformat(f"{ended} 12:00"))
    Case.objects.filter(pk=case.pk).update(state="terminated", changed_at=noon)
    again.refresh_from_db()
    found = eligibility.findings(again, timezone.make_aware(datetime(2026, 3, 30, 12)))
    assert ("failed" in {one.code for one in found}) is bars


def test_the_rules_of_the_round_bar_an_applicant(city, round):
    case, member = applied(city, round)
    again = actions.start(round=round, organisation=case.organisation, title="另一个题目", actor=member, now=city.now)
    city.step(case, "submit", member)
    found = {one.code for one in eligibility.findings(again, city.now)}
    assert "quota" in found
    leader = Person.objects.get(name="周工")
    Case.objects.filter(pk=again.pk).update(leader=leader, summary=SUMMARY)
    Case.objects.filter(pk=case.pk).update(state="terminated")
    again.refresh_from_db()
    found = {one.code: one for one in eligibility.findings(again, city.now)}
    assert found["failed"].blocks and found["failed"].cases == (case.number,)
    assert not found["alike"].blocks
    barred = {"since": SINCE, "until": date(2027, 1, 1), "reason": "提供虚假材料", "document": "澄科处〔2026〕1号"}
    with pytest.raises(Invalid) as wrong:
        actions.bar(
            who="没有的人", actor=city.clerk, now=city.now, **barred | {"until": date(2024, 1, 1), "document": ""}
        )
    assert set(wrong.value.errors) == {"who", "until", "document"}
    actions.bar(who=case.organisation.name, actor=city.clerk, now=city.now, **barred)
    assert "barred" in {one.code for one in eligibility.findings(again, city.now)}


def test_correction_is_asked_for_once_and_the_round_closes(city, round):
    case, member = applied(city, round)
    city.step(case, "submit", member)
    city.step(case, "unit_pass", member)
    city.step(case, "recommend", city.county)
    with pytest.raises(Refused, match="请先写明理由"):
        city.step(case, "ask_correction", city.clerk)
    city.step(case, "ask_correction", city.clerk, "请补交查新报告")
    city.step(case, "correct", member)
    with pytest.raises(Refused, match="补正只有一次"):
        city.step(case, "ask_correction", city.clerk, "再补一份")
    with pytest.raises(Refused, match="您无权办理"):
        city.step(case, "accept", city.county)
    assert city.step(case, "withdraw", member).state == "withdrawn"
    late, member = applied(city, round, title="来晚了")
    city.days(40)
    with pytest.raises(Refused, match="现在不能提交"):
        city.step(late, "submit", member)


def relations_by_list(case, actor, on):
    """The relations as the lists find them: each is a `Q`."""
    return {name for name, rows in access.relations(actor, on).items() if Case.objects.filter(rows, pk=case.pk)}


def test_a_unit_without_an_officer_of_its_own_is_recommended_by_the_city(city, round, django_assert_num_queries):
    case, member = applied(city, round)
    city.step(case, "submit", member)
    city.step(case, "unit_pass", member)
    with pytest.raises(Refused, match="您无权办理"):
        city.step(case, "recommend", city.clerk)
    today = timezone.localdate(city.now)
    assert case not in waiting.for_account(city.clerk, today)
    with django_assert_num_queries(2):
        list(waiting.for_account(city.clerk, today))
    # The only officer's account is switched off: whoever is told of what waits can do it.
    Account.objects.filter(pk=city.county.pk).update(is_active=False)
    case.refresh_from_db()
    assert list(case.accounts_in("county", city.now)) == [city.clerk]
    assert list(waiting.for_account(city.clerk, today)) == [case]
    assert city.step(case, "recommending_back", city.clerk, "请补产学研合作协议").state == "draft"
    city.step(case, "submit", member)
    city.step(case, "unit_pass", member)
    Organisation.objects.filter(pk=case.organisation_id).update(unit="")
    assert city.step(case, "recommend", city.clerk).state == "accepting"


@pytest.mark.parametrize("state", ["draft", "recommending"])
def test_lists_and_pages_know_the_same_relations(city, round, state):
    case, member = applied(city, round)
    other = account_for("c@shen.example", "county_officer", "371522")
    left = account_for("left@dong.example", "county_officer", "371524")
    Office.objects.filter(account=left).update(until=date(2026, 6, 1))
    Case.objects.filter(pk=case.pk).update(state=state)
    today = timezone.localdate(city.now)
    found = {}
    for unit in ("371521", "371522", "371524", ""):
        Organisation.objects.filter(pk=case.organisation_id).update(unit=unit)
        case = Case.objects.get(pk=case.pk)
        for who in (member, city.clerk, city.finance, city.county, city.auditor, other, left, None):
            held = case.relations_of(who, city.now)
            assert relations_by_list(case, who, today) == held, (unit, who)
            found[unit, who] = "county" in held
    filed = state != "draft"
    assert [found[unit, city.clerk] for unit in ("371521", "371522", "371524", "")] == [False, False, filed, filed]
    assert [found[unit, city.county] for unit in ("371521", "371524", "")] == [filed, False, False]


def test_downtime_of_more_than_a_day_extends_a_notice(city, round):
    notice = city.notice(decided(city, round))
    assert notice.last == date(2026, 6, 16)
    begun = city.now
    city.days(2)
    with pytest.raises(Refused, match="不超过一天"):
        notices.extend(
            notice=notice,
            down_from=begun,
            down_to=begun + timedelta(hours=24),
            why="停电",
            actor=city.clerk,
            now=city.now,
        )
    longer = notices.extend(
        notice=notice, down_from=begun, down_to=begun + timedelta(hours=25), why="停电", actor=city.clerk, now=city.now
    )
    assert longer.last == date(2026, 6, 18)
    assert longer.extensions[0]["was"] == "2026-06-16"
    elsewhere = zone(timedelta(hours=-5))  # the same hours, written in another zone
    for where in (begun.tzinfo, elsewhere):
        again = {"down_from": begun.astimezone(where), "down_to": (begun + timedelta(hours=30)).astimezone(where)}
        with pytest.raises(Refused, match="已经登记过"):
            notices.extend(notice=notice, why="停电", actor=city.clerk, now=city.now, **again)


def test_one_matter_is_paid_once_a_year(city, round):
    case = decided(city, round)
    city.notice(case)
    other = Case.objects.get(pk=case.pk)
    other.pk, other.number, other.state = None, "M3.2-city-grant-2026-9999", "noticing"
    other.save(force_insert=True)
    with pytest.raises(Refused, match=r"已经|承诺"):
        city.notice(other, number="澄科公示〔2026〕9号")
    other.refresh_from_db()
    assert other.state == "noticing"


def test_an_amount_beyond_the_whole_purse_is_refused(city, round):
    case, _member = applied(city, round)
    Case.objects.filter(pk=case.pk).update(
        state="deciding", facts=case.facts | {"passed_review": True, "approved_yuan": "600000"}
    )
    assert city.step(case, "decide", city.clerk).granted_fen == 500_000 * YUAN
    from triplehelix.fund.models import Purse

    assert Purse.objects.get(use="research").amount_fen == 5 * MILLION


def test_one_unit_is_not_paid_for_the_others(city, round):
    case = decided(city, round, "2")
    shares = [{"id": "1", "granted_fen": 100}, {"id": "2", "granted_fen": 100}]
    Case.objects.filter(pk=case.pk).update(decision=case.decision | {"shares": shares})
    case.refresh_from_db()
    with pytest.raises(Refused, match="只付本单位的份额"):
        pay.promise(case, city.clerk, city.now)


def test_the_budget_of_a_round_is_not_promised_twice(city, round):
    case = decided(city, round, "300000")
    type(round).objects.update(budget_fen=299_999 * YUAN)
    with pytest.raises(Refused, match="只剩"):
        city.notice(case)
    type(round).objects.update(budget_fen=300_000 * YUAN)
    city.notice(case)
    other = Case.objects.get(pk=case.pk)
    other.pk, other.number, other.title, other.state = None, "M3.2-city-grant-2026-9999", "另一项", "noticing"
    other.facts = other.facts | {"agreement_no": "2026-4"}
    other.decision = other.decision | {"facts": other.decision["facts"] | {"联合协议编号": "2026-4"}}
    other.save(force_insert=True)
    with pytest.raises(Refused, match="只剩"):
        city.notice(other, number="澄科公示〔2026〕9号")


def test_what_is_published_is_what_was_decided(city, round):
    case = decided(city, round, "300000")
    correct = {"why": "抄错一位", "actor": city.clerk, "now": city.now}
    Case.objects.filter(pk=case.pk).update(facts=case.facts | {"approved_yuan": "200000"})
    with pytest.raises(Refused, match="重新决定"):
        city.notice(case)
    case = city.step(case, "decide_again", city.clerk)
    assert (case.state, case.granted_fen) == ("noticing", 200_000 * YUAN)
    notice = city.notice(case)
    text = "公示的金额与任务书第三条写的金额不一致，请核对原件"
    objection = notices.object_to(item=notice.items.get(), name="李四", phone="13800000000", text=text, now=city.now)
    case.refresh_from_db()
    actions.correct_facts(case=case, facts={"approved_yuan": "100000"}, seen_version=case.version, **correct)
    notices.answer(
        objection=objection, is_upheld=False, text="已经核对任务书原件，说明如下", actor=city.clerk, now=city.now
    )
    with pytest.raises(Refused, match="重新决定"):
        city.step(case, "resume", city.clerk)
    case = city.step(case, "restart", city.clerk)
    assert (case.state, case.granted_fen) == ("noticing", 100_000 * YUAN)
