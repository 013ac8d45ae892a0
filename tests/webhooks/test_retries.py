"""Retried for a day, then stopped with a mail; in order about one subject; each once, whoever works."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.exchange.test_at_once import together
from tests.market.test_flow import VALUES
from tests.webhooks.conftest import hooked, work
from tests.webhooks.words import DAY, LISTINGS, draft, edited, heard, stepped
from triplehelix.board.webhooks import actions, send, tasks
from triplehelix.board.webhooks.models import Delivery, Hook
from triplehelix.board.webhooks.wake import SEND
from triplehelix.records.outbox.models import Message
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import followers


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
        assert "没有一条送达" in letter.body

    def test_however_many_wait_it_is_a_day(self, receiver, hook, clerk, firm):
        for n in range(10):
            self.say(clerk, firm, title=f"同一天发布的第 {n} 条")
        receiver.stop()
        now = started = timezone.now()
        while send.send_next(now=now):
            hook.refresh_from_db()
            now = max(now, hook.next_try)
        assert DAY <= now - started <= DAY + timedelta(hours=11)
        assert hook.state == "off" and Message.objects.filter(kind="board.webhook.give_up").count() == 1

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

    def test_hooks_take_turns(self, receiver, hook, clerk, firm, stranger):
        for n in range(3):
            self.say(clerk, firm, title=f"第 {n} 条")
        other = stranger.memberships.get().organisation
        hooked(receiver, stranger, LISTINGS, "/other", organisation=other)
        self.say(clerk, firm, title="后登记的也听到的一条")
        work()
        assert [at for at, _id, _said in receiver.taken] == ["/hook", "/other", "/hook", "/hook", "/hook"]

    def test_who_answers_slowly_comes_later(self, receiver, hook, clerk, firm, stranger):
        other = stranger.memberships.get().organisation
        hooked(receiver, stranger, LISTINGS, "/slow", organisation=other)
        receiver.pauses = {"/slow": 0.6}
        Hook.objects.filter(organisation=firm).update(turn_at=timezone.now())
        for n in range(4):
            self.say(clerk, firm, title=f"第 {n} 条")
        work()
        # Nobody waits for it but its own; and it hears everything when nobody else is left.
        assert [at for at, _id, _said in receiver.taken] == ["/slow"] + ["/hook"] * 4 + ["/slow"] * 3
        slow, quick = Hook.objects.get(organisation=other), Hook.objects.get(pk=hook.pk)
        assert slow.turn_at - slow.delivered_at >= timedelta(seconds=0.6) * send.SHARE
        assert slow.turn_at > quick.turn_at

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

    def test_a_run_ends_in_time_and_queues_again(self, receiver, clerk, firm, monkeypatch):
        hooked(receiver, clerk, LISTINGS, organisation=firm)
        for n in range(3):
            stepped(draft(clerk, firm, title=f"第 {n} 条"), "publish", clerk)
        while followers.drain("webhooks"):
            pass
        waiting = ProcrastinateJob.objects.filter(task_name=SEND, status="todo")
        # One waits, and none begins while another is at work.
        assert [(one.lock, one.queueing_lock) for one in waiting] == [(SEND, SEND)]
        assert tasks.send.lock == tasks.send.queueing_lock == SEND
        ProcrastinateJob.objects.all().delete()
        monkeypatch.setattr(tasks, "SECONDS_AT_ONCE", 0.0)
        tasks.send()
        assert (len(receiver.taken), waiting.count()) == (1, 1)
        monkeypatch.setattr(tasks, "SECONDS_AT_ONCE", 60.0)
        tasks.send()
        assert (len(receiver.taken), waiting.count()) == (3, 1)

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
