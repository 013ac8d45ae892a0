"""The invented city at work: its offices, a firm, what it needs and offers, its fund, an application."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from tests.market.sheets import code
from tests.packs.city import MEASURES, made
from triplehelix.fund import actions as fund
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings import actions as listings
from triplehelix.market.needs.models import Need
from triplehelix.procedure.cases import actions as cases
from triplehelix.procedure.cases import papers
from triplehelix.procedure.cases.models import Case
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.reference import calendar
from triplehelix.records.steps.actions import take

SINCE = date(2026, 3, 1)
UNIT = "990121"
LISTING = {
    "title": "丝绸染色后三天就褪色", "text": "真丝面料活性染色后三天褪色，皂洗牢度只有二级，希望达到四级而不改变手感。",
    "field": "新材料", "chain": "YZ1", "region": "990121",
}  # fmt: skip


@pytest.fixture
def pack(tmp_path, settings):
    """The invented city's pack is the one of the site."""
    settings.PACK_DIR, settings.MEASURES = made(tmp_path), MEASURES
    calendar.cache_clear()
    yield settings.PACK_DIR
    calendar.cache_clear()


def person(name, now):
    return parties.create_account(email=f"{name}@example.com", name=name, password=None, actor=None, now=now)


def _listed(model, firm, clerk, now):
    listing = listings.create(model=model, organisation=firm, values=LISTING, actor=clerk, now=now)
    return take(case=listing, step="publish", actor=clerk, now=now, seen_version=listing.version)


@pytest.fixture
def city(pack, db):
    """Everybody by what they do, and one of everything a page shows."""
    now = timezone.now()
    today = timezone.localdate(now)
    people = SimpleNamespace(now=now)
    roles = {"officer": "city_officer", "finance": "finance_officer", "auditor": "auditor", "county": "county_officer"}
    for name, role in roles.items():
        account = person(name, now)
        unit = UNIT if role == "county_officer" else ""
        parties.appoint(account=account, role=role, unit=unit, since=SINCE, actor=None, now=now)
        setattr(people, name, account)
    people.clerk, people.newcomer = person("clerk", now), person("newcomer", now)
    firm = parties.register_organisation(
        uscc=code(9001), name="云溪丝绸厂", type="企业", region="990121", unit=UNIT, actor=None, now=now
    )
    people.firm = parties.confirm_organisation(organisation=firm, actor=people.officer, now=now)
    parties.add_member(account=people.clerk, organisation=firm, role="admin", since=SINCE, actor=None, now=now)
    people.need = _listed(Need, firm, people.clerk, now)
    people.achievement = _listed(Achievement, firm, people.clerk, now)
    fund.appropriate(year=today.year, document="云财〔2026〕1号", actor=people.finance, now=now)
    fund.open_purse(year=today.year, use="services", amount_fen=10**8, actor=people.finance, now=now)
    people.round = cases.open_round(
        award_code="M4.16", lane="quick", title="科技创新券", year=today.year, opens_on=today,
        closes_on=today + timedelta(days=60), actor=people.officer, now=now,
    )  # fmt: skip
    people.case = cases.start(round=people.round, organisation=firm, title="中试", actor=people.clerk, now=now)
    return people


def handed_in(city):
    """The case with its facts and papers, submitted."""
    facts = {"service_cost_yuan": "300000", "not_related": True, "contract_no": "HT-1"}
    case = cases.write(
        case=city.case, facts=facts, title="中试", actor=city.clerk, now=city.now, seen_version=city.case.version
    )
    for name in papers.missing(case):
        cases.add_paper(case=case, name=name, said="原件交窗口", actor=city.clerk, now=city.now)
    case.refresh_from_db()
    return take(case=case, step="submit", actor=city.clerk, now=city.now, seen_version=case.version)


@pytest.fixture
def deciding(city):
    """The firm's case of an award, at its decision: (code, facts) → Case."""
    today, rounds = timezone.localdate(city.now), {}

    def made(code, facts):
        if code not in rounds:
            rounds[code] = cases.open_round(
                award_code=code, lane="quick", title=code, year=today.year, opens_on=today,
                closes_on=today + timedelta(days=60), actor=city.officer, now=city.now,
            )  # fmt: skip
        case = cases.start(round=rounds[code], organisation=city.firm, title="件", actor=city.clerk, now=city.now)
        case = cases.write(case=case, facts=facts, actor=city.clerk, now=city.now, seen_version=case.version)
        Case.objects.filter(pk=case.pk).update(state="deciding")
        return Case.objects.get(pk=case.pk)

    return made
