"""The demo city's finance: institutions, products, cases walked to every state, deals and roadshows."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone

from triplehelix.doors.cli.city_equity import load as load_equity
from triplehelix.doors.cli.city_lending import Desk
from triplehelix.foundation.money import Fen
from triplehelix.market.finance import actions
from triplehelix.market.finance.models import Application, Payment, Recovery
from triplehelix.market.finance.money import bearable, stretches
from triplehelix.market.finance.sheets import Outcome
from triplehelix.market.finance.terms import award_for, value
from triplehelix.procedure.cases import actions as procedure
from triplehelix.procedure.terms.finds import decided
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.steps.actions import take

DAY = timedelta(days=1)
#: How far along the way each state lies; branches end where they leave it.
WAY = ("lead", "consented", "handling", "granted", "filed", "overdue", "compensated", "recovered")
ENDS = {"refused": "handling", "withdrawn": "consented", "unfiled": "filed", "repaid": "filed"}


def fen(wan: Any) -> int:
    return int(Fen.from_unit(str(wan), "万元"))


def ppm(percent: Any) -> int:
    return int(Decimal(str(percent)) * 10_000)


def load(
    path: Path, officer: Account, organisations: Mapping[str, Organisation], clerks: Mapping[int, Account], *,
    now: datetime,
) -> None:  # fmt: skip
    """Everything of the file. Institutions are registered before anything else happens to them."""
    with path.open("rb") as file:
        data = tomllib.load(file)
    desk = Desk(officer, organisations, clerks, now)
    for row in data["institution"]:
        values = {"kind": row["kind"], "licence": row["licence"], "since": (now - 380 * DAY).date()}
        desk.institutions[row["id"]] = actions.register_institution(
            organisation=organisations[row["id"]], values=values, actor=officer, now=now - 380 * DAY
        )
    for row in data["product"]:
        _product(desk, row)
    for row in sorted(data["case"], key=lambda one: -one["days_ago"]):
        _prove(desk, row)
        _case(desk, row)
    for row in data["round"]:
        first, last = now - row["opens_days_ago"] * DAY, now + row["closes_in_days"] * DAY
        procedure.open_round(
            award_code=award_for(row["claim"]).code, lane="quick", title=row["title"],
            year=timezone.localdate(now).year, opens_on=first.date(), closes_on=last.date(), actor=officer, now=now,
        )  # fmt: skip
    load_equity(data, desk)


def _product(desk: Desk, row: Mapping[str, Any]) -> None:
    at = desk.now - row["days_ago"] * DAY
    assumed = row.get("assumed", False)
    parameters = []
    readers: dict[str, Callable[[Any], int]] = {"amount": fen, "rate": ppm, "months": int}
    for name, read in readers.items():
        for end, given in zip(("min", "max"), row.get(name, ("", "")), strict=True):
            if given != "":
                said = {"source": row["source"], "assumed": assumed}
                parameters.append({"key": f"{name}_{end}", "value": read(given), **said})
    values = {
        "scheme": row.get("scheme", ""), "name": row["name"], "about": row["about"], "flags": row.get("flags", []),
        "collaterals": row.get("collaterals", []), "since": timezone.localdate(at),
    }  # fmt: skip
    actor = desk.clerk(row["institution"])
    made = actions.offer_product(
        institution=desk.institutions[row["institution"]], values=values, parameters=parameters, actor=actor, now=at
    )
    for one in row.get("later", []):
        then = desk.now - one["days_ago"] * DAY
        actions.set_parameter(
            product=made, key=one["key"], value=ppm(one["value"]), since=timezone.localdate(then),
            source=one["source"], assumed=False, actor=actor, now=then,
        )  # fmt: skip
    if "ended_days_ago" in row:
        end = desk.now - row["ended_days_ago"] * DAY
        actions.end_product(product=made, until=timezone.localdate(end), actor=actor, now=end)
    desk.products[row["institution"], row["name"]] = made


def _prove(desk: Desk, row: Mapping[str, Any]) -> None:
    """The firm's registry number of the year the loan is filed in; one firm only claims it, and nobody looked yet."""
    at = desk.now - row["days_ago"] * DAY
    firm, year = desk.organisations[row["firm"]], timezone.localdate(at + 14 * DAY).year
    if row["state"] in ("lead", "refused", "withdrawn", "unfiled") or year > timezone.localdate(desk.now).year:
        return
    if firm.qualifications.filter(kind="entry", year=year).exists():
        return
    by_firm = row["state"] == "granted"
    values = {"kind": "entry", "year": year, "number": f"{year}3715{firm.pk:08d}"}
    when = max(at, datetime(year, 1, 8, 2, tzinfo=at.tzinfo))
    actor = desk.clerks[firm.pk] if by_firm else desk.officer
    actions.add_qualification(organisation=firm, values=values, actor=actor, now=min(when, desk.now))


def _case(desk: Desk, row: Mapping[str, Any]) -> None:
    """One wish at one institution, walked to its state in its days."""
    at = desk.now - row["days_ago"] * DAY
    firm, clerk = desk.organisations[row["firm"]], desk.clerk(row["firm"])
    wish = {
        "kind": row.get("kind", "loan"), "amount_fen": fen(row["amount"]), "months": row["months"],
        "purpose": row["purpose"], "collateral": "none", "about": row["about"],
    }  # fmt: skip
    lead = actions.start(organisation=firm, values=wish, actor=clerk, now=at, origin="check")
    product = desk.products[row["to"], row["product"]]
    case = actions.pick(lead=lead, institution=product.institution, product=product, actor=clerk, now=at)
    Walk(desk, row, case, at).to(row["state"])


@dataclass
class Walk:
    """A case on its way: each part of the way a few days after the one before."""

    desk: Desk
    row: Mapping[str, Any]
    case: Application
    at: datetime

    def __post_init__(self) -> None:
        self.firm, self.teller = self.desk.clerk(self.row["firm"]), self.desk.clerk(self.row["to"])

    def on(self, who: Account, days: int = 0) -> dict[str, Any]:
        """What every act is given, so many days after the beginning; never later than today."""
        self.case.refresh_from_db()
        when = min(self.at + days * DAY, self.desk.now)
        return {"case": self.case, "actor": who, "now": when, "seen_version": self.case.version}

    def step(self, step: str, who: Account, days: int, note: str = "") -> None:
        take(step=step, note=note, **self.on(who, days))

    def to(self, state: str) -> None:
        """Along the way as far as the state asks, then the branch that ends there."""
        last = ENDS.get(state, state)
        for part in WAY[1 : WAY.index(last) + 1]:
            if part == "filed" and self.row.get("kind", "loan") != "loan":
                break
            getattr(self, f"_{part}")()
        if self.row.get("interest_days"):
            self._interest()
        if state in ENDS:
            getattr(self, f"_{state}")()
        if "claim" in self.row:
            self._claim(self.row["claim"])

    def _consented(self) -> None:
        given = self.on(self.firm, 1)
        until = timezone.localdate(given["now"] + 330 * DAY)
        actions.give_consent(fields=["contact", "standing"], until=until, agreed=True, **given)

    def _handling(self) -> None:
        given = self.on(self.teller, 2)
        actions.open_papers(case=given["case"], actor=self.teller, now=given["now"])
        self.step("accept", self.teller, 3)

    def _granted(self) -> None:
        given = self.on(self.teller, 12)
        day = timezone.localdate(given["now"])
        n, year = self.desk.number(), day.year
        premium = fen(self.row["premium"]) if "premium" in self.row else None
        values = {
            "number": f"{'DB' if premium is None and self.row.get('kind') else 'JK'}-{year}-{n:04d}",
            "amount_fen": fen(self.row["amount"]), "rate_ppm": ppm(self.row["rate"]), "premium_fen": premium,
            "first_on": day, "last_on": day + self.row["months"] * 30 * DAY, "use": self.row["purpose"],
            "early_stage": False,
        } | ({"security": "none"} if self.row.get("kind") == "guarantee" else {})  # fmt: skip
        actions.grant(values=values, **given)

    def _filed(self) -> None:
        actions.submit(**self.on(self.teller, 14))
        loan, n = self.case.contract, self.desk.number()
        answered = self.on(self.desk.officer, 25)["now"]
        row = Outcome(
            2, loan.institution.organisation.uscc, loan.number, "accepted", f"LKD{loan.first_on.year}-{n:05d}", ""
        )
        actions.land_outcomes(
            rows=[row], document=f"鲁科贷备案公告 {loan.first_on:%Y-%m}", actor=self.desk.officer,
            now=answered,
        )  # fmt: skip

    def _overdue(self) -> None:
        if why := self.row.get("mistyped"):
            wrong = self._pay("principal", fen(self.row["repaid"]) // 10, 100)
            actions.void_payment(number=wrong.number, reason=why, **self.on(self.teller, 100))
        if "repaid" in self.row:
            self._pay("principal", fen(self.row["repaid"]), 100)
        self.step("fall_due", self.teller, 205)

    def _compensated(self) -> None:
        given = self.on(self.teller, 215)
        values = {
            "principal_fen": fen(self.row["lost"]), "document": "澄银核〔2026〕3 号",
            "on": timezone.localdate(given["now"]),
        }  # fmt: skip
        actions.report_loss(values=values, decided=decided(), **given)
        self.step("compensate", self.desk.officer, 225)

    def _recovered(self) -> None:
        if why := self.row.get("mistyped_recovery"):
            wrong = self._get_back(fen(self.row["got_back"]) // 10)
            actions.void_recovery(number=wrong.number, reason=why, **self.on(self.teller, 250))
        self._get_back(fen(self.row["got_back"]))
        self.step("recover", self.teller, 260, "设备变卖后其余无法追回")

    def _get_back(self, amount: int) -> Recovery:
        given = self.on(self.teller, 250)
        values = {
            "amount_fen": amount, "on": timezone.localdate(given["now"]), "number": f"ZC-{self.desk.number():04d}",
        }  # fmt: skip
        return actions.record_recovery(values=values, **given)

    def _refused(self) -> None:
        actions.decline(code=self.row["code"], text=self.row["reason"], **self.on(self.teller, 8))

    def _withdrawn(self) -> None:
        self.step("withdraw", self.firm, 5, "订单推迟，暂不需要")

    def _unfiled(self) -> None:
        actions.revoke(why="抽查发现资金转入关联企业理财账户", **self.on(self.desk.officer, 120))

    def _repaid(self) -> None:
        self._pay("principal", fen(self.row["amount"]), 195)
        self.step("repay", self.teller, 196)

    def _pay(self, kind: str, amount: int, days: int) -> Payment:
        given = self.on(self.teller, days)
        values = {
            "kind": kind, "amount_fen": amount, "on": timezone.localdate(given["now"]),
            "number": f"HK-{self.desk.number():05d}",
        }  # fmt: skip
        return actions.record_payment(values=values, **given)

    def _interest(self) -> None:
        """As much as the loan bears by that day."""
        loan = self.case.contract
        days = 12 + self.row["interest_days"]
        day = timezone.localdate(self.on(self.teller, days)["now"])
        base = value("interest_day_base", day).days
        whole = bearable(stretches(loan.amount_fen, loan.first_on, day, []), loan.rate_ppm, base)
        self._pay("interest", whole, days)

    def _claim(self, kind: str) -> None:
        who = self.firm if kind in ("interest", "premium") else self.teller
        actions.claim(kind=kind, base_fen=None, decided=decided(), **self.on(who, 120))
