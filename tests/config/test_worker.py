"""The worker beside its jobs: what a killed one leaves behind, and how it ends."""

import asyncio
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from triplehelix.config.paths import ROOT
from triplehelix.config.processes import worker

pytestmark = pytest.mark.django_db(transaction=True)


def left_behind(task, **lock):
    """A job in the hands of a worker that has not been heard of for an hour."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 hour') returning id"
        )
        dead = cursor.fetchone()[0]
        number = app.configure_task(task, **lock).defer()
        cursor.execute("update procrastinate_jobs set status = 'doing', worker_id = %s where id = %s", [dead, number])
    return number


def rescued():
    """One look at what was left behind."""

    async def once():
        with app.replace_connector(app.connector.get_worker_connector()) as working:
            async with working.open_async():
                looking = asyncio.create_task(worker.take_up_abandoned(working))
                await asyncio.sleep(1)
                assert not looking.done()
                looking.cancel()

    # In a thread: the browser's loop may run in this one.
    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, once()).result()
    return dict(ProcrastinateJob.objects.values_list("pk", "status"))


def test_what_a_killed_worker_left_is_taken_up_and_what_is_queued_anew_is_not_kept_waiting():
    lock = {"lock": "matching.catch_up", "queueing_lock": "matching.catch_up"}
    old = left_behind("matching.catch_up", **lock)
    new = app.configure_task("matching.catch_up", **lock).defer()
    other = left_behind("outbox.forget_sent")
    assert rescued() == {old: "failed", new: "todo", other: "todo"}


def test_a_job_that_is_not_queued_anew_is_tried_again():
    old = left_behind("matching.catch_up", lock="matching.catch_up", queueing_lock="matching.catch_up")
    assert rescued() == {old: "todo"}


ENDS_AT_ONCE = """
import argparse, asyncio
from triplehelix.config.processes import worker

async def over(concurrency):
    pass

worker.work = over
raise SystemExit(worker.run(argparse.Namespace(concurrency=1)))
"""


def test_a_worker_that_ends_by_itself_says_so(settings):
    """Its database went away: whoever watches over it must start it again."""
    here = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{settings.DATABASES['default']['NAME']}").geturl()
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "triplehelix.config.settings", "DATABASE_URL": here}
    ended = subprocess.run(
        [sys.executable, "-c", ENDS_AT_ONCE], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120
    )  # fmt: skip
    assert ended.returncode == 1 and "Restart=always" in ended.stderr, ended.stderr
