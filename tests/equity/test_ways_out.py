"""What a clerk, a fund or an officer could not get out of, was not told of, or could say for both sides."""

from datetime import timedelta

import pytest

from tests.equity.words import WAN
from tests.market.conftest import account, member, organisation
from triplehelix.market.equity import actions, finds
from triplehelix.market.equity.models import Deal, Registration
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused


def told(kind):
    return set(Message.objects.filter(kind=kind).values_list("to", flat=True))


class TestDeal:
    def test_the_firm_that_has_to_confirm_is_told(self, equity):
        deal = equity.deal()
        assert told("market.deal.propose") == {equity.clerk.email}
        body = Message.objects.get(kind="market.deal.propose").body
        assert deal.number in body and "澄湖创投基金" in body and "500 万元" in body

    @pytest.mark.parametrize(("step", "who", "note"), [("withdraw", "partner", ""), ("refuse", "clerk", "金额不对")])
    def test_the_number_of_what_never_stood_is_free_again(self, equity, step, who, note):
        equity.step(equity.deal(number="TZ-9", ticket_fen=50 * WAN), step, getattr(equity, who), note)
        right = equity.deal(number="TZ-9")
        with pytest.raises(Invalid):
            equity.deal(number="TZ-9")
        assert equity.step(right, "agree", equity.clerk).state == "agreed"
        assert Deal.objects.filter(number="TZ-9").count() == 2

    def test_a_wrong_figure_both_let_stand_is_taken_back_by_the_city_and_entered_anew(self, equity):
        wrong = equity.agreed(equity.terms(number="TZ-9", ticket_fen=5000 * WAN, post_fen=9500 * WAN))
        ended = actions.exit_deal(
            deal=wrong, values=equity.end(), actor=equity.partner, now=equity.now, seen_version=wrong.version
        )
        for one, step in ((equity.agreed(), "annul"), (ended, "annul_ended")):
            for who, why in ((equity.partner, "金额多写了一个零"), (equity.clerk, "x"), (equity.officer, "")):
                with pytest.raises(Refused):
                    equity.step(one, step, who, why)
            assert equity.step(one, step, equity.officer, "金额多写了一个零").state == "annulled"
            assert told(f"market.deal.{step}") == {equity.partner.email, equity.clerk.email}
        assert equity.deal(number="TZ-9").state == "proposed"

    def test_the_city_annuls_nothing_of_its_own_officers_firm(self, equity):
        deal = equity.agreed()
        member(equity.officer, equity.firm)
        with pytest.raises(Refused, match="无权"):
            equity.step(deal, "annul", equity.officer, "金额多写了一个零")

    def test_nobody_confirms_for_the_firm_what_he_entered_for_the_fund(self, equity):
        member(equity.partner, equity.firm)
        deal = equity.deal()
        with pytest.raises(Refused, match="自己登记"):
            equity.step(deal, "agree", equity.partner)
        assert not finds.deals_waiting(equity.partner, equity.today).exists()
        assert equity.step(deal, "agree", equity.clerk).state == "agreed"

    def test_shares_are_left_after_they_were_taken(self, equity):
        deal = equity.agreed(equity.later(signed_on=equity.today - timedelta(days=90)))
        given = {"actor": equity.partner, "now": equity.now}
        values = {"pre_fen": 4000 * WAN, "post_fen": 4500 * WAN, "converted_on": equity.today}
        deal = actions.convert(deal=deal, values=values, seen_version=deal.version, **given)
        early = equity.end(exit_on=equity.today - timedelta(days=1))
        with pytest.raises(Invalid) as why:
            actions.exit_deal(deal=deal, values=early, seen_version=deal.version, **given)
        assert list(why.value.errors) == ["exit_on"]

    def test_a_day_of_conversion_that_is_a_slip_of_the_keys(self, equity):
        with pytest.raises(Invalid) as why:
            equity.deal(equity.later() | {"convert_by": equity.today.replace(year=2206)})
        assert list(why.value.errors) == ["convert_by"]

    @pytest.mark.parametrize("year", [26, 206, 1926])
    def test_a_day_of_signing_that_is_a_slip_of_the_keys(self, equity, year):
        with pytest.raises(Invalid) as why:
            equity.deal(signed_on=equity.today.replace(year=year))
        assert list(why.value.errors) == ["signed_on"]

    def test_a_fund_is_asked_when_the_day_of_conversion_comes_near(self, equity):
        soon = equity.agreed(equity.later() | {"convert_by": equity.today + timedelta(days=20)})
        equity.agreed(equity.later())
        assert list(finds.deals_waiting(equity.partner, equity.today)) == [soon]
        assert not finds.deals_waiting(equity.clerk, equity.today).exists()
        equity.step(soon, "lapse", equity.partner, "样机没有通过验收")
        assert not finds.deals_waiting(equity.partner, equity.today).exists()


class TestProject:
    def ask(self, equity, project, **more):
        given = {"fund": equity.fund, "actor": equity.partner} | more
        return actions.say_interest(project=project, values={"text": "想看中试数据"}, now=equity.now, **given)

    def test_nobody_asks_about_what_seeks_nothing_any_more(self, equity):
        closed = equity.project()
        actions.close_project(project=closed, why="已到位", actor=equity.clerk, now=equity.now)
        with pytest.raises(Refused, match="已经结束"):
            self.ask(equity, closed)
        listing = equity.published("另一项")
        gone = equity.project(listing)
        equity.step(listing, "withdraw", equity.clerk)
        with pytest.raises(Refused, match="没有公开"):
            self.ask(equity, gone)
        assert not Message.objects.filter(kind="market.project.interest").exists()

    def test_a_fund_does_not_ask_itself(self, equity):
        member(equity.partner, equity.firm)
        fund, _partner = equity.fund, equity.partner
        member(equity.clerk, fund.organisation)
        project = equity.project()
        project.organisation = fund.organisation
        project.save()
        with pytest.raises(Refused, match="本机构"):
            self.ask(equity, project)

    def test_funds_that_asked_are_told_when_it_ends(self, equity):
        project = equity.project()
        self.ask(equity, project)
        actions.close_project(project=project, why="已与他方签约", actor=equity.clerk, now=equity.now)
        assert told("market.project.close") == {equity.partner.email}
        assert "已与他方签约" not in Message.objects.get(kind="market.project.close").body, "why is the owner's own"


class TestRoadshow:
    def test_who_is_put_on_stage_is_told(self, equity):
        equity.event([equity.project()])
        assert told("market.roadshow.announce") == {equity.clerk.email}
        assert "铜排防变色工艺" in Message.objects.get(kind="market.roadshow.announce").body
        equity.event()
        assert Message.objects.filter(kind="market.roadshow.announce").count() == 1

    def test_nobody_came_to_what_was_cancelled(self, equity):
        event = equity.event()
        row = equity.register(event)
        event = equity.step(event, "cancel", equity.officer, "场地停电")
        with pytest.raises(Refused, match="已取消"):
            actions.attend(
                event=event, came=[row.pk], actor=equity.officer, now=event.starts_at, seen_version=event.version
            )

    def test_two_officers_do_not_write_over_each_others_list(self, equity):
        event = equity.event()
        rows = [equity.register(event), equity.register(event, 1, equity.partner, equity.fund.organisation)]
        given = {"event": event, "actor": equity.officer, "now": event.starts_at, "seen_version": event.version}
        assert actions.attend(came=[rows[0].pk], **given) == 2
        with pytest.raises(Refused, match="刚刚办理过"):
            actions.attend(came=[rows[1].pk], **given)
        assert [row.came for row in Registration.objects.order_by("pk")] == [True, False]

    def test_who_has_not_been_checked_takes_no_places(self, equity):
        event = equity.event(capacity=20)
        home = organisation(77, confirmed=False)
        newcomer = member(account("newcomer"), home)
        with pytest.raises(Refused, match="核实"):
            equity.register(event, 20, newcomer, home)

    def test_what_is_over_waits_for_the_city_until_it_is_closed(self, equity):
        event = equity.event()
        assert not finds.to_close(equity.now).exists()
        equity.now = event.ends_at + timedelta(minutes=1)
        assert list(finds.to_close(equity.now)) == [event]
        equity.step(event, "hold", equity.officer)
        assert not finds.to_close(equity.now).exists()

    def test_a_listing_that_is_public_no_more_is_named_to_nobody(self, equity, client):
        listing = equity.published("铜排防变色工艺")
        event = equity.event([equity.project(listing)])
        pages = (f"/roadshows/{event.pk}/", f"/api/roadshows/{event.pk}", "/api/roadshows")

        def read(page):
            answer = client.get(page)
            return str(answer.json()) if page.startswith("/api") else answer.text

        assert all("铜排防变色工艺" in read(page) for page in pages)
        equity.step(listing, "withdraw", equity.clerk)
        type(listing).objects.filter(pk=listing.pk).update(title="不该公开的草稿标题")
        for page in pages:
            assert "不该公开的草稿标题" not in read(page) and "铜排防变色工艺" not in read(page)
