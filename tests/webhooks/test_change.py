"""A webhook put right without losing what waits; what an office's hears by that office alone; what is over goes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.fund.test_race import at_once
from tests.market.conftest import account, member, office
from tests.market.test_flow import VALUES
from tests.webhooks.conftest import hooked, work
from tests.webhooks.words import DAY, LISTINGS, draft, heard, stepped
from triplehelix.board.webhooks import actions, send
from triplehelix.board.webhooks.models import Delivery, Hook
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry

#: After what is told now, and one moment however long the first call takes: a second try is not due in it.
SOON = timedelta(seconds=2)


def change(hook, who, receiver, **more):
    hook.refresh_from_db()
    given = {"name": hook.name, "url": hook.url, "wanted": hook.events, "seen_version": hook.version} | more
    return actions.change(hook=hook, account=who, now=timezone.now(), **given)


def gone(listing, who):
    stepped(stepped(listing, "publish", who), "withdraw", who)


class TestChange:
    @pytest.fixture
    def hook(self, receiver, clerk, firm):
        return hooked(receiver, clerk, ["need.published"], organisation=firm)

    def test_what_waits_goes_to_the_new_address_under_the_same_secret(self, receiver, hook, clerk, firm):
        receiver.answers = [503]
        stepped(draft(clerk, firm), "publish", clerk)
        work(timezone.now() + SOON)
        hook.refresh_from_db()
        assert hook.failing_since and hook.next_try
        receiver.secrets["/new"] = receiver.secrets["/hook"]
        changed = change(hook, clerk, receiver, url=receiver.url("/new"), name="新系统")
        assert (changed.name, changed.failing_since, changed.next_try, changed.version) == ("新系统", None, None, 2)
        work()
        assert [title for _type, title, _state in heard(receiver, "/new")] == [VALUES["title"]]
        row = Entry.objects.get(subject_kind=Hook.kind, verb="change")
        assert row.data["was"] == {"name": "业务系统", "url": receiver.url()}

    def test_colleagues_are_told_that_it_goes_elsewhere(self, receiver, hook, clerk, firm):
        colleague = member(account("colleague"), firm)
        change(hook, clerk, receiver, name="新系统")
        assert not Message.objects.filter(kind="board.webhook.change").exists()
        change(hook, clerk, receiver, url=receiver.url("/new"))
        letter = Message.objects.get(kind="board.webhook.change")
        assert letter.to == colleague.email and receiver.url("/new") in letter.body

    def test_other_events_from_now_on(self, receiver, hook, clerk, firm):
        change(hook, clerk, receiver, wanted=["need.withdrawn"])
        gone(draft(clerk, firm), clerk)
        work()
        assert [event for event, _title, _state in heard(receiver)] == ["need.withdrawn"]

    def test_the_same_changes_nothing(self, receiver, hook, clerk):
        assert change(hook, clerk, receiver).version == hook.version
        assert not Entry.objects.filter(subject_kind=Hook.kind, verb="change").exists()

    def test_who_may_and_what_is_wrong(self, receiver, hook, clerk, stranger):
        with pytest.raises(Refused, match="无权"):
            change(hook, stranger, receiver, name="x")
        with pytest.raises(Refused, match="刚刚办理过"):
            change(hook, clerk, receiver, name="x", seen_version=7)
        with pytest.raises(Invalid) as why:
            change(hook, clerk, receiver, name=" ", url="https://10.0.0.1/", wanted=["case.deleted"])
        assert set(why.value.errors) == {"name", "url", "events"}
        ended = stepped(hook, "end", clerk)
        with pytest.raises(Refused):
            change(ended, clerk, receiver, name="x")

    def test_an_address_serves_an_owner_once(self, receiver, hook, clerk, firm, stranger):
        with pytest.raises(Invalid) as why:
            hooked(receiver, clerk, LISTINGS, organisation=firm)
        assert list(why.value.errors) == ["url"]
        second = hooked(receiver, clerk, LISTINGS, "/second", organisation=firm)
        with pytest.raises(Invalid):
            change(second, clerk, receiver, url=hook.url)
        hooked(receiver, stranger, LISTINGS, organisation=stranger.memberships.get().organisation)
        stepped(hook, "end", clerk)
        change(second, clerk, receiver, url=hook.url)


class TestOffice:
    def told(self, receiver, clerk, firm, stranger):
        gone(draft(clerk, firm), clerk)
        gone(draft(stranger, stranger.memberships.get().organisation), stranger)
        work()
        return sorted((said["data"].get("title") for _at, _id, said in receiver.taken), key=str)

    @pytest.mark.parametrize("more", [("city_officer", ""), ("county_officer", "371522")])
    def test_a_countys_hears_nothing_by_another_office_of_its_maker(
        self, receiver, county, clerk, firm, stranger, more
    ):
        hooked(receiver, county, ["need.withdrawn"], office=county.offices.get())
        office(county, *more)
        assert self.told(receiver, clerk, firm, stranger) == [None, VALUES["title"]]

    def test_a_citys_hears_of_both(self, receiver, officer, clerk, firm, stranger):
        hooked(receiver, officer, ["need.withdrawn"], office=officer.offices.get())
        assert self.told(receiver, clerk, firm, stranger) == [VALUES["title"]] * 2


def test_a_hitch_long_after_one_that_came_to_nothing_does_not_stop_it(receiver, clerk, firm, stranger):
    hook = hooked(receiver, stranger, ["need.published"], organisation=stranger.memberships.get().organisation)
    receiver.answers = [503]
    listing = stepped(draft(clerk, firm), "publish", clerk)
    work(timezone.now() + SOON)
    stepped(listing, "withdraw", clerk)
    later = timezone.now() + timedelta(hours=1)
    work(later)
    assert Delivery.objects.get().state == "dropped"
    stepped(draft(clerk, firm, title="另一条"), "publish", clerk)
    receiver.answers = [503]
    work(later + 30 * DAY)
    hook.refresh_from_db()
    assert hook.state == "on", "one answer 503 is no day of failures"


def test_what_waits_for_a_deleted_one_is_forgotten(receiver, clerk, firm):
    hook = hooked(receiver, clerk, LISTINGS, organisation=firm)
    receiver.answers = [503]
    stepped(draft(clerk, firm), "publish", clerk)
    work(timezone.now() + SOON)
    stepped(hook, "end", clerk)
    assert send.forget(now=timezone.now() + 91 * DAY) == 1
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_register_one_address_once(receiver, clerk, firm):
    other = member(account("colleague"), firm)
    found = at_once(
        lambda: hooked(receiver, clerk, LISTINGS, organisation=firm),
        lambda: hooked(receiver, other, LISTINGS, organisation=firm),
    )
    assert sorted(type(one).__name__ for one in found) == ["Hook", "Invalid"]
