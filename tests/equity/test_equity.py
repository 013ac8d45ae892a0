"""Deals with the firm's agreement, projects only investors see, roadshows with as many people as there is room for."""

from datetime import timedelta
from time import sleep

import pytest
from django.db import transaction

from tests.contracts.test_flow import may
from tests.equity.words import WAN, Equity
from tests.fund.test_race import at_once
from tests.market.conftest import account, office
from tests.records.matrix import matrix
from triplehelix.market.equity import actions, finds
from triplehelix.market.equity.flow import EVENT, FLOW
from triplehelix.market.equity.models import Deal, Event, Project, Registration
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry


class TestDeal:
    @pytest.mark.usefixtures("forged")
    def test_a_step_is_taken_only_by_whom_and_whence_it_is_declared(self, equity, request):
        deal, wrong = equity.agreed(equity.later()), []
        who = {
            "fund": equity.partner, "firm": equity.clerk, "city": equity.officer, "other": equity.other_partner,
            "auditor": request.getfixturevalue("auditor"), "system": None,
        }  # fmt: skip
        for cell in matrix(FLOW, tuple(who)):
            Deal.objects.filter(pk=deal.pk).update(state=cell.state)
            deal.refresh_from_db()
            if may(deal, cell.step, who[cell.relation], equity.now) is not cell.allowed:
                wrong.append(str(cell))
        assert wrong == []

    def test_it_stands_once_the_firm_has_confirmed_it(self, equity, stranger, auditor):
        deal = equity.deal()
        assert list(finds.deals_waiting(equity.clerk, equity.today)) == [deal]
        with pytest.raises(Refused):
            equity.step(deal, "agree", equity.partner)
        assert equity.step(deal, "agree", equity.clerk).state == "agreed"
        assert Message.objects.get(kind="market.deal.agree").to == equity.partner.email
        for nobody in (None, stranger, equity.other_partner):
            assert not finds.deals(nobody, equity.today).exists()
        for somebody in (equity.partner, equity.clerk, equity.officer, auditor):
            assert finds.deals(somebody, equity.today).get() == deal
        assert deal.share_bp == 1000  # 500 of 5,000

    def test_it_does_not_end_before_somebody_says_how(self, equity):
        deal = equity.agreed()
        with pytest.raises(Refused, match="请先登记退出方式"):
            equity.step(deal, "exit", equity.partner)

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"post_fen": 4999 * WAN}, "post_fen"), ({"pre_fen": None}, "pre_fen"), ({"ticket_fen": 0}, "ticket_fen"),
            ({"round": "z"}, "round"), ({"mode": "gift"}, "mode"), ({"number": ""}, "number"),
            ({"mode": "grant_invest"}, "conversion"),
        ],
    )  # fmt: skip
    def test_what_does_not_fit_is_refused_at_its_field(self, equity, change, field):
        with pytest.raises(Invalid) as why:
            equity.deal(**change)
        assert field in why.value.errors
        assert not Deal.objects.exists()

    def test_a_number_serves_once_and_a_bank_enters_no_deal(self, equity):
        equity.deal(number="TZ-9")
        with pytest.raises(Invalid):
            equity.deal(number="TZ-9")
        bank, teller = equity.institution(8920, "澄湖甲银行", "bank")
        given = {"firm": equity.firm, "values": equity.terms(), "now": equity.now}
        for fund, who in ((bank, teller), (equity.fund, equity.clerk), (equity.fund, equity.other_partner)):
            with pytest.raises(Refused):
                actions.propose(fund=fund, actor=who, **given)

    def test_invested_first_shares_later(self, equity):
        deal = equity.agreed(equity.later())
        given = {"deal": deal, "actor": equity.partner, "now": equity.now, "seen_version": deal.version}
        with pytest.raises(Refused, match="还没有转股"):
            actions.exit_deal(values=equity.end(), **given)
        values = {"pre_fen": 4000 * WAN, "post_fen": 4499 * WAN, "converted_on": equity.today}
        with pytest.raises(Invalid) as why:
            actions.convert(values=values, **given)
        assert list(why.value.errors) == ["post_fen"]
        deal = actions.convert(values=values | {"post_fen": 4500 * WAN}, **given)
        assert (deal.state, deal.share_bp) == ("converted", 1111)
        deal = actions.exit_deal(values=equity.end(), **(given | {"deal": deal, "seen_version": deal.version}))
        assert (deal.state, deal.exit_fen) == ("exited", 650 * WAN)

    def test_plain_equity_has_nothing_to_convert_but_ends(self, equity):
        deal = equity.agreed()
        given = {"deal": deal, "actor": equity.partner, "now": equity.now, "seen_version": deal.version}
        with pytest.raises(Refused):
            actions.convert(values={"pre_fen": 1, "post_fen": 1, "converted_on": equity.today}, **given)
        with pytest.raises(Invalid) as why:
            actions.exit_deal(values=equity.end(exit_fen=None, exit_kind="x"), **given)
        assert set(why.value.errors) == {"exit_fen", "exit_kind"}
        assert actions.exit_deal(values=equity.end(exit_kind="liquidation", exit_fen=0), **given).state == "exited"


class TestProjects:
    def sees(self, equity, who):
        return list(finds.projects(who, equity.today))

    def test_only_investors_see_what_seeks_money(self, equity, stranger, auditor):
        listing = equity.published()
        project = equity.project(listing)
        for nobody in (None, stranger):
            assert self.sees(equity, nobody) == []
        for somebody in (equity.clerk, equity.partner, equity.officer, auditor):
            assert self.sees(equity, somebody) == [project]
        equity.step(listing, "withdraw", equity.clerk)
        assert self.sees(equity, equity.partner) == []
        assert self.sees(equity, equity.clerk) == [project]

    def test_an_owner_marks_a_published_listing_once(self, equity, stranger):
        listing = equity.published()
        with pytest.raises(Refused):
            actions.open_project(listing=listing, values={}, actor=stranger, now=equity.now)
        with pytest.raises(Invalid) as why:
            equity.project(listing, teaser="短", amount_fen=0)
        assert set(why.value.errors) == {"teaser", "amount_fen"}
        project = equity.project(listing)
        with pytest.raises(Refused, match="已经在融资中"):
            equity.project(listing)
        actions.close_project(project=project, why="已到位", actor=equity.clerk, now=equity.now)
        assert self.sees(equity, equity.partner) == []
        equity.project(listing)

    def test_a_fund_asks_once_and_the_owner_is_told(self, equity):
        project = equity.project()
        given = {"project": project, "values": {"text": "想看中试数据和专利清单"}, "now": equity.now}
        with pytest.raises(Refused):
            actions.say_interest(fund=equity.fund, actor=equity.clerk, **given)
        actions.say_interest(fund=equity.fund, actor=equity.partner, **given)
        with pytest.raises(Refused):
            actions.say_interest(fund=equity.fund, actor=equity.partner, **given)
        told = Message.objects.get(kind="market.project.interest")
        assert told.to == equity.clerk.email
        assert "想看中试数据和专利清单" in told.body

    def change(self, equity, project, who=None, seen=None, **more):
        names = ("teaser", "amount_fen", "round", "on_stage")
        values = {name: getattr(project, name) for name in names} | more
        return actions.change_project(
            project=project, values=values, actor=who or equity.clerk, now=equity.now,
            seen_version=project.version if seen is None else seen,
        )  # fmt: skip

    def test_an_owner_changes_what_he_says_and_funds_that_asked_are_told(self, equity):
        project = equity.project()
        actions.say_interest(
            project=project, fund=equity.fund, values={"text": "想看中试数据"}, actor=equity.partner, now=equity.now
        )
        changed = self.change(equity, project, amount_fen=500 * WAN, on_stage=False)
        assert (changed.amount_fen, changed.on_stage, changed.version) == (500 * WAN, False, 2)
        assert Message.objects.get(kind="market.project.change").to == equity.partner.email  # acts for the fund today
        was = Entry.objects.get(subject_kind="market.project", verb="change").data["was"]
        assert was == {"amount_fen": 800 * WAN, "on_stage": True}
        assert self.change(equity, changed).version == 2  # the same: nothing changed, nobody told
        assert Message.objects.filter(kind="market.project.change").count() == 1
        with pytest.raises(Refused, match="刚刚修改过"):
            self.change(equity, changed, seen=1, amount_fen=1)
        with pytest.raises(Invalid) as wrong:
            self.change(equity, changed, amount_fen=0, teaser="短")
        assert set(wrong.value.errors) == {"amount_fen", "teaser"}

    def test_only_its_owner_changes_it_and_while_it_is_open(self, equity):
        project = equity.project()
        for who in (equity.partner, equity.officer):
            with pytest.raises(Refused, match="本单位"):
                self.change(equity, project, who, amount_fen=1)
        actions.close_project(project=project, why="已到位", actor=equity.clerk, now=equity.now)
        with pytest.raises(Refused, match="已经结束"):
            self.change(equity, project, amount_fen=1)

    def test_one_and_three_rows_ask_the_same(self, equity, django_assert_num_queries):
        partner = equity.partner
        for more in (1, 2):
            for n in range(more):
                equity.project(equity.published(f"工艺 {more}{n}"))
            with django_assert_num_queries(3):
                assert all(row.listing.title and str(row.organisation) for row in self.sees(equity, partner))


class TestRoadshow:
    def test_a_step_is_taken_only_by_whom_and_whence_it_is_declared(self, equity):
        event, wrong = equity.event(), []
        who = {"city": equity.officer, "fund": equity.partner, "firm": equity.clerk}
        for cell in matrix(EVENT, ("fund", "firm")):
            Event.objects.filter(pk=event.pk).update(state=cell.state)
            event.refresh_from_db()
            if may(event, cell.step, who[cell.relation], equity.now) is not cell.allowed:
                wrong.append(str(cell))
        assert wrong == []

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"title": ""}, "title"), ({"capacity": 0}, "capacity"), ({"place": ""}, "place"),
            ({"online": "meet"}, "online"), ({"contact": ""}, "contact"),
        ],
    )  # fmt: skip
    def test_what_is_missing_is_said_at_its_field(self, equity, change, field):
        with pytest.raises(Invalid) as why:
            equity.event(**change)
        assert list(why.value.errors) == [field]

    def test_it_is_ahead_and_ends_after_it_begins(self, equity):
        with pytest.raises(Invalid) as why:
            equity.event(starts_at=equity.now, ends_at=equity.now + timedelta(hours=1))
        assert list(why.value.errors) == ["starts_at"]
        with pytest.raises(Invalid) as why:
            equity.event(ends_at=equity.now)
        assert list(why.value.errors) == ["ends_at"]

    def test_only_willing_projects_go_on_stage(self, equity):
        unwilling = equity.project(equity.published("另一项"), on_stage=False)
        with pytest.raises(Invalid) as why:
            equity.event([unwilling])
        assert list(why.value.errors) == ["projects"]
        event = equity.event([equity.project()])
        assert [row.seq for row in event.showings.all()] == [1]

    def test_no_more_people_than_there_is_room(self, equity):
        event = equity.event(capacity=3)
        first = equity.register(event)
        with pytest.raises(Refused, match="还剩 1 个"):
            equity.register(event, 2, equity.partner, equity.fund.organisation)
        with pytest.raises(Refused, match="已经报名"):
            equity.register(event, 1)
        with pytest.raises(Invalid):
            equity.register(event, 0, equity.partner, equity.fund.organisation)
        with pytest.raises(Refused):
            actions.unregister(registration=first, actor=equity.partner, now=equity.now)
        actions.unregister(registration=first, actor=equity.clerk, now=equity.now)
        equity.register(event, 3, equity.partner, equity.fund.organisation)
        assert finds.events().get().coming == 3

    def test_attendance_is_written_down_when_it_has_begun(self, equity):
        event = equity.event()
        rows = [equity.register(event), equity.register(event, 1, equity.partner, equity.fund.organisation)]
        given = {"event": event, "came": [rows[1].pk], "actor": equity.officer, "seen_version": 1}
        with pytest.raises(Refused):
            actions.attend(now=equity.now, **given)
        with pytest.raises(Refused, match="活动还没有开始"):
            equity.step(event, "hold", equity.officer)
        assert actions.attend(now=event.starts_at, **given) == 1
        assert [row.came for row in Registration.objects.order_by("pk")] == [False, True]
        equity.now = event.starts_at
        with pytest.raises(Refused):
            equity.register(event, 1, equity.other_partner, equity.other_fund.organisation)
        assert equity.step(event, "hold", equity.officer).state == "done"

    def change(self, equity, event, projects=None, why="场地另有安排", seen=None, **more):
        names = ("title", "about", "place", "online", "starts_at", "ends_at", "capacity", "contact")
        values = {name: getattr(event, name) for name in names} | more
        shown = [row.project for row in event.showings.all()] if projects is None else projects
        return actions.change(
            event=event, values=values, projects=shown, actor=equity.officer, now=equity.now,
            seen_version=event.version if seen is None else seen, why=why,
        )  # fmt: skip

    def test_who_registered_and_who_is_on_stage_is_told_of_a_change(self, equity):
        first, second = equity.project(), equity.project(equity.published(title="第二项"))
        event = equity.event([first])
        equity.register(event, 1, equity.partner, equity.fund.organisation)
        later = event.starts_at + timedelta(days=1)
        moved = self.change(equity, event, [second, first], starts_at=later, ends_at=later + timedelta(hours=1))
        assert (moved.starts_at, moved.version) == (later, event.version + 1)
        assert [row.project for row in moved.showings.all()] == [second, first]
        letters = Message.objects.filter(kind="market.roadshow.change")
        assert set(letters.values_list("to", flat=True)) == {equity.clerk.email, equity.partner.email}
        body = letters.first().body
        assert "时间：2026-03-31 10:00 至 11:00" in body and "原因：场地另有安排" in body
        row = Entry.objects.get(subject_kind="market.roadshow", verb="change")
        assert (set(row.data["was"]), row.why) == ({"starts_at", "ends_at"}, "场地另有安排")

    def test_a_change_that_changes_nothing_writes_to_nobody(self, equity):
        event = equity.event([equity.project()])
        assert self.change(equity, event, why="").version == event.version
        assert not Message.objects.filter(kind="market.roadshow.change").exists()

    @pytest.mark.parametrize(
        ("more", "field"),
        [({"capacity": 1}, "capacity"), ({"why": " ", "place": "三楼"}, "why"), ({"place": ""}, "place")],
    )
    def test_a_change_that_cannot_be(self, equity, more, field):
        event = equity.event()
        equity.register(event, 2)
        with pytest.raises(Invalid) as wrong:
            self.change(equity, event, **more)
        assert list(wrong.value.errors) == [field]

    def test_it_is_changed_by_the_city_before_it_begins_as_it_was_seen(self, equity):
        event = equity.event()
        with pytest.raises(Refused, match="刚刚办理过"):
            self.change(equity, event, seen=7, place="三楼")
        equity.officer, officer = equity.clerk, equity.officer
        with pytest.raises(Refused, match="无权"):
            self.change(equity, event, place="三楼")
        equity.officer, equity.now = officer, event.starts_at
        with pytest.raises(Refused, match="已经开始"):
            self.change(equity, event, place="三楼")

    def test_a_project_that_is_closed_may_stay_and_not_come_anew(self, equity):
        stays, new = equity.project(), equity.project(equity.published(title="第二项"))
        event = equity.event([stays])
        for one in (stays, new):
            actions.close_project(project=one, why="已融到资", actor=equity.clerk, now=equity.now)
            one.refresh_from_db()
        assert self.change(equity, event, [stays], place="三楼").place == "三楼"
        event.refresh_from_db()
        with pytest.raises(Invalid) as wrong:
            self.change(equity, event, [stays, new])
        assert list(wrong.value.errors) == ["projects"]
        assert list(finds.for_change(event)) == [stays]

    def test_who_registered_is_told_when_it_is_cancelled(self, equity):
        event = equity.event()
        equity.register(event)
        equity.step(event, "cancel", equity.officer, "场地有变")
        assert Message.objects.get(kind="market.roadshow.cancel").to == equity.clerk.email
        assert not finds.ahead(equity.now).exists()


@pytest.fixture
def crowd(transactional_db):
    return Equity(officer=office(account("officer"), "city_officer"))


def test_the_last_place_is_taken_once(crowd):
    event = crowd.event(capacity=1)
    found = at_once(
        lambda: crowd.register(event, 1),
        lambda: crowd.register(event, 1, crowd.partner, crowd.fund.organisation),
    )
    assert sorted(type(one).__name__ for one in found) == ["Refused", "Registration"]
    assert Project.objects.count() == 0


def test_a_roadshow_announced_twice_is_one(crowd):
    """Each would invite the firms on stage, and take registrations of its own."""

    def announced():
        with transaction.atomic():
            made = crowd.event()
            sleep(0.3)
            return made

    found = at_once(announced, announced)
    assert sorted(type(one).__name__ for one in found) == ["Event", "Invalid"], found
    # Called off, it may be announced anew.
    crowd.step(Event.objects.get(), "cancel", crowd.officer, "场地冲突")
    crowd.event()
