"""Harvests of a real OAI-PMH server over loopback: whole, after its death and ours, incremental, and refused."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.experts.conftest import repository
from tests.jobs import at_attempt
from triplehelix.foundation import outward
from triplehelix.market.experts import actions, tasks
from triplehelix.market.experts.actions import harvests
from triplehelix.market.experts.models import Authorship, Harvest, Source, Work
from triplehelix.market.experts.oai import answers
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import take

pytestmark = pytest.mark.django_db(transaction=True)
COUNT, PAGE = 5000, 250
OAI = b"<?xml version='1.0'?><OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'>"


@pytest.fixture(autouse=True)
def loopback(settings):
    settings.OUTWARD_NETWORKS = outward.networks(["127.0.0.0/8", "::1/128"])


def begun(url, **more):
    now = timezone.now()
    made = actions.register_repository(name="示例大学机构库", base_url=url, actor=None, now=now)
    return actions.start_harvest(repository=made, actor=None, now=now, **more)


def walk(harvest, *, most=1000, now=None):
    """Pages until it ends or waits; what came last."""
    for _page in range(most):
        then = harvests.advance(pk=harvest.pk, now=now or timezone.now())
        if not then.on:
            break
    harvest.refresh_from_db()
    return then


def test_five_thousand_records_each_once_although_the_server_dies_in_the_middle(db):
    # Question 1 is Identify, so the ninth page breaks off half way.
    with repository(count=COUNT, page=PAGE, die_at=10) as (url, process):
        harvest = begun(url)
        then = walk(harvest)
        assert process.wait(10) == 9
    port = int(url.rpartition(":")[2].removesuffix("/oai"))
    assert (harvest.state, harvest.pages, harvest.records, harvest.tries) == ("waiting", 8, 8 * PAGE, 1)
    assert then.wait == harvests.WAITS[0] and harvest.token
    assert Work.objects.count() == 8 * PAGE

    # Before its time nothing is asked; with the server still away it waits longer.
    assert not harvests.advance(pk=harvest.pk, now=timezone.now()).on
    later = timezone.now() + timedelta(minutes=1)
    assert walk(harvest, now=later).wait == harvests.WAITS[1]
    assert (harvest.state, harvest.tries) == ("waiting", 2)

    with repository(port=port, count=COUNT, page=PAGE):
        walk(harvest, now=later + timedelta(minutes=5))
    assert (harvest.state, harvest.pages, harvest.records) == ("done", COUNT // PAGE, COUNT)
    assert harvest.new_works == Work.objects.count() == Source.objects.count() == COUNT
    assert set(Source.objects.values_list("source_id", flat=True)) == {
        f"oai:repository.example:{n}" for n in range(1, COUNT + 1)
    }
    assert Authorship.objects.values("work").distinct().count() == COUNT
    assert harvest.repository.__class__.objects.get().complete_until


def test_killed_between_two_pages_the_next_worker_goes_on_and_a_slower_one_changes_nothing(db):
    with repository(count=30, page=10) as (url, _process):
        harvest = begun(url)
        harvests.advance(pk=harvest.pk, now=timezone.now())
        # The job of a worker that was killed is queued again: it finds the harvest running, and its token.
        stale = Harvest.objects.select_related("repository").get(pk=harvest.pk)
        page = harvests.answers.page(harvests._asked(stale))
        harvests.advance(pk=harvest.pk, now=timezone.now())
        # Somebody thought dead comes back with the page that has been written meanwhile.
        assert harvests.land(harvest=stale, page=page, now=timezone.now()) == harvests.Next()
        walk(harvest)
    assert (harvest.state, harvest.pages, harvest.records, Work.objects.count()) == ("done", 3, 30, 30)
    assert Source.objects.count() == 30


def test_only_what_is_new_and_what_was_taken_back(db):
    with repository(count=20, page=8) as (url, _process):
        harvest = begun(url)
        walk(harvest)
    port = int(url.rpartition(":")[2].removesuffix("/oai"))
    known = harvest.repository
    known.refresh_from_db()
    type(known).objects.filter(pk=known.pk).update(complete_until="2026-01-03T00:15:00Z")  # less the overlap
    known.refresh_from_db()
    with repository(port=port, count=23, page=8, deleted="3,7"):
        again = actions.start_harvest(repository=known, actor=None, now=timezone.now())
        walk(again)
    # 15 … 23 by their stamps, 3 and 7 by the day they were taken back.
    assert (again.records, again.new_works, again.deleted) == (11, 3, 2)
    gone = Work.objects.filter(live=False)
    assert {one.sources.get().source_id.rpartition(":")[2] for one in gone} == {"3", "7"}
    with repository(port=port, count=23, page=8):  # given back
        walk(whole := actions.start_harvest(repository=known, actor=None, now=timezone.now(), whole=True))
    assert (whole.records, whole.new_works, Work.objects.filter(live=True).count()) == (23, 0, 23)
    assert Work.objects.count() == Source.objects.count() == 23


@pytest.mark.parametrize(
    ("until", "since"),
    [("2026-03-01T08:00:05Z", "2026-02-27T08:00:05Z"), ("2026-03-01", "2026-02-27"), ("", ""), ("0001-01-01", "")],
)
def test_a_record_that_is_listed_days_after_its_datestamp_is_met(db, until, since):
    """DSpace lists at night what was changed by day: its datestamp lies before the harvest that could not see it."""
    made = actions.register_repository(name="库", base_url="https://x.example/oai", actor=None, now=timezone.now())
    made.complete_until = until
    made.save()
    assert actions.start_harvest(repository=made, actor=None, now=timezone.now()).since == since


def test_a_forgotten_token_starts_the_window_again_without_doubling(db):
    with repository(count=30, page=10) as (url, _process):
        harvest = begun(url)
        harvests.advance(pk=harvest.pk, now=timezone.now())
        Harvest.objects.filter(pk=harvest.pk).update(token="forgotten")
        then = harvests.advance(pk=harvest.pk, now=timezone.now())
        harvest.refresh_from_db()
        assert then.on and harvest.restarts == 1 and "失效" in harvest.problem
        walk(harvest)
        assert (harvest.state, harvest.records, Work.objects.count()) == ("done", 30, 30)
        stuck = actions.start_harvest(repository=harvest.repository, actor=None, now=timezone.now(), whole=True)
        for _time in range(harvests.MOST_RESTARTS + 1):
            Harvest.objects.filter(pk=stuck.pk, state="running").update(token="forgotten")
            harvests.advance(pk=stuck.pk, now=timezone.now())
            if not stuck.pages:
                harvests.advance(pk=stuck.pk, now=timezone.now())
        Harvest.objects.filter(pk=stuck.pk).update(token="forgotten")
        harvests.advance(pk=stuck.pk, now=timezone.now())
        stuck.refresh_from_db()
        assert stuck.state == "failed" and "一再失效" in stuck.problem


def test_busy_is_waited_for_as_long_as_asked_and_a_person_may_go_on_after_giving_up(officer):
    with repository(count=5, page=10, busy=2) as (url, _process):
        harvest = begun(url)
        assert walk(harvest).wait == 7
        assert harvest.state == "waiting" and "503" in harvest.problem
        assert walk(harvest, now=timezone.now() + timedelta(seconds=8)).wait == 7
        walk(harvest, now=timezone.now() + timedelta(seconds=30))
        assert (harvest.state, harvest.records, harvest.tries) == ("done", 5, 0)
    away = actions.start_harvest(repository=harvest.repository, actor=officer, now=timezone.now(), whole=True)
    now = timezone.now()
    for _try in range(len(harvests.WAITS) + 1):
        walk(away, now=now)
        now += timedelta(hours=3)
    assert away.state == "failed" and "连接不上" in away.problem
    away = take(case=away, step="resume", actor=officer, now=now, seen_version=away.version)
    assert (away.state, away.tries) == ("queued", 0)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<!doctype html><html><body>404</body></html>", "网页"),
        (b"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'/>", "不是 OAI-PMH"),
        (b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'aaaa'>]><OAI-PMH>&a;</OAI-PMH>", "DOCTYPE"),
        (OAI + b"<error code='badArgument'>x</error></OAI-PMH>", "badArgument"),
        (b"x" * 30_000, "超过"),
    ],
    ids=["html", "other schema", "entities", "error", "oversized"],
)  # fmt: skip
def test_what_is_no_answer_is_refused_with_the_reason(httpserver_of, settings, body, said):
    settings.HARVEST_MAX_BYTES = 20_000
    harvest = begun(httpserver_of(body))
    assert not walk(harvest).on
    assert harvest.state == "failed" and said in harvest.problem, harvest.problem
    assert not Work.objects.exists()


def test_a_broken_answer_is_tried_again_first(httpserver_of):
    harvest = begun(httpserver_of(OAI + b"<ListRec"))
    assert walk(harvest).wait
    assert harvest.state == "waiting" and "XML" in harvest.problem


def test_a_redirect_nobody_can_read_is_said(httpserver_of):
    harvest = begun(httpserver_of(b"", location="http://[x"))
    walk(harvest)
    assert harvest.state == "failed" and "转向地址" in harvest.problem


@pytest.mark.parametrize(
    ("said", "kept"),
    [("2026-01-05T08:00:00.123Z", "2026-01-05T08:00:00Z"), ("2026-01-05T08:00:00Z", "2026-01-05T08:00:00Z"),
     ("gestern", "2026-01-01T00:15:00Z")],
)  # fmt: skip
def test_the_next_harvest_begins_at_a_moment_the_repository_understands(db, said, kept):
    harvest = begun("https://repository.example/oai")
    known = type(harvest.repository).objects.filter(pk=harvest.repository_id)
    known.update(complete_until="2026-01-01T00:15:00Z", granularity=answers.SECOND)
    Harvest.objects.filter(pk=harvest.pk).update(answered=said, state="running")
    harvests._finish(Harvest.objects.get(pk=harvest.pk), timezone.now())
    assert known.get().complete_until == kept


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}/oai", "http://localhost:{port}/oai", "http://[::1]:{port}/oai"]
)
def test_addresses_inside_are_not_asked(settings, httpserver_of, url):
    port = httpserver_of(b"").rpartition(":")[2].partition("/")[0]
    harvest = begun(url.format(port=port))
    settings.OUTWARD_NETWORKS = []
    walk(harvest)
    assert harvest.state == "failed" and "内部网络" in harvest.problem


def test_a_redirect_inside_is_not_followed(settings, httpserver_of):
    inner = httpserver_of(b"")
    outer = httpserver_of(b"", location=inner.replace("http://", "ftp://"))
    harvest = begun(outer)
    walk(harvest)
    assert harvest.state == "failed" and "https://" in harvest.problem


def test_a_public_host_opens_no_door_inside(httpserver_of, monkeypatch):
    """A redirect to another host is not the host the desk has named."""
    asked = []
    monkeypatch.setattr(harvests.outward, "call", lambda _method, url, inside, **_more: asked.append((url, inside)) or (
        outward.Answer(302, {"location": "http://127.0.0.1/oai"}, b"") if len(asked) == 1
        else outward.Answer(302, {"location": "/again"}, b"") if len(asked) == 2 else outward.Answer(200, {}, OAI)
    ))  # fmt: skip
    walk(begun("http://repository.example/oai"))
    assert [bool(inside) for _url, inside in asked[:3]] == [True, False, False]
    assert [url.partition("?")[0] for url, _inside in asked[1:3]] == ["http://127.0.0.1/oai", "http://127.0.0.1/again"]


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example/oai", "file:///etc/passwd", "//a.example", "http://u:p@a.example/oai", "http://a.example/?x=1"],
)
def test_addresses_that_cannot_be_are_refused_at_their_field(db, url):
    with pytest.raises(Invalid) as why:
        actions.register_repository(name="库", base_url=url, actor=None, now=timezone.now())
    assert "base_url" in why.value.errors


def test_one_harvest_of_a_repository_at_a_time(db):
    harvest = begun("http://127.0.0.1:1/oai")
    with pytest.raises(actions.Refused, match="正在采集"):
        actions.start_harvest(repository=harvest.repository, actor=None, now=timezone.now())


# --- jobs ----------------------------------------------------------------------------------------------------------


def jobs():
    return [(job.task_name, job.args, job.lock) for job in ProcrastinateJob.objects.filter(task_name="experts.harvest")]


def lose_jobs():
    """As if the process had been killed before it queued anything, or the last attempt had broken."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def old(harvest, state):
    Harvest.objects.filter(pk=harvest.pk).update(state=state, changed_at=timezone.now() - timedelta(minutes=16))


def test_a_harvest_and_its_job_are_there_together_or_not_at_all(officer, monkeypatch):
    made = actions.register_repository(name="x", base_url="http://127.0.0.1:1/oai", actor=None, now=timezone.now())
    given = {"repository": made, "actor": officer, "now": timezone.now()}

    def broken(*_words, **_given):
        raise OSError

    with monkeypatch.context() as killed:
        killed.setattr(tasks, "_go_on", broken)
        with pytest.raises(OSError):
            tasks.start(**given)
    assert not Harvest.objects.exists(), "a harvest without a job would bar its repository"
    harvest = tasks.start(**given)
    job = ("experts.harvest", {"pk": harvest.pk}, f"experts.harvest.{harvest.pk}")
    assert jobs() == [job]
    stopped = tasks.step(case=harvest, step="stop", actor=officer, now=timezone.now(), seen_version=harvest.version)
    again = {"case": stopped, "step": "resume", "actor": officer, "now": timezone.now()}
    with monkeypatch.context() as killed:
        killed.setattr(tasks, "_go_on", broken)
        with pytest.raises(OSError):
            tasks.step(**again, seen_version=stopped.version)
    harvest.refresh_from_db()
    assert harvest.state == "stopped"
    assert tasks.step(**again, seen_version=stopped.version).state == "queued" and jobs() == [job, job]


@pytest.mark.parametrize("state", ["queued", "running"])
def test_a_lost_harvest_is_taken_up_again_and_one_with_a_job_is_not(officer, state):
    harvest = begun("http://127.0.0.1:1/oai")
    Harvest.objects.filter(pk=harvest.pk).update(state=state)
    tasks.wake(0)
    assert jobs() == [], "it may be about to go on"
    old(harvest, state)
    tasks.wake(0)
    tasks.wake(0)
    assert len(jobs()) == 1, "its job waits"
    lose_jobs()
    old(harvest, "stopped")
    tasks.wake(0)
    assert jobs() == []


def test_what_breaks_to_the_last_attempt_is_put_off_and_fails_at_last(monkeypatch):
    harvest = begun("http://127.0.0.1:1/oai")
    Harvest.objects.filter(pk=harvest.pk).update(state="running")

    def broken(**_given):
        Harvest.objects.filter(pk=harvest.pk, state="waiting").update(state="running", next_try=None)
        raise ZeroDivisionError

    monkeypatch.setattr(harvests, "advance", broken)
    with pytest.raises(ZeroDivisionError):
        tasks.harvest(at_attempt(tasks.RETRIES - 1), harvest.pk)
    harvest.refresh_from_db()
    assert harvest.state == "running" and jobs() == [], "tried again at once"
    for _time in range(len(harvests.WAITS) + 1):
        with pytest.raises(ZeroDivisionError):
            tasks.harvest(at_attempt(tasks.RETRIES), harvest.pk)
    harvest.refresh_from_db()
    assert (harvest.state, len(jobs())) == ("failed", len(harvests.WAITS)) and "没能处理" in harvest.problem
