"""Who is told what, signed as receivers expect; retried for a day, then stopped with a mail; in order, none twice."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from tests.exchange.test_peers import together
from tests.market.test_flow import VALUES
from tests.records.matrix import matrix, taken
from tests.webhooks.conftest import account, hooked, member, office, work
from triplehelix.board.webhooks import actions, events, send
from triplehelix.board.webhooks.flow import FLOW
from triplehelix.board.webhooks.models import Delivery, Hook
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.contracts import actions as contracts
from triplehelix.market.introductions import actions as introductions
from triplehelix.market.listings import actions as listings
from triplehelix.market.needs.models import Need
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail import followers

LISTINGS = [event for event in events.EVENTS if event.startswith(("need", "achievement"))]
DAY = timedelta(days=1)


def draft(clerk, firm, model=Need, **more):
    return listings.create(model=model, organisation=firm, values=VALUES | more, actor=clerk, now=timezone.now())


def stepped(row, step, actor):
    return take(case=row, step=step, actor=actor, now=timezone.now(), seen_version=row.version)


def edited(listing, clerk, **values):
    return listings.edit(listing=listing, values=values, actor=clerk, now=timezone.now(), seen_version=listing.version)


def heard(receiver, path="/hook"):
    return [(said["type"], said["data"].get("title"), said["data"].get("state")) for at, _id, said in receiver.taken
            if at == path]  # fmt: skip


@pytest.fixture
def other(stranger):
    """Another firm and its clerk."""
    return stranger.memberships.get().organisation


@pytest.mark.django_db
class TestWhoIsToldWhat:
    def test_a_listing_from_its_publication_to_its_withdrawal(self, receiver, clerk, firm, stranger, other):
        hooked(receiver, clerk, LISTINGS, organisation=firm)
        hooked(receiver, stranger, LISTINGS, path="/other", organisation=other)
        listing = draft(clerk, firm, contact_name="阮砺石")
        work()
        assert receiver.taken == [], "a draft is nobody's news"
        listing = stepped(listing, "publish", clerk)
        work()
        listing = edited(listing, clerk, title="铜排发黑，改过")
        work()
        stepped(listing, "withdraw", clerk)
        work()
        assert heard(receiver) == [
            ("need.published", VALUES["title"], "published"), ("need.updated", "铜排发黑，改过", "published"),
            ("need.withdrawn", "铜排发黑，改过", "withdrawn"),
        ]  # fmt: skip
        assert heard(receiver, "/other") == [
            ("need.published", VALUES["title"], "published"), ("need.updated", "铜排发黑，改过", "published"),
            ("need.withdrawn", None, None),
        ]  # fmt: skip
        said = receiver.taken[0][2]
        assert said["data"]["url"] == f"https://chenghu.example/needs/{listing.pk}/"
        assert "阮砺石" not in str(receiver.taken)
        assert receiver.forged == []

    def test_only_what_was_asked_for(self, receiver, clerk, firm):
        hooked(receiver, clerk, ["achievement.published"], organisation=firm)
        stepped(draft(clerk, firm), "publish", clerk)
        stepped(draft(clerk, firm, Achievement), "publish", clerk)
        work()
        assert [said["type"] for _at, _id, said in receiver.taken] == ["achievement.published"]

    def test_introductions_and_sales_are_their_parties(self, receiver, clerk, firm, stranger, other, officer):
        third = member(account("third"), parties.register_organisation(
            uscc="91371502MAD011KW8U", name="第三方", actor=None, now=timezone.now()))  # fmt: skip
        wanted = ["introduction.changed", "sale.changed"]
        hooked(receiver, clerk, wanted, organisation=firm)
        hooked(receiver, stranger, wanted, path="/other", organisation=other)
        hooked(receiver, third, wanted, path="/third", organisation=third.memberships.get().organisation)
        hooked(receiver, officer, wanted, path="/city", office=officer.offices.get())
        need = stepped(draft(clerk, firm), "publish", clerk)
        achievement = stepped(draft(stranger, other, Achievement), "publish", stranger)
        made = introductions.invite(
            need=need, achievement=achievement, side="need", actor=clerk, words="请看看", now=timezone.now()
        )
        introductions.accept(introduction=made, actor=stranger, now=timezone.now(), seen_version=made.version)
        sale = contracts.open_sale(achievement=achievement, buyer=None, actor=stranger, now=timezone.now())
        take(case=sale, step="withdraw", actor=stranger, now=timezone.now(), seen_version=1, note="不转让了")
        work()
        kinds = {path: [type for type, _title, _state in heard(receiver, path)] for path in
                 ("/hook", "/other", "/third", "/city")}  # fmt: skip
        assert kinds["/hook"] == ["introduction.changed"]
        assert kinds["/third"] == []
        assert set(kinds["/other"]) == set(kinds["/city"]) == {"introduction.changed", "sale.changed"}
        assert "请看看" not in str(receiver.taken)

    def test_of_two_organisations_of_one_account_each_is_told_its_own(self, receiver, clerk, firm, other):
        member(clerk, other)
        wanted = ["sale.changed"]
        hooked(receiver, clerk, wanted, organisation=firm)
        achievement = stepped(draft(clerk, other, Achievement), "publish", clerk)
        sale = contracts.open_sale(achievement=achievement, buyer=None, actor=clerk, now=timezone.now())
        take(case=sale, step="withdraw", actor=clerk, now=timezone.now(), seen_version=1, note="不转让了")
        work()
        assert receiver.taken == []

    def test_what_may_be_seen_is_decided_when_it_is_told(self, receiver, clerk, firm, stranger, other):
        hook = hooked(receiver, stranger, LISTINGS, organisation=other)
        listing = stepped(draft(clerk, firm), "publish", clerk)
        while followers.drain("webhooks"):
            pass
        stepped(listing, "withdraw", clerk)
        assert Delivery.objects.get(hook=hook, event="need.published").state == "queued"
        work()
        assert [said["type"] for _at, _id, said in receiver.taken] == ["need.withdrawn"]
        assert Delivery.objects.get(hook=hook, event="need.published").state == "dropped"

    def test_who_acts_for_its_owner_no_longer_is_told_nothing(self, receiver, clerk, firm):
        hooked(receiver, clerk, LISTINGS, organisation=firm)
        second = member(account("second"), firm)
        stepped(draft(second, firm), "publish", second)
        while followers.drain("webhooks"):
            pass
        today = timezone.localdate()
        parties.end_membership(membership=clerk.memberships.get(), until=today - DAY, actor=None, now=timezone.now())
        work()
        stepped(draft(second, firm), "publish", second)
        work()
        assert receiver.taken == []
        assert [one.state for one in Delivery.objects.all()] == ["dropped"]

    def test_what_happened_before_is_not_told(self, receiver, clerk, firm):
        stepped(draft(clerk, firm), "publish", clerk)
        hooked(receiver, clerk, LISTINGS, organisation=firm)
        work()
        assert receiver.taken == []

    @pytest.mark.parametrize("role", ["expert", "technology_manager"])
    def test_some_offices_are_told_nothing(self, receiver, role, db):
        who = office(account("x"), role)
        with pytest.raises(Refused):
            hooked(receiver, who, LISTINGS, office=who.offices.get())

    def test_an_office_of_a_county_sees_its_own(self, receiver, county, clerk, firm, stranger, other):
        hooked(receiver, county, ["need.withdrawn"], office=county.offices.get())
        for who, where in ((clerk, firm), (stranger, other)):
            stepped(stepped(draft(who, where), "publish", who), "withdraw", who)
        work()
        titles = [said["data"].get("title") for _at, _id, said in receiver.taken]
        assert sorted(titles, key=str) == [None, VALUES["title"]], "of another county it hears what the public hears"


@pytest.mark.django_db
@pytest.mark.parametrize("cell", matrix(FLOW, ["stranger", "system"]), ids=str)
def test_a_step_is_taken_only_by_its_owner(cell, receiver, clerk, firm, stranger):
    hook = hooked(receiver, clerk, LISTINGS, organisation=firm)
    Hook.objects.filter(pk=hook.pk).update(state=cell.state)
    hook.refresh_from_db()
    actor = {"owner": clerk, "stranger": stranger, "system": None}[cell.relation]
    assert taken(hook, cell.step, actor, timezone.now()) is cell.allowed


@pytest.mark.django_db
class TestRegistering:
    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"name": " "}, "name"), ({"url": "http://example.com/"}, "url"), ({"url": "https://127.0.0.1/"}, "url"),
            ({"url": "https://169.254.169.254/"}, "url"), ({"url": "x"}, "url"), ({"wanted": []}, "events"),
            ({"wanted": ["case.deleted"]}, "events"),
        ],
    )  # fmt: skip
    def test_wrong_fields_by_name(self, clerk, firm, settings, changed, field):
        settings.OUTWARD_NETWORKS = ()
        given = {"name": "业务系统", "url": "https://example.com/x", "wanted": LISTINGS} | changed
        with pytest.raises(Invalid) as why:
            actions.register(**given, account=clerk, organisation=firm, now=timezone.now())
        assert list(why.value.errors) == [field]

    def test_for_ones_own_and_not_without_end(self, receiver, clerk, firm, other):
        with pytest.raises(Refused):
            hooked(receiver, clerk, LISTINGS, organisation=other)
        for _n in range(actions.MOST):
            hook = hooked(receiver, clerk, LISTINGS, organisation=firm)
        with pytest.raises(Refused, match="最多"):
            hooked(receiver, clerk, LISTINGS, organisation=firm)
        stepped(hook, "end", clerk)
        hooked(receiver, clerk, LISTINGS, organisation=firm)

    def test_the_secret_is_no_plain_text_in_the_database(self, receiver, clerk, firm):
        from django.db import connection

        hooked(receiver, clerk, LISTINGS, organisation=firm)
        with connection.cursor() as cursor:
            cursor.execute("SELECT secret FROM webhooks_hook")
            assert receiver.secrets["/hook"] not in cursor.fetchone()[0]


@pytest.mark.django_db
class TestRetries:
    @pytest.fixture
    def hook(self, receiver, clerk, firm):
        return hooked(receiver, clerk, LISTINGS, organisation=firm)

    def say(self, clerk, firm, **more):
        made = stepped(draft(clerk, firm, **more), "publish", clerk)
        while followers.drain("webhooks"):
            pass
        return made

    @pytest.mark.parametrize("status", [500, 503, 429, 404, 302])
    def test_a_refusal_is_tried_again_under_the_same_number(self, receiver, hook, clerk, firm, status):
        self.say(clerk, firm)
        receiver.answers = [status]
        now = timezone.now()
        assert send.send_next(now=now)
        waiting = Delivery.objects.get()
        assert (waiting.state, waiting.status, waiting.next_try) == ("queued", status, now + send.WAITS[0])
        assert not send.send_next(now=now)
        assert send.send_next(now=now + send.WAITS[0])
        assert [id for _at, id, _said in receiver.taken] == [waiting.message]
        assert Delivery.objects.get().state == "delivered"
        assert Hook.objects.get().failing_since is None

    def test_after_a_day_it_is_stopped_and_its_owner_told(self, receiver, hook, clerk, firm):
        self.say(clerk, firm)
        receiver.stop()
        now = started = timezone.now()
        while send.send_next(now=now):
            now = max(now, Delivery.objects.get().next_try)
        assert DAY <= now - started <= DAY + timedelta(hours=1)
        hook.refresh_from_db()
        assert (hook.state, Delivery.objects.get().state, Delivery.objects.get().attempts) == ("off", "failed", 9)
        letter = Message.objects.get(kind="board.webhook.give_up")
        assert letter.to == clerk.email
        assert "没有送达" in letter.body

    def test_one_message_that_is_never_taken_does_not_stop_the_others(self, receiver, hook, clerk, firm):
        self.say(clerk, firm, title="接收方不要的一条")
        now = timezone.now() + DAY
        for _n in range(send.TRIES):
            receiver.answers = [400]
            assert send.send_next(now=now)
            self.say(clerk, firm)
            assert send.send_next(now=now)
            now += DAY
        hook.refresh_from_db()
        assert hook.state == "on"
        assert Delivery.objects.filter(state="failed").count() == 1
        assert Delivery.objects.filter(state="delivered").count() == send.TRIES

    def test_gone_is_gone(self, receiver, hook, clerk, firm):
        self.say(clerk, firm)
        receiver.answers = [410]
        send.send_next(now=timezone.now())
        hook.refresh_from_db()
        assert hook.state == "off"

    def test_about_one_subject_in_order_even_when_the_first_waits(self, receiver, hook, clerk, firm):
        first = self.say(clerk, firm)
        receiver.answers = [404]
        send.send_next(now=timezone.now())
        edited(first, clerk, title="改过的标题")
        second, now = self.say(clerk, firm, title="另一条"), timezone.now()
        Delivery.objects.filter(attempts=1).update(next_try=now + send.WAITS[0])
        while send.send_next(now=now):
            pass
        assert [said["data"]["id"] for _at, _id, said in receiver.taken] == [second.pk]
        while send.send_next(now=now + send.WAITS[0]):
            pass
        types = [said["type"] for _at, _id, said in receiver.taken if said["data"]["id"] == first.pk]
        assert types == ["need.published", "need.updated"]

    def test_a_receiver_that_is_down_is_not_tried_for_each_message(self, receiver, hook, clerk, firm):
        for _n in range(5):
            self.say(clerk, firm)
        receiver.answers = [503] * 9
        now = timezone.now()
        while send.send_next(now=now):
            pass
        assert len(receiver.answers) == 8

    def test_sent_again_by_hand_and_a_test(self, receiver, hook, clerk, firm, stranger):
        self.say(clerk, firm)
        work()
        done = Delivery.objects.get()
        with pytest.raises(Refused):
            actions.resend(delivery=done, account=stranger, now=timezone.now())
        actions.resend(delivery=done, account=clerk, now=timezone.now())
        work()
        assert [id for _at, id, _said in receiver.taken] == [done.message] * 2
        actions.test(hook=hook, account=clerk, now=timezone.now())
        work()
        assert receiver.taken[-1][2]["type"] == "webhook.test"
        stepped(hook, "stop", clerk)
        for call in (lambda: actions.test(hook=hook, account=clerk, now=timezone.now()),
                     lambda: actions.resend(delivery=done, account=clerk, now=timezone.now())):  # fmt: skip
            with pytest.raises(Refused):
                call()

    def test_a_new_secret_signs_from_now_on(self, receiver, hook, clerk, firm):
        receiver.secrets["/hook"] = actions.renew_secret(hook=hook, account=clerk, now=timezone.now())
        self.say(clerk, firm)
        work()
        assert (len(receiver.taken), receiver.forged) == (1, [])

    def test_stopped_it_says_nothing_and_what_waited_comes_when_it_starts(self, receiver, hook, clerk, firm):
        self.say(clerk, firm)
        hook = stepped(hook, "stop", clerk)
        assert work() == 0
        self.say(clerk, firm, title="停用期间的一条")
        stepped(hook, "start", clerk)
        work()
        assert [title for _type, title, _state in heard(receiver)] == [VALUES["title"]]

    def test_old_messages_are_forgotten(self, receiver, hook, clerk, firm):
        self.say(clerk, firm)
        work()
        assert send.forget(now=timezone.now()) == 0
        assert send.forget(now=timezone.now() + 91 * DAY) == 1


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_workers_send_each_message_once(self, receiver, clerk, firm):
        hooked(receiver, clerk, LISTINGS, organisation=firm)
        for n in range(8):
            stepped(draft(clerk, firm, title=f"第 {n} 条"), "publish", clerk)
        together(work, work, work)
        assert len(receiver.taken) == len({id for _at, id, _said in receiver.taken}) == 8
        assert receiver.forged == []

    def test_what_is_rolled_back_is_not_told_and_what_commits_late_is(self, receiver, clerk, firm):
        hooked(receiver, clerk, LISTINGS, organisation=firm)
        with pytest.raises(RuntimeError), transaction.atomic():
            stepped(draft(clerk, firm, title="没有发生"), "publish", clerk)
            raise RuntimeError
        begun, go = threading.Event(), threading.Event()

        def late():
            try:
                with transaction.atomic():
                    stepped(draft(clerk, firm, title="先写后提交"), "publish", clerk)
                    begun.set()
                    go.wait(10)
            finally:
                connections.close_all()

        thread = threading.Thread(target=late)
        thread.start()
        begun.wait(10)
        stepped(draft(clerk, firm, title="后写先提交"), "publish", clerk)
        work()
        go.set()
        thread.join()
        work()
        assert [title for _type, title, _state in heard(receiver)] == ["后写先提交", "先写后提交"]
