"""Whatever is done to contracts, cases, notices, orders and refunds, in whatever order and twice: each contract is paid
for once, as it was decided, and the books and the trail say the same."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.contracts.words import WAN, YUAN, Market
from tests.market.conftest import account, member, office, organisation
from tests.openings.test_openings import AWARD
from triplehelix.fund import actions as fund
from triplehelix.fund import check as books
from triplehelix.fund.models import Batch, Movement, Payment, Purse
from triplehelix.fund.payee import BankAccount
from triplehelix.market.contracts import actions as sales
from triplehelix.market.contracts import check as contracts
from triplehelix.market.contracts import facts
from triplehelix.market.contracts.actions.amending import Ground, stands
from triplehelix.market.contracts.actions.registering import Certified
from triplehelix.market.contracts.models import Contract, Sale
from triplehelix.procedure.cases import actions as cases
from triplehelix.procedure.cases import check, kept, papers, pay
from triplehelix.procedure.cases.eligibility import number_in
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.notices import actions as notices
from triplehelix.procedure.openings import actions as openings
from triplehelix.procedure.terms import actions as terms
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail.models import Entry
from triplehelix.records.trail.verify import verify

RUNS, STEPS = 6, 50
WHICH = st.integers(0, 5)
NUMBERS = tuple(f"2026-371500-00000{n}" for n in range(1, 5))
#: The step that takes a case on its way, by where it is; what stands not here is taken on by acts (`on_its_way`).
ON = {"draft": "submit", "accepting": "accept", "checking": "check", "deciding": "decide", "paying": "order"}
ASTRAY = (
    "unpublish", "decide_again", "reject_decided", "recall", "revoke", "new_account", "withdraw", "archive", "reject",
    "reject_objected", "restart", "resume", "ask_correction", "correct", "clawed", "claw_again", "lift_closed", "lapse",
    "paid", "pay_returned",
)  # fmt: skip
NOTED = "写明了依据和理由"


class City(RuleBasedStateMachine):
    """Two contracts of one firm, rounds of two years, a purse that has enough for one payment and a half."""

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()

    def teardown(self):
        try:
            assert verify() == [] and list(check.problems()) == [] and list(contracts.problems()) == []
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    @initialize(two=st.booleans(), turns=st.sampled_from([5, 7, 7, 7, 8, 9]))
    def start(self, two, turns):
        """A contract of whose case so much is done: decided, paid, demanded back, refunded."""
        firm = organisation(9001)
        self.market = market = Market(
            officer=office(account("officer"), "city_officer"), clerk=member(account("clerk"), firm), firm=firm
        )
        self.finance = office(account("finance"), "finance_officer")
        self.roles = (market.officer, self.finance, market.clerk)
        self.papers = 0
        for code, value in (("landed_rate", "5%"), ("landed_most", "100000")):
            terms.settle(code=code, value=value, since=date(2026, 1, 1), document="澄科字〔2026〕1号",
                         actor=market.officer, now=market.now)  # fmt: skip
        for _ in range(1 + two):
            sale = market.signed(type="LICENSE")
            market.register(sale)
            market.pay(sale, 40 * WAN)
            market.achievement = market.offered(f"工艺{market.papers}")
        for year in (2026, 2027):
            fund.appropriate(year=year, document=f"澄财教〔{year}〕1号", amount_fen=10 * WAN, actor=None,
                             now=market.now)  # fmt: skip
            fund.open_purse(year=year, use=AWARD.use, amount_fen=35_000 * YUAN, actor=None, now=market.now)
            cases.open_round(
                award_code=AWARD.code, lane="quick", title=f"落地支持 {year}", year=year, opens_on=market.today,
                closes_on=date(2027, 12, 31), actor=None, now=market.now,
            )  # fmt: skip
        self.look()
        self.on_its_way(0, turns)

    def do(self, action, **given):
        """What the action made, or None where it is refused; then it has written nothing. Asked again as it was seen,
        it moves no more money."""
        before = (Movement.objects.count(), Entry.objects.count())
        try:
            with transaction.atomic():
                made = action(**given)
        except (Refused, Invalid):
            assert (Movement.objects.count(), Entry.objects.count()) == before
            return None
        after = Movement.objects.count()
        try:
            with transaction.atomic():
                action(**given)
        except (Refused, Invalid):
            pass
        assert Movement.objects.count() == after
        return made

    def case(self, n):
        rows = list(Case.objects.order_by("pk"))
        return rows[n % len(rows)] if rows else None

    def sale(self, n):
        rows = list(Sale.objects.order_by("pk"))
        return rows[n % len(rows)]

    def on(self, case, actor):
        return {"case": case, "actor": actor, "now": self.market.now, "seen_version": case.version}

    # The market

    def money(self, n, fen, way):
        market, sale = self.market, self.sale(n)
        self.papers += 1
        self.do(sales.record_money, way=way, amount_fen=fen * WAN, on=market.today, number=f"S{self.papers}",
                reason="有原因的", file=market.paper(), **market.on(sale, market.teller))  # fmt: skip

    def void_receipt(self, n, k):
        sale = self.sale(n)
        if rows := list(sale.contract.receipts.filter(void_why="").order_by("pk")):
            number = rows[k % len(rows)].number
            self.do(sales.void_receipt, number=number, reason=NOTED, **self.market.on(sale, self.market.teller))

    def correct_registration(self, n, number):
        sale = self.sale(n)
        if row := sale.contract.registrations.filter(outcome="registered").first():
            said = Certified(number, row.type, row.certified_fen, row.technical_fen, row.decided_on, None)
            self.do(sales.correct_registration, said=said, reason=NOTED, **self.market.on(sale, self.market.officer))

    def revoke_registration(self, n):
        sale = self.sale(n)
        self.do(sales.revoke_registration, reason=NOTED, **self.market.on(sale, self.market.officer))

    def register_again(self, n, number):
        market, sale = self.market, self.sale(n)
        self.do(sales.submit_registration, authority="MIIT", **market.on(sale, market.teller))
        fen = sale.contract.price_fen
        said = Certified(number, "LICENSE", fen, fen, market.today, market.paper())
        self.do(sales.record_registration, said=said, **market.on(sale, market.officer))

    def amend(self, n, site):
        sale = self.sale(n)
        said = stands(Contract.objects.get(sale=sale))
        said = type(said)(**{**said.__dict__, "site": site})
        ground = Ground("entry", NOTED)
        self.do(sales.amend_contract, terms=said, ground=ground, **self.market.on(sale, self.market.teller))

    @rule(n=WHICH, what=st.integers(0, 5), fen=st.sampled_from([5, 10, 30]), number=st.sampled_from(NUMBERS))
    def contract(self, n, what, fen, number):
        """Whatever may be done to it; the worker sees it at once, or later."""
        acts = (
            lambda: self.money(n, fen, "in" if fen < 30 else "out"), lambda: self.void_receipt(n, fen),
            lambda: self.correct_registration(n, number), lambda: self.revoke_registration(n),
            lambda: self.register_again(n, number), lambda: self.amend(n, "elsewhere" if fen == 5 else "371521"),
        )  # fmt: skip
        acts[what]()

    @rule()
    def look(self):
        """As the worker does, when the trail tells of something."""
        for sale in Sale.objects.order_by("pk"):
            openings.look_at(sale=sale.pk, now=self.market.now)

    # The case

    @rule(
        number=st.sampled_from([NUMBERS[0], NUMBERS[0], *NUMBERS]),
        later=st.booleans(),
        turns=st.sampled_from([1, 7, 7]),
    )
    def claim(self, number, later, turns):
        """By hand, of whatever number; and how far it comes."""
        if Case.objects.count() > 6:
            return
        round = Round.objects.order_by("year")[int(later)]
        case = cases.start(round=round, organisation=self.market.firm, title="手工", actor=self.market.clerk,
                           now=self.market.now)  # fmt: skip
        said = {"contract_no": number, "contract_yuan": "1000000", "contract_paid_yuan": "400000",
                "site_in_city": True, "first_claim": True}  # fmt: skip
        self.do(cases.write, facts=said, **self.on(case, self.market.clerk))
        self.on_its_way(Case.objects.count() - 1, turns)

    @rule(n=WHICH, first=st.booleans())
    def write(self, n, first):
        """What the program does not know of a draft, its papers, its account."""
        if (case := self.case(n)) is None:
            return
        who, now = self.market.clerk, self.market.now
        said = case.facts | {"event": "科技合作名校直通车·春季场"} | ({"first_claim": True} if first else {})
        self.do(cases.write, facts=said, **self.on(case, who))
        case.refresh_from_db()
        for name in papers.missing(case) if case.state == "draft" else ():
            cases.add_paper(case=case, name=name, said="原件交科技窗口", actor=who, now=now)
        self.account(n, "6222020200112233445")

    @rule(n=WHICH, number=st.sampled_from(["6222020200112233445", "6222020200112233999"]))
    def account(self, n, number):
        if case := self.case(n):
            given = BankAccount(case.organisation.name, number, "澄湖农商银行营业部")
            self.do(cases.set_account, account=given, **self.on(case, self.market.clerk))

    @rule(n=WHICH, turns=st.integers(1, 8))
    def on_its_way(self, n, turns):
        """Everybody does what is next, so many times."""
        for _ in range(turns):
            if (case := self.case(n)) is None:
                return
            if case.state == "draft":
                self.write(n, True)
            elif case.state == "checking":
                self.do(cases.confirm_facts, keys=list(case.facts), **self.on(case, self.market.officer))
            if case.state in ON:
                self._take(self.case(n), ON[case.state])
            if case.state == "noticing":
                self.publish(n, True)
            elif case.state in ("on_notice", "objected"):
                self._take(case, "resume")
                self.days(12)
            elif case.state == "paying":
                self.send()
                self.answer(0, True)
            elif case.state == "closed":
                self.demand(n, 1)
            elif case.state == "clawing":
                self.refund(n, 1)

    @rule(n=WHICH, k=st.integers(0, 11))
    def astray(self, n, k):
        """One of the side ways there are from where the case is."""
        if case := self.case(n):
            flow = case.workflow
            if ways := [code for code in ASTRAY if code in flow and case.state in flow[code].frm]:
                self._take(case, ways[k % len(ways)])

    def _take(self, case, step):
        """By whoever may, each asked."""
        if step in case.workflow and case.state in case.workflow[step].frm:
            for who in (*self.roles, None):
                self.do(take, step=step, note=NOTED, **self.on(Case.objects.get(pk=case.pk), who))

    @rule(n=WHICH, yuan=st.sampled_from(["400000", "450000", "700000", "300000"]), number=st.sampled_from(NUMBERS))
    def correct_facts(self, n, yuan, number):
        if case := self.case(n):
            said = {"contract_paid_yuan": yuan, "contract_no": number}
            self.do(cases.correct_facts, facts=said, why=NOTED, **self.on(case, self.market.officer))

    @rule(n=WHICH, alone=st.booleans())
    def publish(self, n, alone):
        waiting = list(Case.objects.filter(state="noticing").order_by("pk"))
        chosen = [self.case(n)] if alone else waiting
        self.papers += 1
        self.do(notices.publish, cases=chosen, number=f"澄科公示〔2026〕{self.papers}号", title="公示", days=7,
                objections_to="市科技局", actor=self.market.officer, now=self.market.now)  # fmt: skip

    @rule(n=WHICH, upheld=st.booleans())
    def objection(self, n, upheld):
        case = self.case(n)
        if case and (item := case.notice_items.order_by("-pk").first()):
            made = self.do(notices.object_to, item=item, name="李四", phone="13800000000",
                           text="公示的金额与任务书第三条写的金额不一致，请核对原件", now=self.market.now)  # fmt: skip
            if made:
                self.do(notices.answer, objection=made, is_upheld=upheld, text="已经核对原件，答复如下：按原件办理。",
                        actor=self.market.officer, now=self.market.now)  # fmt: skip

    @rule(days=st.sampled_from([1, 1, 12, 12, 100]))
    def days(self, days):
        if self.market.today + timedelta(days=days) < date(2027, 11, 1):
            self.market.days(days)
        notices.end_due(now=self.market.now)

    # The money

    def send(self):
        waiting = list(Payment.objects.filter(state="ordered"))
        self.do(cases.send_batch, payments=waiting, actor=self.finance, now=self.market.now)

    def answer(self, n, good):
        """Perhaps once more, and otherwise."""
        batches = list(Batch.objects.order_by("pk"))
        if batches:
            batch = batches[-1 - n % len(batches)]
            lines = [fund.Answer(one.key, one.amount_fen, good, "" if good else "户名不符")
                     for one in batch.payments.all()]  # fmt: skip
            self.do(cases.answer_batch, batch=batch, answers=lines, actor=self.finance, now=self.market.now)

    def demand(self, n, part):
        if case := self.case(n):
            fen = max(1, (pay.paid(case) - pay.refunded(case)) // part)
            self.do(cases.demand_back, amount_fen=fen, why=NOTED, **self.on(case, self.market.officer))

    def change_demand(self, n, part):
        if case := self.case(n):
            self.do(cases.change_demand, amount_fen=pay.paid(case) // part, why=NOTED, document="文",
                    **self.on(case, self.market.officer))  # fmt: skip

    def lift_demand(self, n):
        if case := self.case(n):
            self.do(cases.lift_demand, why=NOTED, document="文", **self.on(case, self.market.officer))

    def refund(self, n, part):
        if case := self.case(n):
            self.papers += 1
            fen = max(1, (case.demanded_fen - pay.refunded(case)) // part)
            self.do(cases.record_refund, amount_fen=fen, receipt=f"缴款书 {self.papers}",
                    **self.on(case, self.finance))  # fmt: skip

    def void_refund(self, n):
        case = self.case(n)
        if case and (found := pay.refunds(case).order_by("-pk").first()):
            self.do(cases.void_refund, receipt=found.receipt, reason=NOTED, **self.on(case, self.finance))

    @rule(n=WHICH, good=st.sampled_from([True, True, False]), sent=st.booleans())
    def bank(self, n, good, sent):
        """What waits goes there; what is there, or was, is answered."""
        if sent:
            self.send()
        self.answer(n, good)

    @rule(n=WHICH, what=st.integers(0, 4), part=st.integers(1, 2))
    def money_back(self, n, what, part):
        if what < 2:
            (self.void_refund, self.lift_demand)[what](n)
        else:
            (self.demand, self.change_demand, self.refund)[what - 2](n, part)

    @rule(sure=st.integers(0, 5))
    def close_year(self, sure):
        if sure == 5 and self.market.today.year == 2027:
            self.do(fund.close_year, year=2026, actor=self.finance, now=self.market.now)

    # What always holds

    @invariant()
    def the_books_agree(self):
        assert books.problems() == []
        for purse in Purse.objects.all():
            assert purse.paid_fen <= purse.committed_fen <= purse.amount_fen

    @invariant()
    def each_contract_is_paid_for_once(self):
        had = {}
        for case in Case.objects.select_related("organisation"):
            sent = sum(one.amount_fen for one in pay.payments_of(case) if one.state != "returned")
            assert sent == pay.paid_or_ordered(case)
            assert sent <= (case.granted_fen or 0)
            if case.granted_fen is not None:
                assert kept.is_as_decided(case)
            if pay.kept(case) and case.state != "clawing":
                fact = case.award.fact("contract_no")
                had.setdefault(facts.contract_of(number_in(case, fact)), []).append(case)
        for contract, some in had.items():
            assert contract is not None
            assert len(some) == 1, [(one.number, one.state, pay.kept(one)) for one in some]

    @invariant()
    def nothing_is_ordered_for_nobody(self):
        promised = Payment.objects.exclude(state="returned").aggregate(fen=Sum("amount_fen"))["fen"] or 0
        assert promised == sum(pay.paid_or_ordered(case) for case in Case.objects.all())


@pytest.mark.django_db
def test_whatever_is_done_each_contract_is_paid_for_once_as_it_was_decided():
    run_state_machine_as_test(
        City, settings=settings(max_examples=RUNS, stateful_step_count=STEPS, suppress_health_check=list(HealthCheck))
    )
