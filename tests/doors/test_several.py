"""One person for two funds or two organisations: each is acted for, and the other is not in the way."""

import pytest
from django.test import Client
from django.utils import timezone

from tests.doors.callers import Caller, done, fields
from tests.equity.words import WAN, Equity
from tests.market.conftest import member
from triplehelix.market.equity.models import Deal, Interest, Registration
from triplehelix.market.finance.models import Qualification


@pytest.fixture
def city(officer, firm, clerk):
    """The partner acts for both funds."""
    made = Equity(officer=officer, firm=firm, clerk=clerk, now=timezone.now())
    member(made.partner, made.other_fund.organisation)
    return made


@pytest.fixture
def partner(city):
    browser = Client()
    browser.force_login(city.partner)
    return browser


def deal(city, **more):
    return {
        "uscc": city.firm.uscc, "mode": "equity", "round": "a", "ticket_fen": "500", "pre_fen": "4500",
        "post_fen": "5000", "number": "TZ-1", "signed_on": str(city.today),
    } | more  # fmt: skip


def test_a_deal_is_entered_for_the_fund_that_was_chosen(city, partner):
    answer = partner.post("/equity/deals/new/", deal(city))
    assert answer.status_code == 422 and "fund" in answer.context["form"].errors
    for fund in (city.fund, city.other_fund):
        assert partner.post("/equity/deals/new/", deal(city, fund=str(fund.pk))).status_code == 302
    assert {one.fund for one in Deal.objects.all()} == {city.fund, city.other_fund}


def test_who_acts_for_one_fund_is_not_asked_which(city):
    other = Client()
    other.force_login(city.other_partner)
    assert other.post("/equity/deals/new/", deal(city)).status_code == 302
    assert Deal.objects.get().fund == city.other_fund


def test_each_fund_asks_about_a_project(city, partner):
    project = city.project()
    address = f"/equity/projects/{project.pk}/interest/"
    assert partner.post(address, {"text": "想看中试数据"}).status_code == 422
    assert partner.post(address, {"text": "想看中试数据", "fund": str(city.fund.pk)}).status_code == 302
    assert partner.post(address, {"text": "想看中试数据"}).status_code == 302, "only the other one is left"
    assert {one.fund for one in Interest.objects.all()} == {city.fund, city.other_fund}
    assert partner.post(address, {"text": "想看中试数据", "fund": str(city.fund.pk)}).status_code == 409


def test_a_program_names_the_fund(city):
    key, project = Caller(city.partner), city.project()
    given = {
        "firm": city.firm.uscc, "mode": "equity", "round": "a", "ticket_fen": 500 * WAN, "pre_fen": 4500 * WAN,
        "post_fen": 5000 * WAN, "number": "TZ-1", "signed_on": str(city.today),
    }  # fmt: skip
    assert list(fields(key.post("/api/equity/deals", given))) == ["fund"]
    assert list(fields(key.post("/api/equity/deals", given | {"fund": city.firm.uscc}))) == ["fund"]
    fund = {"fund": city.other_fund.organisation.uscc}
    assert done(key.post("/api/equity/deals", given | fund), 201)["fund"] == city.other_fund.organisation.name
    address = f"/api/equity/projects/{project.pk}/interest"
    assert list(fields(key.post(address, {"text": "想看中试数据"}))) == ["fund"]
    assert key.post(address, {"text": "想看中试数据"} | fund).status_code == 204


def test_a_proof_is_of_the_firm_that_was_chosen(city):
    other, _their_clerk = city.firm_of(8850, "阿城另一家")
    member(city.clerk, other)
    clerk = Client()
    clerk.force_login(city.clerk)
    year = timezone.localdate().year
    proof = {"kind": "credit", "year": str(year), "number": "KRX-1"}
    answer = clerk.post("/finance/qualifications/", proof)
    assert answer.status_code == 422 and list(answer.context["form"].errors) == ["firm"]
    assert clerk.post("/finance/qualifications/", proof | {"firm": str(other.pk)}).status_code == 302
    assert Qualification.objects.get().organisation == other


def test_each_organisation_comes_to_a_roadshow_and_stays_away(city, partner):
    event = city.event()
    address, homes = f"/roadshows/{event.pk}/", (city.fund.organisation, city.other_fund.organisation)
    assert partner.post(f"{address}register/", {"people": "1"}).status_code == 422
    for home in homes:
        said = {"people": "1", "organisation": str(home.pk)}
        assert partner.post(f"{address}register/", said).status_code == 302
    rows = list(Registration.objects.order_by("pk"))
    assert [row.organisation for row in rows] == list(homes)
    assert all(home.name in partner.get(address).text for home in homes)
    for row in rows:
        cancel = {"act": "cancel", "registration": str(row.pk)}
        assert partner.post(f"{address}register/", cancel).status_code == 302
        assert partner.post(f"{address}register/", cancel).status_code == 404
    assert not Registration.objects.filter(cancelled_at=None).exists()
