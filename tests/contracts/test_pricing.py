"""Rights, price notices, listings, auctions: worked by hand on the calendar of 2026."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.db import DatabaseError, transaction

from tests.contracts.words import PRICE, WAN
from tests.market.sheets import code
from triplehelix.foundation.calendar import WorkingCalendar
from triplehelix.market.contracts import actions, effects, finds
from triplehelix.market.contracts.actions.notices import set_answer_days
from triplehelix.market.contracts.actions.opening import OwnerGiven
from triplehelix.market.contracts.actions.results import Result
from triplehelix.market.contracts.finds import waiting_for
from triplehelix.market.contracts.models import Bid, Objection, Publication, Sale
from triplehelix.market.contracts.terms import value
from triplehelix.market.listings import actions as listings
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties import numbers
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry

OBJECTION = {
    "name": "侯实言",
    "phone": "0635-8111111",
    "text": "这项工艺里有我单位的专有技术，双方 2024 年签过合作协议，请核查权属。",
}


def at(year, month, day):
    return datetime(year, month, day, 2, 0, tzinfo=UTC)


# --- opening -------------------------------------------------------------------------------------------------------


def test_a_sale_is_opened_once_for_an_achievement_and_a_buyer(market):
    sale = market.opened(market.firm)
    assert (sale.state, sale.seller, sale.buyer, sale.price_fen) == ("checking", market.university, market.firm, PRICE)
    assert market.opened(market.firm) == sale
    assert sale.number == f"JY2026-{sale.pk:05d}"
    assert Entry.objects.get(subject_kind="market.sale").verb == "open"


def test_an_outsider_cannot_open_a_sale(market, stranger):
    with pytest.raises(Refused, match="只有成果的权利人、受让方和科技大市场"):
        actions.open_sale(achievement=market.achievement, buyer=market.firm, actor=stranger, now=market.now)
    assert not Sale.objects.exists()


def test_nobody_buys_from_oneself_and_nothing_unpublished_is_sold(market):
    with pytest.raises(Invalid, match="同一单位"):
        market.opened(market.university)
    withdrawn = market.step(market.achievement, "withdraw", market.teller)
    with pytest.raises(Refused, match="没有发布或已过期"):
        market.opened(market.firm, achievement=withdrawn)


# --- rights --------------------------------------------------------------------------------------------------------


def owners(market, *rows):
    return [OwnerGiven(name, uscc, bp, day, paper) for name, uscc, bp, day, paper in rows]


def test_no_price_before_the_rights_are_clear(market):
    sale = market.opened(market.firm)
    with pytest.raises(Refused, match="还没有填写权利人"):
        market.step(sale, "pass_rights", market.officer)
    for more, says in (
        ({"encumbrance": "质押"}, "成果已质押"),
        ({"encumbrance": "冻结"}, "成果已冻结"),
        ({"secrecy": "secret"}, "没有通过保密审查"),
        ({"secrecy": ""}, "没有通过保密审查"),
        ({"export": "barred"}, "出口限制"),
    ):
        market.rights(sale, **more)
        with pytest.raises(Refused, match=says):
            market.step(sale, "pass_rights", market.officer)
    market.rights(sale)
    assert market.step(sale, "pass_rights", market.officer).state == "pricing"


def test_a_co_owner_agrees_on_paper(market):
    sale, other = market.opened(market.firm), market.other(9302)[0]
    share = [(market.university.name, market.university.uscc, 6_667, None, None)]
    market.rights(sale, owners(market, *share, (other.name, other.uscc, 3_333, None, None)))
    with pytest.raises(Refused, match="缺少共有人 受让9302厂 的书面同意"):
        market.step(sale, "pass_rights", market.officer)
    market.rights(sale, owners(market, *share, (other.name, other.uscc, 3_333, None, market.paper())))
    with pytest.raises(Refused, match="缺少共有人 受让9302厂 的书面同意"):  # a paper without its day
        market.step(sale, "pass_rights", market.officer)
    market.rights(sale, owners(market, *share, (other.name, other.uscc, 3_333, market.today, market.paper())))
    # The consent stays on file when the form is sent again without it.
    market.rights(sale, owners(market, *share, (other.name, other.uscc, 3_333, market.today, None)))
    assert market.step(sale, "pass_rights", market.officer).state == "pricing"


def test_shares_come_to_the_whole_and_the_seller_has_one(market):
    sale, other = market.opened(market.firm), market.other(9302)[0]
    mine = (market.university.name, market.university.uscc, 9_999, None, None)
    with pytest.raises(Invalid, match=r"现在是 99\.99%"):
        market.rights(sale, owners(market, mine))
    with pytest.raises(Invalid, match="转让方不是权利人：澄湖大学 不在权利人之列"):
        market.rights(sale, owners(market, (other.name, other.uscc, 10_000, market.today, market.paper())))
    with pytest.raises(Invalid) as why:
        market.rights(sale, owners(market, mine, ("某厂", "91371500MA00000000", 1, None, None)))
    assert "owner_2" in why.value.errors
    assert not sale.owners.exists()


# --- A: by agreement -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "last"),
    [((2026, 9, 18), date(2026, 10, 8)), ((2026, 3, 2), date(2026, 3, 17)), ((2026, 4, 20), date(2026, 5, 6))],
)
def test_fifteen_calendar_days_that_end_in_a_holiday_end_on_the_next_working_day(market, start, last):
    """domain §2.2: from 09-18 the 15th day 10-03 is free → 10-08; from 03-02 → 03-17; from 04-20, 05-05 → 05-06."""
    sale = market.pricing(market.firm)
    market.now = at(*start)
    public = market.notice(sale)
    assert (public.last, public.days, public.day_kind) == (last, 15, "calendar")
    market.now = datetime(last.year, last.month, last.day, 15, 59, tzinfo=UTC)  # 23:59 in the city
    assert actions.end_due(now=market.now) == 0
    market.now += timedelta(minutes=2)
    assert actions.end_due(now=market.now) == 1
    sale.refresh_from_db()
    assert sale.state == "priced"


def test_a_notice_is_also_inside_the_unit_with_its_proof(market):
    sale = market.pricing(market.firm)
    with pytest.raises(Invalid) as why:
        market.notice(sale, unit_first=market.today + timedelta(days=1), unit_proof=None, basis=" ")
    assert set(why.value.errors) == {"unit_first", "unit_proof", "basis"}
    assert not Publication.objects.exists()


def test_a_price_that_changes_after_the_notice_is_blocked_until_a_new_notice(market):
    sale = market.priced()
    with pytest.raises(Invalid, match=r"低于公示的 1,000,000\.00 元，不能签") as why:
        market.sign(sale, price_fen=PRICE - 1)
    assert set(why.value.errors) >= {"price"}
    with pytest.raises(Invalid, match="不一致"):
        market.sign(sale, price_fen=PRICE + 1)
    with pytest.raises(Refused, match="不能直接改"):
        actions.set_price(price_fen=90 * WAN, **market.on(sale, market.teller))
    market.step(sale, "renotice", market.teller, "双方重新商定为 90 万元")
    actions.set_price(price_fen=90 * WAN, **market.on(sale, market.teller))
    with pytest.raises(Refused, match="待定价"):
        market.sign(sale, price_fen=90 * WAN)
    market.notice(sale)
    market.days(20)
    actions.end_due(now=market.now)
    assert market.sign(sale, price_fen=90 * WAN).price_fen == 90 * WAN
    old, new = Publication.objects.order_by("pk")
    assert (old.price_fen, old.is_over, old.over_why) == (PRICE, True, "")
    assert new.price_fen == 90 * WAN


def test_a_notice_cannot_be_edited_and_a_changed_name_stops_it(market):
    sale = market.pricing(market.firm)
    public = market.notice(sale)
    earlier = public.last - timedelta(days=1)
    for change in (
        {"price_fen": 1}, {"name": "别的"}, {"buyer_name": "别家"}, {"method": "listing"}, {"basis": "别的依据"},
        {"document": "x"}, {"objections_to": "x"}, {"first": earlier}, {"last": earlier}, {"days": 1},
        {"unit_first": earlier}, {"unit_proof": None}, {"published_at": market.now - timedelta(days=9)},
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
            Publication.objects.filter(pk=public.pk).update(**change)
    with pytest.raises(Refused, match="不能直接改"):
        actions.set_price(price_fen=2 * PRICE, **market.on(sale, market.teller))
    held = market.achievement
    listings.edit(
        listing=held, values={"title": "改了名字的工艺"}, actor=market.teller, now=market.now, seen_version=held.version
    )
    market.days(20)
    assert actions.end_due(now=market.now) == 0
    with pytest.raises(Refused, match="成果名称与公示的“铜排防变色钝化工艺”不一致"):
        market.step(sale, "end_notice", market.officer)


def test_an_objection_suspends_and_the_days_it_took_are_made_up(market):
    sale = market.pricing(market.firm)
    public = market.notice(sale)  # 03-23, last day 04-07
    assert public.last == date(2026, 4, 7)
    market.days(3)
    made = actions.object_to(publication=public, now=market.now, **OBJECTION)
    assert made.due_on == date(2026, 4, 17)  # 15 working days after 03-26, the Qingming days 04-04 … 06 left out
    sale.refresh_from_db()
    assert sale.state == "objected"
    market.days(20)
    assert actions.end_due(now=market.now) == 0
    with pytest.raises(Refused, match="还有异议没有答复"):
        market.step(sale, "dismiss", market.officer)
    actions.answer(objection=made, is_upheld=False, text="经核查，协议约定该工艺归学校所有，异议不成立。",
                   actor=market.officer, now=market.now)  # fmt: skip
    with pytest.raises(Refused, match="没有成立的异议"):
        market.step(sale, "uphold", market.officer)
    market.step(sale, "dismiss", market.officer)
    public.refresh_from_db()
    assert public.last == date(2026, 4, 27)  # 20 days more, on a Monday
    market.now = at(2026, 4, 28)
    assert actions.end_due(now=market.now) == 1


def test_an_objection_of_a_year_without_a_calendar_gets_its_day_when_the_calendar_comes(market, monkeypatch):
    sale = market.pricing(market.firm)
    made = actions.object_to(publication=market.notice(sale), now=market.now, **OBJECTION)
    promised = made.due_on
    Objection.objects.update(due_on=None)
    market.days(2)
    with monkeypatch.context() as without:
        without.setattr(numbers, "calendar", lambda: WorkingCalendar([]))
        assert set_answer_days(now=market.now) == 0
    assert (set_answer_days(now=market.now), set_answer_days(now=market.now)) == (1, 0)
    made.refresh_from_db()
    assert made.due_on == promised  # counted from the day it came, not from the day the calendar did


def test_days_made_up_into_a_year_without_a_calendar_wait_for_it(market, monkeypatch):
    sale = market.pricing(market.firm)
    made = actions.object_to(publication=market.notice(sale), now=market.now, **OBJECTION)
    actions.answer(objection=made, is_upheld=False, text="经核查，协议约定该工艺归学校所有，异议不成立。",
                   actor=market.officer, now=market.now)  # fmt: skip
    monkeypatch.setattr(effects, "calendar", lambda: WorkingCalendar([]))
    with pytest.raises(Refused, match="缺少 2026 年的放假调休安排"):
        market.step(sale, "dismiss", market.officer)


def test_an_objection_that_holds_takes_the_notice_down(market):
    sale = market.pricing(market.firm)
    public = market.notice(sale)
    made = actions.object_to(publication=public, now=market.now, **OBJECTION)
    actions.answer(
        objection=made, is_upheld=True, text="异议成立：共有人没有参与定价。", actor=market.officer, now=market.now
    )
    with pytest.raises(Refused, match="有异议成立"):
        market.step(sale, "dismiss", market.officer)
    assert market.step(sale, "uphold", market.officer).state == "pricing"
    public.refresh_from_db()
    assert public.is_over
    with pytest.raises(Refused, match="不再受理异议"):
        actions.object_to(publication=public, now=market.now, **OBJECTION)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [("name", "匿", "匿名异议不受理"), ("phone", "打前台", "联系上的电话"), ("text", "不同意", "20 至 3000")],
)
def test_an_objection_has_a_name_a_telephone_and_facts(market, field, value, says):
    public = market.notice(market.pricing(market.firm))
    with pytest.raises(Invalid) as why:
        actions.object_to(publication=public, now=market.now, **(OBJECTION | {field: value}))
    assert says in why.value.errors[field]


# --- B: listing ----------------------------------------------------------------------------------------------------


def test_twenty_working_days_over_a_holiday(market):
    """From Friday 2026-09-18 (make-up work on 09-20 and 10-10; free 09-25 … 27 and 10-01 … 07).

    09-20, 21 … 24, 28 … 30 are 8 days, 10-08 … 10 make 11, 12 … 16 make 16, 19 … 22 make 20."""
    sale = market.pricing()
    market.now = at(2026, 9, 18)
    with pytest.raises(Invalid, match="应为 20 至 120 个工作日"):
        market.listed(sale, days=19)
    assert market.listed(sale).last == date(2026, 10, 22)


def listed(market, bidders):
    sale = market.pricing()
    public = market.listed(sale)
    firms = [market.other(9400 + n) for n in range(bidders)]
    for firm, clerk in firms:
        market.bid(public, firm, clerk)
    market.days(40)
    assert actions.end_due(now=market.now) == 1
    sale.refresh_from_db()
    return sale, public, firms


def test_nobody_came_the_price_is_cut_by_a_decision_on_record(market):
    sale, public, _firms = listed(market, 0)
    assert sale.state == "unsold"
    relist = {"price_fen": 80 * WAN, "document": "澄大办纪〔2026〕30号"}
    with pytest.raises(Invalid, match="不能高于原来的"):
        actions.relist(**(relist | {"price_fen": PRICE + 1}), **market.on(sale, market.teller))
    with pytest.raises(Invalid, match="新的决策文件"):
        actions.relist(**(relist | {"document": public.document}), **market.on(sale, market.teller))
    with pytest.raises(Invalid, match="降价由转让方决策"):
        actions.relist(**relist, **market.on(sale, market.officer))
    assert not Publication.objects.filter(is_over=False).exists()
    again = actions.relist(**relist, **market.on(sale, market.teller))
    assert (again.price_fen, again.document) == (80 * WAN, "澄大办纪〔2026〕30号")
    assert Entry.objects.get(verb="relist_decision").data["to"] == 80 * WAN


def test_what_was_auctioned_in_vain_is_listed_by_the_seller_alone(market):
    sale = market.pricing()
    market.proposed(sale, "auction")
    actions.announce(
        method="auction", basis="评估值", document="澄大办纪〔2026〕5号", **market.on(sale, market.officer)
    )
    market.days(20)
    market.step(sale, "fail", market.officer, "流拍")
    relist = {"price_fen": sale.price_fen, "document": "澄大办纪〔2026〕31号"}
    with pytest.raises(Refused, match="由转让方决策"):
        actions.relist(**relist, **market.on(sale, market.officer))
    assert actions.relist(**relist, **market.on(sale, market.teller)).method == "listing"


def test_one_bidder_buys_by_agreement_at_the_price_listed(market):
    sale, _public, [(firm, _clerk)] = listed(market, 1)
    assert (sale.state, sale.buyer, sale.price_fen) == ("priced", firm, PRICE)
    assert _public.bids.get().result == "won"
    with pytest.raises(Invalid, match="低于成交价"):
        market.sign(sale, price_fen=PRICE - 1)
    with pytest.raises(Invalid, match="应在公示、公告期满"):
        market.sign(sale, signed_on=_public.last)
    assert market.sign(sale, price_fen=PRICE + 5 * WAN).price_fen == PRICE + 5 * WAN


def test_what_was_listed_is_signed_under_its_name(market):
    sale, _public, _firms = listed(market, 1)
    held = sale.achievement
    listings.edit(listing=held, values={"title": "改了名字的工艺"}, actor=market.teller, now=market.now,
                  seen_version=held.version)  # fmt: skip
    with pytest.raises(Refused, match="请把名称改回去"):
        market.sign(sale)


def test_three_bidders_compete_at_an_exchange_whose_result_is_proven(market):
    sale, _public, firms = listed(market, 3)
    assert (sale.state, sale.buyer) == ("bidding", None)
    outsider = market.other(9500)[0]
    result = {"exchange": "某技术交易所", "document": "成交确认〔2026〕7号", "held_on": market.today,
              "winner": firms[1][0], "price_fen": 130 * WAN, "file": market.paper()}  # fmt: skip
    for change, field in (
        ({"winner": outsider}, "winner"), ({"price_fen": PRICE - 1}, "price"), ({"file": None}, "file"),
        ({"held_on": date(2026, 3, 24)}, "held_on"), ({"exchange": ""}, "exchange"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as why:
            actions.record_result(said=Result(**(result | change)), **market.on(sale, market.officer))
        assert set(why.value.errors) == {field}
    assert [bid.result for bid in _public.bids.all()] == ["", "", ""]
    assert Message.objects.filter(kind="market.bid.call").count() == 3
    with pytest.raises(Refused, match="请填写交易机构出具的成交结果"):
        market.step(sale, "record_result", market.officer)
    actions.record_result(said=Result(**result), **market.on(sale, market.officer))
    sale.refresh_from_db()
    assert (sale.state, sale.buyer, sale.price_fen) == ("priced", firms[1][0], 130 * WAN)
    # Nobody who bid is left without an answer.
    assert [bid.result for bid in _public.bids.all()] == ["lost", "won", "lost"]
    assert Message.objects.filter(kind="market.bid.lost", to="buyer9400@example.com").exists()
    # What the exchange confirmed is the price of the contract, not a fen more or less.
    for fen in (130 * WAN - 1, 130 * WAN + 1):
        with pytest.raises(Invalid, match="与成交确认书的成交价"):
            market.sign(sale, price_fen=fen)
    assert market.sign(sale, price_fen=130 * WAN).price_fen == 130 * WAN


def merged(market, firm, successor):
    given = {"on": market.today, "document": "合并公告（2026）1号", "actor": None, "now": market.now}
    return parties.end_organisation(organisation=firm, ending="merged", successor=successor, **given)


def test_two_bidders_that_have_become_one_do_not_compete_and_the_one_buys(market):
    """Nor does who has become the seller, or was closed: nobody is called to bid against himself."""
    sale = market.pricing()
    public = market.listed(sale)
    firms = [market.other(9400 + n)[0] for n in range(4)]
    for n, firm in enumerate(firms):
        market.bid(public, firm, market.account(f"bidder{n}", firm))
    merged(market, firms[0], firms[1])
    merged(market, firms[2], sale.seller)
    parties.end_organisation(
        organisation=firms[3], ending="closed", successor=None, on=market.today, document="准予注销通知书", actor=None,
        now=market.now,
    )  # fmt: skip
    market.days(40)
    assert actions.end_due(now=market.now) == 1
    sale.refresh_from_db()
    assert (sale.state, sale.buyer) == ("priced", firms[1])
    assert [bid.result for bid in public.bids.order_by("pk")] == ["won", "won", "lost", "lost"]


def test_who_has_taken_a_bidder_over_wins_in_its_place(market):
    sale, public, firms = listed(market, 2)
    heir = market.other(9500)[0]
    firms[0] = (merged(market, firms[0][0], heir), firms[0][1])
    result = {"exchange": "某技术交易所", "document": "成交确认〔2026〕7号", "held_on": market.today,
              "winner": firms[0][0], "price_fen": 130 * WAN, "file": market.paper()}  # fmt: skip
    with pytest.raises(Invalid) as why:
        actions.record_result(said=Result(**result), **market.on(sale, market.officer))
    assert heir.name in why.value.errors["winner"]
    actions.record_result(said=Result(**(result | {"winner": heir})), **market.on(sale, market.officer))
    sale.refresh_from_db()
    assert (sale.state, sale.buyer) == ("priced", heir)
    assert [bid.result for bid in public.bids.order_by("pk")] == ["won", "lost"]
    right = replace(Result(**result), winner=firms[1][0], file=None)
    actions.correct_result(said=right, reason="看错一行", **market.on(sale, market.officer))
    assert [bid.result for bid in public.bids.order_by("pk")] == ["lost", "won"]


def test_bidders_are_told_when_a_listing_is_taken_down(market):
    sale = market.pricing()
    public = market.listed(sale)
    market.bid(public, *market.other(9400))
    market.step(sale, "withdraw", market.teller, "学校决定自行转化")
    assert public.bids.get().result == "void"
    assert "学校决定自行转化" in Message.objects.get(kind="market.bid.void").body


def test_who_may_bid_and_once(market, stranger):
    sale = market.pricing()
    public = market.listed(sale)
    market.bid(public, market.firm, market.clerk, deposit_fen=5 * WAN, deposit_at="某交易所结算专户")
    with pytest.raises(Refused, match="已经登记过"):
        market.bid(public, market.firm, market.clerk)
    with pytest.raises(Refused, match="只能以本单位的名义"):
        market.bid(public, market.firm, stranger)
    with pytest.raises(Refused, match="自己的成果"):
        market.bid(public, market.university, market.teller)
    waiting = parties.register_organisation(
        uscc=code(9600), name="没核实厂", type="企业", region="371521", unit="371521", actor=None, now=market.now
    )
    with pytest.raises(Refused, match="经过核实"):
        market.bid(public, waiting, market.account("late", waiting))
    with pytest.raises(Invalid, match="请填写保证金交到"):
        market.bid(public, *market.other(9601), deposit_fen=1)
    assert Bid.objects.count() == 1


def test_who_took_it_back_does_not_count_is_not_called_and_may_come_again(market):
    sale = market.pricing()
    public = market.listed(sale)
    (stays, clerk), (leaves, leaver) = market.other(9400), market.other(9401)
    market.bid(public, stays, clerk)
    gone = market.bid(public, leaves, leaver)
    with pytest.raises(Refused, match="只能撤回本单位的登记"):
        actions.take_back_bid(bid=gone, actor=clerk, now=market.now)
    actions.take_back_bid(bid=gone, actor=leaver, now=market.now)
    with pytest.raises(Refused, match="已经撤回"):
        actions.take_back_bid(bid=gone, actor=leaver, now=market.now)
    again = market.bid(public, leaves, leaver)
    actions.take_back_bid(bid=again, actor=leaver, now=market.now)
    assert finds.public().get(pk=public.pk).bidders == 1
    market.days(40)
    actions.end_due(now=market.now)
    sale.refresh_from_db()
    assert (sale.state, sale.buyer) == ("priced", stays)
    assert list(Bid.objects.order_by("pk").values_list("result", flat=True)) == ["won", "withdrawn", "withdrawn"]
    assert set(Message.objects.filter(kind__startswith="market.bid").values_list("to", flat=True)) == {clerk.email}
    with pytest.raises(Refused, match="期满"):
        actions.take_back_bid(bid=Bid.objects.get(result="won"), actor=clerk, now=market.now)
    trail = Entry.objects.filter(subject_kind="market.bid", subject_id=str(gone.pk)).order_by("n")
    assert [row.verb for row in trail] == ["register", "take_back"]


def test_when_all_took_it_back_nobody_came(market):
    sale = market.pricing()
    public = market.listed(sale)
    firm, clerk = market.other(9400)
    actions.take_back_bid(bid=market.bid(public, firm, clerk), actor=clerk, now=market.now)
    market.days(40)
    actions.end_due(now=market.now)
    sale.refresh_from_db()
    assert sale.state == "unsold"


def test_a_bid_counts_to_the_last_minute_and_not_a_minute_more(market):
    public = market.listed(market.pricing())
    end = datetime(public.last.year, public.last.month, public.last.day, 15, 59, tzinfo=UTC)
    market.now = end
    market.bid(public, market.firm, market.clerk)
    market.now = end + timedelta(minutes=1)
    with pytest.raises(Refused, match="已经期满"):
        market.bid(public, *market.other(9602))


# --- C, D ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["auction", "tender"])
def test_an_auction_is_announced_seven_days_and_executed_elsewhere(market, method):
    sale = market.pricing()
    given = {"method": method, "basis": "评估值", "document": "澄大办纪〔2026〕8号"}
    market.proposed(sale, method)
    with pytest.raises(Invalid, match="应为 7 至 120 日"):
        actions.announce(days=6, **given, **market.on(sale, market.officer))
    public = actions.announce(**given, **market.on(sale, market.officer))
    assert (public.last - public.first).days == 7
    buyer, _clerk = market.other(9700)
    result = {
        "exchange": "某拍卖行",
        "document": "拍 1",
        "winner": buyer,
        "price_fen": 120 * WAN,
        "file": market.paper(),
    }
    with pytest.raises(Invalid, match="应在公告期满"):
        actions.record_result(said=Result(held_on=market.today, **result), **market.on(sale, market.officer))
    market.days(8)
    with pytest.raises(Invalid, match="成交价低于公布的"):
        actions.record_result(
            said=Result(held_on=market.today, **(result | {"price_fen": PRICE - 1})), **market.on(sale, market.officer)
        )
    actions.record_result(said=Result(held_on=market.today, **result), **market.on(sale, market.officer))
    sale.refresh_from_db()
    assert (sale.state, sale.buyer, sale.price_fen) == ("priced", buyer, 120 * WAN)


def test_a_failed_auction_is_priced_anew(market):
    sale = market.pricing()
    market.proposed(sale, "auction")
    actions.announce(method="auction", basis="评估值", document="a", **market.on(sale, market.officer))
    with pytest.raises(Refused, match="还没有期满"):
        market.step(sale, "fail", market.officer, "流拍")
    market.days(8)
    market.step(sale, "fail", market.officer, "流拍")
    assert market.step(sale, "reprice", market.teller, "校务会决定降价").state == "pricing"


def test_the_market_publishes_what_the_seller_has_decided_and_nothing_else(market):
    """An officer fills in the rights check, sets the price, and can neither pass the one nor publish the other."""
    sale = market.opened(market.firm)
    given = {"encumbrance": "", "encumbrance_note": "", "secrecy": "open", "secrecy_document": "澄大密审〔2026〕3号",
             "export": "home", "export_document": ""}  # fmt: skip
    owner = OwnerGiven(market.university.name, market.university.uscc, 10_000)
    actions.record_rights(owners=[owner], **given, **market.on(sale, market.officer))
    with pytest.raises(Refused, match="请由另一位工作人员"):
        market.step(sale, "pass_rights", market.officer)
    market.rights(sale)
    market.step(sale, "pass_rights", market.officer)
    actions.set_price(price_fen=WAN, **market.on(sale, market.officer))
    said = {"basis": "评估值", "document": "无"}
    notice = said | {"objections_to": "市场", "unit_first": market.today, "unit_proof": market.paper()}
    with pytest.raises(Refused, match="还没有提交定价方案"):
        actions.publish_price(**notice, **market.on(sale, market.officer))
    for publish in (actions.put_on_list, partial(actions.announce, method="auction")):
        with pytest.raises(Refused, match="还没有提交定价方案"):
            publish(**said, **market.on(sale, market.officer))
    market.proposed(sale, "listing")
    with pytest.raises(Refused, match="方案是“挂牌”"):
        actions.publish_price(**notice, **market.on(sale, market.officer))
    actions.set_price(price_fen=WAN - 1, **market.on(sale, market.officer))
    with pytest.raises(Refused, match="还没有提交定价方案"):
        actions.put_on_list(**said, **market.on(sale, market.officer))
    assert not Publication.objects.exists()


def test_an_auction_whose_day_is_past_and_a_notice_that_cannot_end_are_somebodys_turn(market):
    auction, notice = market.pricing(), market.pricing(market.firm, achievement=market.offered("另一项工艺"))
    market.proposed(auction, "auction")
    actions.announce(method="auction", basis="评估值", document="a", **market.on(auction, market.officer))
    market.notice(notice)
    waits = lambda who: set(waiting_for(who, market.today))  # noqa: E731
    assert not waits(market.officer)
    assert not waits(market.teller)
    held = notice.achievement
    listings.edit(listing=held, values={"title": "改了名字的工艺"}, actor=market.teller, now=market.now,
                  seen_version=held.version)  # fmt: skip
    market.days(25)
    actions.end_due(now=market.now)
    assert waits(market.officer) == {auction, notice}
    assert waits(market.teller) == {notice}


def test_the_days_are_data_with_their_sources():
    """Two different fifteen days (domain §0.6): calendar for the price, working for the reward."""
    price, reward = (value(key, date(2026, 3, 23)) for key in ("price_notice_days", "reward_notice_days"))
    assert (price.days, price.unit, reward.days, reward.unit) == (15, "calendar", 15, "working")
    assert price.end(date(2026, 2, 9)) == date(2026, 2, 24)
    assert reward.end(date(2026, 2, 9)) == date(2026, 3, 6)
    assert "16号" in price.source
    assert "103号" in reward.source


def test_a_result_entered_wrong_is_put_right_and_who_was_told_something_else_is_told_again(market):
    sale, _public, firms = listed(market, 3)
    said = Result("某技术交易所", "成交确认〔2026〕7号", market.today, firms[1][0], 130 * WAN, market.paper())
    with pytest.raises(Refused, match="不能这样办"):
        actions.correct_result(said=said, reason="还没有结果", **market.on(sale, market.officer))
    actions.record_result(said=said, **market.on(sale, market.officer))
    right = replace(said, winner=firms[2][0], price_fen=125 * WAN, file=None)
    with pytest.raises(Refused, match="无权"):
        actions.correct_result(said=right, reason="看错一行", **market.on(sale, market.teller))
    with pytest.raises(Refused, match="没有改动"):
        actions.correct_result(said=replace(said, file=None), reason="没有错", **market.on(sale, market.officer))
    for change, field in (({"price_fen": PRICE - 1}, "price"), ({"winner": market.firm}, "winner")):
        with pytest.raises(Invalid) as why:
            actions.correct_result(said=replace(right, **change), reason="", **market.on(sale, market.officer))
        assert set(why.value.errors) == {field, "reason"}
    Message.objects.all().delete()
    made = actions.correct_result(said=right, reason="看错一行", **market.on(sale, market.officer))
    sale.refresh_from_db()
    assert (sale.state, sale.buyer, sale.price_fen) == ("priced", firms[2][0], 125 * WAN)
    assert [bid.result for bid in _public.bids.all()] == ["lost", "lost", "won"]
    assert made.changes == {
        "result_winner": [f"{firm.name} {firm.uscc}" for firm, _clerk in firms[1:]],
        "result_price_fen": [130 * WAN, 125 * WAN],
    }
    told = set(Message.objects.filter(kind__startswith="market.bid.").values_list("kind", "to"))
    assert told == {("market.bid.lost", firms[1][1].email), ("market.bid.won", firms[2][1].email)}
    letter = Message.objects.get(kind="market.sale.not_won")
    assert letter.to == firms[1][1].email and "登记有误" in letter.body and "看错一行" in letter.body
    assert f"/market/{_public.pk}/" in letter.body and "/sales/" not in letter.body
    # What is signed on it stands.
    market.sign(sale, price_fen=125 * WAN)
    with pytest.raises(Refused, match="不能这样办"):
        actions.correct_result(said=said, reason="再改", **market.on(sale, market.officer))


def test_what_was_agreed_has_no_result_to_put_right(market):
    sale = market.priced()
    said = Result("某技术交易所", "成交 1 号", market.today, market.firm, PRICE, market.paper())
    with pytest.raises(Refused, match="没有登记过成交结果"):
        actions.correct_result(said=said, reason="看错一行", **market.on(sale, market.officer))
