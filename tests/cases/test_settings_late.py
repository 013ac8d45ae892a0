"""A setting for a day gone by: no case that was accepted or decided gets another standard by it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.cases.words import applied, listed
from triplehelix.procedure.cases import actions
from triplehelix.procedure.terms import actions as terms
from triplehelix.procedure.terms.models import Settled
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.trail.models import Entry

TODAY, DAY = date(2026, 6, 9), timedelta(days=1)


@pytest.fixture
def settle(city):
    def made(code, value, since):
        return terms.settle(
            code=code, value=value, since=since, document="澄科字〔2026〕9号", actor=city.clerk, now=city.now
        )

    return made


@pytest.mark.parametrize("since", [date(2026, 1, 1), TODAY - DAY, TODAY])
def test_the_standard_of_a_case_is_not_changed_behind_it(city, settle, since):
    cases = listed(city, 7)
    assert {case.judged_on for case in cases} == {TODAY}
    rows = Entry.objects.count()
    with pytest.raises(Invalid) as why:
        settle("rd_percent", "3%", since)
    assert set(why.value.errors) == {"since"}
    said = why.value.errors["since"]
    assert said.startswith(f"{TODAY} 起已有 7 件") and f"请从 {TODAY + DAY} 或以后起施行" in said
    assert cases[0].number in said and cases[4].number in said and cases[5].number not in said
    assert not Settled.objects.exists() and Entry.objects.count() == rows
    assert settle("rd_percent", "3%", TODAY + DAY).value


def test_what_changes_nothing_for_any_case_may_be_set_for_days_gone_by(city, settle):
    assert settle("rd_percent", "3%", date(2026, 5, 1)).value  # nobody was judged by the other one
    listed(city)
    assert settle("rd_percent", "3%", TODAY).value  # the same value, by another document
    # Of these days another award's cases were judged, and by that setting the later one counts for ours.
    assert settle("manager_reward", {"初级": "1000", "中级": "2000", "高级": "3000"}, date(2026, 1, 1)).value
    assert settle("rd_percent", "2%", date(2026, 4, 1)).value


def test_what_was_open_when_a_case_was_accepted_is_set_for_that_day_and_once(city, settle):
    held = actions.open_round(
        award_code="M3.2-city-grant", lane="ordinary", title="市重点研发计划", year=2026, opens_on=date(2026, 6, 1),
        closes_on=date(2026, 6, 30), actor=city.clerk, now=city.now,
    )  # fmt: skip
    case, member = applied(city, held)
    for step, by in (("submit", member), ("unit_pass", member), ("recommend", city.county), ("accept", city.clerk)):
        case = city.step(case, step, by)
    assert case.judged_on == timezone.localdate(city.now) == TODAY
    assert settle("city_grant_most", "500000", date(2026, 1, 1)).value
    with pytest.raises(Invalid, match=case.number):
        settle("city_grant_most", "900000", TODAY)
    assert settle("city_grant_most", "900000", TODAY + DAY).value


def test_what_was_refused_was_judged_too(city, settle):
    (case,) = listed(city)
    case = city.step(case, "hold_again", city.clerk, "再核对")
    city.step(case, "drop", city.clerk, "不再符合")
    with pytest.raises(Invalid, match=case.number):
        settle("rd_percent", "3%", TODAY)
