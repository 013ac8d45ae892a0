"""Rounds the policy plans: shown to the office with their days, opened by it and by nobody else."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.packs.yunze.m5_21 import AWARD, WORDS
from triplehelix.policy.article import DeclarationError
from triplehelix.policy.plan import Planned, check_rounds
from triplehelix.procedure.cases import actions as cases
from triplehelix.procedure.cases import planned
from triplehelix.procedure.cases.models import Round
from triplehelix.records.parties.reference import calendar

ALWAYS = (2026, None)


def named(today):
    return [(one.title, one.opens_on, one.closes_on) for one in planned.coming(today)]


def opened(city, opens_on, closes_on):
    return cases.open_round(
        award_code="M5.21", lane="quick", title="另一个名称", year=opens_on.year, opens_on=opens_on,
        closes_on=closes_on, actor=city.officer, now=city.now,
    )  # fmt: skip


def test_what_runs_and_what_comes_within_a_quarter_with_days_of_rest_moved_on(city):
    """1 October is the national day: people work again on the 8th. 31 October is a Saturday: the last day is Monday."""
    autumn = ("企业博士后生活补贴第三季度（2026年）", date(2026, 10, 8), date(2026, 11, 2))
    summer = ("企业博士后生活补贴第二季度（2026年）", date(2026, 7, 1), date(2026, 7, 31))
    assert named(date(2026, 7, 1)) == [summer, autumn]
    assert named(date(2026, 6, 30)) == [summer]
    assert named(date(2026, 8, 1)) == [autumn]
    assert named(date(2026, 5, 1)) == [summer]


def test_a_year_whose_days_of_rest_nobody_knows_is_not_guessed(city, settings):
    settings.CITY_CALENDARS = ()
    calendar.cache_clear()
    (only,) = planned.coming(date(2026, 11, 20))
    assert (only.year, only.name, only.opens_on, only.closes_on) == (2027, "上年第四季度", None, None)
    # Nor is anything planned for a year before the policy or after it.
    assert planned.coming(date(2025, 8, 1)) == []
    assert Planned("春", (3, 1), (3, 31), WORDS, (2026, 2026)).in_year(2027) is None


def test_what_an_officer_has_opened_under_whatever_name_is_no_more_to_be_opened(city):
    today = date(2026, 7, 1)
    opened(city, date(2026, 7, 2), date(2026, 7, 20))
    assert [one.name for one in planned.coming(today)] == ["第三季度"]
    assert planned.of_key("M5.21/2026/2", today) is None
    assert planned.of_key("M5.21/2026/3", today).name == "第三季度"


def test_an_officer_opens_one_with_its_days_filled_in_and_a_firm_sees_nothing_of_it(city, client):
    today = timezone.localdate(city.now)
    one = planned.coming(today)[0]
    client.force_login(city.officer)
    page = client.get("/rounds/")
    assert page.context["planned"][0].key == one.key and one.title in page.content.decode()
    form = client.get("/rounds/new/", {"plan": one.key}).context["form"]
    begun = {name: form.initial[name] for name in ("award", "lane", "title", "year", "opens_on", "closes_on")}
    assert begun == {
        "award": "M5.21", "lane": "quick", "title": one.title, "year": one.year, "opens_on": one.opens_on,
        "closes_on": one.closes_on,
    }  # fmt: skip
    assert Round.objects.filter(award_code="M5.21").count() == 0  # nothing opens by itself
    days = {"opens_on": one.opens_on or today, "closes_on": one.closes_on or today + timedelta(days=120)}
    assert client.post("/rounds/new/", begun | days | {"notice_days": 5}).status_code == 302
    assert one.key not in [other.key for other in planned.coming(today)]
    client.force_login(city.clerk)
    assert client.get("/rounds/").context["planned"] == []
    assert client.get("/api/rounds/planned").status_code == 404
    client.force_login(city.officer)
    assert one.title not in [row["title"] for row in client.get("/api/rounds/planned").json()]
    assert client.get("/rounds/new/", {"plan": "M5.21/1999/1"}).context["plan"] is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "needs its name"),
        ({"closes": (2, 29)}, r"closes is \(month, day\) of every year, \(3, 31\), not \(2, 29\)"),
        ({"opens": date(2026, 1, 1)}, "opens is"),
        ({"years": (2027, 2026)}, "its last year 2026 is before its first, 2027"),
    ],
)
def test_a_plan_that_cannot_be_is_told(wrong, said):
    with pytest.raises(DeclarationError, match=said):
        Planned(**({"name": "春", "opens": (3, 1), "closes": (3, 31), "article": WORDS, "years": ALWAYS} | wrong))


def test_plans_are_told_apart_and_stand_on_the_award_s_clauses():
    one = Planned("春", (12, 1), (1, 15), WORDS, ALWAYS)
    assert one.in_year(2026) == (date(2026, 12, 1), date(2027, 1, 15))
    assert one.written == "春（每年12月1日至次年1月15日）"
    with pytest.raises(DeclarationError, match="plans 春 twice"):
        check_rounds("M5.21", (one, one), {WORDS.ref})
    with pytest.raises(DeclarationError, match="第二十一条 is cited by a planned round"):
        check_rounds("M5.21", (one,), {"第一条"})
    assert len(AWARD.rounds) == 4
