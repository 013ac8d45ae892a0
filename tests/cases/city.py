"""Short words for people, firms and steps of the procedure's tests."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from triplehelix.foundation.codes import Uscc
from triplehelix.fund.actions import Answer
from triplehelix.fund.models import Payment
from triplehelix.fund.payee import BankAccount
from triplehelix.procedure.cases import actions, papers, pay
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.notices import actions as notices
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Organisation
from triplehelix.records.steps.actions import take

#: A Tuesday; five working days later is Tuesday 16 June 2026.
NOW = datetime(2026, 6, 9, 2, 0, tzinfo=UTC)
YUAN = 100
MILLION = 1_000_000 * YUAN
SINCE = date(2025, 1, 1)


def account_for(email: str, role: str, unit: str = "", now: datetime = NOW) -> Any:
    account = parties.create_account(email=email, name=email.split("@")[0], password=None, actor=None, now=now)
    parties.appoint(account=account, role=role, unit=unit, since=SINCE, actor=None, now=now)
    return account


def uscc(n: int) -> str:
    """A code with a right check digit for the n-th firm."""
    first = f"91371521MA{n:07d}"
    return first + Uscc.check_digit(first)


@dataclass
class City:
    clerk: Any
    finance: Any
    county: Any
    auditor: Any
    parties: Any
    since: date
    firms: list[Organisation] = field(default_factory=list)
    now: datetime = NOW

    def firm(self, name: str = "") -> tuple[Organisation, Any]:
        """A confirmed firm of Yanggu and its administrator."""
        n = len(self.firms) + 1
        firm = parties.register_organisation(
            uscc=uscc(n), name=name or f"第{n}号轴承有限公司", region="371521", unit="371521", actor=None, now=self.now
        )
        parties.confirm_organisation(organisation=firm, actor=self.clerk, now=self.now)
        member = parties.create_account(
            email=f"m{n}@firm.example", name=f"经办{n}", password=None, actor=None, now=self.now
        )
        parties.add_member(account=member, organisation=firm, role="admin", since=SINCE, actor=None, now=self.now)
        self.firms.append(firm)
        return firm, member

    def days(self, n: int) -> None:
        self.now += timedelta(days=n)

    def step(self, case: Case, step: str, actor: Any, note: str = "") -> Case:
        case.refresh_from_db()
        if step in ("submit", "correct"):
            self.papers(case, actor)
        return take(case=case, step=step, actor=actor, now=self.now, seen_version=case.version, note=note)

    def papers(self, case: Case, actor: Any) -> None:
        """Say of each paper that is missing where its original is; what experts read is a file."""
        blind = {one.name for one in papers.asked(case.award, case.lane) if one.blind}
        for name in papers.missing(case):
            if name in blind:
                self.blind_paper(case, actor, name)
                continue
            actions.add_paper(case=case, name=name, said="原件已交窗口", actor=actor, now=self.now)

    def blind_paper(self, case: Case, actor: Any, name: str = "活页（匿名）", text: str = "一、研究内容") -> Any:
        kept = actions.keep_paper(case=case, content=text.encode(), name="活页.txt", actor=actor, now=self.now)
        return actions.add_paper(case=case, name=name, file=kept, actor=actor, now=self.now)

    def account(self, case: Case, member: Any, number: str = "6222020200112233445") -> Case:
        case.refresh_from_db()
        account = BankAccount(case.organisation.name, number, "澄湖农商银行营业部")
        return actions.set_account(case=case, account=account, actor=member, now=self.now, seen_version=case.version)

    def notice(self, *cases: Case, number: str = "澄科公示〔2026〕1号", days: int = 5) -> Any:
        return notices.publish(
            cases=cases, number=number, title="拟支持名单公示", days=days, objections_to="市科技局 0635-000000",
            actor=self.clerk, now=self.now,
        )  # fmt: skip

    def paid(self, case: Case, why: str = "") -> Case:
        """Public, past its notice, ordered and answered by the bank: "" is paid, else why it came back."""
        self.notice(case)
        self.days(9)
        notices.end_due(now=self.now)
        self.step(case, "order", self.finance)
        self.bank((self.payments(case)[0], why))
        case.refresh_from_db()
        return case

    def bank(self, *outcomes: tuple[Payment, str]) -> Any:
        """Send these payments in one batch and record what the bank said: "" is paid, else the reason."""
        batch = actions.send_batch(payments=[one for one, _why in outcomes], actor=self.finance, now=self.now)
        answers = [Answer(one.key, one.amount_fen, not why, why) for one, why in outcomes]
        return actions.answer_batch(batch=batch, answers=answers, actor=self.finance, now=self.now)

    def payments(self, case: Case) -> list[Payment]:
        return pay.payments_of(case)
