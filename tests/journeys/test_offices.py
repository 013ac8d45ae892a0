"""A new city's first officer appoints somebody of a county, who works, leaves, and finds nothing any more."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.journeys.desk import account
from tests.journeys.looking import look
from tests.journeys.market import sign_in
from triplehelix.records.parties import actions as parties

DESK = "/funnel/needs/?unit=371521"


@pytest.fixture
def people(transactional_db):
    account("first@kjj.example", "梁叙白")
    call_command("appoint", "first@kjj.example", "city_officer", verbosity=0)
    account("county@kjj.example", "贺云岫")


def test_an_office_is_given_used_and_taken_away(page, second, people):
    second.expected.append(404)
    sign_in(second, "county@kjj.example")
    assert second.goto(DESK).status == 404

    sign_in(page, "first@kjj.example")
    page.click("main >> text=职务")
    page.fill("aside [name=email]", "county@kjj.example")
    page.select_option("aside [name=role]", "county_officer")
    page.fill("aside [name=document]", "澄科任〔2026〕3号")
    page.expected.append(422)
    page.click("aside button:has-text('任命')")
    page.locator("text=请选择县市区或开发区").first.wait_for()
    page.select_option("aside [name=unit]", "371521")
    page.click("aside button:has-text('任命')")
    page.locator("text=已任命：贺云岫").wait_for()

    assert second.goto(DESK).status == 200
    second.goto("/todo/")
    assert "阳谷县" in second.locator("main header").inner_text()

    page.click("tr:has-text('贺云岫') >> text=结束")
    page.fill("[name=why]", "调任县行政审批服务局")
    page.click("main button:has-text('结束职务')")
    page.locator("text=贺云岫不再担任").wait_for()
    assert page.locator("tr", has_text="贺云岫").count() == 0
    assert second.goto(DESK).status == 404
    page.click("text=已经结束")
    page.locator("tr:has-text('贺云岫') >> text=调任县行政审批服务局").wait_for()


def test_the_pages_are_for_everybody(page, people):
    for n, role in enumerate(("auditor", "technology_manager", "county_officer")):
        made = account(f"{role}@kjj.example", f"第{n}位")
        held = parties.appoint(
            account=made, role=role, unit="371521" if role == "county_officer" else "", actor=None, now=timezone.now(),
            since=timezone.localdate(), until=timezone.localdate() + timedelta(days=90), document="澄科任〔2026〕4号",
        )  # fmt: skip
    parties.end_office(office=held, until=None, why="借调结束", actor=None, now=timezone.now())
    sign_in(page, "first@kjj.example")
    look(page, "/offices/", "/offices/?over=1", f"/offices/{made.offices.get().pk}/end/")
