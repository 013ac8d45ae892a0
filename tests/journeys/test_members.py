"""Somebody has left a firm: its officer finds the firm, ends it, and what the other had open is closed."""

import pytest
from django.utils import timezone

from tests.journeys import desk
from tests.journeys.desk import account
from tests.journeys.looking import look
from tests.journeys.market import person, sign_in
from triplehelix.records.parties import actions as parties

LEFT = "left@example.com"


@pytest.fixture
def firm(transactional_db):
    account("county@example.com", "贺云岫", "county_officer", "371521")
    made, _clerk = desk.firm(8300, "谷阳县示例铜业", "stays@example.com")
    person(LEFT, made)
    asks = parties.create_account(
        email="asks@example.com", name="阮砺石", password=None, actor=None, now=timezone.now()
    )  # fmt: skip
    parties.claim_organisation(account=asks, uscc=made.uscc, name=made.name, now=timezone.now())
    return made


def test_who_left_is_found_and_ended(page, second, firm):
    second.expected = [403]
    sign_in(second, LEFT)
    assert second.goto("/needs/new/").status == 200
    sign_in(page, "county@example.com")
    page.click("main .acts >> text=单位")
    page.fill("[name=q]", "示例铜")
    page.press("[name=q]", "Enter")
    page.click("text=谷阳县示例铜业")
    page.click("main .acts >> text=单位成员")
    page.click("tr:has-text('阮砺石') >> text=同意为经办人")
    page.locator("tr:has-text('阮砺石') >> text=结束").wait_for()
    page.click(f"tr:has-text('{LEFT}') >> text=结束")
    page.fill("[name=why]", "离职")
    page.click("main button:has-text('结束单位成员')")
    page.locator("text=不再代表").first.wait_for()
    assert page.locator("tbody tr", has_text=LEFT).count() == 0
    assert second.goto("/needs/new/").status == 403


def test_the_pages_are_for_everybody(page, firm):
    sign_in(page, "county@example.com")
    one = firm.memberships.get(account__email=LEFT)
    look(page, "/organisations/", f"/organisations/{firm.pk}/members/", f"/members/{one.pk}/end/")
