"""A year's fund, firms, offices and rounds, for the tests of the procedure."""

from datetime import date

import pytest

from tests.cases.city import MILLION, NOW, City, account_for, uscc
from triplehelix.fund import actions as fund
from triplehelix.procedure.cases import actions
from triplehelix.procedure.panels import check
from triplehelix.procedure.terms import actions as terms
from triplehelix.records.parties import actions as parties


@pytest.fixture(autouse=True)
def as_the_trail_says(db, request):
    """Whatever a test has done with a review, its rows are what the trail last said of them."""
    yield
    assert bool(list(check.problems())) == ("forged" in request.fixturenames)


@pytest.fixture
def city(db):
    """A clerk, a finance officer, a county officer, an auditor; 20,000,000 yuan in purses for every use."""
    clerk = account_for("clerk@kjj.example", "city_officer")
    finance = account_for("f@czj.example", "finance_officer")
    fund.appropriate(year=2026, document="澄财教〔2026〕1号", actor=None, now=NOW)
    for use in ("platform", "research", "talent", "separate"):
        fund.open_purse(year=2026, use=use, amount_fen=5 * MILLION, actor=None, now=NOW)
    return City(
        clerk=clerk,
        finance=finance,
        county=account_for("c@yanggu.example", "county_officer", "371521"),
        auditor=account_for("a@sjj.example", "auditor"),
        parties=parties,
        since=date(2025, 1, 1),
    )


@pytest.fixture
def round(city):
    terms.settle(
        code="city_grant_most",
        value="500000",
        since=date(2026, 1, 1),
        document="聊科字〔2026〕3号",
        actor=city.clerk,
        now=NOW,
    )
    return actions.open_round(
        award_code="M3.2-city-grant", lane="ordinary", title="2026 年市重点研发计划", year=2026,
        opens_on=date(2026, 6, 1), closes_on=date(2026, 6, 30), quota=1, places=1, actor=city.clerk, now=city.now,
    )  # fmt: skip


@pytest.fixture
def experts(city):
    """24 experts of eight institutes of another city, each with an account."""
    made = []
    for n in range(8):
        home = parties.register_organisation(
            uscc=uscc(500 + n), name=f"第{n}研究所", type="科研院所", region="", unit="", actor=None, now=NOW
        )
        parties.confirm_organisation(organisation=home, actor=city.clerk, now=NOW)
        for k in range(3):
            person = parties.register_person(
                name=f"专家{n}{k}",
                home=home,
                title="教授",
                discipline="机械工程",
                about="轴承热处理与疲劳",
                actor=None,
                now=NOW,
            )
            account = parties.create_account(
                email=f"e{n}{k}@inst.example", name=person.name, password=None, actor=None, now=NOW
            )
            parties.claim_person(person=person, account=account, actor=city.clerk, now=NOW)
            made.append(person)
    return made
