"""The people of the pages, and one of everything they open."""

from datetime import date, timedelta

import pytest

from tests.contracts.words import PRICE, Market
from tests.equity.words import Equity
from tests.introductions.words import Table
from tests.lists.conftest import published as published_list
from tests.market.conftest import (  # noqa: F401 - fixtures
    NOW,
    SINCE,
    account,
    auditor,
    clerk,
    county,
    firm,
    member,
    office,
    officer,
    organisation,
    other_county,
    stranger,
)
from tests.market.sheets import code, sheet
from tests.market.test_flow import VALUES, draft, published, stepped
from tests.market.test_imports import checked
from triplehelix.fund import actions as fund
from triplehelix.fund.payee import BankAccount
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.introductions import actions as introductions
from triplehelix.matching.saved import actions as saved
from triplehelix.procedure.cases import actions as cases
from triplehelix.procedure.cases.models import Case, Milestone
from triplehelix.procedure.notices import actions as notices
from triplehelix.procedure.openings import actions as openings
from triplehelix.procedure.panels.models import Panel, Seat
from triplehelix.procedure.review.sheets import SHEETS
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import take

__all__ = ["VALUES", "draft", "published", "stepped"]
TODAY = NOW.date()
FACTS = {"above_scale": True, "accurate": True, "rd_expense_yuan": "1000000", "rd_expense_last_year_yuan": None,
         "reported_before": False}  # fmt: skip


def procedure_of(clerk, firm, expert, officer):  # noqa: F811
    """A draft, a case on a notice, a project with a proven milestone, and a seat of the expert."""
    fund.open_purse(year=2026, use="separate", amount_fen=10**9, actor=None, now=NOW)
    given = {"year": 2026, "opens_on": TODAY, "closes_on": date(2027, 12, 31), "actor": None, "now": NOW}
    ordinary = cases.open_round(award_code="M3.2-city-grant", lane="ordinary", title="攻关", **given)
    entitled = cases.open_round(award_code="M5.4", lane="entitled", title="研发投入奖励", **given)
    application = cases.start(round=ordinary, organisation=firm, title="申报稿", actor=clerk, now=NOW)
    common = {"organisation": firm, "year": 2026, "created_at": NOW, "changed_at": NOW}
    filed = Case.objects.create(
        number="M5.4-2026-0900", round=entitled, award_code="M5.4", lane="entitled", title="研发投入奖励", facts=FACTS,
        state="screening", **common,
    )  # fmt: skip
    filed = take(case=filed, step="invite", actor=None, now=NOW, seen_version=1)
    account = BankAccount(firm.name, "6222020200112233445", "澄湖农商银行")
    filed = cases.set_account(case=filed, account=account, actor=clerk, now=NOW, seen_version=filed.version)
    filed = take(case=filed, step="confirm", actor=clerk, now=NOW, seen_version=filed.version)
    notice = notices.publish(
        cases=[filed], number="公示 1", title="拟奖励名单", days=5, objections_to="监督科", actor=officer, now=NOW
    )
    running = Case.objects.create(
        number="M3.2-city-grant-2026-0900", round=ordinary, award_code="M3.2-city-grant", lane="ordinary",
        title="热处理", state="running", granted_fen=100, **common,
    )  # fmt: skip
    proof = evidence.store(
        content=b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n", name="report.pdf", actor=clerk, now=NOW, owner=firm
    )
    Milestone.objects.create(
        case=running, seq=1, name="试验", amount_fen=100, due_on=TODAY, proof="完成", proof_file=proof, submitted_at=NOW
    )
    panel = Panel.objects.create(
        round=ordinary, sheet=SHEETS["project"].as_data(), seed="x", draw={"pool_digest": ""}, per_case=5, drawn_at=NOW
    )
    seat = Seat.objects.create(panel=panel, case=running, expert=expert.person)
    purse = fund.open_purse(year=2026, use="research", amount_fen=10**8, actor=None, now=NOW)
    promised = fund.commit(
        purse=purse, rule="M3.1", payee=firm, subject="首拨", year=2026, amount_fen=100, actor=None, now=NOW
    )
    ordered = fund.order_payment(commitment=promised, amount_fen=100, account=account, actor=None, now=NOW)
    batch = fund.send_batch(payments=[ordered], actor=None, now=NOW)
    return {
        "batch": batch,
        "round": ordinary, "entitled": entitled, "application": application, "filed": filed, "running": running,
        "notice": notice, "item": notice.items.get(), "seat": seat,
    }  # fmt: skip


@pytest.fixture
def market(officer, clerk, firm):  # noqa: F811
    """A university that sells, the clerk's firm that buys, the officer who witnesses."""
    return Market(officer=officer, clerk=clerk, firm=firm)


def sales_of(clerk, firm, officer):  # noqa: F811
    """A listing, and a contract of the clerk's firm on trial that has landed; its buyer's support waits for a round."""
    market = Market(officer=officer, clerk=clerk, firm=firm)
    listed = market.pricing()
    public = market.listed(listed)
    market.achievement = market.offered("另一项工艺")
    sale = market.performing(structure="trial", trigger="连续三批合格", trial_until=date(2027, 6, 30))
    market.pay(sale, PRICE)
    openings.look_at(sale=sale.pk, now=market.now)
    market.achievement = market.offered("第三项工艺")
    noticed = market.pricing(firm)
    market.now = NOW
    return {
        "sale": sale, "listed": public, "price": market.notice(noticed), "paper": sale.contract.file,
        "opening": sale.openings.get(), "noticed": noticed,
    }  # fmt: skip


def finance_of(clerk, firm, officer):  # noqa: F811
    """A wish of the clerk's firm at a bank it agreed to, filed and claimed for, and another one at no bank yet."""
    city = Equity(officer=officer, now=NOW, firm=firm, clerk=clerk)
    product = city.product()
    case = city.filed()
    city.days(1)
    city.pay(case, "interest", 100)
    return {
        "product": product, "lead": case.lead, "case": case, "subsidy": city.claim(case), "picked": city.picked(),
        "institution": city.bank, "proof": city.proven(by=clerk),
    }  # fmt: skip


def equity_of(clerk, firm, officer):  # noqa: F811
    """A project of the clerk's firm, a fund's deal with it, a roadshow."""
    city = Equity(officer=officer, now=NOW, firm=firm, clerk=clerk)
    project = city.project()
    return {"project": project, "deal": city.deal(), "roadshow": city.event([project])}


def introductions_of(clerk, firm, officer):  # noqa: F811
    """Achievements of a university, an introduction that is talked about, with papers, and one nobody has answered."""
    table = Table(officer=officer, clerk=clerk, firm=firm)
    made = table.talking()
    table.intent(made)
    laid = introductions.lay(introduction=made, file=table.paper(), title="报告", actor=clerk, now=NOW)
    second, third, fourth = (table.offer_of(table.teacher, table.university, title=f"工艺 {n}") for n in range(3))
    invited = table.invited(achievement=second)
    found = {"introduction": made, "laid": laid, "invitation": invited, "offered": fourth, "third": third}
    kept = saved.keep(account=clerk, name="铜排", every="daily", what=Achievement.kind, text="铜排发黑", now=NOW)
    return found | {"saved": kept}


class Things(dict):
    """One of everything by name; what takes long to make is made when it is first named."""

    def __init__(self, made, later):
        super().__init__(made)
        self.later = later

    def __missing__(self, name):
        names = next(names for names in self.later if name in names)
        self.update(self.later.pop(names)())
        return self[name]


@pytest.fixture
def banker(things):
    """Acts for the bank the clerk's firm agreed to."""
    assert things["case"].state == "filed"
    return Account.objects.get(email="teller8901@example.com")


@pytest.fixture
def investor(things):
    """Acts for the fund."""
    assert things["deal"].state == "proposed"
    return Account.objects.get(email="teller8911@example.com")


@pytest.fixture
def finance(db):
    return office(account("finance"), "finance_officer")


@pytest.fixture
def newcomer(db):
    """Signed in, acting for nobody yet."""
    return account("newcomer")


@pytest.fixture
def expert(db):
    """Drawn for the review of one case, and known as a person."""
    home = organisation(9200, unit="371522")
    person = parties.register_person(name="方专家", home=home, title="教授", discipline="机械工程", actor=None, now=NOW)
    who = account("expert")
    parties.claim_person(person=person, account=who, actor=None, now=NOW)
    return who


@pytest.fixture
def things(clerk, firm, newcomer, expert, officer, db):  # noqa: F811
    """One of everything an address can name, all of them the clerk's."""
    waiting = parties.register_organisation(
        uscc=code(9100),
        name="待核实厂",
        type="企业",
        region="371521",
        unit="371521",
        actor=None,
        now=NOW,
    )
    claim = parties.claim_organisation(account=newcomer, uscc=firm.uscc, name=firm.name, unit=firm.unit, now=NOW)
    fund.appropriate(year=2026, document="财教指〔2026〕7号", actor=None, now=NOW)
    key, _text = parties.create_api_key(
        account=clerk, name="程序", scopes=("read",), expires_at=NOW + timedelta(days=900), now=NOW
    )
    made = {
        "need": published(clerk, firm),
        "achievement": published(clerk, firm, Achievement),
        "draft": draft(clerk, firm, title="还没写完"),
        "list": published_list(officer, now=NOW),
        "import": checked(clerk, sheet(20, wrong_share=0.2).xlsx(), organisation=firm),
        "waiting": waiting,
        "claim": claim,
        "key": key,
        **procedure_of(clerk, firm, expert, officer),
    }
    finance = ("product", "lead", "case", "subsidy", "picked", "institution", "proof")
    equity = ("project", "deal", "roadshow")
    sales = ("sale", "listed", "price", "paper", "opening", "noticed")
    introduced = ("introduction", "laid", "invitation", "offered", "third", "saved")
    later = {
        sales: lambda: sales_of(clerk, firm, officer),
        finance: lambda: finance_of(clerk, firm, officer),
        equity: lambda: equity_of(clerk, firm, officer),
        introduced: lambda: introductions_of(clerk, firm, officer),
    }
    return Things(made, later)
