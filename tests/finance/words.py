"""Short words for the people of finance: a firm, two banks, a guarantor, an insurer, the city. NOW is 23 March 2026."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils import timezone

from tests.market.sheets import code
from triplehelix.market.finance import actions
from triplehelix.market.finance.models import Application, Product
from triplehelix.records.parties import actions as parties
from triplehelix.records.steps.actions import take

NOW = datetime(2026, 3, 23, 2, 0, tzinfo=UTC)
SINCE = date(2025, 1, 1)
YUAN = 100
WAN = 10_000 * YUAN
WISH = {
    "kind": "loan", "amount_fen": 300 * WAN, "months": 12, "purpose": "research", "collateral": "none",
    "about": "铜排防变色工艺中试，采购设备和原料。",
}  # fmt: skip
PARAMETERS = (
    {"key": "amount_max", "value": 500 * WAN, "source": "本行产品手册 2026 版", "assumed": False},
    {"key": "rate_min", "value": 30_000, "source": "本行产品手册 2026 版", "assumed": False},
    {"key": "rate_max", "value": 39_000, "source": "本行产品手册 2026 版", "assumed": True},
    {"key": "months_max", "value": 36, "source": "本行产品手册 2026 版", "assumed": False},
)


@dataclass
class Finance:
    """The city's finance as of `now`, which moves by `days`."""

    officer: Any
    now: datetime = NOW
    vouchers: int = 0
    firm: Any = None
    clerk: Any = None

    def __post_init__(self):
        if self.firm is None:
            self.firm, self.clerk = self.firm_of(8801, "铜排厂")

    # Made when they are first named: most tests need one bank and nobody else.
    _bank = cached_property(lambda self: self.institution(8901, "澄湖甲银行", "bank"))
    _other_bank = cached_property(lambda self: self.institution(8902, "澄湖乙银行", "bank"))
    _guarantor = cached_property(lambda self: self.institution(8903, "澄湖担保公司", "guarantor"))
    _insurer = cached_property(lambda self: self.institution(8904, "澄湖保险公司", "insurer"))
    bank, teller = (property(lambda self, n=n: self._bank[n]) for n in (0, 1))
    other_bank, other_teller = (property(lambda self, n=n: self._other_bank[n]) for n in (0, 1))
    guarantor, surety = (property(lambda self, n=n: self._guarantor[n]) for n in (0, 1))
    insurer, underwriter = (property(lambda self, n=n: self._insurer[n]) for n in (0, 1))

    def organisation(self, number, name, type="企业"):
        made = parties.register_organisation(
            uscc=code(number), name=name, type=type, region="371521", unit="371521", flags=[],
            contact_name="阮砺石", contact_phone="13900000000", contact_email="ruan@example.com", actor=None, now=NOW,
        )  # fmt: skip
        return parties.confirm_organisation(organisation=made, actor=None, now=NOW)

    def account(self, name, organisation):
        made = parties.create_account(email=f"{name}@example.com", name=name, password=None, actor=None, now=NOW)
        parties.add_member(account=made, organisation=organisation, role="admin", since=SINCE, actor=None, now=NOW)
        return made

    def firm_of(self, number, name):
        made = self.organisation(number, name)
        return made, self.account(f"clerk{number}", made)

    def institution(self, number, name, kind):
        made = self.organisation(number, name, "金融机构")
        values = {"kind": kind, "licence": f"XK{number}", "since": SINCE}
        listed = actions.register_institution(organisation=made, values=values, actor=None, now=NOW)
        return listed, self.account(f"teller{number}", made)

    def days(self, n):
        self.now += timedelta(days=n)

    @property
    def today(self):
        return timezone.localdate(self.now)

    def product(self, institution=None, parameters=PARAMETERS, who=None, **more):
        values = {"scheme": "lukedai", "name": "科创贷", "about": "", "flags": [], "collaterals": [], "since": SINCE}
        return actions.offer_product(
            institution=institution or self.bank, values=values | more, parameters=parameters, actor=who, now=self.now
        )

    def guaranteed(self, **more):
        """A case of the guarantor under 鲁科担, at half a percent, granted."""
        contract = {"amount_fen": 500 * WAN, "rate_ppm": 5_000, "security": "none"} | more.pop("contract", {})
        scheme = more.pop("scheme", "lukedan")
        product = self.product(self.guarantor, (), scheme=scheme, name=f"科技担保{Product.objects.count()}")
        return self.granted(
            self.guarantor, kind="guarantee", teller=self.surety, contract=contract, product=product, **more
        )

    def insured(self, scheme="lukebao", **contract):
        """A case of the insurer, under 鲁科保 if nothing else is said, granted."""
        product = self.product(self.insurer, (), scheme=scheme, name=f"研发保险{Product.objects.count()}")
        contract = {"rate_ppm": 1_000, "premium_fen": 100_000 * YUAN} | contract
        return self.granted(self.insurer, kind="insurance", teller=self.underwriter, contract=contract, product=product)

    def lead(self, clerk=None, firm=None, **more):
        return actions.start(
            organisation=firm or self.firm, values=WISH | more, actor=clerk or self.clerk, now=self.now
        )

    def picked(self, institution=None, clerk=None, firm=None, product=None, **more) -> Application:
        clerk = clerk or self.clerk
        lead = self.lead(clerk, firm, **more)
        return actions.pick(lead=lead, institution=institution or self.bank, product=product, actor=clerk, now=self.now)

    def on(self, case, who):
        """What every act is given."""
        case.refresh_from_db()
        return {"case": case, "actor": who, "now": self.now, "seen_version": case.version}

    def step(self, case, step, who, note=""):
        case.refresh_from_db()
        return take(case=case, step=step, actor=who, now=self.now, seen_version=case.version, note=note)

    def agree(self, case, clerk=None, **more):
        given = {"fields": ["contact"], "until": self.today + timedelta(days=300), "agreed": True}
        made = actions.give_consent(**(given | more), **self.on(case, clerk or self.clerk))
        case.refresh_from_db()
        return made

    def consented(self, *args, **more) -> Application:
        case = self.picked(*args, **more)
        self.agree(case, more.get("clerk"))
        return case

    def handling(self, *args, teller=None, **more) -> Application:
        return self.step(self.consented(*args, **more), "accept", teller or self.teller)

    def contract(self, **more):
        self.vouchers += 1
        return {
            "number": f"JK-2026-{self.vouchers:04d}", "amount_fen": 300 * WAN, "rate_ppm": 36_000, "premium_fen": None,
            "first_on": self.today, "last_on": self.today + timedelta(days=365), "use": "research",
            "early_stage": False,
        } | more  # fmt: skip

    def grant(self, case, teller=None, **more):
        made = actions.grant(values=self.contract(**more), **self.on(case, teller or self.teller))
        case.refresh_from_db()
        return made

    def granted(self, *args, teller=None, contract=None, **more) -> Application:
        case = self.handling(*args, teller=teller, **more)
        self.grant(case, teller, **(contract or {}))
        return Application.objects.get(pk=case.pk)

    def pay(self, case, kind, fen, teller=None, **more):
        self.vouchers += 1
        values = {"kind": kind, "amount_fen": fen, "on": self.today, "number": f"P{self.vouchers}"} | more
        return actions.record_payment(values=values, **self.on(case, teller or self.teller))

    def outcome(self, case, number=2, filing="", **more):
        from triplehelix.market.finance.sheets import Outcome

        loan = case.contract
        given = {
            "number": number, "uscc": loan.institution.organisation.uscc, "loan": loan.number, "outcome": "accepted",
            "filing": filing or f"LKD{loan.pk}", "reason": "",
        }  # fmt: skip
        return Outcome(**(given | more))

    def land(self, *rows, who=None, document="鲁科贷备案公告 2026 年第 3 号"):
        return actions.land_outcomes(rows=rows, document=document, actor=who or self.officer, now=self.now)

    def filed(self, *args, **more) -> Application:
        case = self.granted(*args, **more)
        actions.submit(**self.on(case, more.get("teller") or self.teller))
        self.land(self.outcome(case))
        return Application.objects.get(pk=case.pk)

    def proven(self, firm=None, year=2026, number="", by=None, kind="entry"):
        values = {"kind": kind, "year": year, "number": number or f"{year}3715{(firm or self.firm).pk:06d}"}
        return actions.add_qualification(organisation=firm or self.firm, values=values, actor=by, now=self.now)

    def prove(self, firm=None):
        """The firm has passed 科融信 this year."""
        if not (firm or self.firm).qualifications.filter(year=self.today.year, kind="credit").exists():
            self.proven(firm, self.today.year, kind="credit")

    def subsidised(self, interest, days=200):
        """A filed loan of a proven firm, large enough, with so much interest paid after so many days."""
        self.prove()
        case = self.filed(contract={"amount_fen": 10_000 * WAN, "rate_ppm": 200_000})
        self.days(days)
        self.pay(case, "interest", interest)
        return case

    def lost(self, case, fen, document="认定书"):
        """Overdue, with so much reported as lost."""
        self.step(case, "fall_due", self.teller)
        values = {"principal_fen": fen, "document": document, "on": self.today}
        return actions.report_loss(values=values, decided={}, **self.on(case, self.teller))

    def claim(self, case, kind="interest", who=None, base=None, decided=None):
        return actions.claim(kind=kind, base_fen=base, decided=decided or {}, **self.on(case, who or self.clerk))
