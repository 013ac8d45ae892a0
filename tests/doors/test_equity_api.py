"""Equity over the API, by keys of a fund and a firm: a deal to its exit, and a project that looks for money."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.doors.callers import Caller, done, fields
from tests.equity.words import WAN, Equity
from triplehelix.market.equity.models import Deal, Project


@pytest.fixture
def city(officer, firm, clerk):
    return Equity(officer=officer, firm=firm, clerk=clerk, now=timezone.now())


def seen(made):
    return Deal.objects.get(pk=made["id"]).version


def test_a_deal_stands_when_the_firm_agrees_and_ends_with_its_exit(city, stranger):
    fund, firm, other = Caller(city.partner), Caller(city.clerk), Caller(city.other_partner)
    day = str(timezone.localdate())
    deal = {
        "firm": city.firm.uscc, "mode": "invest_then_equity", "round": "a", "ticket_fen": 500 * WAN, "number": "TZ-1",
        "signed_on": day, "conversion": "样机通过验收，按下一轮估值的八折转股",
        "convert_by": str(timezone.localdate() + timedelta(days=700)),
    }  # fmt: skip
    assert list(fields(fund.post("/api/equity/deals", deal | {"convert_by": None}))) == ["convert_by"]
    assert firm.post("/api/equity/deals", deal).status_code == 404
    made = done(fund.post("/api/equity/deals", deal), 201)
    address = f"/api/equity/deals/{made['id']}"
    assert fund.step(address, "agree", seen(made)).status_code == 409
    assert Caller(stranger).get(address).status_code == 404 and other.get(address).status_code == 404
    assert done(firm.step(address, "agree", seen(made)))["state"] == "agreed"
    assert done(fund.get(address))["acts"] == ["convert"]
    valued = {"pre_fen": 4000 * WAN, "post_fen": 4500 * WAN, "converted_on": day}
    assert "post_fen" in fields(fund.act(address, "convert", valued | {"post_fen": 4499 * WAN}, seen(made)))
    assert firm.act(address, "convert", valued, seen(made)).status_code == 409
    assert fund.post(f"{address}/acts/convert", valued).status_code == 428
    assert fund.act(address, "convert", valued, 1).status_code == 409, "it has changed since"
    assert done(fund.act(address, "convert", valued, seen(made)))["acts"] == ["exit"]
    end = {"exit_kind": "buyback", "exit_on": day, "exit_fen": 650 * WAN}
    assert done(fund.act(address, "exit", end, seen(made)))["state"] == "exited"


def test_a_project_is_opened_by_its_owner_and_asked_about_by_funds(city, stranger):
    firm, fund = Caller(city.clerk), Caller(city.partner)
    listing = city.published()
    project = {
        "kind": "achievements", "listing": listing.pk,
        "teaser": "不含铬的铜排防变色工艺，两条产线试用半年，求中试资金。",
        "amount_fen": 800 * WAN, "round": "angel", "on_stage": True,
    }  # fmt: skip
    assert list(fields(firm.post("/api/equity/projects", project | {"teaser": "短"}))) == ["teaser"]
    assert Caller(stranger).post("/api/equity/projects", project).status_code == 409
    made = done(firm.post("/api/equity/projects", project), 201)
    address = f"/api/equity/projects/{made['id']}"
    assert fund.post(f"{address}/interest", {"text": "想看检测报告"}).status_code == 204
    assert firm.post(f"{address}/interest", {"text": "想看检测报告"}).status_code == 404
    (talk,) = done(firm.get(address))["talks"]
    assert talk["text"] == "想看检测报告" and done(fund.get(address))["talks"] == [talk]
    assert done(Caller(city.other_partner).get(address))["talks"] == [], "who talks is not for other funds"
    assert Caller(stranger).get(address).status_code == 404
    browser = Client()
    browser.force_login(city.clerk)
    less = {"amount_fen": 500 * WAN, "seen_version": 1}
    changed = browser.patch(address, less, content_type="application/json")
    assert (done(changed)["amount_fen"], changed["ETag"]) == (500 * WAN, '"2"')
    assert browser.patch(address, less, content_type="application/json").status_code == 409
    page = browser.get(f"/equity/projects/{made['id']}/change/")
    form = page.context["form"]
    given = {"teaser": form["teaser"].value(), "amount_fen": "300", "round": "angel", "seen_version": "2"}
    answer = browser.post(f"/equity/projects/{made['id']}/change/", given)
    assert (answer.status_code, Project.objects.get().amount_fen, Project.objects.get().on_stage) == (
        302,
        300 * WAN,
        False,
    )
    assert list(fields(firm.post(f"{address}/close", {"why": ""}))) == ["why"]
    assert done(firm.post(f"{address}/close", {"why": "已找到投资"}))["closed_at"]
    assert Project.objects.get().closed_at
