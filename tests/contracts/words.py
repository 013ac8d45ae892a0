"""Short words for the parties and steps of the sale's tests. NOW is Monday 23 March 2026."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone

from tests.market.sheets import code
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.contracts import actions
from triplehelix.market.contracts.actions.opening import OwnerGiven
from triplehelix.market.contracts.actions.registering import Certified
from triplehelix.market.contracts.actions.settling import Contributor
from triplehelix.market.contracts.actions.written import Terms
from triplehelix.market.contracts.models import Sale
from triplehelix.market.listings import actions as listings
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.parties import actions as parties
from triplehelix.records.steps.actions import take

NOW = datetime(2026, 3, 23, 2, 0, tzinfo=UTC)
SINCE = date(2025, 1, 1)
YUAN = 100
WAN = 10_000 * YUAN
PRICE = 100 * WAN
VALUES = {
    "title": "铜排防变色钝化工艺",
    "text": "铜排镀锡后钝化处理，240 小时中性盐雾不变色，接触电阻增量小于 3 微欧，已在两条产线试用半年。",
    "field": "新材料",
    "price_fen": PRICE,
}


@dataclass
class Market:
    """One achievement of one university, and whoever acts on it; `now` moves by `days`."""

    officer: Any
    clerk: Any
    firm: Any
    now: datetime = NOW
    papers: int = 0
    registered: int = 0
    made: dict[int, Any] = field(default_factory=dict)

    def __post_init__(self):
        self.university = parties.register_organisation(
            uscc=code(9301), name="澄湖大学", type="高等学校", region="371502", unit="371502", actor=None, now=NOW
        )
        self.university = parties.confirm_organisation(organisation=self.university, actor=None, now=NOW)
        self.teller = self.account("teller", self.university)
        self.achievement = self.offered("铜排防变色钝化工艺")

    def account(self, name, organisation=None):
        made = parties.create_account(email=f"{name}@example.com", name=name, password=None, actor=None, now=NOW)
        if organisation is not None:
            parties.add_member(account=made, organisation=organisation, role="admin", since=SINCE, actor=None, now=NOW)
        return made

    def other(self, number):
        """Another confirmed firm and its clerk."""
        made = parties.register_organisation(
            uscc=code(number), name=f"受让{number}厂", type="企业", region="371521", unit="371521", actor=None, now=NOW
        )
        made = parties.confirm_organisation(organisation=made, actor=None, now=NOW)
        return made, self.account(f"buyer{number}", made)

    def offered(self, title):
        made = listings.create(
            model=Achievement,
            organisation=self.university,
            values=VALUES | {"title": title},
            actor=self.teller,
            now=NOW,
        )
        return take(case=made, step="publish", actor=self.teller, now=NOW, seen_version=made.version)

    def days(self, n):
        self.now += timedelta(days=n)

    @property
    def today(self):
        return timezone.localdate(self.now)

    def paper(self, owner=None):
        """A file nobody has handed in before."""
        self.papers += 1
        content = b"%PDF-1.4\n%" + str(self.papers).encode() + b"\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
        return evidence.store(content=content, name=f"{self.papers}.pdf", actor=None, now=self.now,
                              owner=owner or self.university)  # fmt: skip

    def on(self, sale, who):
        """What every act is given."""
        sale.refresh_from_db()
        return {"sale": sale, "actor": who, "now": self.now, "seen_version": sale.version}

    def step(self, sale, step, who, note=""):
        sale.refresh_from_db()
        return take(case=sale, step=step, actor=who, now=self.now, seen_version=sale.version, note=note)

    def opened(self, buyer=None, **more) -> Sale:
        return actions.open_sale(
            achievement=more.pop("achievement", self.achievement), buyer=buyer, actor=self.teller, now=self.now, **more
        )

    def rights(self, sale, owners=None, **more):
        given = {
            "owners": owners or [OwnerGiven(self.university.name, self.university.uscc, 10_000)], "encumbrance": "",
            "encumbrance_note": "", "secrecy": "open", "secrecy_document": "澄大密审〔2026〕3号", "export": "home",
            "export_document": "",
        }  # fmt: skip
        return actions.record_rights(**(given | more), **self.on(sale, self.teller))

    def pricing(self, buyer=None, **more) -> Sale:
        sale = self.opened(buyer, **more)
        self.rights(sale)
        return self.step(sale, "pass_rights", self.officer)

    def proposed(self, sale, method):
        """The seller's decision, which the market publishes."""
        agreed = method == "agreed"
        return actions.propose(
            method=method, basis="评估值", document="澄大办纪〔2026〕5号", days=None,
            unit_proof=self.paper() if agreed else None,
            objections_to="科技大市场，0635-0000000", unit_first=self.today, **self.on(sale, self.teller),
        )  # fmt: skip

    def notice(self, sale, **more):
        given = {
            "basis": "参考评估报告，协商确定", "objections_to": "科技大市场，0635-0000000", "unit_first": self.today,
            "unit_proof": self.paper(), "document": "澄大办纪〔2026〕5号",
        }  # fmt: skip
        self.proposed(sale, "agreed")
        return actions.publish_price(**(given | more), **self.on(sale, self.officer))

    def listed(self, sale, **more):
        given = {"basis": "评估值", "document": f"澄大办纪〔2026〕{self.papers + 6}号"}
        self.proposed(sale, "listing")
        return actions.put_on_list(**(given | more), **self.on(sale, self.officer))

    def bid(self, public, firm, clerk, **more):
        given = {"contact_name": "阮砺石", "contact_phone": "13900000000", "deposit_fen": 0, "deposit_at": ""}
        return actions.bid(publication=public, organisation=firm, actor=clerk, now=self.now, **(given | more))

    def priced(self, **more) -> Sale:
        sale = self.pricing(self.firm, **more)
        self.notice(sale)
        self.days(20)
        actions.end_due(now=self.now)
        sale.refresh_from_db()
        return sale

    def terms(self, **more):
        given = {
            "number": f"澄大合〔2026〕{self.papers}号", "type": "ASSIGN", "structure": "fixed", "price_fen": PRICE,
            "signed_on": self.today, "site": "371521", "file": self.paper(),
            "ends_on": self.today + timedelta(days=365),
            "pay_by": None if "rows" in more else self.today + timedelta(days=60),
        }  # fmt: skip
        return Terms(**(given | more))

    def sign(self, sale, **more):
        return actions.sign_contract(terms=self.terms(**more), **self.on(sale, self.teller))

    def signed(self, **more) -> Sale:
        sale = self.priced()
        self.sign(sale, **more)
        sale.refresh_from_db()
        return sale

    def register(self, sale, **more):
        sale.refresh_from_db()
        if sale.state != "registering":
            actions.submit_registration(authority="MIIT", **self.on(sale, self.teller))
        self.registered += 1
        given = {
            "number": f"2026-371500-{self.registered:06d}", "type": "ASSIGN", "certified_fen": PRICE,
            "technical_fen": PRICE, "decided_on": self.today, "file": self.paper(),
        }  # fmt: skip
        row = actions.record_registration(said=Certified(**(given | more)), **self.on(sale, self.officer))
        sale.refresh_from_db()
        return row

    def pay(self, sale, fen, way="in", **more):
        given = {"on": self.today, "number": f"R{self.papers + 1}", "reason": "", "file": self.paper()}
        made = actions.record_money(way=way, amount_fen=fen, **(given | more), **self.on(sale, self.teller))
        sale.refresh_from_db()
        return made

    def performing(self, **more) -> Sale:
        """Registered, nothing paid."""
        sale = self.signed(**more)
        self.register(sale)
        return sale

    def sheet(self, sale, income, people=(("方砚", 60), ("林溪", 40)), **more):
        given = {
            "income_fen": income, "costs": [], "rule_bp": 7_000, "rule_document": "澄大科〔2025〕9号",
            "contributors": [Contributor(name, weight) for name, weight in people],
        }  # fmt: skip
        return actions.publish_reward(**(given | more), **self.on(sale, self.teller))
