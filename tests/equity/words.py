"""Short words for funds, deals, projects and roadshows. NOW is 23 March 2026."""

from datetime import timedelta
from functools import cached_property

from tests.contracts.words import VALUES
from tests.finance.words import SINCE, WAN, Finance
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.equity import actions
from triplehelix.market.finance import actions as finance
from triplehelix.market.listings import actions as listings
from triplehelix.records.steps.actions import take


class Equity(Finance):
    _fund = cached_property(lambda self: self.institution(8911, "澄湖创投基金", "fund"))
    _other_fund = cached_property(lambda self: self.institution(8912, "澄湖天使基金", "fund"))
    fund, partner = (property(lambda self, n=n: self._fund[n]) for n in (0, 1))
    other_fund, other_partner = (property(lambda self, n=n: self._other_fund[n]) for n in (0, 1))

    def terms(self, **more):
        self.vouchers += 1
        return {
            "mode": "equity", "round": "a", "ticket_fen": 500 * WAN, "pre_fen": 4500 * WAN, "post_fen": 5000 * WAN,
            "conversion": "", "convert_by": None, "number": f"TZ-{self.vouchers}", "signed_on": self.today,
        } | more  # fmt: skip

    def later(self, mode="invest_then_equity", **more):
        given = {"pre_fen": None, "post_fen": None, "conversion": "样机通过验收，按下一轮估值的八折转股"}
        return self.terms(mode=mode, convert_by=self.today + timedelta(days=720), **given, **more)

    def deal(self, values=None, **more):
        return actions.propose(
            fund=self.fund, firm=self.firm, values=values or self.terms(**more), actor=self.partner, now=self.now
        )

    def agreed(self, values=None):
        return self.step(self.deal(values), "agree", self.clerk)

    def end(self, **more):
        return {"exit_kind": "buyback", "exit_on": self.today, "exit_fen": 650 * WAN} | more

    def published(self, title="铜排防变色工艺"):
        made = listings.create(
            model=Achievement, organisation=self.firm, values=VALUES | {"title": title}, actor=self.clerk, now=self.now
        )
        return take(case=made, step="publish", actor=self.clerk, now=self.now, seen_version=made.version)

    def project(self, listing=None, **more):
        given = {
            "teaser": "不含铬的铜排防变色工艺，两条产线试用半年，求中试资金。", "amount_fen": 800 * WAN,
            "round": "angel", "on_stage": True,
        }  # fmt: skip
        return actions.open_project(
            listing=listing or self.published(), values=given | more, actor=self.clerk, now=self.now
        )

    def event(self, projects=(), **more):
        given = {
            "title": "新材料专场路演", "about": "", "place": "科技大市场二楼", "online": "", "capacity": 10,
            "starts_at": self.now + timedelta(days=7), "ends_at": self.now + timedelta(days=7, hours=2),
            "contact": "科技大市场，0635-8400000",
        }  # fmt: skip
        return actions.announce(values=given | more, projects=projects, actor=self.officer, now=self.now)

    def register(self, event, people=2, who=None, organisation=None):
        return actions.register(
            event=event, organisation=organisation or self.firm, values={"people": people}, actor=who or self.clerk,
            now=self.now,
        )  # fmt: skip


__all__ = ["SINCE", "WAN", "Equity", "finance"]
