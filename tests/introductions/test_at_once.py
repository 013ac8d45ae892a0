"""Both sides at the same moment: one introduction, one winner, nothing half done."""

import threading
import time

import pytest
from django.db import transaction

from tests.fund.test_race import at_once
from tests.introductions.words import TERMS, Table
from tests.market.conftest import account, member, office, organisation
from triplehelix.market.contracts import actions as sales
from triplehelix.market.introductions import actions
from triplehelix.market.introductions.models import Introduction, Version
from triplehelix.records.steps.actions import Refused


@pytest.fixture
def table(transactional_db):
    firm = organisation(9001)
    return Table(officer=office(account("officer"), "city_officer"), clerk=member(account("clerk"), firm), firm=firm)


def test_two_invitations_for_a_pair_at_once_are_one(table):
    found = at_once(lambda: table.invited(), lambda: table.invited("achievement"))
    assert [type(one) for one in found] == [Introduction, Introduction]
    assert found[0] == found[1]
    assert Introduction.objects.count() == 1
    assert len(table.mails("invite")) == 1


def test_accepted_and_taken_back_at_once_one_of_them_holds(table):
    made = table.invited()
    mine, theirs = Introduction.objects.get(), Introduction.objects.get()
    found = at_once(
        lambda: actions.accept(introduction=theirs, actor=table.teacher, now=table.now, seen_version=1),
        lambda: table.step(mine, "take_back", table.clerk),
    )
    assert sorted(type(one).__name__ for one in found) == ["Introduction", "Refused"]
    made.refresh_from_db()
    assert (made.state == "accepted") is (made.achievement_accepted_at is not None)
    assert made.version == 2


def test_accepting_terms_while_the_other_side_proposes_new_ones(table):
    made = table.talking()
    table.propose(made)
    given = {"now": table.now, "seen_version": made.version}
    mine, theirs = Introduction.objects.get(), Introduction.objects.get()
    newer = actions.Terms(**(TERMS | {"rights": "成果归双方共有"}))
    found = at_once(
        lambda: actions.accept_terms(introduction=theirs, n=1, actor=table.teacher, **given),
        lambda: actions.propose(introduction=mine, terms=newer, actor=table.clerk, **given),
    )
    assert len([one for one in found if isinstance(one, Refused)]) == 1
    made.refresh_from_db()
    assert (made.state, Version.objects.count()) in {("agreed", 1), ("negotiating", 2)}


def test_a_price_set_while_the_sale_takes_the_introduction_over_is_kept(table):
    agreed, begun = table.agreed(), threading.Event()
    sale = sales.open_sale(achievement=table.achievement, buyer=table.firm, actor=table.teacher, now=table.now)

    def priced():
        with transaction.atomic():
            sales.set_price(sale=sale, price_fen=123_456, actor=table.teacher, now=table.now, seen_version=sale.version)
            begun.set()
            time.sleep(1)  # until the other waits for the sale

    def taken_over():
        begun.wait(10)
        return sales.open_from(introduction=agreed, actor=table.clerk, now=table.now)

    assert [one for one in at_once(priced, taken_over) if isinstance(one, Exception)] == []
    sale.refresh_from_db()
    assert (sale.price_fen, sale.introduction_id, sale.version) == (123_456, agreed.pk, 3)


def test_one_signing_of_two_needs_recorded_at_once_counts_once(table):
    """The same two organisations on the same day about the same achievement, by two papers without a number."""
    first = table.talking()
    need = table.need_of(table.clerk, table.firm, title="另一条需求：铜排的表面处理")
    second = table.talking(need=need)
    papers = [table.paper(), table.paper()]

    def sign(made, paper):
        given = {"signed_on": table.today, "about": "合作开发铜排防变色工艺", "file": paper}
        on = table.on(made, table.clerk)

        def done():
            with transaction.atomic():
                found = actions.sign_intent(**given, **on)
                time.sleep(0.3)
                return found

        return done

    found = at_once(*map(sign, (first, second), papers))
    assert sorted(type(one).__name__ for one in found) == ["Intent", "Invalid"], found
