"""A year's fund, firms, offices and rounds, for the tests of the procedure."""

from datetime import date

import pytest

from tests.cases.city import MILLION, NOW, YUAN, City, account_for, uscc
from tests.cases.words import DECISION, confirmed, reach, running
from tests.finance.words import Finance
from triplehelix.fund import actions as fund
from triplehelix.procedure.cases import actions
from triplehelix.procedure.notices import actions as notices
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


@pytest.fixture
def staged(city):
    firm, member = city.firm("澄湖先进铜材研究院有限公司")
    case = actions.open_by_decision(
        award_code="M1.2", year=2026, organisation=firm, title="先进铜材研究院落地", actor=city.clerk, now=city.now
    )
    case = actions.write(case=case, facts=DECISION, actor=city.clerk, now=city.now, seen_version=case.version)
    city.account(case, member)
    city.step(case, "submit", city.clerk)
    case.refresh_from_db()
    actions.confirm_facts(case=case, keys=DECISION, actor=city.clerk, now=city.now, seen_version=case.version)
    derived = {"approved_yuan": "3000000", "proof_is_fresh": True}
    actions.correct_facts(case=case, facts=derived, actor=city.clerk, now=city.now, why="决定书")
    city.step(case, "check", city.clerk)
    case.refresh_from_db()
    return case


@pytest.fixture
def second_ordered(city, staged):
    """A project with the first milestone paid and the second ordered."""
    running(city, staged)
    member = staged.organisation.memberships.get().account
    one, two, _three = staged.milestones.all()
    reach(city, staged, one, member, "实验室建成验收，设备到位清单和登记证书见附件一。")
    city.step(staged, "pay_stage", city.clerk)
    city.bank((city.payments(staged)[0], ""))
    reach(city, staged, two, member, "引进团队十二人，劳动合同和社保缴费证明见附件二。")
    city.step(staged, "pay_stage", city.clerk)
    staged.refresh_from_db()
    return staged


@pytest.fixture
def entitled(city):
    """Two firms whose names the office has listed, confirmed, of a round with a budget for one."""
    return confirmed(city, 2)


@pytest.fixture
def paying(city):
    """A case of 50,000 yuan whose notice is over, nothing ordered yet."""
    (case,) = confirmed(city, budget_fen=50_000 * YUAN)
    city.notice(case)
    city.days(9)
    notices.end_due(now=city.now)
    case.refresh_from_db()
    assert case.state == "paying"
    return case


@pytest.fixture
def bank(city):
    """The finance of the city on a day its rounds are open."""
    made = Finance(officer=city.clerk, now=NOW)
    made.prove()
    return made


@pytest.fixture
def filed(city):
    """A case written by a firm (with its member), its account given: (award, facts, of whom) → Case in its draft."""
    rounds = {}

    def made(code, facts, of=None, year=2026, title="申报", lane="quick"):
        if (code, year) not in rounds:
            rounds[code, year] = actions.open_round(
                award_code=code, lane=lane, title=f"{year} 年", year=year, opens_on=date(2026, 6, 1),
                closes_on=date(2026, 12, 31), actor=city.clerk, now=city.now,
            )  # fmt: skip
        firm, member = of or city.firm()
        case = actions.start(round=rounds[code, year], organisation=firm, title=title, actor=member, now=city.now)
        case = actions.write(case=case, facts=facts, actor=member, now=city.now, seen_version=case.version)
        return city.account(case, member)

    return made


@pytest.fixture
def deciding(city, filed):
    """The same, at its decision, whatever bars it: two submitted at one moment may both be there."""

    def made(*args, **given):
        case = filed(*args, **given)
        case.state = "deciding"
        case.save()
        return case

    return made


@pytest.fixture
def post_terms(city):
    for code, value in (("city_post_rate", "20%"), ("city_post_most", "300000")):
        terms.settle(code=code, value=value, since=date(2026, 1, 1), document="文", actor=city.clerk, now=city.now)


@pytest.fixture
def institute(city):
    made = parties.register_organisation(
        uscc=uscc(600), name="东岚理工大学", type="高等学校", region="", unit="", actor=None, now=NOW
    )
    return parties.confirm_organisation(organisation=made, actor=city.clerk, now=NOW)


@pytest.fixture
def expert(institute):
    return parties.register_person(name="容止戈", home=institute, title="教授", discipline="材料", actor=None, now=NOW)
