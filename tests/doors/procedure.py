"""The city of the procedure's tests for pages and calls, which ask the clock: rounds, a case, a drawn panel."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.utils import timezone

from tests.cases import city as words
from tests.cases.words import SUMMARY, to_review
from triplehelix.fund import actions as fund
from triplehelix.procedure.cases import actions
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.panels import actions as panels
from triplehelix.records.parties import actions as parties


@pytest.fixture
def city(db):
    """The city of the procedure's tests, now: pages ask the clock."""
    now = timezone.now()
    year = timezone.localdate(now).year
    fund.appropriate(year=year, document="澄财教〔2026〕1号", actor=None, now=now)
    for use in ("platform", "research", "talent", "separate"):
        fund.open_purse(year=year, use=use, amount_fen=5 * words.MILLION, actor=None, now=now)
    return words.City(
        clerk=words.account_for("clerk@kjj.example", "city_officer", now=now),
        finance=words.account_for("f@czj.example", "finance_officer", now=now),
        county=words.account_for("c@yanggu.example", "county_officer", "371521", now=now),
        auditor=words.account_for("a@sjj.example", "auditor", now=now),
        parties=parties, since=words.SINCE, now=now,
    )  # fmt: skip


def round_of(city, award="M3.2-city-grant", lane="ordinary", **more):
    today = timezone.localdate(city.now)
    given = {"title": "一批", "year": today.year, "opens_on": today, "closes_on": today + timedelta(days=30)} | more
    return actions.open_round(award_code=award, lane=lane, actor=city.clerk, now=city.now, **given)


def to_confirm(city, confirmed=True):
    """A reward of 50,000 yuan whose firm has confirmed (or may), and the firm's member."""
    round = round_of(city, award="M5.4", lane="entitled", title="研发投入奖励")
    firm, member = city.firm()
    case = Case.objects.create(
        number="M5.4-2026-0001", round=round, award_code="M5.4", lane="entitled", year=round.year, organisation=firm,
        title=round.title, state="screening", created_at=city.now, changed_at=city.now,
        facts={"above_scale": True, "accurate": True, "rd_expense_yuan": "1000000", "rd_expense_last_year_yuan": None,
               "reported_before": False},
    )  # fmt: skip
    city.step(case, "invite", city.clerk)
    city.account(case, member)
    if not confirmed:
        return case, member
    return city.step(case, "confirm", member), member


@pytest.fixture
def reviewed(city):
    """A round with one case under review and a drawn panel."""

    experts = []
    for n in range(6):
        home = parties.register_organisation(
            uscc=words.uscc(500 + n), name=f"第{n}研究所", type="科研院所", region="", unit="", actor=None, now=city.now
        )
        parties.confirm_organisation(organisation=home, actor=city.clerk, now=city.now)
        for k in range(3):
            person = parties.register_person(
                name=f"专家{n}{k}", home=home, title="教授", discipline="机械工程", actor=None, now=city.now
            )
            account = parties.create_account(
                email=f"e{n}{k}@inst.example", name=person.name, password=None, actor=None, now=city.now
            )
            parties.claim_person(person=person, account=account, actor=city.clerk, now=city.now)
            experts.append(person)
    round = round_of(city)
    firm, member = city.firm("澄湖精密轴承有限公司")
    case = actions.start(round=round, organisation=firm, title="澄湖精密轴承的渗碳工艺", actor=member, now=city.now)
    facts = {"registered_in_city": True, "has_firm_and_school": True, "leader_running_projects": 0}
    facts |= {"agreement_no": "2026-3"}
    actions.write(
        case=case, facts=facts, summary=SUMMARY + "由澄湖精密轴承有限公司周工牵头。", leader="周工",
        actor=member, now=city.now,
        seen_version=case.version,
    )  # fmt: skip
    to_review(city, case, member)
    panels.draw_panel(
        round=round, sheet="project", size=5, per_case=5, outside=Fraction(1, 2), actor=city.clerk, now=city.now
    )
    return round, case
