"""The people of the pages, and one of everything they open."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from tests.contracts.words import PRICE, Market
from tests.doors.procedure import city, reviewed  # noqa: F401 - fixtures
from tests.equity.words import Equity
from tests.exchange import peer as another
from tests.experts.conftest import landed, work
from tests.introductions.words import Table
from tests.lists.conftest import published as published_list
from tests.market.conftest import NOW, SINCE, account, office, organisation
from tests.market.sheets import code, sheet
from tests.market.test_flow import VALUES, draft, published, stepped
from tests.market.test_imports import checked
from tests.market.test_needs import SECRET
from triplehelix.board.webhooks import actions as webhooks
from triplehelix.fund import actions as fund
from triplehelix.fund.payee import BankAccount
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.diagnosis import actions as diagnoses
from triplehelix.market.exchange import actions as exchange
from triplehelix.market.exchange import receive
from triplehelix.market.exchange.models import Conflict, ForeignListing
from triplehelix.market.experts import actions as experts
from triplehelix.market.experts import authors
from triplehelix.market.experts.models import Proposal
from triplehelix.market.introductions import actions as introductions
from triplehelix.market.nda import actions as nda
from triplehelix.market.nda import texts
from triplehelix.market.visits import actions as visits
from triplehelix.matching.feedback import actions as learned_models
from triplehelix.matching.saved import actions as saved
from triplehelix.procedure.cases import actions as cases
from triplehelix.procedure.cases.models import Case, Milestone, Paper
from triplehelix.procedure.notices import actions as notices
from triplehelix.procedure.openings import actions as openings
from triplehelix.procedure.panels.models import CreditFinding, Panel, Seat
from triplehelix.procedure.panels.ties import record_tie
from triplehelix.procedure.review.sheets import SHEETS
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import take

__all__ = ["VALUES", "draft", "published", "stepped"]
TODAY = NOW.date()
FACTS = {"above_scale": True, "accurate": True, "rd_expense_yuan": "1000000", "rd_expense_last_year_yuan": None,
         "reported_before": False}  # fmt: skip


@pytest.fixture(autouse=True)
def clock(morning):
    """Every page and call of these tests."""


def registers_of(officer):
    """A tie and a bar of somebody who has no part in anything here."""
    home = organisation(9300, unit="371522")
    person = parties.register_person(name="南宫无咎", home=home, actor=None, now=NOW)
    bar = {
        "who": person.name,
        "since": TODAY,
        "until": TODAY + timedelta(days=900),
        "reason": "失信",
        "document": "1 号",
    }
    tie = {"kind": "dispute", "one": person.name, "other": home.name, "since": TODAY, "until": None, "about": ""}
    return {
        "tie": record_tie(source="举报核实", actor=officer, now=NOW, **tie),
        "barred": cases.bar(actor=officer, now=NOW, **bar),
    }


def procedure_of(clerk, firm, expert, officer):
    """A draft, a case on a notice, a project with a proven milestone, and a seat of the expert."""
    fund.open_purse(year=2026, use="separate", amount_fen=10**9, actor=None, now=NOW)
    closes = timezone.localdate() + timedelta(days=400)
    given = {"year": 2026, "opens_on": TODAY, "closes_on": closes, "actor": None, "now": NOW}
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
        title="热处理", state="running", granted_fen=100, decision={"decided_on": TODAY.isoformat()}, **common,
    )  # fmt: skip
    proof = evidence.store(
        content=b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n", name="report.pdf", actor=clerk, now=NOW, owner=firm
    )
    Milestone.objects.create(
        case=running, seq=1, name="试验", amount_fen=100, due_on=TODAY, proof="完成", proof_file=proof, submitted_at=NOW
    )
    paper = Paper.objects.create(case=running, name="联合协议", file=proof, added_at=NOW)
    draft_paper = cases.add_paper(case=application, name="申报书", said="原件交窗口", actor=clerk, now=NOW)
    panel = Panel.objects.create(
        round=ordinary, sheet=SHEETS["project"].as_data(), seed="x", draw={"pool_digest": ""}, per_case=5, drawn_at=NOW
    )
    judged = Case.objects.create(
        number="M3.2-city-grant-2026-0901", round=ordinary, award_code="M3.2-city-grant", lane="ordinary",
        title="测齿", state="reviewing", **common,
    )  # fmt: skip
    seat = Seat.objects.create(panel=panel, case=judged, expert=expert.person)
    finding = CreditFinding.objects.create(
        panel=panel,
        expert=expert.person,
        kind="contradiction",
        cases=[judged.number],
        evidence="只有批评：不足",
        found_at=NOW,
    )
    purse = fund.open_purse(year=2026, use="research", amount_fen=10**8, actor=None, now=NOW)
    promised = fund.commit(
        purse=purse, rule="M3.1", payee=firm, subject="首拨", year=2026, amount_fen=100, actor=None, now=NOW
    )
    ordered = fund.order_payment(commitment=promised, amount_fen=100, account=account, actor=None, now=NOW)
    batch = fund.send_batch(payments=[ordered], actor=None, now=NOW)
    return {
        "batch": batch, "purse": purse,
        "round": ordinary, "entitled": entitled, "application": application, "filed": filed, "running": running,
        "notice": notice, "item": notice.items.get(), "seat": seat, "finding": finding,
        "case_paper": paper, "draft_paper": draft_paper,
    }  # fmt: skip


@pytest.fixture
def market(officer, clerk, firm):
    """A university that sells, the clerk's firm that buys, the officer who witnesses."""
    return Market(officer=officer, clerk=clerk, firm=firm)


def experts_of(expert, firm, officer):
    """An expert who is public, one of the clerk's firm nobody has confirmed, and what the desk decides about."""
    famous = authors.of_person(expert.person, NOW)
    unknown = parties.register_person(name="容止戈", home=firm, actor=None, now=NOW)
    unsaid = authors.of_person(unknown, NOW)
    found = landed(*[work(f"第{n}篇粉末涂料论文", "方专家", "容止戈") for n in range(3)])
    own = [one for (_title, name), one in found.items() if name == "方专家"]
    his = [one for (_title, name), one in found.items() if name == "容止戈"]
    merge = experts.merge(one=famous, other=own[0], how="officer", actor=officer, now=NOW)
    for one in his[:2]:
        experts.merge(one=unsaid, other=one, how="officer", actor=officer, now=NOW)
    row = own[0].authorships.get()
    experts.confirm(person=expert.person, authorships=[row.pk], actor=expert, via="account", now=NOW)
    experts.show_as(person=expert.person, visibility="public", actor=expert, now=NOW)
    split = experts.split(authorship=his[0].authorships.get(), actor=officer, now=NOW, why="不是他的")
    repository, other = (
        experts.register_repository(name=f"机构库 {n}", base_url=f"https://ir{n}.example/oai", actor=officer, now=NOW)
        for n in (1, 2)
    )
    return {
        "famous": famous, "unsaid": unsaid, "merge": merge, "split": split, "repository": repository,
        "authorship": his[1].authorships.get(),
        "proposal": Proposal.objects.create(one=own[1], other=own[2], score=60, reasons=[{"code": "han"}], made_at=NOW),
        "harvest": experts.start_harvest(repository=other, actor=officer, now=NOW),
    }  # fmt: skip


FOREIGN = {
    "title": "高强度球墨铸铁的等温淬火工艺", "text": "等温淬火后抗拉强度 1200 兆帕，延伸率 6%，已在两家企业试用。",
    "holder": "示例理工大学", "holder_code": "", "field": "新材料", "chain": "", "region": "", "region_name": "济南市",
    "modes": ["技术转让"], "price_fen": None, "trl": 7, "trl_assessed_by": "", "type": "应用技术", "rights": "单独所有",
    "ip": [], "url": "https://shandong.example/1/", "published_on": "2026-11-01", "valid_until": "2099-12-31",
}  # fmt: skip


def exchange_of(officer):
    """A peer in traffic with a listing of theirs, a conflict and a refusal."""
    here, there = settings.EXCHANGE_ID, another.Market("shandong.example", settings.EXCHANGE_ID)
    peer = exchange.register(
        market=there.name, name="山东示例市场", url="https://shandong.example/exchange/v1/", public=there.key.public,
        actor=officer, now=NOW,
    )  # fmt: skip
    peer = take(case=peer, step="confirm", actor=officer, now=NOW, seen_version=1, note=there.key.fingerprint)
    first = there.say("publish", "achievement", 1, FOREIGN)
    other = {name: first[name] for name in ("from", "to", "verb", "kind", "id", "revision")}
    second = another.sealed(there.key, **other, seq=2, prev=1, body=FOREIGN | {"price_fen": 5})
    forged = another.sealed(another.Key(), **other, seq=3, prev=2, body=FOREIGN)
    receive.take_in(peer=peer, entries=[first, second, forged], via="push", now=timezone.now())
    assert here == first["to"]
    return {"peer": peer, "foreign": ForeignListing.objects.get(), "conflict": Conflict.objects.get()}


def webhook_of(clerk, firm):
    """A webhook of the clerk's firm with one message."""
    hook, _secret = webhooks.register(
        name="业务系统", url="https://example.com/hook", wanted=["need.published"], account=clerk, organisation=firm,
        now=NOW,
    )  # fmt: skip
    return {"hook": hook, "delivery": webhooks.test(hook=hook, account=clerk, now=NOW)}


@pytest.fixture
def operator(db):
    return office(account("operator"), "operator")


def needs_of(clerk, firm, county, stranger):
    """A visit with an ask, a confidential need with an agreement asked for and a diagnosis, of the clerk's firm."""
    finance = {"text": "中试线缺钱，厂房已抵押", "amount_fen": 300_000_000, "purpose": "中试设备", "needed_by": None}
    given = visits.Given(organisation=firm, visited_on=TODAY, finance=finance)
    visit = visits.record(uuid=uuid4(), given=given, actor=county, now=NOW).visit
    secret = published(clerk, firm, **SECRET)
    agreement = nda.ask(
        need=secret, organisation=stranger.memberships.get().organisation, purpose="由三人判断能否解决",
        text_version=texts.current(TODAY).version, actor=stranger, now=NOW,
    )  # fmt: skip
    diagnosis = diagnoses.follow(need_id=secret.pk, now=NOW)
    return {"visit": visit, "ask": visit.asks.get(), "secret": secret, "agreement": agreement, "diagnosis": diagnosis}


def sales_of(clerk, firm, officer):
    """A listing, and a contract of the clerk's firm on trial that has landed; its buyer's support waits for a round."""
    market = Market(officer=officer, clerk=clerk, firm=firm)
    listed = market.pricing()
    public = market.listed(listed)
    bid = market.bid(public, firm, clerk)
    market.achievement = market.offered("另一项工艺")
    sale = market.performing(structure="trial", trigger="连续三批合格", trial_until=date(2027, 6, 30))
    market.pay(sale, PRICE)
    openings.look_at(sale=sale.pk, now=market.now)
    market.achievement = market.offered("第三项工艺")
    noticed = market.pricing(firm)
    market.now = NOW
    return {
        "sale": sale, "listed": public, "price": market.notice(noticed), "paper": sale.contract.file,
        "opening": sale.openings.get(), "noticed": noticed, "bid": bid,
    }  # fmt: skip


def finance_of(clerk, firm, officer):
    """A wish of the clerk's firm at a bank it agreed to, filed and claimed for, and another one at no bank yet."""
    made = Equity(officer=officer, now=NOW, firm=firm, clerk=clerk)
    product = made.product()
    case = made.filed()
    made.days(1)
    made.pay(case, "interest", 100)
    made.prove()
    return {
        "product": product, "lead": case.lead, "case": case, "subsidy": made.claim(case), "picked": made.picked(),
        "institution": made.bank, "proof": made.proven(by=clerk),
    }  # fmt: skip


def equity_of(clerk, firm, officer):
    """A project of the clerk's firm, a fund's deal with it, a roadshow."""
    made = Equity(officer=officer, now=NOW, firm=firm, clerk=clerk)
    project = made.project()
    soon = timezone.now().replace(microsecond=0) + timedelta(days=7)  # pages register for it by today's clock
    event = made.event([project], starts_at=soon, ends_at=soon + timedelta(hours=2))
    return {"project": project, "deal": made.deal(), "roadshow": event}


def introductions_of(clerk, firm, officer):
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


def people_of(newcomer, firm):
    """Somebody of the clerk's firm, and who says that this is him."""
    claim = parties.ask_for_person(account=newcomer, home=firm.name, name="阮知微", now=NOW)
    return {"person": parties.register_person(name="阮知微", home=firm, actor=None, now=NOW), "person_claim": claim}


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
def purse(db):
    fund.appropriate(year=2026, document="财教指〔2026〕7号", amount_fen=10_000_000, actor=None, now=NOW)
    return fund.open_purse(year=2026, use="research", label="技术攻关", amount_fen=6_000_000, actor=None, now=NOW)


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
def things(clerk, firm, newcomer, expert, officer, county, stranger, db):
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
        "office": county.offices.get(),
        "need": published(clerk, firm),
        "achievement": published(clerk, firm, Achievement),
        "draft": draft(clerk, firm, title="还没写完"),
        "list": published_list(officer, now=NOW),
        "model": learned_models.ask_training(actor=officer, now=NOW, later=False),
        "import": checked(clerk, sheet(20, wrong_share=0.2).xlsx(), organisation=firm),
        "waiting": waiting,
        "firm": firm,
        "membership": clerk.memberships.get(),
        "chain": parties.join_chain(organisation=firm, chain="LC01", since=SINCE, actor=None, now=NOW),
        "claim": claim,
        "key": key,
        **procedure_of(clerk, firm, expert, officer),
    }
    finance = ("product", "lead", "case", "subsidy", "picked", "institution", "proof")
    equity = ("project", "deal", "roadshow")
    needs = ("visit", "ask", "secret", "agreement", "diagnosis")
    sales = ("sale", "listed", "price", "paper", "opening", "noticed", "bid")
    introduced = ("introduction", "laid", "invitation", "offered", "third", "saved")
    known = ("famous", "unsaid", "merge", "split", "repository", "authorship", "proposal", "harvest")
    later = {
        needs: lambda: needs_of(clerk, firm, county, stranger),
        sales: lambda: sales_of(clerk, firm, officer),
        finance: lambda: finance_of(clerk, firm, officer),
        equity: lambda: equity_of(clerk, firm, officer),
        introduced: lambda: introductions_of(clerk, firm, officer),
        known: lambda: experts_of(expert, firm, officer),
        ("peer", "foreign", "conflict"): lambda: exchange_of(officer),
        ("hook", "delivery"): lambda: webhook_of(clerk, firm),
        ("person", "person_claim"): lambda: people_of(newcomer, firm),
        ("tie", "barred"): lambda: registers_of(officer),
    }
    return Things(made, later)
