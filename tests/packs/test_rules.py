"""Kinds of rules other cities have and the first has not, at work: a cap over several awards, months summed up."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from triplehelix.doors.web import act_forms
from triplehelix.doors.web.views.terms import TermForm
from triplehelix.foundation.dated import undecided
from triplehelix.policy.answer import as_json
from triplehelix.policy.settle import from_plain, read_value, to_plain
from triplehelix.policy.terms import day_term
from triplehelix.procedure.cases import actions as cases
from triplehelix.procedure.cases import earlier, eligibility, judge
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.letters import reasons
from triplehelix.procedure.notices import actions as notices
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take


def decided(city, case, note=""):
    case = take(case=case, step="decide", actor=city.officer, now=city.now, seen_version=case.version, note=note)
    return case.granted_fen // 100


def sale(number, wan):
    return {"is_registered": True, "sale_no": number, "contract_paid_yuan": wan * 10_000}


def voucher(number, yuan):
    return {"service_cost_yuan": yuan, "not_related": True, "contract_no": number}


def test_a_year_s_cap_over_several_awards_holds_in_whichever_order(city, deciding):
    """第十八条: 300,000 yuan a year under the chapter; 20 + 10 = 30, and nothing is left for the broker's share."""
    assert decided(city, deciding("M4.17-buyer", sale("1", 300))) == 200_000
    # A voucher of 300,000 yuan comes to 110,000 and is left 100,000 by the sale.
    assert decided(city, deciding("M4.16", voucher("1", 300_000))) == 100_000
    third = deciding("M4.17-broker", sale("2", 600))
    assert judge.given(third)["given_chapter_yuan"] == "300000.00"
    with pytest.raises(Refused, match="应给的金额是零"):
        decided(city, third)


def test_what_is_taken_back_of_one_is_free_for_another_and_what_counted_it_stands(city, deciding):
    first, second = deciding("M4.17-buyer", sale("1", 300)), deciding("M4.16", voucher("1", 300_000))
    decided(city, first), decided(city, second)
    assert second.pk and Case.objects.get(pk=second.pk).decision["given_in"] == [first.number]
    # Decided anew the first may not grow under the second, which has taken it off.
    first = cases.correct_facts(
        case=Case.objects.get(pk=first.pk), facts={"contract_paid_yuan": 4_000_000}, actor=city.officer, now=city.now,
        why="补交发票",
    )  # fmt: skip
    with pytest.raises(Refused, match=second.number):
        take(case=first, step="decide_again", actor=city.officer, now=city.now, seen_version=first.version)
    Case.objects.filter(pk=first.pk).update(state="rejected", granted_fen=None)
    assert decided(city, deciding("M4.17-broker", sale("2", 900))) == 90_000


def test_another_firm_s_and_another_year_s_grants_do_not_count(city, deciding):
    decided(city, first := deciding("M4.17-buyer", sale("1", 600)))
    Case.objects.filter(pk=first.pk).update(year=city.now.year - 1)
    assert decided(city, deciding("M4.17-buyer", sale("2", 100))) == 100_000


def test_awards_that_count_each_other_wait_for_each_other(city, deciding):
    """The thing that is held is the same for all of them, and held in one order."""
    one, other = deciding("M4.16", voucher("1", 1)), deciding("M4.17-broker", sale("1", 1))
    things = [{earlier._thing(case, rule) for rule in case.award.earlier} for case in (one, other)]
    assert things[1] < things[0] and len(things[0]) == 2


def quarter(name, months):
    who = {"person": "秦未央", "id_tail": "0018", "registered_in_city": True}
    return who | {"quarter": name, "months": months}


def test_months_are_summed_up_over_the_quarters_whichever_firm_asks(city, deciding):
    for n in range(1, 8):
        assert decided(city, deciding("M5.21", quarter(f"第 {n} 季", 3))) == 15_000
    last = deciding("M5.21", quarter("第 8 季", 3))
    assert judge.given(last)["months_before"] == 21
    assert decided(city, last) == 15_000
    with pytest.raises(Refused, match="应给的金额是零"):
        decided(city, deciding("M5.21", quarter("第 9 季", 3)))
    # Months whose money was refused are no months.
    Case.objects.filter(pk=last.pk).update(state="rejected", granted_fen=None)
    assert decided(city, deciding("M5.21", quarter("第 10 季", 2))) == 10_000


def test_a_case_of_a_prize_from_application_to_the_notice(city, deciding):
    case = deciding("M5.22", {"level": "national", "rank": "first", "prize_yuan": "200000", "certificate_no": "J-1"})
    assert decided(city, case) == 300_000
    notices.publish(
        cases=[Case.objects.get(pk=case.pk)], number="云科公示〔2026〕2号", title="名单", objections_to="监督科",
        actor=city.officer, days=7, now=city.now,
    )  # fmt: skip
    assert Case.objects.get(pk=case.pk).state == "on_notice"


def test_stages_whose_parts_the_policy_fixes(city):
    """第十二条第三款: 40%, 30% and 30% of what was granted, and no other plan; the form begins with them."""
    today = timezone.localdate(city.now)
    round = cases.open_round(
        award_code="M3.12", lane="ordinary", title="揭榜", year=today.year, opens_on=today,
        closes_on=today + timedelta(days=60), actor=city.officer, now=city.now,
    )  # fmt: skip
    case = cases.start(round=round, organisation=city.firm, title="染色", actor=city.clerk, now=city.now)
    Case.objects.filter(pk=case.pk).update(state="agreeing", granted_fen=10_000_100, judged_on=today)
    case = Case.objects.get(pk=case.pk)
    form = act_forms.milestones(case, None, None)
    assert [form.initial[f"{key}_{n}"] for n in (1, 2, 3) for key in ("name", "amount")] == [
        "签约", "40000.00", "中期评估", "30000.00", "验收", "30001.00",
    ]  # fmt: skip
    by = {"actor": city.officer, "now": city.now, "seen_version": case.version}
    halves = [("签约", 5_000_100, today), ("验收", 5_000_000, today)]
    with pytest.raises(Invalid, match=r"应依次为：签约 40,000\.00 元、中期评估 30,000\.00 元、验收 30,001\.00 元"):
        cases.plan_milestones(case=case, rows=halves, **by)
    plan = [(name, int(fen), today) for name, fen in judge.phases(case)]
    case = cases.plan_milestones(case=case, rows=plan, **by)
    assert [one.amount_fen for one in case.milestones.order_by("seq")] == [4_000_000, 3_000_000, 3_000_100]


GROWING = {"founded_on": "2020-05-20", "rd_spent_yuan": 9_000_000, "rd_before_yuan": 2_000_000, "rd_heads": 24}


def people(*rows):
    return {"people": [{"id": one, "degree": degree, "begun_on": day} for one, degree, day in rows], "asked_year": 2026}


def judged_on(case, day):
    Case.objects.filter(pk=case.pk).update(judged_on=day)
    return Case.objects.get(pk=case.pk)


def test_somebody_engaged_is_paid_for_once_whichever_firm_and_year_and_however_the_number_is_typed(city, deciding):
    day = date(2026, 10, 15)
    first = judged_on(deciding("M5.23", people(("B-1", "doctor", "2026-03-15"), ("B-2", "master", "2026-04-15"))), day)
    assert decided(city, first) == 70_000
    again = people(("ｂ-1", "doctor", "2026-03-15"), ("B-3", "doctor", "2026-04-01")) | {"asked_year": 2027}
    second = judged_on(deciding("M5.23", again), day)
    (found,) = eligibility.given_before(second)
    assert found.blocks and found.cases == (first.number,)
    assert found.message == f"“引进人才 ｂ-1”已在别的办件里申报过（{first.number}），每一行只给一次：请去掉这些行"
    with pytest.raises(Refused, match="每一行只给一次"):
        decided(city, second)
    # A row that did not count there is none that was given: half a year had not passed.
    Case.objects.filter(pk=first.pk).update(facts=first.facts | people(("B-1", "doctor", "2026-05-20")))
    assert [*eligibility.given_before(second)] == []
    Case.objects.filter(pk=first.pk).update(facts=first.facts)
    # A case from before the award said so has no keys of its rows: they are read.
    Case.objects.filter(pk=first.pk).update(keys={})
    assert [*eligibility.given_before(second)] == [found]
    # Nothing is in the way when the first has failed, or the row is taken out.
    Case.objects.filter(pk=first.pk).update(state="rejected", granted_fen=None)
    assert [*eligibility.given_before(second)] == []


def test_each_of_several_awards_decides_by_its_own_day(city, deciding):
    """The day whose law counts is that of acceptance: it is not younger by waiting for the decision."""
    facts = GROWING | {"founded_on": "2016-10-15", "rd_spent_yuan": 2_400_000, "rd_year": 2025}
    case = judged_on(deciding("M6.25", facts), date(2026, 10, 15))
    assert decided(city, case) == 40_000
    late = judged_on(deciding("M6.25", facts | {"rd_year": 2026}), date(2026, 10, 16))
    with pytest.raises(Refused, match="成立不满1年，或者超过10年〔受理日（2026-10-16）不早于"):
        decided(city, late)
    (why,) = reasons.refused(as_json(judge.judged(late, date(2026, 10, 16))), "1")
    assert why.startswith("成立不满1年，或者超过10年（依据：第二十五条），核算：受理日（2026年10月16日）不早于")
    assert why.endswith("不晚于2016年10月15日起满“10 年”（2026年10月15日）。")


def test_a_clerk_writes_as_many_rows_as_there_are(city, client, deciding):
    case = deciding("M2.9", {})
    Case.objects.filter(pk=case.pk).update(state="draft")
    client.force_login(city.clerk)
    typed = {"title": "平台", "platform_year": "2025", "save": "1"}
    for n in range(9):
        row = {"id": f"云科平台〔2025〕{n}号", "platform_level": "provincial", "equipment_yuan": "500000"}
        typed |= {f"platforms__{n}__{key}": value for key, value in row.items()}
    address = f"/cases/{case.pk}/edit/"
    page = client.get(address).content.decode()
    assert page.count('class="entry seen"') == 3 and page.count('class="entry"') == 6 and "认定文号" in page
    version = client.get(address).context["case"].version
    assert client.post(address, typed | {"seen_version": version, "version": version}).status_code in (200, 302)
    kept = Case.objects.get(pk=case.pk)
    assert len(kept.facts["platforms"]) == 9
    page = client.get(address).content.decode()
    assert page.count('class="entry seen"') == 9 and page.count('class="entry"') == 9
    answer = client.get("/awards/M2.9/", {key: value for key, value in typed.items() if key not in ("title", "save")})
    # Nine times 50,000, and 200,000 for having three or more.
    assert answer.context["decision"].granted == 65_000_000
    said = answer.content.decode()
    assert "各平台补助〔云科平台〔2025〕8号〕 = 取小（500,000.00 元 × 10%" in said and "省级以上平台数（9" in said


@pytest.mark.parametrize(("codes", "wan"), [(("M6.25", "M6.24"), (60, 10)), (("M6.24", "M6.25"), (20, 50))])
def test_a_cap_over_a_chapter_holds_in_whichever_order_and_names_no_award(city, deciding, codes, wan):
    """第二十四条第二款: 700,000 yuan a year under the chapter."""
    facts = {"M6.25": GROWING | {"rd_year": 2025}, "M6.24": {"recognised_no": "1", "recognised_first": True}}
    assert tuple(decided(city, deciding(code, facts[code])) // 10_000 for code in codes) == wan
    with pytest.raises(Refused, match="应给的金额是零"):
        decided(city, deciding("M6.25", GROWING | {"rd_year": 2026}))
    # What was given under another chapter does not count.
    assert decided(city, deciding("M4.17-buyer", sale("9", 100))) == 100_000


def test_an_office_sets_a_day_the_policy_left_open_by_the_form_of_terms():
    spec = day_term(
        "call_ends", "截止日", undecided("哪一天截止"), mark="assumed", source="第二十三条没有写明"
    ).spec  # fmt: skip
    form = TermForm(spec, {"value": "2026-09-30", "since": "2026-03-01", "document": "云科〔2026〕3号"})
    assert form.is_valid() and form.fields["value"].widget.input_type == "date"
    read = read_value(spec, form.value())
    assert (read, spec.written(from_plain(spec, to_plain(spec, read)))) == (date(2026, 9, 30), "2026-09-30")
